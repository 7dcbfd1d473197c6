"""Bad input gets a sentence that says what is wrong and what to do."""

import pytest

from lessons.importing.readers import read_paste, read_upload
from lessons.markup.sanitise import MAX_CHARACTERS, InvalidText

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
NULS = b"ab\x00\x00\x01\x02cd\x00\x00\x00ef" * 40


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("notes.txt", b"", "empty"),
        ("notes.txt", b"  \n\t ", "empty"),
        ("picture.txt", PNG, "Whatever its name says, this file is in PNG format"),
        ("letter.txt", b"{\\rtf1 Dear all}", "RTF"),
        ("book.txt", b"%PDF-1.7 ...", "PDF"),
        ("bytes.txt", NULS, "is not text"),
        ("page.html", b"<script>only()</script>", "no readable text"),
        ("page.html", b"<frameset><frame src=a></frameset>", "consists of frames"),
        ("page.html", b"<div>" * 2000 + b"deep", "levels deep"),
        ("list.md", b"> " * 5000 + b"deep", "nested"),
        ("list.md", b"- " * 200 + b"deep", "nested"),
        ("links.md", b"[a](" * 4000, "square brackets"),
        ("slides.pptx", b"PK\x03\x04", "You can use .txt, .md, .html and .htm"),
        ("essay.docx", b"PK\x03\x04", "not supported yet"),
        ("book.epub", b"PK\x03\x04", "Save it as .html"),
        ("scan.pdf", b"%PDF-1.4", "copy the text and paste it"),
        ("README", b"no extension", "You can use"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(name, data, message):
    with pytest.raises(InvalidText, match=message):
        read_upload(name, data)


def test_a_text_over_the_limit_is_refused():
    with pytest.raises(InvalidText, match="the limit is"):
        read_upload("long.txt", b"word " * (MAX_CHARACTERS // 5 + 1))


def test_a_huge_file_is_refused_before_it_is_decoded():
    with pytest.raises(InvalidText, match="bytes"):
        read_upload("huge.txt", b"\xff" * (4 * MAX_CHARACTERS + 1))


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b", "half a pair \ud83d here", "***"])
def test_a_paste_without_text_is_refused(text):
    with pytest.raises(InvalidText):
        read_paste(text)
