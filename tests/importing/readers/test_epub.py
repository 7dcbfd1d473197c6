"""EPUB: spine, navigation, notes, links, images, and what is left out."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import epub, read_upload
from lessons.markup.sanitise import InvalidText
from tests.importing.archives import zipped
from tests.importing.articles import headings, reasons, texts, tree
from tests.importing.epubs import book, page

PNG = b"\x89PNG\r\n\x1a\n image"
TWO = {
    "a.xhtml": "<h1>The Ebb</h1><p>The water leaves the flats twice a day.</p>",
    "b.xhtml": "<h1>The Flood</h1><p>It returns faster than a man can walk.</p>",
}
ENCRYPTION = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="{}"/></EncryptedData>
</encryption>"""


def test_pages_are_read_in_the_order_of_the_spine_and_all_of_their_words_are_there():
    parsed = epub.read(book(TWO, spine=["b.xhtml", "a.xhtml"]))
    assert (parsed.title, parsed.language) == ("The Shore", "en")
    assert headings(parsed) == [(1, "The Flood"), (1, "The Ebb")]
    assert parsed.source.split() == "The Flood It returns faster than a man can walk. ".split() + (
        "The Ebb The water leaves the flats twice a day.".split()
    )


@pytest.mark.thorough
def test_a_book_is_read_in_a_child_process_whatever_its_name():
    assert headings(read_upload("shore.docx", book(TWO))) == [(1, "The Ebb"), (1, "The Flood")]


def test_levels_come_from_the_table_of_contents_and_other_headings_are_below():
    pages = {
        "part.xhtml": "<h1>Part One</h1>",
        "a.xhtml": "<h1>The Ebb</h1><h2>Mud</h2><p>It is soft.</p>",
        "b.xhtml": "<h1>Chapter 2</h1><h2>The Flood</h2><p>It returns.</p>",
    }
    nav = """<nav epub:type="toc"><ol><li><a href="part.xhtml">Part One</a><ol><li><a href="a.xhtml">The Ebb</a></li>
      <li><a href="b.xhtml">Chapter 2: The Flood</a></li></ol></li></ol></nav>"""
    parsed = epub.read(book(pages, nav=nav))
    assert headings(parsed) == [(1, "Part One"), (2, "The Ebb"), (3, "Mud"), (2, "Chapter 2: The Flood")]


def test_the_table_of_contents_of_epub_2_gives_headings_to_a_text_without_any():
    pages = {"a.html": "<p>Mud is soft.</p><p id='s'>Sand</p><p>Sand is hard.</p>", "b.html": "<p>The end.</p>"}
    ncx = """<navPoint><navLabel><text>Mud</text></navLabel><content src="a.html"/>
      <navPoint><navLabel><text>Sand</text></navLabel><content src="a.html#s"/></navPoint></navPoint>
      <navPoint><navLabel><text>Afterword</text></navLabel><content src="b.html"/></navPoint>"""
    outline = analyse(epub.read(book(pages, ncx=ncx))).outline
    assert tree(outline) == [(1, "lesson", "Mud"), (2, "section", "Sand"), (1, "lesson", "Afterword")]
    assert [block.text for block in outline.sections[0].sections[0].blocks] == ["Sand is hard."]


@pytest.mark.parametrize(
    ("reference", "note"),
    [
        ('<a epub:type="noteref" href="n.xhtml#n1">1</a>', '<aside epub:type="footnote" id="n1">Deep {}.</aside>'),
        ('<a role="doc-noteref" href="n.xhtml#n1">1</a>', '<p id="n1" role="doc-footnote">Deep {}.</p>'),
        (
            '<sup><a href="n.xhtml#n1" id="r1">1</a></sup>',
            '<p id="n1"><a href="a.xhtml#r1">1</a>. Deep {}.</p>',
        ),
        ('<a href="n.xhtml#n1" id="r1"><sup>1</sup></a>', '<p><a id="n1"/>Deep {}. <a href="a.xhtml#r1">↩</a></p>'),
        (
            '<a href="n.xhtml#n1" id="r1">[1]</a>',
            '<section epub:type="endnotes"><ol><li id="n1">Deep {}.<a role="doc-backlink" href="a.xhtml#r1">↩</a>'
            "</li></ol></section>",
        ),
    ],
)
def test_notes_of_every_kind_are_footnotes_of_the_lesson_that_refers_to_them(reference, note):
    pages = {"a.xhtml": f"<h1>Mud</h1><p>Mud is deep{reference} here.</p>", "n.xhtml": note.format("<i>mud</i>")}
    parsed = epub.read(book(pages))
    (footnote,) = [block for block in parsed.blocks if block.type == "footnote"]
    assert "Deep mud." in footnote.text
    assert "<i>mud</i>" in footnote.html
    assert "href" not in footnote.html
    key = footnote.html.partition('id="')[2].partition('"')[0]
    reference_html = next(block.html for block in parsed.blocks if "deep" in block.html and block.type == "paragraph")
    assert f'<sup class="footnote-ref"><a href="#{key}"' in reference_html
    assert reference_html.count("<sup") == 1
    assert texts(parsed)[0].endswith("here.")
    (section,) = analyse(parsed).outline.sections
    assert section.blocks[-1].type == "footnote"


def test_a_page_of_notes_leaves_no_empty_lesson_behind():
    pages = {
        "a.xhtml": '<h1>Mud</h1><p>Deep<a epub:type="noteref" href="n.xhtml#n1">1</a>.</p>',
        "n.xhtml": '<h1>Notes</h1><ol epub:type="endnotes"><li id="n1">Very.</li></ol>',
    }
    parsed = epub.read(book(pages))
    assert headings(parsed) == [(1, "Mud")]
    assert "Notes" in reasons(parsed)
    assert not analyse(parsed).missing


def test_links_between_pages_lead_to_anchors_of_blocks():
    pages = {
        "a.xhtml": '<h1>Mud</h1><p>See <a href="b.xhtml#far">there</a>, <a href="b.xhtml">next</a>, '
        '<a href="https://example.org/">elsewhere</a>.</p>',
        "b.xhtml": '<h1>Sand</h1><p>Near.</p><p><a id="far"/>Far <b>away</b>.</p>'
        '<h2><a id="x"/><a id="y"/> Wet </h2><p><a href="#x">x</a><a href="#y">y</a></p>',
    }
    parsed = epub.read(book(pages))
    html = parsed.blocks[1].html
    assert 'href="#c2-far"' in html
    assert 'href="#c2"' in html
    assert 'href="https://example.org/"' in html
    assert [block.anchors for block in parsed.blocks] == [("c1",), (), ("c2",), (), ("c2-far",), ("c2-x", "c2-y"), ()]
    assert texts(parsed)[-2] == "Far away."
    assert headings(parsed)[-1] == (2, "Wet")


def test_images_are_extracted_including_those_in_svg():
    pages = {
        "text/a.xhtml": '<h1>Mud</h1><p>Before.</p><p><img src="../img/mud%20flat.png" alt="A flat"/></p>'
        '<div><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>Sand</title>'
        '<image xlink:href="../img/sand.png"/></svg></div><p><img src="../img/mud%20flat.png" alt="Again"/></p>'
    }
    parsed = epub.read(book(pages, others={"OEBPS/img/mud flat.png": PNG, "OEBPS/img/sand.png": PNG}))
    assert [(image.name, image.alt, image.data) for image in parsed.images] == [
        ("mud flat.png", "A flat", PNG),
        ("sand.png", "Sand", PNG),
    ]
    images = [block.html for block in parsed.blocks if block.type == "image"]
    assert [parsed.images[n].uid in html for n, html in zip((0, 1, 0), images, strict=True)] == [True] * 3


def test_cover_title_page_copyright_page_and_contents_are_left_out_and_named():
    pages = {
        "cover.xhtml": page('<img src="c.png" alt="A grey sea"/>', 'epub:type="cover"'),
        "title.xhtml": "<h1>The Shore</h1><p>by A. Walker</p>",
        "rights.xhtml": "<p>Copyright © A. Walker. All rights reserved. ISBN 1</p>",
        "toc.xhtml": "<h2>Contents</h2>" + "".join(f'<p><a href="a.xhtml">A chapter {n}</a></p>' for n in range(5)),
        **TWO,
    }
    parsed = epub.read(book(pages, others={"OEBPS/c.png": PNG}))
    assert headings(parsed) == [(1, "The Ebb"), (1, "The Flood")]
    assert [str(omission.reason).split("’s ")[1] for omission in parsed.omissions] == [
        "cover.",
        "title page.",
        "copyright page.",
        "table of contents.",
    ]
    assert all(omission.position == 0 for omission in parsed.omissions)
    assert not analyse(parsed).missing


def test_a_first_page_that_is_an_image_is_the_cover_whatever_its_name():
    parsed = epub.read(
        book({"p1.xhtml": '<p><img src="c.png" alt="A grey sea"/></p>', **TWO}, others={"OEBPS/c.png": PNG})
    )
    assert parsed.images == []
    assert reasons(parsed) == {"A grey sea": "The book’s cover."}


def test_a_book_of_nothing_but_a_title_page_keeps_it():
    assert texts(epub.read(book({"a.xhtml": "<p>The Shore</p><p>a poem</p>"}))) == ["The Shore", "a poem"]


def test_a_page_that_is_missing_is_named():
    data = book(TWO).replace(b"OEBPS/b.xhtml", b"OEBPS/x.xhtml")
    parsed = epub.read(data)
    assert headings(parsed) == [(1, "The Ebb")]
    assert "does not contain it" in reasons(parsed)["OEBPS/b.xhtml"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Mud & <b>sand<p>Shells", ["Mud & sand", "Shells"]),
        ("<p>Caf&eacute;&nbsp;am&#233;r</p>", ["Café amér"]),
        (
            '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY who "Ann">]><html><body><p>&who; sees</p></body></html>',
            ["Ann sees"],
        ),
        ('<p><a id="x"/>All <span/>of<br/>it</p>', ["All of it"]),
        ("<p>One<!-- not this --> two</p>", ["One two"]),
    ],
)
def test_pages_that_a_strict_parser_rejects_are_read(body, expected):
    assert texts(epub.read(book({"a.xhtml": body}))) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped({"META-INF/container.xml": "<x/>"}), "does not say what it contains"),
        (zipped({"META-INF/container.xml": "<x/>", "a.opf": "<package/>"}), "no readable pages"),
        (book(TWO, others={"META-INF/encryption.xml": ENCRYPTION.format("http://x/aes128")}), "DRM"),
        (
            book({"a.xhtml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'}),
            "XML entities",
        ),
        (
            book({"a.xhtml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "/etc/passwd">]><x>&a;</x>'}),
            "XML entities",
        ),
        (book({f"{n}.xhtml": "" for n in range(2001)}), "more than 2,000 files"),
    ],
)
def test_books_that_cannot_be_read_are_refused_with_a_message(data, message):
    with pytest.raises(InvalidText, match=message):
        epub.read(data)


def test_fonts_that_cannot_be_extracted_do_no_harm():
    encryption = ENCRYPTION.format("http://www.idpf.org/2008/embedding")
    assert headings(epub.read(book(TWO, others={"META-INF/encryption.xml": encryption}))) == [
        (1, "The Ebb"),
        (1, "The Flood"),
    ]


def test_a_heading_has_no_mark_of_a_note_and_what_is_deleted_is_no_hole():
    names = 'xmlns:epub="http://www.idpf.org/2007/ops"'
    pages = {
        "a.xhtml": page(
            f'<h1>Clay<a {names} epub:type="noteref" href="n.xhtml#n1">1</a></h1>'
            "<p>It was sold in 19<del>49</del><ins>50</ins>.</p>"
        ),
        "n.xhtml": page(f'<h1>Notes</h1><aside {names} epub:type="footnote" id="n1"><p>By the cart.</p></aside>'),
    }
    outline = analyse(epub.read(book(pages))).outline
    assert [section.heading for section in outline.sections] == ["Clay"]
    assert [block.text for block in outline.sections[0].blocks] == ["1", "It was sold in 1950.", "By the cart."]
    assert analyse(epub.read(book(pages))).missing == []
