"""Find the footnotes and endnotes of a page, whichever program or site wrote them.

A reference is a link with a short mark, such as "1", "[2]" or "*", to an element that links back to the paragraph of
the reference, is in a list of notes, or begins with the same mark. This finds the notes of Wikipedia, Word,
LibreOffice and Google Docs, Markdown and Pandoc, WordPress and its plugins, Pressbooks and EPUB.
"""

from dataclasses import dataclass, field
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.pages.layout import BLOCKS, is_inside, outermost
from lessons.importing.readers.pages.names import joined_names
from lessons.importing.readers.pages.note_marks import (
    AFTER_WORD,
    ARROWS,
    BRACKETS,
    LEADING_MARK,
    NOTE_LIST,
    RAISED,
    is_called_back_link,
    is_called_reference,
    is_footnote_list,
    is_in_note_list,
    is_mark,
    is_raised,
    label_of,
)

REFERENCE = "data-note-reference"  # marks links that refer to notes while the notes are extracted
HOSTS = {"li", "p", "dd", "aside", "div", "tr", "section", "blockquote", "dt"}
WRAPPERS = {"sup", "span", "small", "cite", "b", "i", "em", "strong", "font", "u"}
MAX_NOTE_LENGTH = 5_000


@dataclass(slots=True)
class FoundNote:
    """A note in the page: its element, the name that links use for it, and its references."""

    node: LexborNode
    name: str = ""
    references: list[LexborNode] = field(default_factory=list)


class NoteSearch:
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
        self._links = [link for link in page.css("a[href^='#']") if is_mark(link)]
        self._marked = {_name(link) for link in self._links}

    def place(self, link: LexborNode) -> LexborNode | None:
        return self._places.get(_name(link))

    def linked(self) -> dict[int, FoundNote]:
        """Return the notes that links refer to, by the `mem_id` of their elements."""
        found: dict[int, FoundNote] = {}
        for link in self._links:
            target = self.place(link)
            node = self._note_at(target) if target else None
            if node and self._order[node.mem_id] > self._order[link.mem_id] and self._refers(link, node):
                found.setdefault(node.mem_id, FoundNote(node, _name(link))).references.append(link)
                link.attrs[REFERENCE] = ""
        return found

    def _note_at(self, target: LexborNode) -> LexborNode | None:
        if target.mem_id not in self._notes:
            self._notes[target.mem_id] = self._note(target)
        return self._notes[target.mem_id]

    def _note(self, target: LexborNode) -> LexborNode | None:
        """Return the element that would be the note if `target` is the target of a reference."""
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
        """Return whether `parent` contains a single note, of which `first` is the first paragraph."""
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
        """Return whether the link is a reference to the note, in a block with text besides such links."""
        block = block_around(link)
        if block is None:
            return False
        if block.mem_id not in self._has_text:
            self._has_text[block.mem_id] = _has_text_beside_links(block)
        if not self._has_text[block.mem_id]:
            return False
        if is_called_reference(link) or is_in_note_list(note):
            return True
        if note.mem_id not in self._back:
            targets = [self.place(back) for back in note.css("a[href^='#']")]
            blocks = [block_around(target) for target in targets if target]
            self._back[note.mem_id] = {one.mem_id for one in blocks if one}
        if block.mem_id in self._back[note.mem_id]:
            return True
        written = LEADING_MARK.match(note.text(deep=True))
        return written is not None and written[1].strip(BRACKETS) == label_of(link) and is_raised(link)

    def unlinked(self, found: dict[int, FoundNote]) -> dict[int, FoundNote]:
        """Return the notes in footnote lists that no link refers to, with the superscript mark that does."""
        raised: dict[str, list[LexborNode]] | None = None
        others: dict[int, FoundNote] = {}
        lists = [node for node in self._page.css("[class], [id], [role]") if is_footnote_list(node)]
        for container in outermost(lists):
            if _is_in(container, found):
                continue
            for label, node in _items(container):
                if _is_in(node, found) or any(key in found for key in _inner(node)):
                    continue
                raised = _raised_marks(self._page) if raised is None else raised
                references = raised.get(label, [])
                one = FoundNote(node, node.attributes.get("id") or "")
                if label and len(references) == 1 and self._order[references[0].mem_id] < self._order[node.mem_id]:
                    one.references = references
                others[node.mem_id] = one
        return others

    def is_back_link(self, link: LexborNode, blocks: set[int]) -> bool:
        """Return whether a link in a note is a back link to one of the blocks that refer to it."""
        if REFERENCE in link.attributes:
            return False
        around = [link, link.parent] if link.parent and link.parent.tag in WRAPPERS else [link]
        if any(map(is_called_back_link, around)):
            return True
        target = self.place(link)
        block = block_around(target) if target else None
        is_arrow = not link.text(deep=True).strip(ARROWS + BRACKETS)
        return bool(block and block.mem_id in blocks) or (is_arrow and _name(link) != "")


def _name(link: LexborNode) -> str:
    """Return the name of a link's target on the page, empty if the target is elsewhere."""
    href = link.attributes.get("href") or ""
    return unquote(href[1:]) if href.startswith("#") else ""


def block_around(node: LexborNode) -> LexborNode | None:
    """Return the nearest block element around a node."""
    block: LexborNode | None = node
    while block and block.tag not in BLOCKS:
        block = block.parent
    return block


def _has_text_beside_links(block: LexborNode) -> bool:
    linked = sum(_count_alphanumeric(link) for link in block.css("a") if is_mark(link))
    return _count_alphanumeric(block) > linked


def _count_alphanumeric(node: LexborNode) -> int:
    return sum(c.isalnum() for c in node.text(deep=True))


def _is_in(node: LexborNode, found: dict[int, FoundNote]) -> bool:
    return node.mem_id in found or is_inside(node, found)


def _inner(node: LexborNode) -> list[int]:
    return [inner.mem_id for inner in node.traverse()]


def _items(container: LexborNode) -> list[tuple[str, LexborNode]]:
    """Return the notes in a footnote list, each with its mark: its items, or paragraphs that begin with a mark."""
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
    """Return the superscript marks without a link that follow a word or a sentence, so that they are not exponents."""
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
