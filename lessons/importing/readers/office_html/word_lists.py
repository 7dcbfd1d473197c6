"""List items that Word writes as paragraphs: their lists, and the markers in their text."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.nested_lists import START_LENGTH, Marker, first_number
from lessons.importing.readers.office_html.list_elements import Entry, children_of, cut_start
from lessons.importing.readers.office_html.styles import declarations

WORD_LIST = re.compile(r"mso-list:\s*(l\d{1,6})\s+level(\d)", re.IGNORECASE)
IGNORED = "span[style*='mso-list:Ignore'], span[style*='mso-list: Ignore'], span[style*='mso-list:ignore']"
LIST_CLASS = re.compile(r"MsoListParagraph|MsoListBullet|MsoListNumber|MsoList\b")
MARKER_GAP = "font:7.0pt"
NUMBER_MARKER = re.compile(r"\(?(?:[^\W\d_]|[ivxlcdm]{1,7}|\d{1,4})[.)]?", re.IGNORECASE)
LENGTH = re.compile(r"(-?\d{1,5}(?:\.\d{1,4})?)(pt|px|in|cm|mm|em)?")
TWIPS = {"pt": 20, "px": 15, "in": 1440, "cm": 567, "mm": 57, "em": 240, None: 15}
# Letters that Word uses as bullets, in symbol fonts.
BULLET_LETTERS = set("o§ØüvàèqnulF")


def write_bullets(page: LexborHTMLParser) -> None:
    """Write bullets that are letters in a font of symbols as what they look like: they are no words of the text."""
    for node in page.css("p"):
        ignored = node.css_first(IGNORED)
        gap = _gap(node) if not ignored and word_list(node) else None
        label = ignored.text(deep=True) if ignored else _text_before(node, gap) if gap else ""
        if label.strip() in BULLET_LETTERS:
            texts = (one for one in (ignored or node).traverse(include_text=True) if one.is_text_node)
            next(one for one in texts if one.text(deep=False).strip()).replace_with("·")


def word_list(node: LexborNode) -> tuple[str, int] | None:
    """Return (list, level from 0) of a Word paragraph that is a list item."""
    style = node.attributes.get("style") or ""
    match = WORD_LIST.search(style)
    if match:
        return match[1], int(match[2]) - 1
    if LIST_CLASS.search(node.attributes.get("class") or "") and _gap(node):
        return f"class {_left(style)}", 0
    return None


def _gap(node: LexborNode) -> LexborNode | None:
    """Return the element that separates a marker from the text, as in Word's filtered HTML."""
    first = next((child for child in node.css("span") if MARKER_GAP in (child.attributes.get("style") or "")), None)
    return first if first and len(_text_before(node, first)) <= START_LENGTH else None


def _text_before(node: LexborNode, end: LexborNode) -> str:
    pieces = []
    for child in node.traverse(include_text=True):
        if child.mem_id == end.mem_id:
            break
        if child.is_text_node:
            pieces.append(child.text(deep=False))
    return "".join(pieces)


def word_entries(run: list[LexborNode]) -> list[Entry]:
    """Return the entries of adjacent paragraphs, without the markers in their text."""
    taken = [(node, word_list(node) or ("", 0), _take_marker(node)) for node in run]
    entries = []
    before: dict[tuple[str, int], Marker] = {}
    for n, (node, (list_id, level), label) in enumerate(taken):
        same_level = (following for _node, place, following in taken[n + 1 : n + 10] if place == (list_id, level))
        marker = _marker(list_id, level, label, next(same_level, ""), before.get((list_id, level)))
        before[list_id, level] = marker
        entries.append(Entry(marker, _left(node.attributes.get("style") or ""), node, children_of(node)))
    return entries


def _take_marker(node: LexborNode) -> str:
    """Remove the marker from a paragraph, and return it."""
    ignored = node.css_first(IGNORED)
    if ignored:
        label = ignored.text(deep=True)
        ignored.decompose()
        return " ".join(label.split())
    gap = _gap(node)
    if not gap:
        return ""
    label = _text_before(node, gap)
    cut_start(node, len(label))
    gap.decompose()
    return " ".join(label.split())


def _marker(list_id: str, level: int, label: str, following: str, before: Marker | None) -> Marker:
    """Return the marker of a label, whose kind of numbering depends on the labels before and after it."""
    is_bullet = not any(c.isalnum() for c in label) or label in BULLET_LETTERS
    if is_bullet:
        return Marker(list_id, level)
    letter = label.strip("(). ")
    if before and before.html_type in ("a", "A") and len(letter) == 1 and ord(letter.lower()) - 96 == before.value + 1:
        return Marker(list_id, level, label, before.value + 1, before.html_type)
    first = first_number(label, following) if NUMBER_MARKER.fullmatch(label) else None
    if first is None:
        return Marker(list_id, level, label, is_plain=False)
    return Marker(list_id, level, label, first[0], first[1])


def _left(style: str) -> int:
    """Return the left margin in twentieths of a point."""
    found = declarations(style)
    text = found.get("margin-left") or (found.get("margin", "").split() or [""])[-1]
    match = LENGTH.match(text)
    return int(float(match[1]) * TWIPS[match[2]]) if match else 0
