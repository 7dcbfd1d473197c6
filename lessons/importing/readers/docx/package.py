"""The parts of a Word document, which is a zip file; their relationships, and limits for their XML."""

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from lxml import etree
from lxml.etree import _Element as Element

from lessons.importing.readers.archives import damaged, has_entities, open_archive
from lessons.importing.readers.docx.namespaces import STRICT_NAMES
from lessons.markup.sanitise import InvalidText

MAX_XML = 20_000_000
# Twice as many as in 20 MB of Word's own XML; more would exceed the memory limit.
MAX_TAGS = 1_200_000
MAX_IMAGES = 60_000_000
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Relationship(NamedTuple):
    """What an id in a part refers to: another part, or an address outside the file."""

    kind: str
    target: str
    is_external: bool


class Package:
    """The parts of a document. Names are compared without case, as Word does. Raise InvalidText for a bad file."""

    def __init__(self, data: bytes):
        self._archive = open_archive(data)
        self._names = {name.lower(): name for name in self._archive.names}
        self._xml_left, self._tags_left, self._images_left = MAX_XML, MAX_TAGS, MAX_IMAGES
        self.document = self._document_name()

    def _document_name(self) -> str:
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and relationship.target.lower() in self._names:
                return relationship.target
        if "word/document.xml" in self._names:
            return "word/document.xml"
        raise InvalidText(not_word())

    def xml(self, name: str) -> Element | None:
        """Return the root of a part, None if there is no such part."""
        stored = self._names.get(name.lower())
        if stored is None:
            return None
        self._xml_left -= self._archive.size(stored)
        if self._xml_left < 0:
            raise InvalidText(too_large())
        data = self._archive.read(stored)
        self._tags_left -= data.count(b"<")
        if self._tags_left < 0:
            raise InvalidText(too_large())
        return _parse(data)

    def relationships(self, name: str) -> dict[str, Relationship]:
        """Return the relationships of a part by their ids; of the whole package for an empty name."""
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        result = {}
        for node in root.iter(RELATIONSHIP) if root is not None else ():
            is_external = node.get("TargetMode") == "External"
            target = node.get("Target") or ""
            if not is_external:
                target = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")
            kind = (node.get("Type") or "").rpartition("/")[2]
            result[node.get("Id") or ""] = Relationship(kind, target, is_external)
        return result

    def image(self, name: str) -> bytes | None:
        """Return the bytes of an image; None if it is missing, damaged, or beyond what one document may have."""
        stored = self._names.get(name.lower())
        if stored is None or self._archive.size(stored) > self._images_left:
            return None
        self._images_left -= self._archive.size(stored)
        try:
            return self._archive.read(stored)
        except InvalidText:
            return None


def too_large() -> str:
    return _(
        "This document contains more than 20 MB of text and formatting. Split it and import the parts one by one."
    )


def not_word() -> str:
    return _("This is not a Word document. Save it in Word as .docx, or copy the text and paste it.")


def _parse(data: bytes) -> Element:
    """Parse a part. Entities are neither declared nor expanded: Word writes none."""
    for strict, transitional in STRICT_NAMES.items():
        if strict in data:
            data = data.replace(strict, transitional[1:-1].encode())
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise InvalidText(damaged()) from None
    declarations = root.getroottree().docinfo.internalDTD
    if declarations is not None:
        raise InvalidText(has_entities() if any(declarations.iterentities()) else damaged())
    return root


def related(relationships: dict[str, Relationship], kind: str) -> Iterator[str]:
    """Yield the names of the parts of one kind: "styles", "footnotes", "header" …"""
    for relationship in relationships.values():
        if relationship.kind == kind and not relationship.is_external:
            yield relationship.target
