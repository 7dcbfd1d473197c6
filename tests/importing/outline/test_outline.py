"""Finding and nesting headings in texts without markup."""

import pytest

from lessons.importing.outline import build_outline
from lessons.importing.outline.heading_lines import is_heading_like
from lessons.importing.readers import read_paste
from tests.importing.articles import headings_of_text, outline_of, outline_of_text, tree

LONG = "This paragraph says something about the matter, and then it says a little more so that it is one. " * 2


def test_headings_are_nested_by_the_text_of_their_parents():
    assert tree(outline_of("bees.txt")) == [
        (1, "lesson", "Understanding Bees in Town"),
        (1, "lesson", "Main Duties of Bees in Town"),
        (2, "section", "Watching for Disease"),
        (2, "section", "Calming the Neighbours"),
        (1, "lesson", "Case Studies of Bees in Town"),
        (2, "case_study", "Alder Street Apiary"),
        (2, "case_study", "Harbour Roof Project"),
        (1, "lesson", "Future Questions about Bees in Town"),
    ]


def test_a_text_without_a_title_gets_the_phrase_that_its_headings_share():
    assert outline_of("bees.txt").title == "Bees in Town"


def test_a_first_line_like_a_heading_is_the_title():
    outline = outline_of_text(f"The Sea at Night\n{LONG}\nWhat Shines\n{LONG}")
    assert outline.title == "The Sea at Night"
    assert [section.heading for section in outline.sections] == ["What Shines"]


def test_a_text_without_headings_is_named_by_its_opening():
    outline = outline_of_text(f"{LONG}\n{LONG}")
    assert outline.title == "This paragraph says something about the matter, and then…"
    assert outline.sections == []


def test_numbers_give_the_levels():
    assert [(level, heading) for level, _kind, heading in tree(outline_of("numbered.txt"))] == [
        (1, "1 Before You Start"),
        (2, "1.1 Tools"),
        (2, "1.2 Twine"),
        (1, "2 The First Knot"),
        (1, "References"),
    ]


def test_headings_in_capitals_are_above_others():
    text = "\n".join(f"{heading}\n{LONG}" for heading in ["Sailing", "THE HULL", "Keel", "Planks", "THE RIG", "Mast"])
    levels = [(level, heading) for level, _kind, heading in tree(outline_of_text(text))]
    assert levels == [(1, "THE HULL"), (2, "Keel"), (2, "Planks"), (1, "THE RIG"), (2, "Mast")]


def test_a_heading_directly_above_another_is_its_parent():
    text = f"Sailing\n{LONG}\nParts of a Boat\nThe Hull\n{LONG}\nThe Rig\n{LONG}"
    assert tree(outline_of_text(text))[:2] == [(1, "lesson", "Parts of a Boat"), (2, "section", "The Hull")]


@pytest.mark.parametrize(
    "line",
    [
        "A sentence that ends with a full stop.",
        "Things to remember include:",
        "and so it went on",
        "https://example.org/page",
        "Figure 3.2 The hull from below",
        "E = mc2",
        "— A. Nobody",
        "Nobody, A. 1999. On Nothing. Nowhere: No Press",
        "By Anna Nobody",
        "March 3, 2020",
        "A line (with half a bracket",
        "1949",
        "Too " + "many " * 40 + "words",
    ],
)
def test_this_line_is_not_a_heading(line):
    assert not is_heading_like(line)


@pytest.mark.parametrize(
    "line",
    [
        "What Is a Tide?",
        "Remember the Flood!",
        "“The Sea Is All”",
        "al-Idrisi and His Map",
        "Sail vs. Steam",
        "Born in the U.S.",
        "Origin of tides",
        "G. E. Nobody on Boats",
        "2.1 The Hull",
        "Étude des marées",
    ],
)
def test_this_line_could_be_a_heading(line):
    assert is_heading_like(line)


def test_the_lines_of_a_poem_are_not_headings():
    verse = "\n".join(["The Sea Goes Out", "The Sea Comes In", "The Boat Stays Here", "And So Do I", "Till Night"])
    assert headings_of_text(f"Two Poems\n{LONG}\nThe First\n{LONG}\n{verse}\nshort end.") == ["The First"]


def test_a_table_of_contents_is_not_taken_for_the_headings():
    contents = "The Hull\nThe Rig\nThe Crew\nThe Law\nThe Sea"
    body = "\n".join(f"{heading}\n{LONG}" for heading in contents.split("\n"))
    assert headings_of_text(f"{LONG}\n{contents}\n{LONG}\n{body}") == contents.split("\n")


def test_a_long_line_in_sentence_case_is_not_a_heading():
    body = "\n".join(f"{heading}\n{LONG}" for heading in ["The Old Hull", "The New Rig", "The Last Crew"])
    text = f"{LONG}\n{body}\nThen the boat went down with everything aboard\n{LONG}"
    assert headings_of_text(text) == ["The Old Hull", "The New Rig", "The Last Crew"]


def test_a_last_line_without_text_below_is_not_a_heading():
    assert headings_of_text(f"{LONG}\nThe Hull\n{LONG}\nThe End") == ["The Hull"]


def test_case_studies_in_other_languages_are_recognised():
    text = f"Fallstudien\n{LONG}"
    assert outline_of_text(f"{LONG}\n{text}").sections[0].kind == "case_study"


def test_bold_lines_that_look_alike_are_of_one_level():
    text = "<p>The dyke stood for long, and the clay of the dyke was sold to the railway by the cart.</p>"
    parsed = read_paste("", f"{text}<p><b>Clay</b></p>{text}<p><b>Railway</b></p>{text}<p><b>Dyke</b></p>{text}")
    assert tree(build_outline(parsed)) == [(1, "lesson", "Clay"), (1, "lesson", "Railway"), (1, "lesson", "Dyke")]
