"""The zip file that a Word document is: its parts, their relationships, and the limits on both."""

import posixpath
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from lxml import etree
from lxml.etree import _Element as Element

from lessons.importing.readers.docx.namespaces import STRICT_NAMES
from lessons.markup.sanitise import InvalidText

MAX_BYTES = 50_000_000
MAX_XML = 20_000_000
MAX_IMAGES = 60_000_000
MAX_MEMBERS = 10_000
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Relationship:
    """What an id in a part refers to: another part, or an address outside the file."""

    __slots__ = ("is_external", "kind", "target")

    def __init__(self, kind: str, target: str, is_external: bool):
        self.kind, self.target, self.is_external = kind, target, is_external


class Package:
    """The parts of a document. Names are compared without case, as Word does. Raise InvalidText for a bad file."""

    def __init__(self, data: bytes):
        _refuse_other_files(data)
        try:
            self._zip = ZipFile(BytesIO(data))
        except (BadZipFile, OSError, ValueError, NotImplementedError, OverflowError, UnicodeError):
            raise InvalidText(_damaged()) from None
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise InvalidText(_("This file has too many parts for a Word document. Save it anew in Word."))
        self._members: dict[str, ZipInfo] = {_key(info.filename): info for info in members}
        self._xml_left, self._images_left = MAX_XML, MAX_IMAGES
        self.document = self._document_name()

    def _document_name(self) -> str:
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and _key(relationship.target) in self._members:
                return relationship.target
        if "word/document.xml" in self._members:
            return "word/document.xml"
        raise InvalidText(_("This is not a Word document. Save it in Word as .docx, or copy the text and paste it."))

    def xml(self, name: str) -> Element | None:
        """Return the root of a part, None if there is no such part."""
        info = self._members.get(_key(name))
        if info is None:
            return None
        self._xml_left -= info.file_size
        if self._xml_left < 0:
            raise InvalidText(
                _("This document has more than 20 MB of text and formatting. Split it and import the parts one by one.")
            )
        return _parse(self._bytes(info))

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
        """Return the bytes of a picture; None if it is missing, damaged, or beyond what one document may have."""
        info = self._members.get(_key(name))
        if info is None or info.file_size > self._images_left:
            return None
        self._images_left -= info.file_size
        try:
            return self._bytes(info)
        except InvalidText:
            return None

    def binary(self, name: str) -> bytes | None:
        """Return the bytes of a part that counts as text."""
        info = self._members.get(_key(name))
        if info is None or info.file_size > self._xml_left:
            return None
        self._xml_left -= info.file_size
        return self._bytes(info)

    def _bytes(self, info: ZipInfo) -> bytes:
        try:
            return self._zip.read(info)
        except RuntimeError:
            raise InvalidText(_encrypted()) from None
        except Exception:  # Each kind of compression has its own errors for damaged data.
            raise InvalidText(_damaged()) from None


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_other_files(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise InvalidText(_("This document is larger than 50 MB. Make its pictures smaller, or split it."))
    if data.startswith(OLE_SIGNATURE):
        if ENCRYPTED in data:
            raise InvalidText(_encrypted())
        raise InvalidText(_("This document has the old .doc format. Open it in Word and save it as .docx."))
    if data.lstrip().startswith(b"{\\rtf"):
        raise InvalidText(_("This is an .rtf document. Open it in Word and save it as .docx."))


def _damaged() -> str:
    return _("This file is damaged, or not a Word document. Open it in Word and save it anew as .docx.")


def _encrypted() -> str:
    return _("This document is protected by a password. Save it in Word without one.")


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
        raise InvalidText(_damaged()) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise InvalidText(_damaged())
    return root


def related(relationships: dict[str, Relationship], kind: str) -> Iterator[str]:
    """Yield the names of the parts of one kind: "styles", "footnotes", "header" …"""
    for relationship in relationships.values():
        if relationship.kind == kind and not relationship.is_external:
            yield relationship.target
