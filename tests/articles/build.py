"""Write the sample articles that are not plain text, and bad files: `python -m tests.articles.build`.

A test compares the files with what this writes.
"""

from collections.abc import Callable
from pathlib import Path

from tests.importing import epubs, pdfs, word
from tests.importing.archives import zipped

FOLDER = Path(__file__).parent
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
OMML = "<m:oMath><m:r><m:t>c=</m:t></m:r><m:rad><m:deg/><m:e><m:r><m:t>gh</m:t></m:r></m:e></m:rad></m:oMath>"


def docx() -> bytes:
    """A document with styles, a numbered list, a table, a note, a formula, an image and tracked changes."""
    deleted = '<w:del w:author="Ann"><w:r><w:delText>1949</w:delText></w:r></w:del>'
    inserted = f'<w:ins w:author="Ann">{word.run("1950")}</w:ins>'
    return word.word(
        word.p("Waves at sea", style="Title")
        + word.p("What a wave is", style="Heading1")
        + word.p("A wave moves water up and down", word.reference(2), ". Its speed is ", OMML, " in shallow water.")
        + word.p(word.drawing("r9", "A wave that breaks"))
        + word.p("How waves are measured", style="Heading1")
        + word.p("The first buoy was moored in ", deleted, inserted, ".")
        + word.item("Moor a buoy.", 1)
        + word.item("Read its height.", 1)
        + word.table(("Depth", "Speed"), ("1 m", "3 m/s"), ("4 m", "6 m/s")),
        styles='<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>' + word.HEADINGS,
        numbering=word.numbering(n1=[("decimal", "%1.", 1)]),
        footnotes=word.note(2, "It hardly moves it forward."),
        links={"r9": "media/wave.png"},
        files={"media/wave.png": PIXEL},
    )


def epub() -> bytes:
    """A book of two chapters with a note, an image and a table of contents."""
    note = '<p>Wind makes waves.<a epub:type="noteref" href="#n1">1</a></p>'
    aside = '<aside epub:type="footnote" id="n1"><p>So do earthquakes.</p></aside>'
    entries = '<li><a href="one.xhtml">Wind</a></li><li><a href="two.xhtml">Shore</a></li>'
    return epubs.book(
        {
            "one.xhtml": f"<h1>Wind</h1>{note}{aside}",
            "two.xhtml": '<h1>Shore</h1><p>Waves break here.</p><p><img src="wave.png" alt="A breaking wave"/></p>',
        },
        nav=f'<nav epub:type="toc"><ol>{entries}</ol></nav>',
        title="Waves at sea",
        others={"OEBPS/wave.png": PIXEL},
    )


def pdf() -> bytes:
    """Three pages with headings, running headers, page numbers and a word divided at the end of a line."""
    texts = ["Wind makes waves", "Waves reach the shore", "Waves break"]
    pages = []
    for number, heading in enumerate(texts, 1):
        page = pdfs.PdfPage().line("Waves at sea", y=40, size=8)
        page.line(heading, y=90, size=16, font="bold")
        page.gap()
        page.lines(
            f"This is page {number} of a short book about waves, which are made by the wind and go a long",
            "way over the sea before they reach a shore, where the water is shal-",
            "low and they break.",
        )
        pages.append(page.line(str(number), y=800, size=8))
    return pdfs.pdf(*pages, title="A short book about waves")


def saved_page() -> bytes:
    """A web page with its folder, a menu and a formula."""
    page = """<!doctype html><html lang="en"><head><title>Waves at sea – The Shore</title></head><body>
<nav><a href="/">Home</a> <a href="/tides">Tides</a></nav>
<main><h1>Waves at sea</h1><p>Wind makes waves. Their speed is <math alttext="c"><mi>c</mi></math> at most.</p>
<p><img src="Waves_files/wave.png" alt="A breaking wave"></p><h2>Shore</h2><p>There they break, one after
another.</p></main><footer>Printed on paper made of waves</footer></body></html>"""
    return zipped({"Waves.html": page, "Waves_files/wave.png": PIXEL})


def polish() -> bytes:
    return (
        "Fale na morzu\n\nWiatr tworzy fale\n\n"
        "Zażółć gęślą jaźń, mówią żeglarze, gdy wiatr wieje od lądu. Fale są wtedy małe i krótkie.\n\n"
        "Fale przy brzegu\n\nTam woda jest płytka, więc fale się łamią. Każda następna jest większa.\n"
    ).encode("cp1250")


def chinese() -> bytes:
    return (
        "海浪\n第一章 风\n风吹过海面，就有了浪。浪走得很远。\n第二章 岸\n水浅的地方，浪会碎。人们在岸上看。\n".encode()
    )


def running_headers() -> bytes:
    text = "Waves are made by wind that blows over the sea for a long time. They travel far and\nthey break on shores."
    pages = [f"Waves                    The Shore                    Page {n}\n\n{text}\n" for n in range(1, 5)]
    return "\n\f".join(pages).encode()


def scan() -> bytes:
    return pdfs.pdf(pdfs.PdfPage(), pdfs.PdfPage())


def entities() -> bytes:
    declaration = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return zipped(
        {"[Content_Types].xml": "<Types/>", "word/document.xml": f"{declaration}<w:document>&b;</w:document>"}
    )


def outside() -> bytes:
    return zipped({"mimetype": "application/epub+zip", "../../etc/passwd": "x", "META-INF/container.xml": "<x/>"})


SAMPLES: dict[str, Callable[[], bytes]] = {
    "waves.docx": docx,
    "waves.epub": epub,
    "waves.pdf": pdf,
    "waves.zip": saved_page,
    "waves-cp1250.txt": polish,
    "waves-chinese.txt": chinese,
    "waves-running-headers.txt": running_headers,
}
TROUBLES: dict[str, Callable[[], bytes]] = {"scan.pdf": scan, "entities.docx": entities, "outside.epub": outside}

if __name__ == "__main__":
    for name, make in (SAMPLES | TROUBLES).items():
        (FOLDER / name).write_bytes(make())
