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
        "*[HTML]: Hyper Text",
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


SHORT = "The wall is of stone, and it was built in one summer by all who lived here."


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_short_text_without_blank_lines_is_no_poem(end):
    text = f"The Harbour\nShips:\n{SHORT}\nPorts:\nThey are deep.\nCrews:\n{SHORT}{end}"
    assert headings_of_text(text) == ["Ships", "Ports", "Crews"]


def test_minutes_without_blank_lines_have_headings():
    text = (
        f"Minutes of the Harbour Board\nDate: 3 May 1921\nPresent: A. Berg, B. Lund\n1. Last meeting\n{SHORT}\n"
        f"2. Cranes\nMr Lund spoke.\n3. Any other business\nThere was none.\n"
    )
    outline = outline_of_text(text)
    assert outline.title == "Minutes of the Harbour Board"
    assert headings_of_text(text) == ["1. Last meeting", "2. Cranes", "3. Any other business"]


def test_a_poem_without_blank_lines_has_a_title():
    verse = (
        "The sea goes out beside the stair,\nThe rope is wet, the wind is fair,\nAnd nobody is calling there\nBut me."
    )
    outline = outline_of_text(f"The Ferry\n{verse}\n")
    assert (outline.title, len(outline.blocks)) == ("The Ferry", 1)
    assert outline.blocks[0].html == f"<p>{verse.replace(chr(10), '<br>')}</p>"


def test_quantities_are_no_headings():
    text = "Fish soup\nIngredients\n3 leeks\n1 onion\n½ lemon\nMethod\n1. Wash the leeks.\n2. Fry the onion.\n"
    assert headings_of_text(text) == ["Ingredients", "Method"]


def test_what_stands_below_a_heading_of_a_report_is_none():
    text = f"Draught of a Boat\n\nAim\n{SHORT}\n\nApparatus\nBalance, two rulers, string\n\n"
    results = "Results\nMass: 4 kg\nDepth: 2 m\n"
    assert headings_of_text(f"{text}{results}\nConclusion\n{SHORT}\n") == ["Aim", "Apparatus", "Results", "Conclusion"]


def test_what_stands_above_weights_and_times_is_a_heading():
    text = f"Harbours 101\n\nDescription\n{SHORT}\n\nGrading\nEssay 40%\nExam 60 %\n\nHours\nMonday 9–5\nFriday 9 am\n"
    assert headings_of_text(f"{text}\nPolicies\n{SHORT}") == ["Description", "Grading", "Hours", "Policies"]
    address = f"Harbours 101\n\nAnn Ho\nQuay 4\n24103 Kiel\n\nDescription\n{SHORT}\n\nPolicies\n{SHORT}"
    assert headings_of_text(address) == ["Description", "Policies"]


def test_the_entries_of_a_reading_list_are_no_headings():
    books = "Berg, M., Old Harbours\n\nLund, K.A., On Ropes"
    text = f"Ships\n\nCourse\n\n{SHORT}\n\nReadings\n\n{books}\n\nGrading\n\n{SHORT}"
    assert headings_of_text(text) == ["Course", "Readings", "Grading"]


def test_a_short_interview_has_no_headings():
    talk = f"Asker: When did you come?\nKeeper: {SHORT}\nAsker: And when will you go?\nKeeper: {SHORT}\n"
    assert headings_of_text(f"A talk with the keeper\n\n{talk}") == []


def test_chinese_questions_are_headings_above_their_answers():
    first, second = "珊瑚礁是由造礁珊瑚的石灰质遗骸堆积而成的一种礁石。", "海水温度升高的时候，珊瑚会失去颜色。"
    text = f"珊瑚礁\n\n什么是珊瑚礁？\n\n{first}\n\n为什么会白化？\n\n{second}\n"
    assert headings_of_text(text) == ["什么是珊瑚礁？", "为什么会白化？"]


def test_a_short_text_with_few_headings_is_not_nested():
    mules = f"Mules\n\nA mule carried salt. {SHORT}"
    text = f"Salt roads\n\n{mules}\n\nTolls of the mules\n\nA penny for each mule. {SHORT}\n"
    assert [section.heading for section in outline_of_text(text).sections] == ["Mules", "Tolls of the mules"]
