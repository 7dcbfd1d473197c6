"""Nest sibling lists by their levels, as Google Docs and Word Online write them."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.nested_lists import Marker
from lessons.importing.readers.office_html.list_elements import Entry, is_blank, replace
from lessons.importing.readers.office_html.styles import declarations

GOOGLE_LIST = re.compile(r"lst-(kix_[\w-]{1,80})-(\d)\b")
COUNTERS = {
    "lower-latin": "a", "lower-alpha": "a", "upper-latin": "A", "upper-alpha": "A", "lower-roman": "i",
    "upper-roman": "I",
}  # fmt: skip


def merge_lists(page: LexborHTMLParser, run: list[LexborNode], counters: dict[str, str]) -> None:
    """Nest the lists of a run by the levels of their items, unless they are nested correctly already."""
    lists = [one for node in run for one in ([node] if node.tag in ("ul", "ol") else node.css("ul, ol")[:1])]
    levels = {list_level(one) for one in lists}
    if len(levels) < 2 and not any(map(has_lists_as_children, lists)):
        return
    entries: list[Entry] = []
    for one in lists:
        _add_entries(one, 0, entries, counters)
    replace(page, run, entries)


def _add_entries(node: LexborNode, depth: int, entries: list[Entry], counters: dict[str, str]) -> None:
    """Add the items of a list, and those of its inner lists, which are removed from their items."""
    list_id, level = list_level(node) or ("list", depth)
    value = _int(node.attributes.get("start"), 1)
    for child in [one for one in node.iter(include_text=True) if not is_blank(one)]:
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
            # Text between the items, which is invalid HTML.
            entries.append(Entry(Marker(list_id, level), 0, child, [child]))


def _split(item: LexborNode) -> tuple[list[LexborNode], list[LexborNode]]:
    """Return an item's own content and the lists at its end; a list in the middle stays where it is."""
    own = [one for one in item.iter(include_text=True) if not is_blank(one) or one.is_text_node]
    inner: list[LexborNode] = []
    while own and (own[-1].tag in ("ul", "ol") or is_blank(own[-1])):
        last = own.pop()
        inner += [last] if last.tag in ("ul", "ol") else []
    return own, inner[::-1]


def list_level(node: LexborNode) -> tuple[str, int] | None:
    """Return (list, level from 0) as stated by an `<ol>` or `<ul>` of Google Docs or Word Online."""
    match = GOOGLE_LIST.search(node.attributes.get("class") or "")
    if match:
        return match[1], int(match[2])
    first = node.css_first("li")
    level = first.attributes.get("aria-level") or first.attributes.get("data-aria-level") if first else None
    if first is None or not level or not level.isdecimal() or len(level) > 2:
        return None
    return first.attributes.get("data-listid") or "list", int(level) - 1


def has_lists_as_children(node: LexborNode) -> bool:
    """Return whether a list has other lists as direct children."""
    return any(child.tag in ("ul", "ol") for child in node.iter())


def _html_type(node: LexborNode, item: LexborNode, counters: dict[str, str]) -> str:
    """Return the `type` of an `<ol>`: its own, or that of its style."""
    match = GOOGLE_LIST.search(node.attributes.get("class") or "")
    styles = [declarations(one.attributes.get("style") or "").get("list-style-type") for one in (item, node)]
    names = [counters.get(f"{match[1]}-{match[2]}") if match else None, *styles]
    return node.attributes.get("type") or next((COUNTERS[name] for name in names if name in COUNTERS), "")


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else default
