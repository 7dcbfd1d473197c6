"""Footnotes and endnotes of a page, whichever program or site wrote them.

A reference is a link with a short mark, such as "1", "[2]" or "*", to an element that links back to the paragraph of
the reference, stands in a list of notes, or begins with the same mark. So are the notes found of Wikipedia, of Word,
LibreOffice and Google Docs, of Markdown and Pandoc, of WordPress and its plugins, of Pressbooks and EPUB.
"""

import re
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission
from lessons.importing.readers.pages.layout import BLOCKS, HEADINGS, is_layout, outermost
from lessons.importing.readers.pages.names import joined_names

REFERENCE = "data-note-reference"  # of the links that refer to notes, while notes are taken out
MARK = re.compile(
    r"[\[(]?\s?(?:(?:note|nota|anm|fn|nb|n)\.?\s?)?"
    r"(?:\d{1,4}(?::\d{1,3})?|[a-z]{1,2}|[ivxlc]{1,7}|[*†‡§¶#]{1,4})\s?[\])]?[.:]?",
    re.IGNORECASE,
)
LEADING_MARK = re.compile(r"\s*([\[(]?(?:\d{1,4}|[*†‡§]{1,4})[\])]?[.:]?)(?=\s)")
REFERRED = re.compile(r'href="#(fn-[^"]+)"')
KEY = re.compile(r'<li id="([^"]+)"')
NOT_IN_KEY = re.compile(r"[^\w:-]+", re.ASCII)
PREFIX = re.compile(r"_?(?:fn|ftnt?|edn|sdfootnote|footnote|cite_note)[-_:]?")
RAISED = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3})[\])]?")
AFTER_WORD = re.compile(r"(?:[^\W\d_]{3}|[.,;:!?…”’\"'»)\]])\s?$")
REPETITION = re.compile(r":\d+$")  # "1:1" is what Markdown writes for the second reference to a note
ARROWS = "↩↑↵⏎←^⤴⇑\ufe0e\ufe0f"
BRACKETS = " \t\n\xa0[]().:,"
NOTE_LIST = re.compile(r"-(?:footnotes?|endnotes?|sdfootnote|sdendnote|references|reflist|notelist|notes|ftn|edn|fn)-")
FOOTNOTE_LIST = re.compile(r"-(?:footnotes|endnotes|fussnoten)-")
REFERENCE_NAME = re.compile(r"-(?:footnotes?|noteref|fnref|endnote|reference|fn)-")
BACK_NAME = re.compile(r"-(?:backref|backlink|footnote-back|fn-back|return-footnote|footnote-return|footnote-to-top)-")
ROLES = {"doc-endnotes", "doc-footnote", "doc-endnote", "footnotes", "footnote", "endnotes", "endnote", "rearnotes"}
REFERENCE_ROLES = {"doc-noteref", "noteref"}
BACK_ROLES = {"doc-backlink", "backlink"}
HOSTS = {"li", "p", "dd", "aside", "div", "tr", "section", "blockquote", "dt"}
PARTS = {"ol", "ul", "dl", "dd", "table", "tbody", "thead", "tfoot", "tr", "blockquote", "figure", "p"}
WRAPPERS = {"sup", "span", "small", "cite", "b", "i", "em", "strong", "font", "u"}
MAX_LEVELS = 4
MAX_MARK = 14
MAX_NOTE_LENGTH = 5_000
BACK_LINK = _("The link from a note back to the text.")
HEADING_OF_NOTES = _("The heading of the notes, which now stand where the text refers to them.")
IN_HEADING = _("The mark of a note in a heading; the note stands below it.")


@dataclass(slots=True)
class Note:
    """A note: key as in `fn-KEY`. mark: as it stands before the note. html: its content, not sanitised."""

    key: str
    mark: str
    html: str
    is_referred_to: bool = True


@dataclass(slots=True)
class Notes:
    """The notes of a page, by the `mem_id` of the empty element that stands where each stood; and what was removed."""

    by_place: dict[int, Note] = field(default_factory=dict)
    omissions: list[Omission] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    """A note in the page: its element, what refers to it, and its name as links have it."""

    node: LexborNode
    name: str = ""
    references: list[LexborNode] = field(default_factory=list)


def take(page: LexborHTMLParser) -> Notes:
    """Take the notes out of `page`, and write the references to them as the document's conventions have it."""
    notes = Notes()
    if page.body is None:
        return notes
    search = _Search(page)
    found = search.linked()
    found |= search.unlinked(found)
    outer = [one for one in found.values() if not _is_in(one.node.parent, found)]
    taken: list[Note] = []
    for one in outer:
        note = _take_apart(one, search, notes)
        heading = _write_references(page, one.references, note.key, notes)
        # The page has a copy of what is inserted.
        if heading is None:
            outside = outside_parts(one.node)
            outside.insert_before(page.create_node("div"))
            place = outside.prev
        else:
            note.is_referred_to = False
            heading.insert_after(page.create_node("div"))
            place = heading.next
        if place:
            notes.by_place[place.mem_id] = note
        taken.append(note)
    for one, note in zip(outer, taken, strict=True):
        note.html = _content(one.node)
    for one in outer:
        one.node.decompose()
    return notes


class _Search:
    """Finds the notes of a page."""

    def __init__(self, page: LexborHTMLParser):
        self._page = page
        self._order: dict[int, int] = {}
        self._places: dict[str, LexborNode] = {}
        self._back: dict[int, set[int]] = {}
        self._notes: dict[int, LexborNode | None] = {}
        self._has_text: dict[int, bool] = {}
        self._fits: dict[int, bool] = {}
        for n, node in enumerate(page.body.traverse() if page.body else ()):
            self._order[node.mem_id] = n
            attributes = node.attributes
            for name in (attributes.get("id"), attributes.get("name") if node.tag == "a" else None):
                if name:
                    self._places.setdefault(name, node)
        self._links = [link for link in page.css("a[href^='#']") if _is_mark(link)]
        self._marked = {_name(link) for link in self._links}

    def place(self, link: LexborNode) -> LexborNode | None:
        return self._places.get(_name(link))

    def linked(self) -> dict[int, _Found]:
        """Return the notes that links lead to, by the `mem_id` of their elements."""
        found: dict[int, _Found] = {}
        for link in self._links:
            target = self.place(link)
            node = self._note_at(target) if target else None
            if node and self._order[node.mem_id] > self._order[link.mem_id] and self._refers(link, node):
                found.setdefault(node.mem_id, _Found(node, _name(link))).references.append(link)
                link.attrs[REFERENCE] = ""
        return found

    def _note_at(self, target: LexborNode) -> LexborNode | None:
        if target.mem_id not in self._notes:
            self._notes[target.mem_id] = self._note(target)
        return self._notes[target.mem_id]

    def _note(self, target: LexborNode) -> LexborNode | None:
        """Return the element that would be the note if `target` is the place that a reference leads to."""
        node: LexborNode | None = target
        while node and node.tag not in HOSTS and not (node is target and node.tag == "table"):
            node = node.parent
        if node is None:
            return None
        if node.tag == "dt":
            node = _next_element(node)
        elif node.tag == "p" and node.parent and (node.parent.tag == "li" or self._is_wrapper(node.parent, node)):
            node = node.parent
        if node is None:
            return None
        if node.mem_id not in self._fits:
            is_short = len(node.text(deep=True)) <= MAX_NOTE_LENGTH
            self._fits[node.mem_id] = is_short and not node.css_first("h1, h2, h3, h4, h5, h6")
        return node if self._fits[node.mem_id] else None

    def _is_wrapper(self, parent: LexborNode, first: LexborNode) -> bool:
        """Return whether `parent` holds one note, of which `first` is the first paragraph."""
        start = parent.child
        while start and not start.is_element_node:
            start = start.next
        named = NOTE_LIST.search(joined_names(parent)) if parent.attributes else True
        if parent.tag not in ("div", "aside") or start is None or start.mem_id != first.mem_id or not named:
            return False
        own = {node.mem_id for node in first.traverse()}
        others = [node for node in parent.css("[id], a[name]") if node.mem_id not in own]
        return not any({node.attributes.get("id"), node.attributes.get("name")} & self._marked for node in others)

    def _refers(self, link: LexborNode, note: LexborNode) -> bool:
        """Return whether the link is the reference of a note, in a text that is more than such links."""
        block = block_around(link)
        if block is None:
            return False
        if block.mem_id not in self._has_text:
            self._has_text[block.mem_id] = _has_text_beside_links(block)
        if not self._has_text[block.mem_id]:
            return False
        if _is_called_reference(link) or _is_in_note_list(note):
            return True
        if note.mem_id not in self._back:
            targets = [self.place(back) for back in note.css("a[href^='#']")]
            blocks = [block_around(target) for target in targets if target]
            self._back[note.mem_id] = {one.mem_id for one in blocks if one}
        if block.mem_id in self._back[note.mem_id]:
            return True
        written = LEADING_MARK.match(note.text(deep=True))
        return written is not None and written[1].strip(BRACKETS) == _label(link) and _is_raised(link)

    def unlinked(self, found: dict[int, _Found]) -> dict[int, _Found]:
        """Return the notes in lists of footnotes that no link leads to, with the raised mark that refers to them."""
        raised: dict[str, list[LexborNode]] | None = None
        others: dict[int, _Found] = {}
        lists = [node for node in self._page.css("[class], [id], [role]") if _is_footnote_list(node)]
        for container in outermost(lists):
            if _is_in(container, found):
                continue
            for label, node in _items(container):
                if _is_in(node, found) or any(key in found for key in _inner(node)):
                    continue
                raised = _raised_marks(self._page) if raised is None else raised
                references = raised.get(label, [])
                one = _Found(node, node.attributes.get("id") or "")
                if label and len(references) == 1 and self._order[references[0].mem_id] < self._order[node.mem_id]:
                    one.references = references
                others[node.mem_id] = one
        return others

    def is_back_link(self, link: LexborNode, blocks: set[int]) -> bool:
        """Return whether a link in a note leads back to one of the blocks that refer to it."""
        if REFERENCE in link.attributes:
            return False
        around = [link, link.parent] if link.parent and link.parent.tag in WRAPPERS else [link]
        if any(_types(node) & BACK_ROLES or BACK_NAME.search(joined_names(node)) for node in around):
            return True
        target = self.place(link)
        block = block_around(target) if target else None
        is_arrow = not link.text(deep=True).strip(ARROWS + BRACKETS)
        return bool(block and block.mem_id in blocks) or (is_arrow and _name(link) != "")


def _take_apart(one: _Found, search: _Search, notes: Notes) -> Note:
    """Remove from a note its mark and the links that lead back; return it, as yet without its content."""
    blocks = {block.mem_id for link in one.references if (block := block_around(link))}
    links = [link for link in one.node.css("a") if search.is_back_link(link, blocks)]
    texts = [" ".join(link.text(deep=True).split()) for link in links]
    written = [text for text in texts if text.strip(ARROWS + BRACKETS)]
    start = one.node.text(deep=True).lstrip(ARROWS + BRACKETS)
    mark = ""
    if len(written) == 1 and start.startswith(written[0].lstrip(BRACKETS)) and MARK.fullmatch(written[0]):
        mark = written[0]
    else:
        notes.omissions += [Omission(text, BACK_LINK) for text in written]
    for link in links:
        _remove_with_wrappers(link, one.node)
    if one.node.tag == "dd" and (term := _term(one.node)):
        mark = mark or " ".join(term.text(deep=True).split())
        term.decompose()
    return Note(_key(one, notes), mark or _take_mark(one.node), "", bool(one.references))


def _take_mark(node: LexborNode) -> str:
    """Remove the mark at the start of a note, such as "1." or "[2]", and return it."""
    for text in node.traverse(include_text=True):
        if text.is_text_node and text.text(deep=False).strip():
            written = text.text(deep=False)
            match = LEADING_MARK.match(written)
            if match:
                text.replace_with(written[match.end() :])
            return match[1] if match else ""
    return ""


def _write_references(
    page: LexborHTMLParser, references: list[LexborNode], key: str, notes: Notes
) -> LexborNode | None:
    """Write the references as `<sup class="footnote-ref">`. Return the heading that has them if no other text has."""
    heading = None
    is_elsewhere = False
    for n, link in enumerate(references, 1):
        whole = _with_wrappers(link)
        block = block_around(link)
        if block and block.tag in HEADINGS:
            heading = heading or block
            notes.omissions.append(Omission(" ".join(whole.text(deep=True).split()), IN_HEADING))
        else:
            is_elsewhere = True
            raised, reference = page.create_node("sup"), page.create_node("a")
            raised.attrs["class"] = "footnote-ref"
            reference.attrs["href"] = f"#{key}"
            reference.attrs["id"] = f"fnref{key[2:]}-{n}" if n > 1 else f"fnref{key[2:]}"
            reference.insert_child(f"[{_label(link) or '*'}]")
            raised.insert_child(reference)
            whole.insert_before(raised)
        whole.decompose()
    return None if is_elsewhere else heading


def _key(one: _Found, notes: Notes) -> str:
    """Return `fn-` and the name of the note, unique in the page."""
    name = PREFIX.sub("", one.name or one.node.attributes.get("id") or "", count=1)
    stem = "fn-" + (NOT_IN_KEY.sub("-", name)[:100].strip("-") or "note")
    key, number = stem, 1
    while key in notes.keys:
        notes.numbers[stem] = number = notes.numbers.get(stem, 1) + 1
        key = f"{stem}-{number}"
    notes.keys.add(key)
    return key


def _name(link: LexborNode) -> str:
    """Return the name of the place on the page that a link leads to, empty if it leads elsewhere."""
    href = link.attributes.get("href") or ""
    return unquote(href[1:]) if href.startswith("#") else ""


def _label(link: LexborNode) -> str:
    """Return the mark of a reference without brackets and repetitions."""
    return REPETITION.sub("", "".join(link.text(deep=True).split()).strip(BRACKETS))


def _is_mark(link: LexborNode) -> bool:
    text = link.text(deep=True).strip()
    return 0 < len(text) <= MAX_MARK and bool(MARK.fullmatch(text))


def _is_raised(link: LexborNode) -> bool:
    text = link.text(deep=True).strip()
    parent = link.parent
    return text[:1] in "[(*†‡§" or bool(link.css_first("sup")) or (parent is not None and parent.tag == "sup")


def _is_called_reference(link: LexborNode) -> bool:
    node: LexborNode | None = link
    for _level in range(3):
        if node is None or node.tag in BLOCKS:
            return False
        if _types(node) & REFERENCE_ROLES or REFERENCE_NAME.search(joined_names(node)):
            return True
        node = node.parent
    return False


def _is_in_note_list(note: LexborNode) -> bool:
    node: LexborNode | None = note
    for _level in range(MAX_LEVELS):
        if node is None or node.tag in ("body", "main", "article"):
            return False
        if _types(node) & ROLES or NOTE_LIST.search(joined_names(node)):
            return True
        node = node.parent
    return False


def _is_footnote_list(node: LexborNode) -> bool:
    return bool(_types(node) & ROLES or FOOTNOTE_LIST.search(joined_names(node))) and node.tag not in (
        "body",
        "a",
        "sup",
    )


def _types(node: LexborNode) -> set[str]:
    attributes = node.attributes
    return {*(attributes.get("role") or "").split(), *(attributes.get("epub:type") or "").split()}


def block_around(node: LexborNode) -> LexborNode | None:
    """Return the nearest block around a node."""
    block: LexborNode | None = node
    while block and block.tag not in BLOCKS:
        block = block.parent
    return block


def _has_text_beside_links(block: LexborNode) -> bool:
    linked = sum(len(link.text(deep=True)) for link in block.css("a") if _is_mark(link))
    return sum(c.isalnum() for c in block.text(deep=True)) > linked


def _is_in(node: LexborNode | None, found: dict[int, _Found]) -> bool:
    while node and node.mem_id not in found:
        node = node.parent
    return node is not None


def _inner(node: LexborNode) -> list[int]:
    return [inner.mem_id for inner in node.traverse()]


def _items(container: LexborNode) -> list[tuple[str, LexborNode]]:
    """Return the notes in a list of footnotes, each with its mark: its items, or what begins with a mark."""
    items = [item for item in container.css("li") if not _is_nested_item(item, container)]
    if items:
        return [(str(n), item) for n, item in enumerate(items, 1)]
    nodes = [container] if container.tag == "p" else container.css("tr") or container.css("p")
    marks = [(LEADING_MARK.match(node.text(deep=True, separator=" ").lstrip(ARROWS + " \n")), node) for node in nodes]
    return [(mark[1].strip(BRACKETS), node) for mark, node in marks if mark]


def _is_nested_item(item: LexborNode, container: LexborNode) -> bool:
    ancestor = item.parent
    while ancestor and ancestor.mem_id != container.mem_id:
        if ancestor.tag == "li":
            return True
        ancestor = ancestor.parent
    return False


def _raised_marks(page: LexborHTMLParser) -> dict[str, list[LexborNode]]:
    """Return the raised marks without a link that follow a word or a sentence, so that they are no exponents."""
    marks: dict[str, list[LexborNode]] = {}
    for node in page.css("sup"):
        text = node.text(deep=True).strip()
        before = node.prev.text(deep=True) if node.prev else ""
        is_after_word = AFTER_WORD.search(before[-20:])
        if RAISED.fullmatch(text) and is_after_word and not _has_link(node):
            marks.setdefault(text.strip(BRACKETS), []).append(node)
    return marks


def _has_link(node: LexborNode) -> bool:
    links = [*node.css("a[href]"), *([node.parent] if node.parent and node.parent.tag == "a" else [])]
    return any(link.attributes.get("href") for link in links)


def _next_element(node: LexborNode) -> LexborNode | None:
    following = node.next
    while following and not following.is_element_node:
        following = following.next
    return following


def _term(node: LexborNode) -> LexborNode | None:
    """Return the `dt` directly before a `dd`."""
    before = node.prev
    while before and not before.is_element_node:
        before = before.prev
    return before if before and before.tag == "dt" else None


def _with_wrappers(link: LexborNode) -> LexborNode:
    """Return the outermost element that has nothing but the link and brackets."""
    node, text = link, link.text(deep=True).strip(BRACKETS)
    while node.parent and node.parent.tag in WRAPPERS and _has_few_children(node.parent):
        if node.parent.text(deep=True).strip(BRACKETS) != text:
            break
        node = node.parent
    return node


def _has_few_children(node: LexborNode) -> bool:
    return sum(1 for _child in islice(node.iter(include_text=True), MAX_LEVELS + 1)) <= MAX_LEVELS


def _remove_with_wrappers(link: LexborNode, note: LexborNode) -> None:
    """Remove a link from a note, and the elements around it that are empty without it."""
    node, parent = link, link.parent
    while parent and parent.mem_id != note.mem_id and parent.tag in {*WRAPPERS, "p", "td", "th"}:
        rest = parent.text(deep=True).replace(node.text(deep=True), "", 1)
        if rest.strip(ARROWS + BRACKETS) or len(parent.css("a")) > 1:
            break
        node, parent = parent, parent.parent
    node.decompose()


def outside_parts(node: LexborNode) -> LexborNode:
    """Return the element itself or, inside what becomes one block, the outermost of those."""
    outside, ancestor = node, node.parent
    while ancestor and ancestor.tag != "body":
        if ancestor.tag in PARTS and not (ancestor.tag == "table" and is_layout(ancestor)):
            outside = ancestor
        ancestor = ancestor.parent
    return outside


def _content(node: LexborNode) -> str:
    """Return what is in a note; of the cells of a row, one after another."""
    if node.tag in ("tr", "table"):
        return " ".join(cell.inner_html or "" for cell in node.css("td, th"))
    return node.inner_html or ""


def moved(blocks: list[Block]) -> set[int]:
    """Return the indexes of the notes that do not stay where they are, because a text refers to them."""
    referred = {key for block in blocks if block.type != "footnote" for key in REFERRED.findall(block.html)}
    keys = {n: KEY.match(block.html) for n, block in enumerate(blocks) if block.type == "footnote"}
    return {n for n, key in keys.items() if key and key[1] in referred}
