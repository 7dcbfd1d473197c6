"""Extract the footnotes and endnotes of a page, and rewrite the references to them."""

import re
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext_lazy as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.document import Block, Omission
from lessons.importing.readers.pages.layout import HEADINGS, is_inside, is_layout
from lessons.importing.readers.pages.note_marks import ARROWS, BRACKETS, LEADING_MARK, MARK, label_of
from lessons.importing.readers.pages.note_search import WRAPPERS, FoundNote, NoteSearch, block_around

REFERRED = re.compile(r'href="#(fn-[^"]+)"')
KEY = re.compile(r'<li id="([^"]+)"')
NOT_IN_KEY = re.compile(r"[^\w:-]+", re.ASCII)
PREFIX = re.compile(r"_?(?:fn|ftnt?|edn|sdfootnote|footnote|cite_note)[-_:]?")
PARTS = {"ol", "ul", "dl", "dd", "table", "tbody", "thead", "tfoot", "tr", "blockquote", "figure", "p"}
MAX_CHILDREN = 4
BACK_LINK = _("A link from a footnote back to the text.")
HEADING_OF_NOTES = _("The heading of the footnotes, which are now where the text refers to them.")
IN_HEADING = _("The number of a footnote in a heading; the footnote is below the heading.")


@dataclass(slots=True)
class Note:
    """A note. key: its id, `fn-…`. mark: as written before the note. html: its content, not sanitised."""

    key: str
    mark: str
    html: str
    is_referred_to: bool = True


@dataclass(slots=True)
class Notes:
    """The notes of a page, by the `mem_id` of the empty element that replaces each of them; and what was removed."""

    by_placeholder: dict[int, Note] = field(default_factory=dict)
    omissions: list[Omission] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)


def extract(page: LexborHTMLParser) -> Notes:
    """Extract the notes from `page`, and rewrite the references to them as `document` specifies."""
    notes = Notes()
    if page.body is None:
        return notes
    search = NoteSearch(page)
    found = search.linked()
    found |= search.unlinked(found)
    outer = [one for one in found.values() if not is_inside(one.node, found)]
    taken: list[Note] = []
    for one in outer:
        note = _extract_note(one, search, notes)
        heading = _write_references(page, one.references, note.key, notes)
        # Inserting a node copies it, so get the copy.
        if heading is None:
            outside = outside_parts(one.node)
            outside.insert_before(page.create_node("div"))
            place = outside.prev
        else:
            note.is_referred_to = False
            heading.insert_after(page.create_node("div"))
            place = heading.next
        if place:
            notes.by_placeholder[place.mem_id] = note
        taken.append(note)
    for one, note in zip(outer, taken, strict=True):
        note.html = _content(one.node)
    for one in outer:
        one.node.decompose()
    return notes


def _extract_note(one: FoundNote, search: NoteSearch, notes: Notes) -> Note:
    """Remove the mark and the back links from a note; return the note, its content still empty."""
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
    """Write the references as `<sup class="footnote-ref">`. Return the heading that contains them if no text does."""
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
            reference.insert_child(f"[{label_of(link) or '*'}]")
            raised.insert_child(reference)
            whole.insert_before(raised)
        whole.decompose()
    return None if is_elsewhere else heading


def _key(one: FoundNote, notes: Notes) -> str:
    """Return `fn-` and the name of the note, unique in the page."""
    name = PREFIX.sub("", one.name or one.node.attributes.get("id") or "", count=1)
    stem = "fn-" + (NOT_IN_KEY.sub("-", name)[:100].strip("-") or "note")
    key, number = stem, 1
    while key in notes.keys:
        notes.numbers[stem] = number = notes.numbers.get(stem, 1) + 1
        key = f"{stem}-{number}"
    notes.keys.add(key)
    return key


def _term(node: LexborNode) -> LexborNode | None:
    """Return the `dt` directly before a `dd`."""
    before = node.prev
    while before and not before.is_element_node:
        before = before.prev
    return before if before and before.tag == "dt" else None


def _with_wrappers(link: LexborNode) -> LexborNode:
    """Return the outermost element that contains only the link and brackets."""
    node, text = link, link.text(deep=True).strip(BRACKETS)
    while node.parent and node.parent.tag in WRAPPERS and _has_few_children(node.parent):
        if node.parent.text(deep=True).strip(BRACKETS) != text:
            break
        node = node.parent
    return node


def _has_few_children(node: LexborNode) -> bool:
    return sum(1 for _child in islice(node.iter(include_text=True), MAX_CHILDREN + 1)) <= MAX_CHILDREN


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
    """Return the outermost element around the node that becomes one block, or else the node."""
    outside, ancestor = node, node.parent
    while ancestor and ancestor.tag != "body":
        if ancestor.tag in PARTS and not (ancestor.tag == "table" and is_layout(ancestor)):
            outside = ancestor
        ancestor = ancestor.parent
    return outside


def _content(node: LexborNode) -> str:
    """Return the content of a note; for a table row, that of its cells in order."""
    if node.tag in ("tr", "table"):
        return " ".join(cell.inner_html or "" for cell in node.css("td, th"))
    return node.inner_html or ""


def moved(blocks: list[Block]) -> set[int]:
    """Return the indexes of the notes that are moved, because a text refers to them."""
    referred = {key for block in blocks if block.type != "footnote" for key in REFERRED.findall(block.html)}
    keys = {n: KEY.match(block.html) for n, block in enumerate(blocks) if block.type == "footnote"}
    return {n for n, key in keys.items() if key and key[1] in referred}
