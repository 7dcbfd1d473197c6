"""Parse the XML of a book safely: no entities are expanded, nothing is fetched."""

import re
import sys
from html import unescape
from html.entities import html5

from django.utils.translation import gettext as _
from lxml import etree
from lxml import html as lxml_html

from lessons.importing.readers.archives import has_entities
from lessons.markup.characters import UNCLEAN, clean_text
from lessons.markup.sanitise import InvalidText

MAX_BYTES = 20 * 1024 * 1024
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*+(?:\[(?P<subset>[^\]]*+)\]\s*+)?>", re.IGNORECASE)
DOCTYPE_START = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
ENTITY = re.compile(r"<!ENTITY\b")
ENTITY_DECLARATION = re.compile(r"<!ENTITY\s+([\w.:-]{1,64})\s+(?:\"([^\"<]{0,100})\"|'([^'<]{0,100})')\s*>")
REFERENCE = re.compile(r"&([A-Za-z_][\w.:-]{0,63});")
NUMERIC = re.compile(r"&#(?:[0-9]{1,8}|[xX][0-9a-fA-F]{1,8});")
XML_DECLARATION = re.compile(r"\A\s*+<\?xml[^>]*+>")
ENCODING = re.compile(rb"<\?xml[^>]{0,100}?encoding=[\"']([\w.-]+)")
MAX_ENTITIES = 300
OWN_TO_XML = {"amp", "lt", "gt", "quot", "apos"}


def parse(data: bytes) -> etree._Element | None:
    """Return the root of the document, its elements without namespaces; None if there is nothing to parse.

    A document that is not well-formed is parsed as HTML, as e-readers do. Raise InvalidText for entities that expand.
    """
    if len(data) > MAX_BYTES:
        raise InvalidText(_("A chapter of this book is larger than 20 MB. Split it and import the parts one by one."))
    text = _without_doctype(XML_DECLARATION.sub("", _without_controls(decode(data)), count=1))
    if not text.strip():
        return None
    try:
        root = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, remove_pis=True))
    except (etree.XMLSyntaxError, ValueError):
        root = _parse_as_html(text)
    if root is not None:
        _strip_namespaces(root)
    return root


def refuse_entities(beginning: bytes) -> None:
    """Raise InvalidText if the beginning of a document declares entities for which `parse` would refuse it."""
    text = decode(beginning)
    start = DOCTYPE_START.search(text)
    match = DOCTYPE.match(text, start.start()) if start else None
    _own_entities(match["subset"] or "" if match else "")


def decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    declared = ENCODING.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(declared[1].decode() if declared else "cp1252", "replace")
    except LookupError:
        return data.decode("cp1252", "replace")


def _without_controls(text: str) -> str:
    """Return the document without control characters and references to them: parsers and databases reject them.

    A reference that HTML reads as a Windows character, such as `&#150;`, becomes that character.
    """

    def storable(reference: re.Match) -> str:
        number = reference[0][2:-1]
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        is_storable = code <= sys.maxunicode and not UNCLEAN.search(chr(code))
        return reference[0] if is_storable else clean_text(unescape(reference[0]))

    return NUMERIC.sub(storable, clean_text(text))


def _without_doctype(text: str) -> str:
    """Return the document without its DOCTYPE, and with named entities replaced by their characters."""
    start = DOCTYPE_START.search(text)
    match = DOCTYPE.match(text, start.start()) if start else None
    own: dict[str, str] = {}
    if match:
        own = _own_entities(match["subset"] or "")
        text = text[: match.start()] + text[match.end() :]

    def replace(reference: re.Match) -> str:
        name = reference[1]
        if name in OWN_TO_XML:
            return reference[0]
        value = own.get(name, html5.get(f"{name};", ""))
        return value.replace("&", "&amp;").replace("<", "&lt;") if value else f"&amp;{name};"

    return REFERENCE.sub(replace, text)


def _own_entities(subset: str) -> dict[str, str]:
    """Return the entities that a document declares, if they are short texts. Raise InvalidText for any others."""
    declared = {name: double or single for name, double, single in ENTITY_DECLARATION.findall(subset)}
    is_harmless = not any(REFERENCE.search(value) for value in declared.values())
    if len(declared) > MAX_ENTITIES or len(ENTITY.findall(subset)) > len(declared) or not is_harmless:
        raise InvalidText(has_entities())
    return {name: unescape(value) for name, value in declared.items()}


def _parse_as_html(text: str) -> etree._Element | None:
    try:
        return lxml_html.document_fromstring(text, parser=lxml_html.HTMLParser(no_network=True, remove_pis=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _strip_namespaces(root: etree._Element) -> None:
    """Name elements and attributes by their local names: `epub:type` becomes `epub-type`."""
    for node in root.iter(etree.Element):
        node.tag = etree.QName(node).localname.lower() if "}" in node.tag else node.tag.rpartition(":")[2].lower()
        for name in [name for name in node.attrib if "}" in name]:
            local = etree.QName(name).localname
            is_type = name.startswith("{http://www.idpf.org/2007/ops}")
            value = node.attrib.pop(name)
            if is_type or local not in node.attrib:
                node.set("epub-type" if is_type else local, value)
    etree.cleanup_namespaces(root)
