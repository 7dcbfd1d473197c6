"""Labels with numbers in many languages: of chapters, of figures and tables, of pages."""

import pytest

from lessons.importing.readers.numbered_labels import CAPTION, is_labelled, page_number


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("7", "7"),
        ("- xii -", "xii"),
        ("Page 7 of 30", "7"),
        ("Sida 7 av 30", "7"),
        ("стр. 12 из 40", "12"),
        ("[ S. 9 ]", "9"),
        ("第 7 页", "7"),
        ("A-3", "A-3"),
        ("7 barrels", ""),
        ("The harbour", ""),
        ("Chapter 7", ""),
    ],
)
def test_a_line_with_nothing_but_the_number_of_a_page_is_known(line, number):
    assert page_number(line) == number


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("Chapter 3", True),
        ("[Teil IV]", True),
        ("Rozdział 2. Morze", True),
        ("第三章", True),
        ("Part of the harbour, 12", False),
        ("Case studies 14", False),
    ],
)
def test_a_label_needs_its_number(line, is_one):
    assert is_labelled(line) is is_one


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("Figure 2: The weigh house", True),
        ("TABLE IV", True),
        ("Tab. A1. Barrels", True),
        ("Abb. 3", True),
        ("図 3", True),
        ("Table of Contents", False),
        ("Scheme for a new quay", False),
        ("Listing all harbours", False),
    ],
)
def test_a_caption_needs_its_number(line, is_one):
    assert bool(CAPTION.match(line)) is is_one
