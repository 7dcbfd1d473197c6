"""PDF: reading order, headings, paragraphs, notes, and what is not part of the text."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.readers import pdf as reader
from lessons.importing.readers import read_upload
from lessons.importing.readers.pdf.joining import Vocabulary, is_hyphenated
from lessons.importing.readers.pdf.words import FILLER, compose, text_of_codes
from lessons.markup.sanitise import InvalidText
from tests.image_files import image_bytes
from tests.importing.articles import headings, reasons, texts
from tests.importing.pdfs import PROTECTION, PdfPage, pdf

MUD = [
    "Mud is what the sea leaves behind when it goes away, and what",
    "it takes along again when it returns in the evening.",
]
SAND = [
    "Sand is heavier than mud, so that it settles where the waves are",
    "strong, on beaches and on bars far out from the land.",
]


def chapter():
    """Return a page with a title, two headings and two paragraphs."""
    page = PdfPage().line("The Shore", size=20, font="bold").gap(20)
    page.line("Mud", size=14, font="bold").gap(4).lines(*MUD).gap(16)
    return page.line("Sand", size=14, font="bold").gap(4).lines(*SAND)


def test_the_largest_line_is_the_title_and_others_are_headings():
    parsed = reader.read(pdf(chapter()))
    assert parsed.title == "The Shore"
    assert headings(parsed) == [(1, "Mud"), (1, "Sand")]
    assert texts(parsed) == [" ".join(MUD), " ".join(SAND)]
    assert not analyse(parsed).missing


def test_a_centred_title_is_not_part_of_the_heading_below_it():
    page = PdfPage().line("The Shore", x=178, size=18, font="bold").gap(2).line("Mud", size=18, font="bold")
    page.gap(4).lines(*MUD).gap(16).line("Sand", size=18, font="bold").gap(4).lines(*SAND)
    parsed = reader.read(pdf(page, title="shore-final-2"))
    assert (parsed.title, headings(parsed)) == ("The Shore", [(1, "Mud"), (1, "Sand")])


SHELLS = [
    "Shells are thrown up by every storm from the west, and who comes",
    "early in the morning has the choice of them.",
]


@pytest.mark.parametrize("names", [("Mud", "Sand"), ("Mud", "Sand", "Shells"), ("Part One", "Part Two")])
@pytest.mark.parametrize("on_pages", [True, False])
def test_a_first_heading_that_is_like_the_others_is_no_title(names, on_pages):
    pages = [PdfPage()]
    for name, lines in zip(names, (MUD, SAND, SHELLS), strict=False):
        page = pages[-1].line(name, size=18, font="bold").gap(8)
        if name.startswith("Part"):
            page.line("Ebb", size=14, font="bold").gap(4)
        page.lines(*lines).gap(16)
        pages += [PdfPage()] if on_pages else []
    assert tuple(text for level, text in headings(reader.read(pdf(*pages))) if level == 1) == names


def test_a_title_page_has_the_title_even_if_chapters_are_as_large():
    front = PdfPage().line("The Shore", size=18, font="bold").gap(30).line("Ann Ho").line("2024")
    chapters = (("Mud", MUD), ("Sand", SAND), ("Shells", SHELLS))
    pages = [PdfPage().line(name, size=18, font="bold").gap(8).lines(*lines) for name, lines in chapters]
    parsed = reader.read(pdf(front, *pages))
    assert (parsed.title, headings(parsed)) == ("The Shore", [(1, "Mud"), (1, "Sand"), (1, "Shells")])


def test_a_pdf_is_read_in_a_child_process_whatever_its_name():
    assert headings(read_upload("shore.docx", pdf(chapter()))) == [(1, "Mud"), (1, "Sand")]


def test_levels_come_from_the_outline_of_the_file():
    page = PdfPage().line("1 Mud", size=14, font="bold").gap(4).lines(*MUD).gap(16)
    page.line("Wet mud", size=12, font="bold").gap(4).lines(*SAND).gap(16)
    page.line("Deep mud", size=10, font="bold").gap(4).lines(*SAND)
    parsed = reader.read(pdf(page, title="The Shore", outline=[("Mud", 0), ("Deep mud", 0)], language="en-GB"))
    assert (parsed.title, parsed.language) == ("The Shore", "en")
    assert headings(parsed) == [(1, "1 Mud"), (2, "Wet mud"), (1, "Deep mud")]


def test_levels_come_from_size_and_weight_and_from_numbers():
    page = PdfPage().line("1. Mud", size=12, font="bold").gap(4).lines(*MUD).gap(16)
    page.line("1.1 Wet mud", size=12, font="bold").gap(4).lines(*SAND).gap(16)
    page.line("Remarks", size=10, font="bold").gap(4).lines(*SAND)
    assert headings(reader.read(pdf(page))) == [(1, "1. Mud"), (2, "1.1 Wet mud"), (2, "Remarks")]


def column(page, words, x, first):
    for n, word in enumerate(words):
        page.line(f"{word} is the word of line {n} here", x=x, y=first + 12 * n)
    return page


def test_columns_are_read_one_after_the_other_however_the_file_has_their_lines():
    page = PdfPage().line("A title that stands across both of the columns of the page", size=16, font="bold")
    names = [f"n{n}" for n in range(24)]
    for n in range(12):
        page.line(f"{names[n]} stands in the left column and", x=72, y=120 + 12 * n)
        page.line(f"{names[12 + n]} stands in the right column and", x=320, y=120 + 12 * n)
    words = " ".join(texts(reader.read(pdf(page)))).split()
    assert [word for word in words if word in names] == names


def test_a_paragraph_continues_in_the_next_column_and_on_the_next_page():
    first, second = PdfPage(), PdfPage()
    first.lines(
        "The water rises for six hours and then it rests for a while before", "it falls again and leaves the", y=700
    )
    second.lines("flats to the birds, which have waited for it all the time on the", "dunes behind the beach.")
    first.content[1] = first.content[1].replace("leaves the", "leaves the wide and empty grey")
    assert texts(reader.read(pdf(first, second))) == [
        "The water rises for six hours and then it rests for a while before it falls again and leaves the wide and "
        "empty grey flats to the birds, which have waited for it all the time on the dunes behind the beach."
    ]


def test_paragraphs_begin_where_a_line_is_indented_or_would_have_fitted_above():
    page = PdfPage()
    page.lines("Mud is what the sea leaves behind when it goes away, and what").lines("it takes again.")
    page.lines("Sand is heavier than mud, so that it settles where the waves are").lines("strong.")
    page.line("Shells are lighter than both of them, but they are larger, and so", x=84).lines("they go far.")
    assert [text.split()[0] for text in texts(reader.read(pdf(page)))] == ["Mud", "Sand", "Shells"]


def test_list_items_and_bibliography_entries_continue_in_indented_lines():
    page = PdfPage().lines(*MUD).gap()
    page.line("• The water rises for six hours and then it rests for a while before it falls en-", x=80)
    page.lines(
        "tirely and leaves the flats to the birds, which have waited for it all the time", "on the dunes.", x=88
    )
    page.gap().line("Walker, A.: The tides of the northern seas and their moons, in three volumes, with", x=72)
    page.lines("many maps, and with a preface by the author, who regrets that there are not", "more.", x=90)
    parsed = reader.read(pdf(page))
    assert [block.type for block in parsed.blocks] == ["paragraph", "list", "paragraph"]
    assert parsed.blocks[1].text.endswith(
        "it falls entirely and leaves the flats to the birds, which have waited for it all the time on the dunes."
    )


def test_running_headers_and_page_numbers_are_left_out_and_listed_once():
    pages = []
    for n in range(4):
        page = PdfPage().line("The Shore of the Sea", y=40, size=9).line(str(n + 7), x=500, y=40, size=9)
        page.lines(*(MUD if n % 2 else SAND), y=90).gap(30).lines("The end of page", x=72)
        pages.append(page.line(f"Page {n + 1} of 4", x=280, y=810, size=9))
    parsed = reader.read(pdf(*pages))
    assert texts(parsed) == [text for n in range(4) for text in (" ".join(MUD if n % 2 else SAND), "The end of page")]
    assert reasons(parsed) == {
        "The Shore of the Sea": "A running header or footer on 4 pages.",
        "7 Page 1 of 4 8 Page 2 of 4 9 Page 3 of 4 10 Page 4 of 4": "4 page numbers.",
    }


def test_the_title_that_running_headers_repeat_is_not_one_of_them():
    first = PdfPage().line("The Shore", y=60, size=20, font="bold").gap(20)
    first.line("Mud", size=14, font="bold").gap(4).lines(*MUD)
    others = [
        PdfPage().line("The Shore", y=40, size=9).line(f"{word} is here.", y=400)
        for word in "sand reed foam ice".split()
    ]
    parsed = reader.read(pdf(first, *others))
    assert parsed.title == "The Shore"
    assert reasons(parsed) == {"The Shore": "A running header or footer on 4 pages."}


def test_footnotes_belong_to_the_mark_in_the_text():
    page = (
        PdfPage()
        .line("Mud is deep", y=100)
        .line("1", x=126, y=100, size=6, rise=4)
        .line("and it is soft.", x=132, y=100)
    )
    page.lines(*SAND, y=140).line("1", y=760, size=6, rise=3).line(
        "Up to nine feet, as the fishermen say.", x=78, y=760, size=8
    )
    parsed = reader.read(pdf(page))
    assert texts(parsed, "footnote") == ["Up to nine feet, as the fishermen say."]
    assert (
        'deep<sup class="footnote-ref"><a href="#fn-p1-1" rel="noopener noreferrer">1</a></sup> and'
        in parsed.blocks[0].html
    )
    assert parsed.blocks[-1].html.startswith('<li id="fn-p1-1">')


def test_lists_tables_and_code_keep_their_form():
    page = PdfPage().lines(*MUD).gap()
    page.line("• a spade", x=80).line("– of iron", x=100).line("• a net", x=80).gap()
    page.line("3. rake", x=80).line("4. wait", x=80).gap(20)
    for n, row in enumerate([("Place", "Depth", "Age"), ("Point", "9", "40"), ("Bay", "12", "7")]):
        for x, cell in zip((80, 200, 300), row, strict=True):
            page.line(cell, x=x, y=300 + 14 * n)
    page.gap(20).line("if tide:", font="fixed").line("    wait()", x=72, font="fixed")
    parsed = reader.read(pdf(page))
    assert texts(parsed, "list") == ["a spade\nof iron\na net", "3. rake\n4. wait"]
    assert "<li>a spade<ul><li>of iron</li></ul></li>" in parsed.blocks[1].html
    assert texts(parsed, "table") == ["Place | Depth | Age\nPoint | 9 | 40\nBay | 12 | 7"]
    assert texts(parsed, "code") == ["if tide:\n    wait()"]


def test_emphasis_superscripts_and_links_are_kept():
    page = PdfPage().line("Mud of", y=100).line("10", x=106, y=100).line("3", x=118, y=100, size=6, rise=4)
    page.line("years is", x=126, y=100).line("very", x=166, y=100, font="italic").line(
        "old.", x=188, y=100, font="bold"
    )
    page.link("https://example.org/mud", x0=166, x1=186, y=100)
    (block,) = reader.read(pdf(page)).blocks
    assert block.html == (
        "<p>Mud of 10<sup>3</sup> years is "
        '<a href="https://example.org/mud" rel="noopener noreferrer"><em>very</em></a> <strong>old.</strong></p>'
    )


def test_surrogate_pairs_are_combined():
    codes = [ord("a"), 0xD835, 0xDC41, 0, 0xD83C, 0xDF0A, 0xDC41]
    assert text_of_codes(codes) == f"aN{FILLER} 🌊{FILLER} "


def jpeg(grey=90):
    return image_bytes(grey, size=(8, 8), kind="JPEG", mode="L")


def test_images_keep_their_positions_except_those_repeated_on_every_page():
    logo, flats = jpeg(10), jpeg()
    pages = [PdfPage().image(logo, x=72, y=60, width=60, height=60) for _n in range(3)]
    for page, beach in zip(pages, ("northern", "eastern", "western"), strict=True):
        page.lines(f"On the {beach} beach there is nothing but mud.", y=300)
    pages[1].image(flats, x=72, y=350, width=200, height=100).lines(*SAND, y=480)
    parsed = reader.read(pdf(*pages))
    assert [image.data for image in parsed.images] == [flats]
    kinds = [block.type for block in parsed.blocks]
    assert kinds == ["paragraph", "paragraph", "image", "paragraph", "paragraph"]
    assert f'src="/assets/{parsed.images[0].uid}/"' in parsed.blocks[2].html


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_rotated_page_is_read_as_displayed(rotation):
    assert texts(reader.read(pdf(PdfPage(rotation=rotation).lines(*MUD)))) == [" ".join(MUD)]


@pytest.mark.parametrize(
    ("before", "after", "keeps"),
    [
        ("the under-", "standing of", False),
        ("a well-", "known fact", True),
        ("the self-", "made man", True),
        ("in 1914-", "1918", True),
        ("Baden-", "Baden is", True),
        ("infor-", "mation", False),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_is_kept_where_it_belongs_to_the_word(before, after, keeps):
    vocabulary = Vocabulary(["understanding stands under all", "it is well known that self-made men", "known well"])
    assert is_hyphenated(before, after)
    assert vocabulary.keeps_hyphen(before, after) is keeps


@pytest.mark.parametrize(
    ("drawn", "text"),
    [
        ("pr´esent`e", "présentè"),
        ("`a", "à"),
        ("na¨ıf", "naïf"),
        ("gar¸con", "garçon"),
        ("`and", "`and"),
        ("x´", "x´"),
    ],
)
def test_accents_that_old_fonts_draw_over_letters_are_composed(drawn, text):
    assert compose(drawn) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pdf(PdfPage()), "has no text"),
        (pdf(chapter())[:300], "damaged or incomplete"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 20, "damaged or incomplete"),
        (pdf(*[PdfPage()] * 1001), "more than 1,000 pages"),
        (pdf(chapter(), extra=PROTECTION), "protected by a password"),
    ],
)
def test_pdfs_that_cannot_be_read_are_refused_with_a_message(data, message):
    with pytest.raises(InvalidText, match=message):
        reader.read(data)
