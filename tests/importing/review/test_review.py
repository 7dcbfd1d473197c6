"""The review: pure changes of one document, none of which loses a character of the article."""

from copy import deepcopy

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.review import sections, suggestions
from lessons.importing.review.state import completeness, initial_review, missing_characters
from lessons.importing.review.texts import problems, reviewed_lessons
from tests.importing.articles import read

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


def start_review(name="bees.txt"):
    parsed = read(name)
    return initial_review(analyse(parsed))


@pytest.fixture
def review():
    return start_review()


def headings(review):
    return [one["heading"] for one in review["sections"]]


def section(review, section_id):
    return next(one for one in review["sections"] if one["id"] == section_id)


def test_a_review_begins_with_everything_the_article_has(review):
    assert headings(review) == HEADINGS
    assert [one["id"] for one in review["sections"]] == [f"s{n}" for n in range(9)]
    assert section(review, "s6")["facts"]["location"] == "Lower Marwick"
    assert {item["section"] for item in review["timeline"]} == {"s6", "s7"}
    assert completeness(review).startswith("All ")


CHANGES = {
    "rename": lambda review: sections.rename(review, "s1", "Bees, Understood"),
    "title": lambda review: sections.set_title(review, "Town Bees"),
    "kind": lambda review: sections.set_kind(review, "s3", "lesson"),
    "promote": lambda review: sections.promote(review, "s3"),
    "demote": lambda review: sections.demote(review, "s1"),
    "up": lambda review: sections.move(review, "s5", -1),
    "down": lambda review: sections.move(review, "s2", 1),
    "merge": lambda review: sections.merge(review, "s3"),
    "merge a renamed one": lambda review: sections.merge(sections.rename(review, "s3", "X"), "s3"),
    "merge the introduction": lambda review: sections.merge(review, "s0"),
    "split": lambda review: sections.split(review, "s4", 2),
    "omit": lambda review: sections.omit(review, "s2"),
    "omit the introduction": lambda review: sections.omit(review, "s0"),
    "omit and restore": lambda review: sections.restore(sections.omit(review, "s6"), 0),
    "facts": lambda review: sections.set_facts(review, "s6", location="The roof"),
    "accept": lambda review: suggestions.accept(review, "tags", "k1") if review["tags"] else review,
    "all": lambda review: suggestions.accept_all(review, "glossary", False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_loses_a_character_or_changes_the_old_document(review, name):
    before = deepcopy(review)
    changed = CHANGES[name](review)
    assert review == before
    assert not missing_characters(changed)
    assert reviewed_lessons(changed)


def test_an_empty_heading_changes_nothing(review):
    assert headings(sections.rename(review, "s1", "  "))[1] == HEADINGS[1]


def test_promoting_a_section_makes_it_a_lesson_and_demoting_undoes_it(review):
    up = sections.promote(review, "s4")
    assert (section(up, "s4")["level"], section(up, "s4")["kind"]) == (1, "lesson")
    assert sections.demote(up, "s4")["sections"] == review["sections"]


def test_a_case_study_stays_one_when_it_is_promoted(review):
    assert section(sections.promote(review, "s6"), "s6")["kind"] == "case_study"


def test_the_first_section_cannot_be_demoted_and_the_top_not_promoted(review):
    assert sections.demote(review, "s0") == review
    assert sections.promote(review, "s1") == review


def test_children_move_with_their_parent(review):
    moved = sections.move(review, "s5", -1)
    assert headings(moved)[2:6] == [HEADINGS[5], HEADINGS[6], HEADINGS[7], HEADINGS[2]]
    assert sections.move(moved, "s5", 1)["sections"] == review["sections"]


def test_nothing_moves_past_the_ends_or_out_of_its_parent(review):
    assert sections.move(review, "s8", 1) == review
    assert sections.move(review, "s0", -1) == review
    assert sections.move(review, "s3", -1) == review


def test_merging_extends_the_section_before_and_lists_the_heading_as_omitted(review):
    merged = sections.merge(review, "s4")
    assert len(section(merged, "s3")["blocks"]) == 6
    assert merged["omissions"][-1]["text"] == "Calming the Neighbours"


def test_suggestions_of_a_merged_section_go_to_the_one_before(review):
    merged = sections.merge(review, "s7")
    assert {item["section"] for item in merged["timeline"]} == {"s6"}


def test_splitting_makes_a_section_of_the_rest(review):
    new = section(sections.split(review, "s4", 2), "s9")
    assert (new["level"], len(new["blocks"])) == (2, 2)


def test_subsections_of_an_omitted_section_move_up(review):
    omitted = sections.omit(sections.omit(review, "s0"), "s1")
    omitted = sections.omit(omitted, "s2")
    assert (omitted["sections"][0]["id"], omitted["sections"][0]["level"]) == ("s3", 1)
    assert omitted["omissions"][-1]["text"].startswith("Main Duties of Bees in Town\n")


def test_an_omitted_section_is_restored_where_it_was(review):
    omitted = sections.omit(review, "s6")
    assert "Alder" not in " ".join(headings(omitted))
    assert headings(sections.restore(omitted, 0)) == HEADINGS


def test_other_omissions_cannot_be_restored():
    review = start_review("saltmarsh.html")
    assert sections.restore(review, 0) == review


def test_unknown_sections_are_an_error(review):
    with pytest.raises(KeyError):
        sections.rename(review, "s99", "x")


def test_suggestions_are_edited_accepted_and_rejected(review):
    changed = suggestions.edit(review, "glossary", "g1", term="mite disease", definition=" ")
    changed = suggestions.accept(changed, "glossary", "g1", accepted=False)
    assert changed["glossary"][0]["term"] == "mite disease"
    assert changed["glossary"][0]["definition"] == review["glossary"][0]["definition"]
    assert suggestions.accepted(suggestions.accept_all(changed, "glossary", False), "glossary") == []
    assert all(item["accepted"] for item in suggestions.accept_everything(changed)["prompts"])


def test_sections_become_lessons_with_headings_inside(review):
    lessons = reviewed_lessons(review)
    assert [(lesson.kind, lesson.title) for lesson in lessons] == [
        ("lesson", "Introduction"),
        ("lesson", "Understanding Bees in Town"),
        ("lesson", "Main Duties of Bees in Town"),
        ("lesson", "Case Studies of Bees in Town"),
        ("case_study", "Alder Street Apiary"),
        ("case_study", "Harbour Roof Project"),
        ("lesson", "Future Questions about Bees in Town"),
    ]
    assert "<h2>Watching for Disease</h2>" in lessons[2].html()
    assert lessons[2].sections == ["s2", "s3", "s4"]


def test_footnotes_are_at_the_end_of_their_lesson():
    html = reviewed_lessons(start_review("tides.md"))[0].html()
    assert html.endswith("</ol></section>")
    assert 'id="fn-1"' in html


def test_problems_are_listed_before_the_module_is_created(review):
    assert problems(review) == []
    bad = suggestions.edit(review, "timeline", "t1", date="some day")
    assert "some day" in problems(bad)[0]
    bad = sections.set_facts(review, "s6", began="1987-99")
    assert problems(bad)[0].startswith("Alder Street Apiary: ")
