"""Numbers before headings determine their levels."""

import pytest

from lessons.importing.outline import numbering
from tests.importing.articles import outline_of_text

LONG = "This paragraph says something about the matter, and then it says a little more so that it is one. " * 2


@pytest.mark.parametrize(
    ("headings", "levels"),
    [
        (["1 Ships", "1.1 Sail", "1.1.1 Square rig", "2 Ports"], [1, 2, 3, 1]),
        (["5. Ships", "5.2 Steam", "7. Ports"], [1, 2, 1]),
        (["I. Ships", "A. Sail", "1. Square", "a. Rope", "B. Steam", "II. Ports"], [1, 2, 3, 4, 2, 1]),
        (["H. Ships", "I. Ports", "J. Crews"], [1, 1, 1]),
        (["1. Ships", "2. Ports", "A. Tables", "B. Maps"], [1, 1, 1, 1]),
        (["1. Ships", "2. Ports", "2. Quays", "3. Crews"], [1, 1, 2, 1]),
        (["CHAPTER I", "The Rig", "CHAPTER II", "CHAPTER IV"], [1, 2, 1, 1]),
        (["Part One", "Chapter 1", "Chapter 2", "Part Two", "Chapter 3"], [1, 2, 2, 1, 2]),
        (["Kapitel 1: Schiffe", "1.1 Segel", "Kapitel 2: Häfen", "2.1 Kais"], [1, 2, 1, 2]),
        (["Chapitre 3. Les ports", "Chapitre 4. Les marins"], [1, 1]),
        (["§ 3 Ships", "§ 4 Ports", "§ 9 Crews"], [1, 1, 1]),
        (["Article 5", "Section 1", "Section 2", "Article 6", "Section 1"], [1, 2, 2, 1, 2]),
        (["第一章 船", "第一节 帆", "第二节 桨", "第二章 港"], [1, 2, 2, 1]),
        (["一、船", "（一）帆", "1．方帆", "（二）桨", "二、港"], [1, 2, 3, 2, 1]),
        (["제1장 배", "제1절 돛", "제2장 항구"], [1, 2, 1]),
        (["1. Ships", "2. Ports", "A. Tables", "A.1. Heights", "B. Maps"], [1, 1, 1, 2, 1]),
        (["Preface", "1 Ships", "Sails", "2 Ports", "Quays", "3 Crews", "References"], [1, 1, 2, 1, 2, 1, 1]),
        (["1. Kısım: Deniz", "1. Bölüm: Gemi", "2. Bölüm: Liman", "2. Kısım: Kara"], [1, 2, 2, 1]),
        (["ERSTER TEIL", "1. Kapitel: Schiffe", "2. Kapitel: Häfen", "ZWEITER TEIL"], [1, 2, 2, 1]),
        (["Κεφάλαιο Α΄: Το πλοίο", "Κεφάλαιο Β΄: Το λιμάνι", "Κεφάλαιο ΣΤ΄: Οι ναύτες"], [1, 1, 1]),
        (["الباب الأول: السفن", "الفصل الأول: الشراع", "الفصل الثاني: المرسى"], [1, 2, 2]),
        (["अध्याय १: जहाज", "अध्याय २: बंदरगाह"], [1, 1]),
        (["פרק א: ספינות", "פרק ב: נמלים"], [1, 1]),
        (["1장 배", "1절 돛", "2장 항구"], [1, 2, 1]),
        (["1 船", "1-1 帆", "1-2 櫂", "2 港"], [1, 2, 2, 1]),
        (["Articles", "Article I", "Article II", "Amendment I", "Amendment II", "Amendment III"], [1, 1, 1, 1, 1, 1]),
    ],
)
def test_levels_follow_the_numbers(headings, levels):
    assert numbering.numbered_levels(headings) == levels


@pytest.mark.parametrize(
    "headings",
    [
        ["1914 War", "1918 Peace"],
        ["Parts of the ship", "Parts of the port"],
        ["Ships", "Ports"],
        ["40 Ships", "70 Ports"],
    ],
)
def test_years_and_quantities_do_not_determine_levels(headings):
    assert numbering.numbered_levels(headings) is None


@pytest.mark.parametrize(
    "headings",
    [
        ["1 Ships", "1.1 Sails", "2 Ports"],
        ["I. Ships", "A. Sails", "II. Ports"],
        ["What is a ship?", "What is a port?", "Who sails?"],
        ["Week 1", "Week 2", "Week 3"],
        ["Introduction", "Ships", "Ports"],
    ],
)
def test_a_first_heading_like_the_others_is_not_the_title(headings):
    outline = outline_of_text("\n".join(f"{heading}\n{LONG}" for heading in headings))
    assert [section.heading for section in outline.walk()] == headings


def test_a_number_and_the_title_below_it_are_one_heading():
    outline = outline_of_text(f"CHAPTER I\n\nThe Ship\n\n{LONG}\n\nCHAPTER II.\n\nThe Port\n\n{LONG}\n")
    assert [section.heading for section in outline.walk()] == ["CHAPTER I: The Ship", "CHAPTER II. The Port"]


def test_numbered_headings_may_end_in_a_full_stop():
    text = "\n\n".join(f"{n}. {name}.\n\n{LONG}" for n, name in enumerate(["Ships", "Ports", "Crews"], 1))
    assert [section.heading for section in outline_of_text(text).walk()] == ["1. Ships.", "2. Ports.", "3. Crews."]


def test_a_number_out_of_sequence_does_not_affect_the_levels():
    headings = ["1 Ships", "1.1 Sails", "9 Lives of a Cat", "1.2 Steam", "2 Ports"]
    outline = outline_of_text("\n".join(f"{heading}\n{LONG}" for heading in headings))
    assert [section.heading for section in outline.sections] == ["1 Ships", "2 Ports"]


def test_the_first_of_a_series_with_an_unknown_word_is_no_title():
    text = "\n".join(f"Experiment {n}: {name}\n{LONG}" for n, name in enumerate(["Ropes", "Sails", "Masts"], 1))
    assert [section.heading for section in outline_of_text(text).sections] == [
        "Experiment 1: Ropes",
        "Experiment 2: Sails",
        "Experiment 3: Masts",
    ]


def test_a_numbered_heading_may_be_a_single_character():
    text = "\n".join(
        f"{number}．{name}\n港には毎日多くの船が入り、荷物を降ろしていく。"
        for number, name in ("１船", "２港", "３帆")
    )
    assert [section.heading for section in outline_of_text(text).sections] == ["１．船", "２．港", "３．帆"]


def test_a_number_that_does_not_continue_the_others_is_none_of_them():
    assert numbering.lone_numerals(["I", "The sea", "II", "9", "III"]) == [0, 2, 4]
    assert numbering.is_numbered_like("1 Ships", ["1 Ports", "2 Quays"])
    assert not numbering.is_numbered_like("1 Ships", ["1 Ports", "Quays"])
