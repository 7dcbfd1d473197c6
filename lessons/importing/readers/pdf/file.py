"""Open a PDF file, or refuse it with an explanation; read its pages, and its own outline, title and language."""

import ctypes
import re
from collections.abc import Callable

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from django.utils.translation import gettext as _

from lessons.importing.pdf_check import MAX_PAGES, has_text, is_password_missing
from lessons.importing.readers.pdf.headings import OutlineEntry
from lessons.importing.readers.pdf.images import ImageReader, PlacedImage
from lessons.importing.readers.pdf.words import Geometry, Page, read_page
from lessons.markup.sanitise import InvalidText

MAX_OUTLINE = 5_000
MAX_LANGUAGE = 100
UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x1f]")
MAX_UNREADABLE = 0.3
UNUSABLE_TITLE = re.compile(
    r"\A\W*\Z|untitled|microsoft (?:word|powerpoint)|\.(?:docx?|pdf|tex|dvi|indd|qxd|odt|pptx?)\b"
    r"|\A[\w-]{1,40}_[\w-]+\Z",
    re.IGNORECASE,
)


def open_document(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        raise InvalidText(protected() if is_password_missing() else damaged()) from None


def protected() -> str:
    return _("This PDF is protected by a password. Remove the password, save it again, then import it.")


def damaged() -> str:
    return _("This PDF is damaged or incomplete. Open it in a PDF reader, save it again, then import it.")


def too_long() -> str:
    sentence = _("This PDF has more than %(n)s pages. Split it and import the parts one by one.")
    return sentence % {"n": f"{MAX_PAGES:,}"}


def no_text() -> str:
    return _(
        "This PDF has no text: its pages are images, as in a scan. Run text recognition (OCR) on it, "
        "for example with your scanner’s software, and import the result."
    )


def read_pages(document: pdfium.PdfDocument) -> tuple[list[Page], list[list[PlacedImage]]]:
    """Return the words and the images of each page."""
    pages, images, reader = [], [], ImageReader()
    for number in range(len(document)):
        page = document[number]
        geometry = Geometry(page)
        pages.append(read_page(document, page, number, geometry))
        images.append(reader.read(page, geometry) if pages[-1].words and not pages[-1].angle else [])
        page.close()
    return pages, images


def check_readable(pages: list[Page]) -> None:
    """Raise InvalidText if the pages have no text, or text whose characters are unknown."""
    words = [word.text for page in pages for word in page.words]
    letters = "".join(words)
    if not has_text(len(words), sum(map(str.isalpha, letters)), len(pages)):
        raise InvalidText(no_text())
    unreadable = len(UNREADABLE.findall(letters))
    if unreadable > MAX_UNREADABLE * len(letters):
        raise InvalidText(
            _(
                "The text of this PDF cannot be read, because its fonts do not say which letters they show. Run text "
                "recognition (OCR) on it and import the result, or ask for the original file."
            )
        )


def read_outline(document: pdfium.PdfDocument) -> list[OutlineEntry]:
    entries = []
    for bookmark in document.get_toc(max_depth=8):
        title = _stated(bookmark.get_title)
        destination = bookmark.get_dest()
        page = destination.get_index() if destination else None
        if title:
            entries.append(OutlineEntry(title, bookmark.level + 1, -1 if page is None else page))
        if len(entries) >= MAX_OUTLINE:
            break
    return entries


def read_title(document: pdfium.PdfDocument) -> str:
    """Return the title in the metadata, if it is one: many programs write a file name there."""
    title = _stated(lambda: document.get_metadata_value("Title"))
    return "" if UNUSABLE_TITLE.search(title) or len(title) > 250 else title


def _stated(read: Callable[[], str | None]) -> str:
    """Return a value of the metadata as one line, empty if it cannot be decoded, since it is optional."""
    try:
        return " ".join((read() or "").split())
    except UnicodeDecodeError:
        return ""


def read_language(document: pdfium.PdfDocument) -> str:
    """Return the language in the metadata ("de"), empty if there is none."""
    length = pdfium_c.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if not 2 < length <= MAX_LANGUAGE:
        return ""
    name = (ctypes.c_ushort * length)()
    pdfium_c.FPDFCatalog_GetLanguage(document.raw, name, length)
    return bytes(name)[:length].decode("utf-16-le", "replace").strip("\0 ").partition("-")[0].lower()
