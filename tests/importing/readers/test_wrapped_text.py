"""Hard-wrapped texts: paragraphs, headings above them, divided words."""

import textwrap

import pytest

from lessons.importing.readers import read_paste
from lessons.importing.readers.plain_text import contents
from tests.importing.articles import outline_of_text, types

WALL = (
    "The harbour of the old town lies behind a wall of stone that was built before anybody wrote things down. Ships "
    "from the south came in spring and left in autumn, and in between they were mended, painted and quarrelled over."
)
CLERK = (
    "Nobody counted the barrels. The clerk of the weigh house Johann Petersen kept a book, but he kept it for "
    "himself, and what he wrote in it was mostly about the weather and his knees. When he died it was sold with "
    "his chairs."
)


def wrapped(text, width=72, **options):
    return textwrap.fill(text, width, **options)


def texts(text):
    return [block.text for block in read_paste(text).blocks]


@pytest.mark.parametrize("width", [50, 66, 76, 100])
def test_lines_are_joined_at_any_width(width):
    assert texts(f"{wrapped(WALL, width)}\n\n{wrapped(CLERK, width)}\n\n{wrapped(WALL, width)}\n") == [
        WALL,
        CLERK,
        WALL,
    ]


def test_one_long_line_does_not_make_every_line_a_paragraph():
    address = (
        "https://example.org/archive/harbours-of-the-north/weigh-house/the-book-of-the-clerk/pages/index.html?page=1"
    )
    outline = outline_of_text(
        f"Harbours\n\n{wrapped(WALL)}\n\n{address}\nhas more.\n\n{wrapped(CLERK)}\n\n{wrapped(WALL)}"
    )
    assert (outline.title, outline.sections) == ("Harbours", [])
    assert [block.text for block in outline.blocks] == [WALL, f"{address} has more.", CLERK, WALL]


def test_a_second_line_that_starts_with_a_capital_continues_the_paragraph():
    first = "The weigh house of the harbour was in the hands of one man only, Mr Petersen, for forty years and more."
    assert "\nPetersen" in wrapped(first)
    assert texts(f"{wrapped(first)}\n\n{wrapped(WALL)}\n\n{wrapped(CLERK)}")[0] == first


def test_an_indented_first_line_starts_a_paragraph():
    parts = [wrapped(text, 60, initial_indent="   ") for text in (WALL, CLERK, WALL)]
    assert texts("\n".join(parts)) == [WALL, CLERK, WALL]


def test_a_short_line_above_a_paragraph_is_its_heading():
    outline = outline_of_text(
        f"Harbours\n\n{wrapped(WALL)}\n\nThe Clerk\n{wrapped(CLERK)}\n\nThe Wall\n{wrapped(WALL)}"
    )
    assert [section.heading for section in outline.walk()] == ["The Clerk", "The Wall"]


def test_divided_words_are_joined_and_compounds_keep_their_hyphen():
    text = (
        "The fisher-\nmen of the north mended their nets in the even-\ning, when the light was long and the har-\n"
        "bour was quiet, and spoke about the weather like a well-\nknown neighbour, or an old sea-captain; the sea-\n"
        "captain nodded.\n\n" + wrapped(WALL, 50)
    )
    assert texts(text)[0] == (
        "The fishermen of the north mended their nets in the evening, when the light was long and the harbour was "
        "quiet, and spoke about the weather like a well-known neighbour, or an old sea-captain; the "
        "sea-captain nodded."
    )


def test_verse_keeps_its_lines_and_an_address_too():
    verse = "The sea goes out, the sea comes in,\nThe boat stays where it was;\nAnd he who has not been at sea"
    block = read_paste(f"{wrapped(WALL)}\n\n{verse}\n\n{wrapped(CLERK)}\n").blocks[1]
    assert block.html == f"<p>{verse.replace(chr(10), '<br>')}</p>"
    assert block.text == verse.replace("\n", " ")


def test_quoted_lines_of_an_e_mail_are_a_quote():
    mail = "On Monday Ben wrote:\n> Where is the book of the clerk,\n> and who has it?\n>> It was sold.\n"
    quote = read_paste(f"{wrapped(WALL)}\n\n{mail}").blocks[-1]
    assert (quote.type, quote.paragraphs) == (
        "quote",
        ["Where is the book of the clerk, and who has it?", "It was sold."],
    )


def test_a_dash_in_a_wrapped_sentence_is_not_a_list():
    text = (
        "Nobody in the whole of the old town had ever seen so much herring at once\n"
        "– and the town had seen a good deal of it – as on that morning, when three\n"
        "boats came in, one after the other, so low in the water that people ran.\n"
    )
    assert types(read_paste(f"{text}\n{wrapped(WALL)}").blocks) == ["paragraph", "paragraph"]


@pytest.mark.parametrize("line", ["CHAPTER I", "Ships:", "[1] a", "1. a", "> a", "| a | b |", "    x = 1;", "a\tb"])
def test_the_same_line_thousands_of_times_is_read(line):
    assert read_paste(f"{line}\n" * 3000).blocks


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("The Sea ..... 12", "The Sea"),
        ("The Sea . . . . 12", "The Sea"),
        ("The Sea   xii", "The Sea"),
        ("The Sea\t12", "The Sea"),
        ("The Sea 12", "The Sea 12"),
        ("The Sea etc.   12", "The Sea etc."),
        ("In 1949", "In 1949"),
    ],
)
def test_entries_of_a_table_of_contents_lose_their_page_numbers(line, entry):
    assert contents.entry(line) == entry


def test_a_long_gap_in_a_line_is_read_in_one_pass():
    assert contents.entry("a" + " " * 200_000 + "b") == "a b"


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("width", [60, 72, 90])
def test_a_text_of_two_or_three_wrapped_lines_is_one_paragraph(width, end):
    assert texts(wrapped(WALL.partition(". ")[2], width) + end) == [WALL.partition(". ")[2]]


def test_a_few_wrapped_lines_of_chinese_are_one_paragraph():
    lines = "绿茶不经过发酵，采摘以后立即杀青，所以保留了较多的天然物质，", "颜色碧绿，味道清香，产量最多。"
    assert texts("\n".join(lines)) == ["".join(lines)]


def test_title_and_heading_directly_above_a_paragraph_stand_apart():
    text = f"The Wall\nBeginnings\n{wrapped(WALL)}\n\n{wrapped(CLERK)}\n\nThe clerk\n{wrapped(WALL)}\n"
    outline = outline_of_text(text)
    assert (outline.title, [section.heading for section in outline.sections]) == (
        "The Wall",
        ["Beginnings", "The clerk"],
    )
