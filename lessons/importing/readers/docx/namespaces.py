"""Names of Office Open XML, and how its on/off properties and references are read."""

from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
# The strict variant of the format uses other namespaces for the same elements.
STRICT_NAMES = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W,
    b"http://purl.oclc.org/ooxml/officeDocument/math": M,
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R,
    b"http://purl.oclc.org/ooxml/drawingml/main": A,
    b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": WP,
    b"http://purl.oclc.org/ooxml/drawingml/diagram": DIAGRAM,
    b"http://purl.oclc.org/ooxml/drawingml/chart": CHART,
}
OFF = {"0", "false", "off", "none"}


def value(parent: Element | None, name: str, attribute: str = "val") -> str | None:
    """Return the attribute of the child `w:name`, None if either is missing."""
    child = parent.find(W + name) if parent is not None else None
    return child.get(W + attribute) if child is not None else None


def number(text: str | None, default: int = 0) -> int:
    """Return the integer in an attribute; invalid values are tolerated, as Word does."""
    try:
        return int(float(text)) if text is not None and len(text) < 12 else default
    except (ValueError, OverflowError):
        return default


def is_on(element: Element) -> bool:
    """Return whether a property such as `<w:b/>` is switched on."""
    return (element.get(W + "val") or "1").lower() not in OFF
