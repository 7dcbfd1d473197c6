"""Notes that stand in the sentence in a page's source, and beside the text on the page: they become footnotes."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lessons.importing.readers.pages.note_search import block_around
from lessons.importing.readers.pages.notes import outside_parts

# As Tufte CSS, Distill and plug-ins of WordPress have them.
IN_SENTENCE = (
    "span.sidenote, span.marginnote, span.margin-note, span.side-note, small.sidenote, d-footnote, "
    "span.modern-footnotes-footnote__note"
)
SIDENOTE = "sidenote"


def take_out(page: LexborHTMLParser) -> None:
    """Make notes that stand in the sentence, and are shown beside it, notes below the block, with references."""
    last: dict[int, LexborNode] = {}
    for n, node in enumerate(page.css(IN_SENTENCE), 1):
        block = block_around(node)
        if block is None or block.tag == "body" or not node.text(deep=True).strip():
            continue
        name = f"{SIDENOTE}-{n}"
        _remove_switches(node)
        raised, link, note = page.create_node("sup"), page.create_node("a"), page.create_node("aside")
        for key, value in {"href": f"#{name}", "role": "doc-noteref"}.items():
            link.attrs[key] = value
        for key, value in {"id": name, "role": "doc-footnote"}.items():
            note.attrs[key] = value
        link.insert_child(str(n))
        raised.insert_child(link)
        node.insert_before(raised)
        for child in list(node.iter(include_text=True)):
            note.insert_child(child)
        node.decompose()
        outside = outside_parts(block)
        last.get(outside.mem_id, outside).insert_after(note)
        place = last.get(outside.mem_id, outside).next
        if place:
            last[outside.mem_id] = place


def _remove_switches(node: LexborNode) -> None:
    """Remove what shows and hides a note on small screens, which stands before it."""
    before = node.prev
    while before and (
        before.tag in ("label", "input") or (before.is_text_node and not before.text(deep=False).strip())
    ):
        switch, before = before, before.prev
        switch.decompose()
