"""Which lines of a text are headings, and which of them are below others, by rules for single lines and neighbours."""

from lessons.importing.document import CASE_STUDY, LESSON, SECTION, Block, Section
from lessons.importing.outline import nesting
from lessons.importing.outline.build import propose_kinds
from lessons.importing.outline.headings import find_headings
from lessons.importing.outline.signals import MAX_DISTANCE, make_part

LONG = "This paragraph says something about the matter, and then it says a little more so that it is one. " * 2
SHORT = "It is there."
NAMES = ["The Sea", "The Moon", "The Wind", "The Sand", "The Wave", "The Reef", "The Foam", "The Shoal"]
STEPS = ["1. Sails.", "2. Ropes.", "3. Masts."]


def paragraphs(*texts):
    return [Block("paragraph", text, f"<p>{text}</p>") for text in texts]


def found(texts, entries=()):
    return [texts[n] for n in find_headings(paragraphs(*texts), entries)]


def above(text, headings):
    """Return each heading with the text below it."""
    return [line for heading in headings for line in (heading, text)]


def part(heading, *texts):
    return make_part(heading, list(texts))


def section(heading, words, *sections):
    return Section(heading, 1, blocks=paragraphs("tide " * words), sections=list(sections))


def test_many_short_lines_with_hardly_any_text_are_no_headings():
    assert found(above(SHORT, NAMES)) == []
    assert found(above(SHORT, NAMES), ["The Moon"]) == ["The Moon"]
    assert found(above(LONG, NAMES)) == NAMES


def test_a_line_that_the_table_of_contents_leaves_out_is_no_heading():
    names = NAMES[:6]
    assert found(above(LONG, names), [name for name in names if name != "The Wind"]) == [*names[:2], *names[3:]]


def test_of_a_title_page_the_first_line_is_the_title_and_the_last_the_heading():
    assert found([*NAMES[:6], LONG]) == [NAMES[0], NAMES[5]]


def test_numbered_lines_with_a_full_stop_are_headings_above_long_paragraphs():
    assert found(above(LONG, STEPS)) == STEPS
    assert found(above(SHORT, STEPS)) == []


def test_a_summary_is_neither_below_another_heading_nor_above_one():
    parts = [part("Tides", "The sea rises."), part("Summary", "The sea rose."), part("Ports", "Ships wait.")]
    parents = nesting.infer_parents(parts, "", [])
    assert parents[1] is None
    assert parents[2] != 1


def test_a_heading_without_text_is_above_the_next_one():
    parts = [part("Summary", "The sea rises."), part("Ports"), part("Quays", "Ships wait.")]
    assert nesting.infer_parents(parts, "", []) == [None, None, 1]


def test_a_heading_is_not_below_one_far_before_it():
    parts = [part("Tides", "The moon pulls.")]
    parts += [part(f"Harbour {n}", f"Ship number {n} came.") for n in range(MAX_DISTANCE + 2)]
    parents = nesting.infer_parents(parts, "", [])
    assert parents[1] == 0
    assert parents[MAX_DISTANCE + 1] is None


def test_a_long_section_of_a_long_lesson_is_a_lesson():
    sections = [section("Spring", 450), section("Neap", 50), section("Case Study: Ebb", 450)]
    tides, ebb = section("Tides", 1000, *sections), section("Ebb", 100, section("Low Water", 450))
    propose_kinds([tides, ebb])
    assert tides.kind == LESSON
    assert [one.kind for one in tides.sections] == [LESSON, SECTION, CASE_STUDY]
    assert [one.kind for one in ebb.sections] == [SECTION]
