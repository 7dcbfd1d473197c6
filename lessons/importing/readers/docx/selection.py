"""Choose one of several versions of the same content: the newer one, if it has readable content."""

from collections.abc import Iterator

from lxml.etree import _Element as Element

from lessons.importing.readers.docx.namespaces import CHART, DIAGRAM, MC, A, M, V, W

READABLE = (
    W + "t", W + "txbxContent", A + "blip", V + "imagedata", M + "oMath", DIAGRAM + "relIds", CHART + "chart",
    W + "sym",
)  # fmt: skip


def chosen(alternatives: Element) -> Element | None:
    """Return the first child of an `mc:AlternateContent` that can be read."""
    choices = [child for child in alternatives if child.tag in (MC + "Choice", MC + "Fallback")]
    return next((one for one in choices if next(one.iter(*READABLE), None) is not None), None)


def outermost(node: Element, *tags: str) -> Iterator[Element]:
    """Yield the descendants with one of the tags that are in no other of them, from the chosen alternatives only."""
    pending = list(reversed(node))
    while pending:
        child = pending.pop()
        if child.tag in tags:
            yield child
        elif child.tag == MC + "AlternateContent":
            choice = chosen(child)
            pending += reversed(choice) if choice is not None else ()
        else:
            pending += reversed(child)
