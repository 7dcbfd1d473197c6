"""What can be refused at once is refused in the request, with the sentence of the reader, and nothing else is."""

from zipfile import ZIP_BZIP2

import pytest

from lessons.importing import pdf_check
from lessons.importing.readers import docx, epub
from lessons.importing.readers.pdf import quick_check
from lessons.importing.readers.quick_checks import check_document
from lessons.markup.sanitise import InvalidText
from tests.importing.archives import zipped
from tests.importing.epubs import book
from tests.importing.pdfs import PROTECTION, PdfPage, pdf
from tests.importing.word import p, word

LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'
FETCHED = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd">]><x/>'
HARMLESS = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY who "Ann">]><html><body><p>&who; sees it.</p></body></html>'
DRM = '<encryption><EncryptedData><EncryptionMethod Algorithm="aes"/></EncryptedData></encryption>'
LONG = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "b">{" " * 70_000}]><html><body><p>Ebb.</p></body></html>'
SCAN = PdfPage().line("7")


def encrypted(data):
    """Return the zip file with all members marked as encrypted, in the directory."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


@pytest.mark.parametrize(
    ("extension", "data", "message"),
    [
        (".docx", word(p("Ebb"), files={"footnotes.xml": LAUGHS}), "XML entities"),
        (".docx", word(p("Ebb"), files={"settings.xml": FETCHED.encode("utf-16")}), "XML entities"),
        (".docx", word(p("x" * 21_000_000)), "more than 20 MB"),
        (".docx", encrypted(word(p("Ebb"))), "password"),
        (".epub", book({"a.xhtml": LAUGHS}), "XML entities"),
        (".epub", book({"a.xhtml": FETCHED}), "XML entities"),
        (".epub", book({"a.xhtml": "<p>Ebb.</p>"}, others={"META-INF/encryption.xml": DRM}), "DRM"),
        (".zip", zipped({"a.txt": "Ebb"}), "no web page"),
        (".mht", b"\x89PNG\r\n", "no readable page"),
    ],
)
def test_a_bad_document_is_refused_at_once(extension, data, message):
    with pytest.raises(InvalidText, match=message):
        check_document(extension, data)


@pytest.mark.parametrize(
    ("extension", "data"),
    [
        (".docx", word(p("Write <!ENTITY a> to declare one."), files={"media/notes.txt": LAUGHS})),
        (".epub", book({"a.xhtml": HARMLESS})),
        (
            ".epub",
            book({"a.xhtml": LONG}),
        ),
        (".zip", zipped({"a.html": LAUGHS})),
        (".mht", b"Content-Type: text/html\n\nEbb"),
    ],
)
def test_what_may_be_read_is_left_to_its_reader(extension, data):
    check_document(extension, data)
    if extension in (".docx", ".epub"):
        assert {".docx": docx, ".epub": epub}[extension].read(data).blocks


def test_a_member_that_cannot_be_unpacked_in_part_is_not_unpacked():
    check_document(".epub", zipped({"a.xhtml": LAUGHS}, ZIP_BZIP2))


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (pdf(SCAN, SCAN), pdf_check.NO_TEXT),
        (pdf(SCAN, PdfPage().line("The tide turns twice a day.")), pdf_check.READABLE),
        (pdf(SCAN, extra=PROTECTION), pdf_check.PROTECTED),
        (b"%PDF-1.7 and no more", pdf_check.DAMAGED),
    ],
)
def test_a_pdf_is_looked_at_before_it_is_read(data, outcome):
    assert pdf_check.check(data) == outcome


def test_a_pdf_with_too_many_pages_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(pdf_check, "MAX_PAGES", 1)
    assert pdf_check.check(pdf(SCAN, SCAN)) == pdf_check.TOO_LONG


def test_a_pdf_that_takes_long_is_left_to_its_reader(monkeypatch):
    monkeypatch.setattr(pdf_check, "SECONDS", -1)
    assert pdf_check.check(pdf(SCAN)) == pdf_check.READABLE
    monkeypatch.setattr(quick_check, "WALL_SECONDS", 0.001)
    check_document(".pdf", pdf(SCAN))


def test_a_pdf_is_looked_at_in_a_process_of_its_own(monkeypatch):
    with pytest.raises(InvalidText, match="has no text"):
        check_document(".pdf", pdf(SCAN))
    monkeypatch.setattr(quick_check, "MODULE", "tests.importing.readers.crashing_child")
    check_document(".pdf", pdf(SCAN))
