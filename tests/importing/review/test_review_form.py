"""One HTML form without JavaScript carries the complete review."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.review.form import UnknownAction, apply_form
from lessons.importing.review.state import initial_review
from tests.importing.articles import read


@pytest.fixture
def review():
    parsed = read("bees.txt")
    return initial_review(analyse(parsed))


def section(review, section_id):
    return next(one for one in review["sections"] if one["id"] == section_id)


def test_an_empty_form_changes_nothing(review):
    assert apply_form(review, {}) == review


def test_headings_kinds_and_facts_are_applied(review):
    changed = apply_form(
        review,
        {
            "title": "Town Bees",
            "summary": "A text on bees. ",
            "section-s1-heading": "What Bees Need",
            "section-s3-kind": "lesson",
            "section-s6-location": "The roof",
            "section-s6-parties": "Pupils\nBees",
        },
    )
    assert (changed["title"], changed["summary"]) == ("Town Bees", "A text on bees.")
    assert section(changed, "s1")["heading"] == "What Bees Need"
    assert section(changed, "s3")["kind"] == "lesson"
    assert section(changed, "s6")["facts"]["parties"] == "Pupils\nBees"
    assert section(changed, "s6")["facts"]["location"] == "The roof"


def test_an_unticked_box_rejects_only_an_item_that_was_sent(review):
    fields = {"timeline-t1-date": "1988", "timeline-t1-event": review["timeline"][0]["event"]}
    changed = apply_form(review, fields)
    assert [item["accepted"] for item in changed["timeline"]] == [False, True]
    assert changed["timeline"][0]["date"] == "1988"
    assert apply_form(review, {**fields, "timeline-t1-accepted": "on"})["timeline"][0]["accepted"]


@pytest.mark.parametrize(
    ("action", "headings"),
    [
        ("promote:s3", 9),
        ("demote:s1", 9),
        ("up:s5", 9),
        ("down:s2", 9),
        ("merge:s3", 8),
        ("omit:s3", 8),
        ("split:s4:1", 10),
        ("reject:glossary", 9),
        ("accept:prompts", 9),
        ("save", 9),
    ],
)
def test_every_button_works(review, action, headings):
    assert len(apply_form(review, {"action": action})["sections"]) == headings


def test_what_was_typed_is_kept_when_a_button_is_pressed(review):
    changed = apply_form(review, {"section-s1-heading": "Needs", "action": "omit:s1"})
    assert changed["omissions"][-1]["section"]["heading"] == "Needs"
    assert len(apply_form(changed, {"action": "restore:0"})["sections"]) == 9


@pytest.mark.parametrize(
    "action",
    [
        "explode:s1",
        "omit:s99",
        "split:s1",
        "split:s1:x",
        "split:s1:²",
        "accept:sections",
        "accept:tags:x",
        "restore:x",
    ],
)
def test_unknown_buttons_are_refused(review, action):
    with pytest.raises(UnknownAction):
        apply_form(review, {"action": action})


def test_bugs_are_not_reported_as_conflicts(review):
    """Only input can be refused: a corrupt review is a bug, and raises."""
    broken = {**review, "sections": [{key: value for key, value in review["sections"][0].items() if key != "level"}]}
    with pytest.raises(KeyError, match="level"):
        apply_form(broken, {"action": f"promote:{broken['sections'][0]['id']}"})


def test_an_unknown_kind_is_refused(review):
    with pytest.raises(UnknownAction):
        apply_form(review, {"section-s1-kind": "poem"})
