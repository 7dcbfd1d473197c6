"""One HTML form without JavaScript carries the complete review."""

import pytest

from lessons.importing.analysis import analyse
from lessons.importing.review import form, sections
from lessons.importing.review.form import UnknownAction
from lessons.importing.review.state import initial_review
from tests.importing.articles import read


@pytest.fixture(scope="module")
def started():
    parsed = read("bees.txt")
    return initial_review(analyse(parsed), parsed)


@pytest.fixture
def review(started):
    return started.review


@pytest.fixture
def apply_form(started):
    """Return a function that applies the fields of a form, and then its button, as submitting it does."""

    def apply(review, data, **options):
        return form.run_action(form.apply_fields(review, data, started.blocks, **options), data, started.blocks)

    return apply


HEADING = "Main Duties of Bees in Town"


def section(review, section_id):
    return next(one for one in review["sections"] if one["id"] == section_id)


def test_an_empty_form_changes_nothing(apply_form, review):
    assert apply_form(review, {}) == review


def test_headings_kinds_and_facts_are_applied(apply_form, review):
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


def test_an_unticked_box_rejects_only_an_item_that_was_sent(apply_form, review):
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
        ("split:s4:b12", 10),
        ("selected:omit", 7),
        ("selected:kind", 9),
        ("reject:glossary", 9),
        ("accept:prompts", 9),
        ("save", 9),
    ],
)
def test_every_button_works(apply_form, review, action, headings):
    form = {"action": action, "selected": "s3,s4", "selected-kind": "lesson"}
    assert len(apply_form(review, form)["sections"]) == headings


def test_what_was_typed_is_kept_when_a_button_is_pressed(apply_form, review):
    changed = apply_form(review, {"section-s1-heading": "Needs", "action": "omit:s1"})
    assert changed["omissions"][-1]["section"]["heading"] == "Needs"
    assert len(apply_form(changed, {"action": "restore:o1"})["sections"]) == 9


@pytest.mark.parametrize(
    "action",
    [
        "explode:s1",
        "omit:s99",
        "split:s1",
        "split:s1:x",
        "split:s1:b99",
        "leave-out:s1:b99",
        "selected:explode",
        "accept:sections",
        "accept:tags:x",
        "restore:x",
    ],
)
def test_unknown_buttons_are_refused(apply_form, review, action):
    with pytest.raises(UnknownAction):
        apply_form(review, {"action": action})


def test_bugs_are_not_reported_as_conflicts(apply_form, review):
    """Only input can be refused: a corrupt review is a bug, and raises."""
    broken = {**review, "sections": [{key: value for key, value in review["sections"][0].items() if key != "level"}]}
    with pytest.raises(KeyError, match="level"):
        apply_form(broken, {"action": f"promote:{broken['sections'][0]['id']}"})


def test_an_unknown_kind_is_refused(apply_form, review):
    with pytest.raises(UnknownAction):
        apply_form(review, {"section-s1-kind": "poem"})


def test_a_form_made_before_another_change_undoes_nothing_of_it(apply_form, review):
    """Before the response to “Demote” arrives, the form still has the section's previous kind."""
    demoted = sections.demote(review, "s1")
    fields = {"section-s1-kind": "lesson", "section-s1-heading": "What Bees Need", "section-s2-heading": HEADING}
    changed = apply_form(demoted, fields, shown=review)
    assert (section(changed, "s1")["kind"], section(changed, "s1")["level"]) == ("section", 2)
    assert section(changed, "s1")["heading"] == "What Bees Need"
    assert apply_form(sections.omit(demoted, "s2"), fields, shown=review)["omissions"]


def test_a_paragraph_and_an_image_are_edited_in_the_form(apply_form, review, started):
    uid = "0e1f2a3b-0000-4000-8000-000000000001"
    review = {**review, "images": {uid: {"alt": "", "is_decorative": False}}}
    changed = apply_form(review, {"block-b3-markdown": "New *words*.", f"image-{uid}-alt": " A  hive "})
    assert changed["edits"]["b3"]["html"] == "<p>New <em>words</em>.</p>"
    assert changed["images"][uid] == {"alt": "A hive", "is_decorative": False}
    assert apply_form(changed, {"block-b3-markdown": "New *words*.", f"image-{uid}-alt": "A hive"}) == changed
    assert apply_form(changed, {"action": "original:b3"})["edits"] == {}
    decorative = apply_form(changed, {f"image-{uid}-alt": "", f"image-{uid}-decorative": "1"})
    assert decorative["images"][uid] == {"alt": "", "is_decorative": True}
