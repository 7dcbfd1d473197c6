"""The proof finds each passage of a source that no text of the outline has."""

import pytest

from lessons.importing.document import Block
from lessons.importing.proof import block_source, count_compared_words, find_missing, source_text

SOURCE = "Tides rise twice a day. The force is F = ma by law. At new moon they are highest, and at half moon lowest."
GAPS = {
    "a sentence": (
        ["Tides rise twice a day.", "At new moon they are highest, and at half moon lowest."],
        ["Tides rise twice a day. [The force is F = ma by law]. At new moon they are highest…"],
    ),
    "a formula within a sentence": (
        ["Tides rise twice a day. The force is  by law.", "At new moon they are highest, and at half moon lowest."],
        ["…twice a day. The force is [F = ma] by law. At new moon they…"],
    ),
    "a word that occurs elsewhere": (
        ["Tides rise twice a day. The force is F = ma by law. At new moon they are highest, and at half lowest."],
        ["…they are highest, and at half [moon] lowest"],
    ),
    "all": ([], [f"[{SOURCE.rstrip('.')}]"]),
}


@pytest.mark.parametrize("name", GAPS)
def test_a_gap_is_shown_with_its_surroundings(name):
    texts, gaps = GAPS[name]
    assert find_missing(SOURCE, texts) == gaps


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("One note here. A note: see below.", ["A note: see below.", "One note here."]),
        ("10 3 ships", ["103 ships"]),
        ("103 ships", ["10 3 ships"]),
        ("An exam-\nple of hy\xadphens", ["An example of hyphens"]),
        ("The ﬁrst Å and Å", ["the first å and å"]),
        ("Some words", ["Picture: Some generated words"]),
        ("1. Ships sail. 2. Ports wait.", ["1. Ships sail.", "2. Ports wait."]),
    ],
    ids=["order", "joined", "split", "hyphens", "forms", "additions", "numbers"],
)
def test_the_same_words_in_another_form_are_not_missing(source, texts):
    assert find_missing(source, texts) == []


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("The moontides rise high twice a day", ["The [moon tides] rise high twice a day"]),
        ("The moon tidesrise high twice a day", ["The moon [tides rise] high twice a day"]),
        ("The mo ontides rise high twice a day", ["The [moon tides] rise high twice a day"]),
        ("The mo on tides risehigh twice a day", []),
    ],
)
def test_words_of_two_lines_are_not_one_word(text, gaps):
    assert find_missing("The moon\n\n tides\nrise high twice a day", [text]) == gaps


def test_equal_words_are_counted():
    assert find_missing("yes no yes", ["yes no"]) == ["yes no [yes]"]
    assert find_missing("yes no yes", ["yes no", "yes"]) == []


@pytest.mark.parametrize(
    ("source", "text", "gaps"),
    [
        ("船は海を走る。港に着く。", "船は海を走る。港に。", ["…海を走る。港に[着く]"]),
        ("ज्वार दिन में दो बार आता है", "ज्वार दिन में बार आता है", ["ज्वार दिन में [दो] बार आता है"]),
        ("المد يرتفع مرتين في اليوم", "المد يرتفع في اليوم", ["المد يرتفع [مرتين] في اليوم"]),
    ],
    ids=["Japanese", "Hindi", "Arabic"],
)
def test_other_scripts_are_compared(source, text, gaps):
    assert find_missing(source, [text]) == gaps


def test_words_of_scripts_without_spaces_are_counted_by_character():
    assert count_compared_words("第一章 Ships sail") == 5


def test_numbers_of_a_list_may_be_words_of_the_source_or_not():
    block = Block("list", "1. a\n2. b\n3. c", "<ol><li>a</li><li>b</li><li>c</li></ol>")
    for source in ("x 1. a 2. b 3. c y", "x a b c y"):
        assert find_missing(source, ["x", block_source(block), "y"]) == []
    assert find_missing("x a b d c y", ["x", block_source(block), "y"]) == ["x a b [d] c y"]


def test_formulas_are_compared_as_their_tex():
    html = '<p>So <math alttext="a^2"><msup><mi>a</mi><mn>2</mn></msup></math> is <img alt="a square" src="/x">.</p>'
    assert source_text(html).split() == ["So", "a^2", "is", "a", "square", "."]
    assert block_source(Block("paragraph", "So a2 is .", html)) == source_text(html)
