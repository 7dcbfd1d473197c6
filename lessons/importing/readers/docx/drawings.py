"""Images, drawings, diagrams and text boxes, wherever they are anchored in a paragraph."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from lxml.etree import _Element as Element

from lessons.importing.document import element, image_placeholder
from lessons.importing.readers.docx.content import LeftOut, Span
from lessons.importing.readers.docx.context import Context
from lessons.importing.readers.docx.namespaces import CHART, DIAGRAM, WP, A, R, V
from lessons.importing.readers.docx.selection import outermost
from lessons.markup.characters import clean_text

IMAGES = (A + "blip", V + "imagedata", DIAGRAM + "relIds", CHART + "chart")
FILE_NAME = re.compile(
    r"^[A-Za-z]:\\|^(?:file|https?)://|^\S*\.(?:jpe?g|png|gif|bmp|wmf|emf|tiff?|webp|svg)$", re.IGNORECASE
)
MAX_IMAGES = 200  # in one drawing
PROPERTIES = "cNvPr"
DIAGRAM_TEXT = _("The text of a diagram or chart, which the document shows as an image.")


def read_drawing(drawing: Element, context: Context) -> Iterator[Span | LeftOut]:
    """Yield the images of a `w:drawing`, `w:pict` or `w:object`, or their placeholders."""
    nodes = list(outermost(drawing, *IMAGES))
    for node in nodes[:MAX_IMAGES]:
        alt = _alternative_text(drawing, node, is_only=len(nodes) == 1)
        if node.tag in (DIAGRAM + "relIds", CHART + "chart"):
            words = diagram_text(node, context)
            yield placeholder(alt)
            if words:
                yield LeftOut(words, DIAGRAM_TEXT)
            continue
        relationship_id = node.get(R + "embed") or node.get(R + "id") or node.get(R + "pict") or ""
        address = context.add_image(relationship_id, alt)
        yield Span(alt, html=element("img", src=address, alt=alt), kind="image") if address else placeholder(alt)


def placeholder(alt: str) -> Span:
    return Span(image_placeholder(alt).text, kind="image")


def _alternative_text(drawing: Element, image: Element, *, is_only: bool) -> str:
    """Return the description of an image; that of the whole drawing if it is the only one in it."""
    named = drawing.find(f".//{WP}docPr") if is_only else None
    if named is None:
        named = _own_properties(image)
    if named is None:
        return ""
    return description(named)


def description(properties: Element) -> str:
    """Return the alternative text of an image, unless it is a file name that Word has inserted."""
    text = properties.get("descr") or properties.get("alt") or properties.get("title") or ""
    text = " ".join(clean_text(text).split())
    return "" if FILE_NAME.search(text) else text


def _own_properties(image: Element) -> Element | None:
    """Return the element with the description of one image among several, or of one in the older VML."""
    if image.tag == V + "imagedata":
        return image.getparent()
    parent = image.getparent()
    while parent is not None and not str(parent.tag).endswith("}pic"):
        parent = parent.getparent()
    if parent is None:
        return None
    return next((node for node in parent.iter() if str(node.tag).endswith("}" + PROPERTIES)), None)


def diagram_text(node: Element, context: Context) -> str:
    """Return the text of a diagram or a chart, which is in a separate part."""
    relationship = context.relationships.get(node.get(R + "dm") or node.get(R + "id") or "")
    root = context.package.xml(relationship.target) if relationship and not relationship.is_external else None
    if root is None:
        return ""
    return " ".join("\n".join(text.text or "" for text in root.iter(A + "t")).split())
