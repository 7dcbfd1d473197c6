"""A chapter of a book as plain HTML, and the parts of it that are not the chapter."""

import re
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as lxml_html

from lessons.importing.document import escape_html

NOTE_TYPES = {"footnote", "endnote", "rearnote", "note"}
NOTE_ROLES = {"doc-footnote", "doc-endnote"}
NOTE_CONTAINERS = {"footnotes", "endnotes", "rearnotes", "doc-endnotes"}
REFERENCE_TYPES = {"noteref"}
REFERENCE_ROLES = {"doc-noteref"}
BACK_ROLES = {"doc-backlink"}
BACK_TYPES = {"backlink", "referrer"}
NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,4}|[*†‡§¶#]{1,3}|[a-z]|[ivxlc]{1,6})[\])]?[.:]?")
BACK_MARK = re.compile(r"[\[(]?(?:[↩↑^←⏎]{1,3}[\ufe0e\ufe0f]?|back|return)[\])]?[.:]?", re.IGNORECASE)
INVISIBLE = ("script", "style", "link", "meta")
BLOCKS = set(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody td tfoot th thead tr ul caption br".split()
)
NOTE_HOSTS = ("li", "aside", "p", "div", "dd", "section", "td", "tr")
MAX_NOTE_LENGTH = 5_000


@dataclass(slots=True)
class Chapter:
    """A page of the book. number: its position in reading order, with which its anchors begin."""

    number: int
    path: str
    body: etree._Element
    text: str
    types: set[str] = field(default_factory=set)
    by_id: dict[str, etree._Element] = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        return f"c{self.number}"

    def anchor_of(self, name: str) -> str:
        """Return the anchor of an element of the chapter, unique in the book."""
        return f"{self.anchor}-{name}" if name else self.anchor


def make_chapter(number: int, path: str, root: etree._Element) -> Chapter | None:
    """Return the chapter of a parsed page; None for one without a body."""
    body = root if root.tag == "body" else next(root.iter("body"), None)
    if body is None:
        return None
    for node in list(body.iter(*INVISIBLE, etree.Comment)):
        remove(node)
    types = _types(body) | {name for child in body if isinstance(child.tag, str) for name in _types(child)}
    chapter = Chapter(number, path, body, text_of(body), types)
    for node in body.iter(etree.Element):
        name = node.get("id") or (node.get("name") if node.tag == "a" else None)
        if name:
            chapter.by_id.setdefault(name, node)
    return chapter


def text_of(node: etree._Element) -> str:
    """Return all text of the element in its order, with the alternative text of images, blocks on their own lines.

    The mark of a note is no part of the word before it. What a tracked change has deleted is at the end: in its place
    it could divide a word.
    """
    shown: list[str] = []
    deleted: list[str] = []
    depth = 0
    for event, element in etree.iterwalk(node, events=("start", "end")):
        depth += event == "start" and element.tag == "del"
        pieces = deleted if depth else shown
        if element.tag in BLOCKS:
            pieces.append("\n")
        elif element.tag == "a" and "#" in (element.get("href") or ""):
            pieces.append(" ")
        if event == "start":
            pieces += [f" {element.get('alt') or ''} " if element.tag == "img" else "", element.text or ""]
            continue
        if element.tag == "del":
            depth -= 1
            deleted.append("\n")
        if element is not node:
            (deleted if depth else shown).append(element.tail or "")
    return "".join([*shown, "\n", *deleted] if deleted else shown)


def remove(node: etree._Element) -> None:
    """Remove the element, but not the text after it."""
    parent = node.getparent()
    if parent is None:
        return
    before = node.getprevious()
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    node.tail = None
    parent.remove(node)


def _types(node: etree._Element) -> set[str]:
    return {*(node.get("epub-type") or "").split(), *(node.get("role") or "").split()}


def is_reference(link: etree._Element) -> bool:
    """Return whether the link's type or role says that it refers to a note."""
    return bool(_types(link) & (REFERENCE_TYPES | REFERENCE_ROLES))


def looks_like_reference(link: etree._Element) -> bool:
    """Return whether the link looks like a footnote reference: a number or a star, in superscript or brackets."""
    text = "".join(link.itertext()).strip()
    if not NOTE_MARK.fullmatch(text):
        return False
    return text[0] in "[(*†‡§¶" or link.getparent().tag == "sup" or any(True for _ in link.iter("sup"))


def is_note(node: etree._Element) -> bool:
    """Return whether the element's type or role says that it is a note."""
    return bool(_types(node) & (NOTE_TYPES | NOTE_ROLES))


def note_of(target: etree._Element, is_certain: bool) -> etree._Element | None:
    """Return the note that a link target is in: an element marked as one, or a paragraph or item that begins there.

    is_certain: the link says that it leads to a note.
    """
    for node in (target, *target.iterancestors()):
        if is_note(node):
            return node
        parent = node.getparent()
        if node.tag == "li" and parent is not None and _is_container(parent):
            return node
    host = next((node for node in (target, *target.iterancestors()) if node.tag in NOTE_HOSTS), None)
    if host is None or host.tag == "section" or _is_long(host):
        return None
    return host if is_certain or _has_back_link(host) else None


def _is_long(node: etree._Element) -> bool:
    """Return whether an element has more text than a note can have. Stop counting there."""
    length = 0
    for text in node.itertext():
        length += len(text)
        if length > MAX_NOTE_LENGTH:
            return True
    return False


def _is_container(node: etree._Element) -> bool:
    return any(_types(parent) & NOTE_CONTAINERS for parent in (node, *list(node.iterancestors())[:3]))


def _has_back_link(host: etree._Element) -> bool:
    """Return whether the note has a link back: its mark at the start, or an arrow at the end."""
    links = [link for link in host.iter("a") if link.get("href")]
    if not links:
        return False
    text = "".join(host.itertext()).strip()
    first, last = (" ".join("".join(link.itertext()).split()) for link in (links[0], links[-1]))
    return bool((NOTE_MARK.fullmatch(first) and text.startswith(first)) or BACK_MARK.fullmatch(last))


def remove_back_links(note: etree._Element) -> None:
    """Remove the links that lead from a note back into the text, and elements that become empty."""
    for link in list(note.iter("a")):
        text = "".join(link.itertext()).strip()
        is_back = _types(link) & (BACK_ROLES | BACK_TYPES) or (BACK_MARK.fullmatch(text) or NOTE_MARK.fullmatch(text))
        if is_back and link.get("href") is not None and "#" in link.get("href", ""):
            parent = link.getparent()
            remove(link)
            while (
                parent is not None
                and parent is not note
                and parent.tag in ("sup", "span", "small")
                and not len(parent)
            ):
                empty, parent = parent, parent.getparent()
                if (empty.text or "").strip():
                    break
                remove(empty)


def to_html(node: etree._Element) -> str:
    """Return the element as HTML."""
    return lxml_html.tostring(node, encoding="unicode", with_tail=False)


def inner_html(node: etree._Element) -> str:
    """Return what is in the element as HTML."""
    return escape_html(node.text or "") + "".join(lxml_html.tostring(child, encoding="unicode") for child in node)
