"""Lists of office programs, which are paragraphs with markers, or lists beside each other instead of nested."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.nested_lists import (
    START_LENGTH,
    ListNode,
    Marker,
    first_number,
    nest,
    typed_markers,
)
from lessons.importing.readers.office_html import asides
from lessons.importing.readers.office_html.styles import declarations

WORD_LIST = re.compile(r"mso-list:\s*(l\d{1,6})\s+level(\d)", re.IGNORECASE)
IGNORED = "span[style*='mso-list:Ignore'], span[style*='mso-list: Ignore'], span[style*='mso-list:ignore']"
LIST_CLASS = re.compile(r"MsoListParagraph|MsoListBullet|MsoListNumber|MsoList\b")
MARKER_GAP = "font:7.0pt"
GOOGLE_LIST = re.compile(r"lst-(kix_[\w-]{1,80})-(\d)\b")
NUMBER_MARKER = re.compile(r"\(?(?:[^\W\d_]|[ivxlcdm]{1,7}|\d{1,4})[.)]?", re.IGNORECASE)
LENGTH = re.compile(r"(-?\d{1,5}(?:\.\d{1,4})?)(pt|px|in|cm|mm|em)?")
TWIPS = {"pt": 20, "px": 15, "in": 1440, "cm": 567, "mm": 57, "em": 240, None: 15}
# Letters that Word writes as bullets, in fonts of symbols.
BULLET_LETTERS = set("o§ØüvàèqnulF")
COUNTERS = {
    "lower-latin": "a", "lower-alpha": "a", "upper-latin": "A", "upper-alpha": "A", "lower-roman": "i",
    "upper-roman": "I",
}  # fmt: skip
MEMBERS = "p, ul, ol, div.ListContainerWrapper"


@dataclass(slots=True)
class Entry:
    """A paragraph or an item that is to become an item: its marker, indent, and the content of its element."""

    marker: Marker
    indent: int
    node: LexborNode
    content: list[LexborNode]


def make_lists(page: LexborHTMLParser, counters: dict[str, str]) -> None:
    """Replace paragraphs with markers, and sibling lists of several levels, by nested lists."""
    containers = {node.parent.mem_id: node.parent for node in page.css(MEMBERS) if node.parent is not None}
    # From the inside out: making a list copies what is in it.
    for container in reversed(containers.values()):
        if container.tag in ("ul", "ol"):
            continue
        children = [node for node in container.iter(include_text=True) if not _is_blank(node)]
        for run in _runs(children):
            if run[0].tag == "p":
                _replace(page, run, _word_entries(run))
            else:
                _merge_lists(page, run, counters)
        _make_typed_lists(page, container)


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))


def _is_blank(node: LexborNode) -> bool:
    return (node.is_text_node and not node.text(deep=False).strip()) or node.is_comment_node


def _runs(children: Iterable[LexborNode]) -> list[list[LexborNode]]:
    """Return the runs of neighbours that make lists together."""
    runs: list[list[LexborNode]] = []
    before = ""
    for node in children:
        kind = _kind(node) if not asides.is_marked(node) else ""
        if kind and kind == before:
            runs[-1].append(node)
        elif kind:
            runs.append([node])
        before = kind
    return runs


def _kind(node: LexborNode) -> str:
    """Return how an element takes part in a list: as a paragraph of Word, or as one of several sibling lists."""
    if node.tag == "p" and _word_list(node):
        return "paragraph"
    if node.tag in ("ul", "ol"):
        return "list" if _list_level(node) or _has_lists_as_children(node) else ""
    if node.tag == "div" and "ListContainerWrapper" in (node.attributes.get("class") or ""):
        inside = [child for child in _children(node) if not _is_blank(child)]
        return "list" if len(inside) == 1 and inside[0].tag in ("ul", "ol") else ""
    return ""


# Paragraphs of Word


def _word_list(node: LexborNode) -> tuple[str, int] | None:
    """Return (list, level from 0) of a paragraph of Word that is an item."""
    style = node.attributes.get("style") or ""
    match = WORD_LIST.search(style)
    if match:
        return match[1], int(match[2]) - 1
    if LIST_CLASS.search(node.attributes.get("class") or "") and _gap(node):
        return f"class {_left(style)}", 0
    return None


def _gap(node: LexborNode) -> LexborNode | None:
    """Return the element after a marker that keeps the text away from it, as in Word's filtered HTML."""
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


def _word_entries(run: list[LexborNode]) -> list[Entry]:
    taken = [(node, _word_list(node) or ("", 0), _take_marker(node)) for node in run]
    entries = []
    before: dict[tuple[str, int], Marker] = {}
    for n, (node, (list_id, level), label) in enumerate(taken):
        same_level = (following for _node, place, following in taken[n + 1 : n + 10] if place == (list_id, level))
        marker = _marker(list_id, level, label, next(same_level, ""), before.get((list_id, level)))
        before[list_id, level] = marker
        entries.append(Entry(marker, _left(node.attributes.get("style") or ""), node, _children(node)))
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
    """Return the marker of a label, whose letters mean what the ones before and after it do."""
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


# Sibling lists


def _has_lists_as_children(node: LexborNode) -> bool:
    return any(child.tag in ("ul", "ol") for child in node.iter())


def _list_level(node: LexborNode) -> tuple[str, int] | None:
    """Return (list, level from 0) that an `<ol>` or `<ul>` of Google Docs or Word Online says it has."""
    match = GOOGLE_LIST.search(node.attributes.get("class") or "")
    if match:
        return match[1], int(match[2])
    first = node.css_first("li")
    level = first.attributes.get("aria-level") or first.attributes.get("data-aria-level") if first else None
    if first is None or not level or not level.isdecimal() or len(level) > 2:
        return None
    return first.attributes.get("data-listid") or "list", int(level) - 1


def _merge_lists(page: LexborHTMLParser, run: list[LexborNode], counters: dict[str, str]) -> None:
    """Nest the lists of a run by the levels of their items, unless they are nested as they should be."""
    lists = [one for node in run for one in ([node] if node.tag in ("ul", "ol") else node.css("ul, ol")[:1])]
    levels = {_list_level(one) for one in lists}
    if len(levels) < 2 and not any(map(_has_lists_as_children, lists)):
        return
    entries: list[Entry] = []
    for one in lists:
        _add_entries(one, 0, entries, counters)
    _replace(page, run, entries)


def _add_entries(node: LexborNode, depth: int, entries: list[Entry], counters: dict[str, str]) -> None:
    """Add the items of a list and of the lists in it, which are taken out of their items."""
    list_id, level = _list_level(node) or ("list", depth)
    value = _int(node.attributes.get("start"), 1)
    for child in [one for one in node.iter(include_text=True) if not _is_blank(one)]:
        if child.tag in ("ul", "ol"):
            _add_entries(child, depth + 1, entries, counters)
        elif child.tag == "li":
            value = _int(child.attributes.get("value"), value)
            marker = Marker(list_id, level)
            if node.tag == "ol":
                marker = Marker(list_id, level, f"{value}.", value, _html_type(node, child, counters))
                value += 1
            own, inner = _split(child)
            entries.append(Entry(marker, 0, child, own))
            for one in inner:
                _add_entries(one, level + 1, entries, counters)
        else:
            # Text between the items, which should not be there.
            entries.append(Entry(Marker(list_id, level), 0, child, [child]))


def _split(item: LexborNode) -> tuple[list[LexborNode], list[LexborNode]]:
    """Return what of an item is its own, and the lists at its end; one in the middle stays where it is."""
    own = [one for one in item.iter(include_text=True) if not _is_blank(one) or one.is_text_node]
    inner: list[LexborNode] = []
    while own and (own[-1].tag in ("ul", "ol") or _is_blank(own[-1])):
        last = own.pop()
        inner += [last] if last.tag in ("ul", "ol") else []
    return own, inner[::-1]


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else default


def _html_type(node: LexborNode, item: LexborNode, counters: dict[str, str]) -> str:
    """Return the `type` of an `<ol>`: its own, or that of its style."""
    match = GOOGLE_LIST.search(node.attributes.get("class") or "")
    styles = [declarations(one.attributes.get("style") or "").get("list-style-type") for one in (item, node)]
    names = [counters.get(f"{match[1]}-{match[2]}") if match else None, *styles]
    return node.attributes.get("type") or next((COUNTERS[name] for name in names if name in COUNTERS), "")


# Typed markers


def _make_typed_lists(page: LexborHTMLParser, container: LexborNode) -> None:
    """Make lists of neighbouring paragraphs that begin with a typed bullet, or with numbers that follow each other."""
    children = [node for node in container.iter(include_text=True) if not _is_blank(node)]
    starts = [_start(node) for node in children]
    run: list[LexborNode] = []
    entries: list[Entry] = []
    for node, marked in [*zip(children, typed_markers(starts, "typed"), strict=True), (None, None)]:
        if entries and (marked is None or marked[0].list_id != entries[-1].marker.list_id):
            _replace(page, run, entries)
            run, entries = [], []
        if marked and node is not None:
            cut_start(node, marked[1])
            run.append(node)
            entries.append(Entry(marked[0], 0, node, _children(node)))


def _start(node: LexborNode) -> str | None:
    if node.tag != "p" or asides.is_marked(node):
        return None
    pieces: list[str] = []
    for child in node.traverse(include_text=True):
        if child.is_text_node:
            pieces.append(child.text(deep=False))
        if sum(map(len, pieces)) > 3 * START_LENGTH:
            break
    return "".join(pieces).replace("\n", " ").replace("\r", "").lstrip(" \t")[:START_LENGTH]


def cut_start(node: LexborNode, length: int) -> None:
    """Remove the first characters of an element's text, not counting white space at its very start."""
    is_at_start = True
    for child in [one for one in node.traverse(include_text=True) if one.is_text_node]:
        text = child.text(deep=False)
        kept = text.lstrip(" \t\r\n") if is_at_start else text
        is_at_start = is_at_start and not kept
        cut = min(length, len(kept))
        length -= cut
        if kept[cut:] != text:
            child.replace_with(kept[cut:])
        if not length and not is_at_start:
            return


# Lists as elements


def _replace(page: LexborHTMLParser, run: list[LexborNode], entries: list[Entry]) -> None:
    """Put the lists of `entries` where the elements of `run` stand."""
    for node in nest((entry.marker, entry.indent, entry) for entry in entries):
        run[0].insert_before(_element(page, node))
    for old in run:
        old.decompose()


def _element(page: LexborHTMLParser, node: ListNode[Entry]) -> LexborNode:
    result = page.create_node("ol" if node.is_numbered else "ul")
    for name, value in node.attributes().items():
        result.attrs[name] = value
    for item, attributes in zip(node.items, node.item_attributes(), strict=True):
        child = page.create_node("li")
        for name, value in attributes.items():
            child.attrs[name] = value
        for part in item.parts:
            if isinstance(part, ListNode):
                child.insert_child(_element(page, part))
            else:
                _move_content(part, child)
        result.insert_child(child)
    return result


def _move_content(entry: Entry, item: LexborNode) -> None:
    if entry.marker.label and not entry.marker.is_plain:
        item.insert_child(f"{entry.marker.label} ")
    name = entry.node.attributes.get("id") if not entry.node.is_text_node else None
    if name:
        item.attrs["id"] = name
    for child in entry.content:
        item.insert_child(child)
