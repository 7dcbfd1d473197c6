"""The review: pure changes of one document, after each of which every letter is still somewhere."""

from copy import deepcopy

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.review import sections, suggestions
from lessons.importing.review.state import completeness, initial_review, missing_characters
from lessons.importing.review.texts import problems, reviewed_lessons
from tests.importing.samples import read

HEADINGS = [
    "Introduction",
    "Understanding Bees in Town",
    "Main Duties of Bees in Town",
    "Watching for Disease",
    "Calming the Neighbours",
    "Case Studies of Bees in Town",
    "Alder Street Apiary",
    "Harbour Roof Project",
    "Future Questions about Bees in Town",
]


def begun(name="bees.txt"):
    reading = read(name)
    return initial_review(analyse(reading), reading)


@pytest.fixture
def state():
    return begun()


def headings(state):
    return [one["heading"] for one in state["sections"]]


def section(state, address):
    return next(one for one in state["sections"] if one["id"] == address)


def test_a_review_begins_with_everything_the_article_has(state):
    assert headings(state) == HEADINGS
    assert [one["id"] for one in state["sections"]] == [f"s{n}" for n in range(9)]
    assert section(state, "s6")["facts"]["location"] == "Lower Marwick"
    assert {item["section"] for item in state["timeline"]} == {"s6", "s7"}
    assert completeness(state).startswith("All ")


CHANGES = {
    "rename": lambda state: sections.rename(state, "s1", "Bees, Understood"),
    "title": lambda state: sections.set_title(state, "Town Bees"),
    "kind": lambda state: sections.set_kind(state, "s3", "lesson"),
    "promote": lambda state: sections.promote(state, "s3"),
    "demote": lambda state: sections.demote(state, "s1"),
    "up": lambda state: sections.move(state, "s5", -1),
    "down": lambda state: sections.move(state, "s2", 1),
    "merge": lambda state: sections.merge(state, "s3"),
    "merge a renamed one": lambda state: sections.merge(sections.rename(state, "s3", "X"), "s3"),
    "merge the introduction": lambda state: sections.merge(state, "s0"),
    "split": lambda state: sections.split(state, "s4", 2),
    "drop": lambda state: sections.omit(state, "s2"),
    "drop the introduction": lambda state: sections.omit(state, "s0"),
    "drop and restore": lambda state: sections.restore(sections.omit(state, "s6"), 0),
    "facts": lambda state: sections.set_facts(state, "s6", location="The roof"),
    "accept": lambda state: suggestions.accept(state, "tags", "k1") if state["tags"] else state,
    "all": lambda state: suggestions.accept_all(state, "glossary", False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_loses_a_letter_or_touches_the_old_document(state, name):
    before = deepcopy(state)
    changed = CHANGES[name](state)
    assert state == before
    assert not missing_characters(changed)
    assert reviewed_lessons(changed)


def test_renaming_keeps_an_empty_heading_away(state):
    assert headings(sections.rename(state, "s1", "  "))[1] == HEADINGS[1]


def test_promoting_a_section_makes_it_a_lesson_and_demoting_undoes_it(state):
    up = sections.promote(state, "s4")
    assert (section(up, "s4")["level"], section(up, "s4")["kind"]) == (1, "lesson")
    assert sections.demote(up, "s4")["sections"] == state["sections"]


def test_a_case_study_stays_one_when_it_is_promoted(state):
    assert section(sections.promote(state, "s6"), "s6")["kind"] == "case_study"


def test_the_first_section_cannot_be_demoted_and_the_top_not_promoted(state):
    assert sections.demote(state, "s0") == state
    assert sections.promote(state, "s1") == state


def test_children_move_with_their_parent(state):
    moved = sections.move(state, "s5", -1)
    assert headings(moved)[2:6] == [HEADINGS[5], HEADINGS[6], HEADINGS[7], HEADINGS[2]]
    assert sections.move(moved, "s5", 1)["sections"] == state["sections"]


def test_nothing_moves_past_the_ends_or_out_of_its_parent(state):
    assert sections.move(state, "s8", 1) == state
    assert sections.move(state, "s0", -1) == state
    assert sections.move(state, "s3", -1) == state


def test_merging_adds_to_the_section_before_and_names_the_lost_heading(state):
    merged = sections.merge(state, "s4")
    assert len(section(merged, "s3")["blocks"]) == 6
    assert merged["left_out"][-1]["text"] == "Calming the Neighbours"


def test_what_points_at_a_merged_section_points_at_the_one_before(state):
    merged = sections.merge(state, "s7")
    assert {item["section"] for item in merged["timeline"]} == {"s6"}


def test_splitting_makes_a_section_of_the_rest(state):
    made = section(sections.split(state, "s4", 2), "s9")
    assert (made["level"], len(made["blocks"])) == (2, 2)


def test_what_stands_under_a_dropped_section_comes_up(state):
    dropped = sections.omit(sections.omit(state, "s0"), "s1")
    dropped = sections.omit(dropped, "s2")
    assert (dropped["sections"][0]["id"], dropped["sections"][0]["level"]) == ("s3", 1)
    assert dropped["left_out"][-1]["text"].startswith("Main Duties of Bees in Town\n")


def test_a_dropped_section_comes_back_where_it_was(state):
    dropped = sections.omit(state, "s6")
    assert "Alder" not in " ".join(headings(dropped))
    assert headings(sections.restore(dropped, 0)) == HEADINGS


def test_other_things_left_out_cannot_be_restored():
    state = begun("saltmarsh.html")
    assert sections.restore(state, 0) == state


def test_unknown_sections_are_an_error(state):
    with pytest.raises(KeyError):
        sections.rename(state, "s99", "x")


def test_suggestions_are_edited_and_decided(state):
    changed = suggestions.edit(state, "glossary", "g1", term="mite disease", definition=" ")
    changed = suggestions.accept(changed, "glossary", "g1", accepted=False)
    assert changed["glossary"][0]["term"] == "mite disease"
    assert changed["glossary"][0]["definition"] == state["glossary"][0]["definition"]
    assert suggestions.accepted(suggestions.accept_all(changed, "glossary", False), "glossary") == []
    assert all(item["accepted"] for item in suggestions.accept_everything(changed)["prompts"])


def test_sections_become_texts_with_headings_inside(state):
    texts = reviewed_lessons(state)
    assert [(text.kind, text.title) for text in texts] == [
        ("lesson", "Introduction"),
        ("lesson", "Understanding Bees in Town"),
        ("lesson", "Main Duties of Bees in Town"),
        ("lesson", "Case Studies of Bees in Town"),
        ("case_study", "Alder Street Apiary"),
        ("case_study", "Harbour Roof Project"),
        ("lesson", "Future Questions about Bees in Town"),
    ]
    assert "<h2>Watching for Disease</h2>" in texts[2].html()
    assert texts[2].sections == ["s2", "s3", "s4"]


def test_footnotes_stand_at_the_end_of_their_own_text():
    html = reviewed_lessons(begun("tides.md"))[0].html()
    assert html.endswith("</ol></section>")
    assert 'id="fn1"' in html


def test_problems_are_named_before_the_module_is_made(state):
    assert problems(state) == []
    bad = suggestions.edit(state, "timeline", "t1", date="some day")
    assert "some day" in problems(bad)[0]
    bad = sections.set_facts(state, "s6", began="1987-99")
    assert problems(bad)[0].startswith("Alder Street Apiary: ")
