"""Running headers, page numbers and tables of contents are left out, each with its reason and its position."""

from lessons.importing.readers import read_paste
from tests.importing.articles import outline_of_text

BODY = [
    "Ships carry most of what people buy, and they do it slowly\nand cheaply.",
    "Ports are where ships rest. A port needs deep water and a\nquay.",
    "Crews are small today, and their voyages are as long as they\never were.",
    "Pilots come aboard where the water is shallow, and leave\nagain at the quay.",
]


def reasons(parsed):
    return [(one.text, str(one.reason), one.position) for one in parsed.omissions]


def test_headers_footers_and_page_numbers_around_form_feeds_are_left_out_with_their_positions():
    pages = [f"Harbour Notes          A. Lind\n\n{text}\n\n          [Page {n}]\n" for n, text in enumerate(BODY, 1)]
    parsed = read_paste("\f".join(pages))
    assert [block.text for block in parsed.blocks] == [text.replace("\n", " ") for text in BODY]
    assert reasons(parsed)[:3] == [
        ("Harbour Notes A. Lind", "A running header or footer, repeated from page to page.", 0),
        ("[Page 1]", "A running header or footer, repeated from page to page.", 1),
        ("Harbour Notes A. Lind", "A running header or footer, repeated from page to page.", 1),
    ]
    assert len(parsed.omissions) == 8


def test_a_paragraph_across_pages_is_joined_again():
    text = (
        "Ships carry most of what people buy, and they do it slowly\n\n- 1 -\n\n"
        "and cheaply on every sea of the world.\n\n"
        "Ports are where ships rest, and where their owners do the\n\n- 2 -\n\nsums. A port needs deep water.\n\n"
        "Crews are small today, and their voyages are longer than a\n\n- 3 -\n\nletter takes to come back from home.\n"
    )
    parsed = read_paste(text)
    assert parsed.blocks[0].text == (
        "Ships carry most of what people buy, and they do it slowly and cheaply on every sea of the world."
    )
    assert len(parsed.blocks) == 3
    assert reasons(parsed) == [
        ("- 1 -", "A page number.", 1),
        ("- 2 -", "A page number.", 2),
        ("- 3 -", "A page number.", 3),
    ]


def test_chapters_that_start_pages_are_not_running_headers():
    outline = outline_of_text("\f".join(f"Chapter {n}\n\n{text * 3}\n" for n, text in enumerate(BODY, 1)))
    assert [section.heading for section in outline.walk()] == ["Chapter 1", "Chapter 2", "Chapter 3", "Chapter 4"]
    assert outline.omissions == []


def test_chapter_numbers_are_not_page_numbers():
    outline = outline_of_text(
        "".join(
            f"{n}\n\n" + f"{text} And so on it went for years. " * 4 + "\n\n" * 9 for n, text in enumerate(BODY, 1)
        )
    )
    assert [section.heading for section in outline.walk()] == ["1", "2", "3", "4"]


def test_a_table_of_contents_is_left_out_and_names_the_headings():
    text = (
        "Contents\n\nthe ship ............ 1\n   of sails ......... 2\nthe port ............ 5\n\n"
        f"the ship\n\n{BODY[0]}\n\nof sails\n\n{BODY[2]}\n\nthe port\n\n{BODY[1]}\n"
    )
    outline = outline_of_text(text)
    assert [(section.level, section.heading) for section in outline.walk()] == [
        (1, "the ship"),
        (2, "of sails"),
        (1, "the port"),
    ]
    assert [(one.text.split("\n")[0], str(one.reason)) for one in outline.omissions] == [
        ("Contents", "The table of contents.")
    ]


def test_a_table_of_contents_without_page_numbers_ends_where_its_first_entry_recurs():
    ships, ports = (text.replace("\n", " ") for text in BODY[:2])
    outline = outline_of_text(f"Inhalt\nSchiffe\nHäfen\nSchiffe\n{ships}\nHäfen\n{ports}\n")
    assert [section.heading for section in outline.walk()] == ["Schiffe", "Häfen"]
    assert [one.text for one in outline.omissions] == ["Inhalt\nSchiffe\nHäfen"]


def test_a_chapter_called_contents_stays():
    outline = outline_of_text(f"Boxes\n{BODY[0] * 3}\nContents\n{BODY[1] * 3}\nLids\n{BODY[2] * 3}")
    assert [section.heading for section in outline.walk()] == ["Contents", "Lids"]


def test_the_boilerplate_of_project_gutenberg_is_left_out():
    chapters = "\n\n".join(
        f"CHAPTER {n}.\n\nTHE {name}.\n\n{text}"
        for n, name, text in zip(("I", "II", "III"), ("SHIP", "PORT", "CREW"), BODY, strict=False)
    )
    outline = outline_of_text(
        "The Project Gutenberg EBook of Harbours\n\n*** START OF THIS PROJECT GUTENBERG EBOOK HARBOURS ***\n\n\n"
        "HARBOURS\n\nBy Anna Lind\n\nCONTENTS\n\n"
        "  CHAPTER I. The Ship\n  CHAPTER II. The Port\n  CHAPTER III. The Crew\n\n"
        f"{chapters}\n\n*** END OF THIS PROJECT GUTENBERG EBOOK HARBOURS ***\n\nThe licence.\n"
    )
    assert outline.title == "HARBOURS"
    assert [section.heading for section in outline.walk()] == [
        "CHAPTER I. THE SHIP.", "CHAPTER II. THE PORT.", "CHAPTER III. THE CREW."
    ]  # fmt: skip
    assert [str(one.reason) for one in outline.omissions] == [
        "Project Gutenberg’s notice before the text.",
        "The table of contents.",
        "Project Gutenberg’s licence after the text.",
    ]
