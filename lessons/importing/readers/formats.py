"""Recognise the format of a file: by its content where that is certain, otherwise by its name."""

import re
from pathlib import PurePath

from django.utils.translation import gettext as _

from lessons.importing.readers.archives import Archive, is_archive, open_archive
from lessons.markup.sanitise import InvalidText

PDF = b"%PDF-"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = b"{\\rtf"
HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.I | re.S
)
# In an OLE file, as Word writes a .docx protected by a password.
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
HEADER = 1024
BINARY_FORMATS = {".doc", ".docx", ".odt", ".rtf", ".epub", ".pdf", ".zip", ".pages"}
PROGRAMS = {
    ".doc": "Word 97–2003",
    ".odt": "OpenDocument",
    ".rtf": "RTF",
    ".pages": "Pages",
    ".xlsx": "Excel",
    ".pptx": "PowerPoint",
    ".ods": "OpenDocument",
    ".odp": "OpenDocument",
    ".xps": "XPS",
    ".djvu": "DjVu",
    ".mobi": "Kindle",
    ".azw3": "Kindle",
}


def recognise(name: str, data: bytes) -> str:
    """Return the extension of the file's format, such as ".pdf", whatever its name says.

    Raise InvalidText for a format without a reader, and for a damaged or dangerous zip file.
    """
    extension = PurePath(name).suffix.lower()
    if not data.strip():
        raise InvalidText(_("This file is empty. Choose another one, or paste the article."))
    if data.startswith(OLE):
        raise InvalidText(_protected() if ENCRYPTED_PACKAGE in data else _save_as(name, ".doc"))
    if data.startswith(PDF) or (extension == ".pdf" and PDF in data[:HEADER]):
        return ".pdf"
    if is_archive(data):
        return _recognise_archive(name, extension, open_archive(data))
    if data.startswith(RTF):
        raise InvalidText(_save_as(name, ".rtf"))
    if extension in BINARY_FORMATS:
        return _recognise_text(name, extension, data)
    return extension


def _recognise_archive(name: str, extension: str, archive: Archive) -> str:
    """Return the format of a zip file by its members. Raise InvalidText for an unsupported one."""
    if "[Content_Types].xml" in archive and any(member.startswith("word/") for member in archive.names):
        return ".docx"
    mimetype = archive.read("mimetype")[:100] if "mimetype" in archive else b""
    if b"epub" in mimetype or "META-INF/container.xml" in archive:
        return ".epub"
    for part, of_format in (("content.xml", ".odt"), ("xl/workbook.xml", ".xlsx"), ("ppt/presentation.xml", ".pptx")):
        if part in archive:
            raise InvalidText(_save_as(name, of_format))
    if any(member.endswith(".iwa") for member in archive.names):
        raise InvalidText(_save_as(name, ".pages"))
    if extension in (".docx", ".epub"):
        raise InvalidText(_not_what_it_says(name, extension))
    return ".zip"


def _recognise_text(name: str, extension: str, data: bytes) -> str:
    """Return the format of a file without a signature: some programs save HTML under the name .doc."""
    if HTML_START.match(data[: 2 * HEADER]):
        return ".html"
    raise InvalidText(_not_what_it_says(name, extension))


def unsupported(name: str) -> str:
    """Return the message about a file of this name, whose format is not supported."""
    extension = PurePath(name).suffix.lower()
    if extension in PROGRAMS:
        return _save_as(name, extension)
    return _(
        "“%(name)s” is not a supported file. You can use .docx, .epub, .pdf, .html, .zip, .md and .txt files: "
        "save it as one of them, or copy the text and paste it."
    ) % {"name": name}


def _not_what_it_says(name: str, extension: str) -> str:
    return _(
        "“%(name)s” is not a %(format)s file, or it is damaged. "
        "Open it in the program that made it, save it again, then import it."
    ) % {"name": name, "format": extension}


def _save_as(name: str, extension: str) -> str:
    return _(
        "“%(name)s” is in the format %(program)s, which cannot be read here. Open it in the program that made it and "
        "save it as .docx or .html, or copy the text and paste it."
    ) % {"name": name, "program": PROGRAMS[extension]}


def _protected() -> str:
    return _("This file is protected by a password. Open it, remove the password, save it again, then import it.")
