"""Articles of all formats are free of characters that PostgreSQL or XML reject."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import pdf as pdf_reader
from lessons.importing.readers import read_here, transfer
from lessons.markup.characters import UNCLEAN
from tests.importing.archives import zipped
from tests.importing.epubs import book
from tests.importing.pdfs import PdfPage, pdf

ODD = "".join(f"a&#{number};b " for number in (0, 1, 8, 11, 12, 27, 127, 150, 159, 0xD800, 0xFFFE, 0xFDD0, 0x1FFFE))
RAW = "x\x0by \ufdd0z \U0001fffe q\x85 r\x9f s"
IMAGE = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def page(odd):
    return (
        f"<h1>Salt {odd}</h1><p id='p{odd}'>Salt {odd} is a mineral.</p>"
        f"<p><a href='https://example.org/{odd}'>l</a></p>"
        f"<pre><code>c {odd}</code></pre><ul><li>i {odd}</li></ul><table><tr><td>t {odd}</td></tr></table>"
        f"<p><img src='{IMAGE}' alt='p {odd}'></p><dl><dt>D</dt><dd>d {odd}</dd></dl><form><p>f {odd}</p></form>"
    )


MARKDOWN = (
    f"# Salt {ODD}\n\nText {ODD}\n\n```\n{RAW}\n```\n\n- i {ODD}\n\n![{ODD}](a.png)\n\n| {ODD} | {RAW} |\n|-|-|\n"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", page(ODD).encode()),
        ("a.html", page(RAW).encode()),
        ("a.md", MARKDOWN.encode()),
        ("a.txt", f"Salt\n\n{RAW}\n".encode()),
        ("a.txt", b"\xff\xfe" + "Salt is a mineral ".encode("utf-16-le") + b"\x00\xd8a\x00"),
        ("a.epub", book({"a.xhtml": page(ODD), "b.xhtml": page(RAW)}, title=f"B {RAW}")),
        ("a.zip", zipped({"page.html": page(ODD)})),
    ],
)
def test_what_is_read_can_be_stored(name, data):
    parsed = read_here(name, data)
    document, _images = transfer.split_object(transfer.dump(parsed))
    outline = analyse(parsed).as_json()
    assert [text for text in strings([document, outline]) if UNCLEAN.search(text)] == []
    assert outline["missing"] == []


def strings(value):
    """Yield every string in parsed JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def test_a_pdf_whose_title_cannot_be_decoded_is_read():
    lines = PdfPage().lines("Salt is a mineral from the sea.", "It is white, and it keeps meat and fish.")
    assert pdf_reader.read(pdf(lines, title="\\376\\377\\330\\000T\\000\\000\\000A")).blocks
