"""What happens to annotations when a lesson is published again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lessons.annotations.models import Annotation, Placement
from lessons.annotations.publish_preview import preview_publish
from lessons.annotations.services import publish
from lessons.annotations.services.publishing import place_manually
from lessons.markup.formulas import formula
from lessons.markup.plain_text import plain_text
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by

State = Placement.State


def republish(lesson, by, body, **more):
    Lesson.objects.filter(pk=lesson.pk).update(body=body)
    return publish(lesson=Lesson.objects.get(pk=lesson.pk), by=by, **more)


def placement_in(note, revision):
    return note.placements.get(revision=revision)


def test_every_annotation_is_placed_in_every_revision(lesson, learner, instructor):
    kept, lost = note_by(learner, lesson), note_by(learner, lesson, exact="Neap tides follow.")
    new = republish(
        lesson, instructor, "<p>First of all.</p><p>When sun and moon pull in line, the range is greatest.</p>"
    )
    assert new.text[placement_in(kept, new).start : placement_in(kept, new).end] == "sun and moon"
    assert placement_in(kept, new).state in (State.MOVED, State.EXACT)
    assert (placement_in(lost, new).state, placement_in(lost, new).start) == (State.REMOVED, None)
    assert Annotation.objects.count() == 2


def test_a_note_on_a_formula_is_on_all_of_the_formula_that_it_became(lesson, learner, instructor):
    body = "<p>When sun and moon pull in line, the force is {}, as Newton wrote.</p>"
    republish(lesson, instructor, body.format(formula("F_0=ma+ma")))
    note = note_by(learner, Lesson.objects.get(pk=lesson.pk), exact="F0=ma+ma")
    new = republish(lesson, instructor, body.format(formula("2F_0=ma+ma")))
    placement = placement_in(note, new)
    assert (placement.state, new.text[placement.start : placement.end]) == (State.CHANGED, "2F0=ma+ma")


def test_note_does_not_land_on_a_look_alike(lesson, learner, instructor):
    """The text of a page has no line ends between its paragraphs, items and rows."""
    head, tail = "<h2>The walls</h2><p>There are two of them.</p>", "<p>Neither has ever been breached by the sea.</p>"
    kinds = (
        "<p>The {} wall was built by monks. They kept careful accounts of every stone that was carried to it.</p>",
        "<table><tbody><tr><td>{}</td><td>wall</td><td>careful accounts of every stone</td></tr></tbody></table>",
        "<ul><li>careful accounts of every stone of the {} wall</li></ul>",
    )
    for kind in kinds:
        north, south = kind.format("northern"), kind.format("southern")
        republish(lesson, instructor, head + north + south + tail)
        note = note_by(learner, Lesson.objects.get(pk=lesson.pk), exact=plain_text(north))
        new = republish(lesson, instructor, head + south + tail)
        assert placement_in(note, new).state == State.REMOVED


def test_removed_annotation_returns_with_its_passage(lesson, learner, instructor):
    """Each position is computed from the passage as it was annotated, never from a computed one."""
    before, note = lesson.body, note_by(learner, lesson, exact="Neap tides follow.")
    republish(lesson, instructor, "<p>When sun and moon pull in line, the range is greatest.</p>")
    third = republish(lesson, instructor, before)
    assert third.text[placement_in(note, third).start : placement_in(note, third).end] == "Neap tides follow."


def test_later_revisions_start_from_the_manual_placement(lesson, learner, instructor):
    note = note_by(learner, lesson, exact="Neap tides follow.")
    second = republish(lesson, instructor, "<p>Weak tides come a week later, at the half moon.</p>")
    start = second.text.index("Weak tides")
    place_manually(annotation=note, span=(start, start + 10), by=instructor)
    assert (placement_in(note, second).state, placement_in(note, second).placed_by) == (State.MANUAL, instructor)
    third = republish(
        lesson, instructor, "<p>An introduction.</p><p>Weak tides come a week later, at the half moon.</p>"
    )
    assert third.text[placement_in(note, third).start : placement_in(note, third).end] == "Weak tides"
    with pytest.raises(ValueError, match="not in a text"):
        place_manually(annotation=note, span=(0, 10**6), by=instructor)


def test_diverged_passage_is_changed_in_every_later_revision(lesson, learner, instructor):
    note, weak = note_by(learner, lesson, exact="Neap tides follow."), "<p>Weak tides follow at the half moon.</p>"
    republish(lesson, instructor, weak, manual_spans={note.pk: (0, 18)})
    third = republish(lesson, instructor, f"<p>An introduction.</p>{weak}")
    assert third.text[placement_in(note, third).start : placement_in(note, third).end] == "Weak tides follow "
    assert placement_in(note, third).state == State.CHANGED
    fourth = republish(lesson, instructor, "<p>Neap tides follow.</p>")
    place_manually(annotation=note, span=(0, 18), by=instructor)
    fifth = republish(lesson, instructor, "<p>First of all.</p><p>Neap tides follow.</p>")
    assert placement_in(note, fourth).state == State.MANUAL
    assert placement_in(note, fifth).state in (State.MOVED, State.EXACT)


def test_manual_spans_are_placed_while_publishing(lesson, learner, instructor):
    note = note_by(learner, lesson, exact="Neap tides follow.")
    new = republish(lesson, instructor, "<p>Weak tides follow at the half moon.</p>", manual_spans={note.pk: (0, 10)})
    assert (placement_in(note, new).state, placement_in(note, new).end) == (State.MANUAL, 10)


def test_publishing_nothing_new_places_nothing_new(lesson, learner, instructor):
    highlight_by(learner, lesson)
    publish(lesson=lesson, by=instructor)
    assert Placement.objects.count() == 1


def test_preview_says_what_publishing_would_do(lesson, learner, instructor):
    kept, lost = note_by(learner, lesson), note_by(learner, lesson, exact="Neap tides follow.")
    Lesson.objects.filter(pk=lesson.pk).update(body="<p>When sun and moon pull in line, the range is greatest.</p>")
    lesson = Lesson.objects.get(pk=lesson.pk)
    said = {one.annotation: one for one in preview_publish(lesson, Annotation.objects.all()).placements}
    new = publish(lesson=lesson, by=instructor)
    for note in (kept, lost):
        there = placement_in(note, new)
        assert (there.state, there.start, there.end) == said[note.pk][1:]


def test_queries_do_not_grow_with_notes(lesson, learner, instructor):
    def query_count(n):
        other = factories.make_published(by=instructor)
        for _ in range(n):
            highlight_by(learner, other)
        Lesson.objects.filter(pk=other.pk).update(body=f"<p>New.</p>{other.body}")
        with CaptureQueriesContext(connection) as seen:
            publish(lesson=Lesson.objects.get(pk=other.pk), by=instructor)
        return len(seen)

    assert query_count(1) == query_count(12)
