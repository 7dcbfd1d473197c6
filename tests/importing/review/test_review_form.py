"""One HTML form without JavaScript carries the complete review."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.review.form import UnknownAction, apply_form
from lessons.importing.review.state import initial_review
from tests.importing.samples import read


@pytest.fixture
def state():
    reading = read("bees.txt")
    return initial_review(analyse(reading), reading)


def section(state, address):
    return next(one for one in state["sections"] if one["id"] == address)


def test_an_empty_form_changes_nothing(state):
    assert apply_form(state, {}) == state


def test_words_kinds_and_facts_are_taken_over(state):
    changed = apply_form(
        state,
        {
            "title": "Town Bees",
            "summary": "A text on bees. ",
            "section-s1-heading": "What Bees Need",
            "section-s3-kind": "lesson",
            "section-s6-place": "The roof",
            "section-s6-parties": "Pupils\nBees",
        },
    )
    assert (changed["title"], changed["summary"]) == ("Town Bees", "A text on bees.")
    assert section(changed, "s1")["heading"] == "What Bees Need"
    assert section(changed, "s3")["kind"] == "lesson"
    assert section(changed, "s6")["facts"]["parties"] == "Pupils\nBees"


def test_a_box_without_its_tick_rejects_only_where_the_item_was_on_the_page(state):
    shown = {"timeline-t1-date": "1988", "timeline-t1-event": state["timeline"][0]["event"]}
    changed = apply_form(state, shown)
    assert [item["accepted"] for item in changed["timeline"]] == [False, True]
    assert changed["timeline"][0]["date"] == "1988"
    assert apply_form(state, {**shown, "timeline-t1-accepted": "on"})["timeline"][0]["accepted"]


@pytest.mark.parametrize(
    ("action", "headings"),
    [
        ("promote:s3", 9),
        ("demote:s1", 9),
        ("up:s5", 9),
        ("down:s2", 9),
        ("merge:s3", 8),
        ("drop:s3", 8),
        ("split:s4:1", 10),
        ("reject:glossary", 9),
        ("accept:prompts", 9),
        ("save", 9),
    ],
)
def test_every_button_is_known(state, action, headings):
    assert len(apply_form(state, {"action": action})["sections"]) == headings


def test_what_was_typed_is_kept_when_a_button_is_pressed(state):
    changed = apply_form(state, {"section-s1-heading": "Needs", "action": "drop:s1"})
    assert changed["left_out"][-1]["section"]["heading"] == "Needs"
    assert len(apply_form(changed, {"action": "restore:0"})["sections"]) == 9


@pytest.mark.parametrize(
    "action", ["explode:s1", "drop:s99", "split:s1", "split:s1:x", "accept:sections", "restore:x"]
)
def test_unknown_buttons_are_refused(state, action):
    with pytest.raises(UnknownAction):
        apply_form(state, {"action": action})


def test_an_unknown_kind_is_refused(state):
    with pytest.raises(UnknownAction):
        apply_form(state, {"section-s1-kind": "poem"})
