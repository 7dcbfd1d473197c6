"""Texts of many genres: which lines are headings, and which only look like headings."""

import pytest

from lessons.importing.outline.heading_lines import is_heading_like
from tests.importing.articles import headings_of_text, outline_of_text, types

A = (
    "The harbour lies behind a wall of stone that was built before anybody wrote things down, and it is still dry. "
    * 2
)
B = "Nobody counted the barrels, though the clerk of the weigh house kept a book about the weather and his knees. " * 2


def test_a_handout_has_headings_with_colons():
    outline = outline_of_text(f"Harbour Notes\nShips:\n{A}\nPorts:\n{B}\nCrews:\n- a master\n- a mate\n")
    assert (outline.title, [s.heading for s in outline.sections]) == ("Harbour Notes", ["Ships", "Ports", "Crews"])


def test_short_lines_after_a_colon_are_a_list():
    outline = outline_of_text(
        f"Harbours\n{A}\nThere are three kinds:\nSailing ships\nSteam ships\nMotor ships\nPorts\n{B}"
    )
    assert [section.heading for section in outline.walk()] == ["Ports"]
    assert types(outline.blocks) == ["paragraph", "paragraph", "list"]
    assert outline.blocks[2].paragraphs == ["Sailing ships", "Steam ships", "Motor ships"]


def test_short_lines_after_a_colon_without_a_number_are_not_headings_either():
    assert headings_of_text(f"Harbours\n{A}\nThe law knows these:\nSailing ships\nSteam ships\nPorts\n{B}") == [
        "Ports"
    ]


def test_songs_have_titles_and_no_other_headings():
    song = (
        "The sea goes out, the sea comes in,\nThe boat stays where it was;\n"
        "And he who has not been at sea\nKnows nothing of its laws."
    )
    text = f"Two Songs\n\nThe First Song\n\n{song}\n\nT. CAREW\n\nThe Second Song\n\n{song}\n\n{song}\n"
    assert headings_of_text(text) == ["The First Song", "The Second Song"]


def test_a_play_has_acts_and_scenes_and_no_speakers():
    speeches = (
        "ANNA.\nWho goes there?\n\nBEN.\nNobody you know.\n\n[Enter CARL with a lamp]\n\n"
        "CARL.\nI heard you.\n\nANNA.\nGood.\n"
    )
    text = "\n".join(
        f"ACT {n}.\n\nScene I. A quay.\n\n{speeches}\nScene II. A room in the weigh house.\n\n{speeches}"
        for n in ("I", "II")
    )
    assert headings_of_text(f"THE QUAY\n\n{text}") == [
        "ACT I.", "Scene I. A quay.", "Scene II. A room in the weigh house.",
        "ACT II.", "Scene I. A quay.", "Scene II. A room in the weigh house.",
    ]  # fmt: skip


def test_speakers_in_a_transcript_are_not_headings():
    turns = "ANNA:\nWhere were you born?\nBEN:\nAbove the weigh house.\n"
    assert headings_of_text(f"An Interview\n{A}\n{turns * 4}{B}") == []


def test_minutes_have_numbered_headings():
    text = (
        "Minutes of the Harbour Committee\n\nDate: 3 May 2021\nPresent: A. Lind, B. Frost\nApologies: C. Storm\n\n"
        f"1. Dredging\n\n{A}\n\n2. Lamps\n\n{B}\n\n3. Any other business\n\n{A}\n"
    )
    outline = outline_of_text(text)
    assert outline.title == "Minutes of the Harbour Committee"
    assert [section.heading for section in outline.walk()] == ["1. Dredging", "2. Lamps", "3. Any other business"]
    assert outline.blocks[0].html.count("<br>") == 2


def test_a_letter_has_its_subject_as_title_and_no_headings():
    text = (
        f"From: Anna Lind <anna@example.org>\nTo: Ben Frost\nSubject: The harbour book\n\nDear Ben\n\n{A}\n\n{B}\n\n"
        "Kind regards\nAnna Lind\n\n-- \nAnna Lind\nHarbour Road 4\n12345 Kiel\n"
    )
    outline = outline_of_text(text)
    assert (outline.title, outline.sections) == ("The harbour book", [])


def test_a_law_has_its_articles_with_their_titles():
    first = f"Part I\nGeneral\n\nArticle 1\nPurpose\n\n{A}\n\nArticle 2\nTolls\n\n{B}"
    outline = outline_of_text(f"Harbour Act\n\n{first}\n\nPart II\nLamps\n\nArticle 3\nOil\n\n{A}")
    assert [(section.level, section.heading) for section in outline.walk()] == [
        (1, "Part I: General"),
        (2, "Article 1: Purpose"),
        (2, "Article 2: Tolls"),
        (1, "Part II: Lamps"),
        (2, "Article 3: Oil"),
    ]


def test_questions_with_short_answers_are_headings_of_a_list_of_them():
    answers = {"What is a quay?": "A wall.", "Who paid the clerk?": "The town.", "Where is the book?": "Lost."}
    text = "\n\n".join(f"{question}\n{answer}" for question, answer in answers.items())
    assert headings_of_text(f"Harbour FAQ\n\n{text}\n") == list(answers)


def test_a_recipe_has_lists_below_its_headings():
    outline = outline_of_text(
        "Herring Soup\n\nIngredients:\n2 herrings\n1 onion\n\nMethod:\n1. Cut.\n2. Boil.\n3. Wait.\n"
    )
    assert [(section.heading, types(section.blocks)) for section in outline.sections] == [
        ("Ingredients", ["list"]),
        ("Method", ["list"]),
    ]


def test_a_demand_in_capitals_is_not_a_heading():
    text = f"The Old Harbour\n{A}\nDO NOT CLIMB ON THE WALL\n{B}\nThe Weigh House\n{A}\nThe Clerk\n{B}"
    assert headings_of_text(text) == ["The Weigh House", "The Clerk"]


def test_a_report_has_its_title_below_the_front_matter():
    text = (
        "Harbour Working Group               A. Lind\nReport 17                         3 May 2021\n\n"
        "       Counting Barrels in Small Harbours\n\n"
        f"Abstract\n\n{A}\n\n1. Introduction\n\n{B}\n\n2. Barrels\n\n{A}\n"
    )
    outline = outline_of_text(text)
    assert outline.title == "Counting Barrels in Small Harbours"
    assert [section.heading for section in outline.walk()] == ["Abstract", "1. Introduction", "2. Barrels"]


def test_a_title_below_a_letterhead_in_columns_needs_no_abstract():
    text = (
        "Harbour Working Group               A. Lind\nReport 17                         Harbour Office\n"
        "Category: Practice                3 May 2021\n\n          Counting Barrels in Small Harbours\n\n"
        f"On the Barrels\n\n{A}\n\n1. Method\n\n{B}\n\n2. Barrels\n\n{A}\n"
    )
    outline = outline_of_text(text)
    assert outline.title == "Counting Barrels in Small Harbours"
    assert [section.heading for section in outline.walk()] == ["On the Barrels", "1. Method", "2. Barrels"]


def test_chapters_of_a_book_may_have_numbers_only():
    outline = outline_of_text(f"THE QUAY\n\nI\n\n{A}\n\n{B}\n\nII\n\n{B}\n\nIII\n\n{A}\n")
    assert [(section.level, section.heading) for section in outline.walk()] == [(1, "I"), (1, "II"), (1, "III")]


def test_records_are_not_a_hundred_headings():
    assert headings_of_text("\n".join(f"Ship : Nobody {n}\nMasts : two" for n in range(60))) == []


@pytest.mark.parametrize(
    "line",
    [
        "T. CAREW",
        "Source: Harbour archive",
        "Main article: Weigh houses",
        "Abb. 3 Das Hafenbecken",
        "图3 港口的位置",
        "Date: 3 May 2021",
        "Dear Ms Lind",
        "Kind regards",
        "Harbour Road 4, Kiel, KI 12345",
        "17 Harbour Street",
        "[Enter CARL with a lamp]",
        "Exeunt all but BEN",
        "Lind, Anna, Harbours of the North, Kiel 1999",
        "“Where have you been?”",
        "Monday, 3 May",
        "May 2021",
        "Anna      31      Kiel",
        "ship -> port",
    ],
)
def test_this_line_only_looks_like_a_heading(line):
    assert not is_heading_like(line)


@pytest.mark.parametrize(
    "line",
    [
        "Exit Strategies",
        "Time and Tide",
        "Note on the Text",
        "Part 2: The Rig",
        "What is a ship?",
        "Notes from the Quay",
    ],
)
def test_this_line_is_still_like_a_heading(line):
    assert is_heading_like(line)
