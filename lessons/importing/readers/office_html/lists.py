"""Convert lists of office programs, which are paragraphs with markers, or sibling lists instead of nested ones."""

from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.nested_lists import START_LENGTH, typed_markers
from lessons.importing.readers.office_html import asides
from lessons.importing.readers.office_html.list_elements import Entry, children_of, cut_start, is_blank, replace
from lessons.importing.readers.office_html.sibling_lists import has_lists_as_children, list_level, merge_lists
from lessons.importing.readers.office_html.word_lists import word_entries, word_list

MEMBERS = "p, ul, ol, div.ListContainerWrapper"


def make_lists(page: LexborHTMLParser, counters: dict[str, str]) -> None:
    """Replace paragraphs with markers, and sibling lists of several levels, by nested lists."""
    containers = {node.parent.mem_id: node.parent for node in page.css(MEMBERS) if node.parent is not None}
    # From the inside out, since making a list copies its content.
    for container in reversed(containers.values()):
        if container.tag in ("ul", "ol"):
            continue
        children = [node for node in container.iter(include_text=True) if not is_blank(node)]
        for run in _runs(children):
            if run[0].tag == "p":
                replace(page, run, word_entries(run))
            else:
                merge_lists(page, run, counters)
        _make_typed_lists(page, container)


def _runs(children: Iterable[LexborNode]) -> list[list[LexborNode]]:
    """Return the runs of adjacent elements that make lists together."""
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
    """Return the role of an element in a list: a Word paragraph, or one of several sibling lists."""
    if node.tag == "p" and word_list(node):
        return "paragraph"
    if node.tag in ("ul", "ol"):
        return "list" if list_level(node) or has_lists_as_children(node) else ""
    if node.tag == "div" and "ListContainerWrapper" in (node.attributes.get("class") or ""):
        inside = [child for child in children_of(node) if not is_blank(child)]
        return "list" if len(inside) == 1 and inside[0].tag in ("ul", "ol") else ""
    return ""


def _make_typed_lists(page: LexborHTMLParser, container: LexborNode) -> None:
    """Make lists of adjacent paragraphs that begin with a typed bullet, or with consecutive numbers."""
    children = [node for node in container.iter(include_text=True) if not is_blank(node)]
    starts = [_start(node) for node in children]
    run: list[LexborNode] = []
    entries: list[Entry] = []
    for node, marked in [*zip(children, typed_markers(starts, "typed"), strict=True), (None, None)]:
        if entries and (marked is None or marked[0].list_id != entries[-1].marker.list_id):
            replace(page, run, entries)
            run, entries = [], []
        if marked and node is not None:
            cut_start(node, marked[1])
            run.append(node)
            entries.append(Entry(marked[0], 0, node, children_of(node)))


def _start(node: LexborNode) -> str | None:
    """Return the start of a paragraph that could be an item, None for any other."""
    if node.tag != "p" or asides.is_marked(node):
        return None
    pieces: list[str] = []
    for child in node.traverse(include_text=True):
        if child.is_text_node:
            pieces.append(child.text(deep=False))
        if sum(map(len, pieces)) > 3 * START_LENGTH:
            break
    return "".join(pieces).replace("\n", " ").replace("\r", "").lstrip(" \t")[:START_LENGTH]
