"""What is wrong with a document, as far as it can be said at once: its reader, in the child process, finds the rest.

A web request calls this, so it is bounded: of a zip file no more than the beginnings of members are unpacked and
nothing is parsed but its lists of what is encrypted, and a PDF is opened in a process of its own.
"""

from lessons.importing.readers import saved_page
from lessons.importing.readers.archives import MEGABYTE, Archive, has_entities, is_archive, open_archive
from lessons.importing.readers.docx.package import MAX_XML, too_large
from lessons.importing.readers.epub import package, xml
from lessons.importing.readers.pdf import quick_check
from lessons.markup.sanitise import InvalidText

BEGINNING = 4_096
DECLARATIONS = 65_536
BOOK_XML = (".xml", ".opf", ".ncx", ".xhtml", ".html", ".htm")
WORD_XML = (".xml", ".rels")
WEB_ARCHIVES = (".mht", ".mhtml")
MAIN_PART = "word/document.xml"


def check_document(extension: str, data: bytes) -> None:
    """Raise InvalidText, with the sentence of its reader, for a document that can be refused at once.

    extension: of the document's format, as `formats.recognise` returns it.
    """
    if extension == ".pdf":
        quick_check.check(data)
    elif extension == ".zip":
        saved_page.pages_in(saved_page.open_zip(data))
    elif extension in WEB_ARCHIVES:
        if b"content-type:" not in data[:DECLARATIONS].lower():
            raise InvalidText(saved_page.no_archive())
    elif is_archive(data):
        archive = open_archive(data)
        (_check_book if extension == ".epub" else _check_word)(archive)


def _check_book(archive: Archive) -> None:
    if package.ENCRYPTION in archive and archive.size(package.ENCRYPTION) <= MEGABYTE:
        package.refuse_encrypted(archive)
    for name in _names(archive, BOOK_XML):
        if _declares_entities(archive, name):
            xml.refuse_entities(archive.head(name, DECLARATIONS))


def _check_word(archive: Archive) -> None:
    if MAIN_PART in archive and archive.size(MAIN_PART) > MAX_XML:
        raise InvalidText(too_large())
    if any(_declares_entities(archive, name) for name in _names(archive, WORD_XML)):
        raise InvalidText(has_entities())


def _names(archive: Archive, endings: tuple[str, ...]) -> list[str]:
    return [name for name in archive.names if name.lower().endswith(endings)]


def _declares_entities(archive: Archive, name: str) -> bool:
    return xml.ENTITY.search(xml.decode(archive.head(name, BEGINNING))) is not None
