"""In which section of a text a note stands, also after the text has changed."""

import re

from django.urls import reverse

from lessons.annotations.services import publish
from lessons.participation.counting import amounts_by_user, amounts_of
from lessons.participation.sections import sections
from tests.annotations.make import note_by
from tests.factories import make_lesson, make_published
from tests.participation.make import make_rule

TEXT = (
    "<p>Moon and sun.</p><h2>Spring &amp; <em>autumn</em></h2><p>Range.</p><h3>Neap</h3><p>Calm.</p>"
    "<h2>Ebb</h2><p>Mud.</p>"
)


def test_a_section_begins_at_each_heading():
    html = '<p>A&amp;b</p><h2 id="sec-x">X &lt; <em> y</em></h2><p>c</p><h4>Z</h4>'
    assert sections(html) == ((0, "", ""), (3, "sec-x", "X < y"), (10, "heading-2", "Z"))
    assert sections("\n<h2>X</h2><p>c</p><h3>Z</h3>") == ((0, "heading-1", "X"), (3, "heading-2", "Z"))
    assert sections("") == ((0, "", ""),)


def test_notes_are_spread_over_sections_whatever_becomes_of_the_text(
    sign_in, module, instructor, learner, other_learner, django_assert_num_queries
):
    lesson = make_published(make_lesson(module, title="Tides", body=TEXT), by=instructor)
    for passage in ("Moon", "sun", "Range", "Calm", "Mud"):
        note_by(learner, lesson, passage)
    note_by(learner, lesson, "autumn", anonymous=True)
    note_by(other_learner, lesson, "Mud", audience="me")
    note_by(other_learner, lesson, "Ebb")
    rule = make_rule(module.course, note_sections=4)
    assert amounts_of(rule, learner.pk)[:4] == (6, 0, 1, 4)
    assert {user: done.note_sections for user, done in amounts_by_user(rule).items()} == {
        learner.pk: 4,
        other_learner.pk: 1,
    }

    # "Neap" becomes a part of "Spring & autumn", and "Ebb" goes: notes in what is gone stay where they were written.
    lesson.body = TEXT.replace("<h3>Neap</h3>", "").replace("<h2>Ebb</h2><p>Mud.</p>", "")
    lesson.save()
    publish(lesson=lesson, by=instructor)
    with django_assert_num_queries(4):
        assert amounts_by_user(rule)[learner.pk].note_sections == 3
    page = sign_in(learner).get(reverse("participation:overview", args=[module.course.slug])).text
    page = re.sub(r"\s+", " ", page)
    assert "in 4 different sections" in page
    assert page.count("<bdi>Spring &amp; autumn</bdi>") == 2
    assert page.count("before the first heading") >= 2
    assert "<bdi>Ebb</bdi> (the passage is no longer in the text)" in page
