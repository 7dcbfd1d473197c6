"""Bad input gets a sentence that says what is wrong and what to do."""

import pytest

from lessons.importing.readers import limits, read_here, read_paste, read_upload
from lessons.markup.sanitise import MAX_CHARACTERS, InvalidText
from tests.importing.archives import zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
NULS = b"ab\x00\x00\x01\x02cd\x00\x00\x00ef" * 40


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("notes.txt", b"", "empty"),
        ("notes.txt", b"  \n\t ", "empty"),
        ("image.txt", PNG, "Despite its name, this file is in PNG format"),
        ("letter.txt", b"{\\rtf1 Dear all}", "RTF"),
        ("bytes.txt", NULS, "is not text"),
        ("page.html", b"<script>only()</script>", "no readable text"),
        ("dashes.txt", b"-\n" * 3_000, "no readable text"),
        ("rules.md", b"***\n\n=\n=\n", "no readable text"),
        ("page.html", b"<frameset><frame src=a></frameset>", "consists of frames"),
        ("page.html", b"<div>" * 2000 + b"deep", "levels deep"),
        ("list.md", b"> " * 5000 + b"deep", "nested"),
        ("list.md", b"- " * 200 + b"deep", "nested"),
        ("links.md", b"[a](" * 4000, "square brackets"),
        ("slides.pptx", b"PK\x03\x04", "damaged or incomplete"),
        ("slides.pptx", zipped({"ppt/presentation.xml": "<p/>"}), "the format PowerPoint"),
        ("essay.docx", zipped({"content.xml": "<p/>"}), "the format OpenDocument"),
        ("essay.docx", zipped({"Index/Document.iwa": ""}), "the format Pages"),
        ("essay.docx", zipped({"readme.txt": "hello"}), "not a .docx file, or it is damaged"),
        ("essay.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("essay.docx", OLE + b"WordDocument", "the format Word 97–2003"),
        ("essay.docx", b"Dear all,", "not a .docx file, or it is damaged"),
        ("tides.pages", b"\x00\x01", "not a .pages file"),
        ("tides.mobi", b"BOOKMOBI", "the format Kindle"),
        ("README", b"no extension", "You can use"),
    ],
)
def test_unreadable_input_is_refused_with_a_message(name, data, message):
    with pytest.raises(InvalidText, match=message):
        read_upload(name, data)


def test_a_text_over_the_limit_is_refused():
    with pytest.raises(InvalidText, match="2,000,000 characters"):
        read_here("long.txt", b"word " * (MAX_CHARACTERS // 5 + 1))


def test_a_huge_file_is_refused_before_it_is_decoded():
    with pytest.raises(InvalidText, match="larger than 5 MB"):
        read_upload("huge.txt", b"\xff" * (5 * limits.MEGABYTE + 1))


def test_html_under_the_name_of_a_word_file_is_read():
    parsed = read_upload("essay.doc", b"<html><body><p>Tides come and go.</p></body></html>")
    assert [block.text for block in parsed.blocks] == ["Tides come and go."]


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b", "half a pair \ud83d here", "***"])
def test_a_paste_without_text_is_refused(text):
    with pytest.raises(InvalidText):
        read_paste(text)
