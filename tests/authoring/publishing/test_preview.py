"""The preview before a lesson with notes is published, and decisions about the notes."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lessons.annotations.models import Annotation, Placement
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import highlight_by, note_by
from tests.authoring.conftest import form_of
from tests.authoring.make import (
    BODY_WITHOUT_IT,
    REMOVED_PASSAGE,
    edit_draft,
    lesson_url,
    open_preview,
    placement_of,
    revision_number,
)


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def publish(client, lesson, body):
    form = form_of(client.get(lesson_url("change", lesson)))
    return client.post(
        lesson_url("change", lesson), form | {"body": body, "change_summary": "Clearer", "_publish": "1"}
    )


def test_a_draft_that_affects_no_note_is_published_at_once(client, lesson, learner):
    note_by(learner, lesson)
    response = publish(client, lesson, f"<p>First of all.</p>{lesson.body}")
    assert response["Location"] == lesson_url("change", lesson)
    assert revision_number(lesson) == 2


@pytest.mark.thorough
def test_a_draft_that_affects_notes_is_previewed_first(client, lesson, learner):
    note_by(learner, lesson)
    note_by(learner, lesson, REMOVED_PASSAGE, "Why the weaker?")
    response = publish(client, lesson, BODY_WITHOUT_IT)
    assert response["Location"] == lesson_url("publication", lesson) + "?change_summary=Clearer"
    page = client.get(response["Location"]).content.decode()
    assert revision_number(lesson) == 1
    for text in (
        "Lea Learner",
        "Why the weaker?",
        f"<mark>{REMOVED_PASSAGE}</mark>",
        "1 loses its passage",
        'value="Clearer"',
    ):
        assert text in page
    response, form = open_preview(client, lesson)
    preview = response.context["preview"]
    assert (preview.unchanged, len(preview.changed), len(preview.orphaned)) == (1, 0, 1)
    client.post(lesson_url("publication", lesson), form)
    assert Lesson.objects.get(pk=lesson.pk).current_revision.change_summary == "Clearer"
    assert Annotation.objects.count() == 2


@pytest.mark.parametrize(("audience", "is_said"), [("course", True), ("me", False)])
def test_it_is_said_that_those_who_asked_are_told_of_what_is_rewritten(client, lesson, learner, audience, is_said):
    note_by(learner, lesson, label="question", audience=audience)
    publish(client, lesson, lesson.body.replace("the range is greatest", "their pulls add up"))
    page = client.get(lesson_url("change", lesson)).content.decode()
    assert ("Those who have asked about a passage that you rewrote are told." in page) == is_said


def test_private_notes_are_neither_counted_nor_shown(client, lesson, learner):
    note_by(learner, lesson, REMOVED_PASSAGE, "My own thoughts", audience="me")
    highlight_by(learner, lesson, REMOVED_PASSAGE)
    publish(client, lesson, BODY_WITHOUT_IT)
    assert revision_number(lesson) == 2
    edit_draft(lesson, "<p>Other words altogether, and nothing of the old.</p>")
    note_by(learner, lesson, "sun and moon")
    response, _form = open_preview(client, lesson)
    assert len(response.context["preview"].orphaned) == 1
    assert "My own thoughts" not in response.content.decode()


@pytest.mark.thorough
def test_anonymous_authors_stay_anonymous(client, lesson, learner):
    note_by(learner, lesson, REMOVED_PASSAGE, "Who said it?", anonymous=True)
    edit_draft(lesson)
    page = open_preview(client, lesson)[0].content.decode()
    assert "Who said it?" in page
    assert "Lea Learner" not in page


@pytest.mark.thorough
def test_a_note_orphaned_before_is_not_shown_again(client, lesson, learner):
    note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    client.post(lesson_url("publication", lesson), open_preview(client, lesson)[1])
    response = publish(client, lesson, BODY_WITHOUT_IT.replace("between them", "between them, weakly"))
    assert response["Location"] == lesson_url("change", lesson)
    assert revision_number(lesson) == 3


@pytest.mark.thorough
def test_a_draft_that_changed_in_the_meantime_is_previewed_again(client, lesson, learner):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    client.post(lesson_url("place_in_draft", lesson, note.pk), {"search_text": "Weak tides come"})
    _reply, form = open_preview(client, lesson)
    edit_draft(lesson, f"<p>Something before.</p>{BODY_WITHOUT_IT}")
    response = client.post(lesson_url("publication", lesson), form, follow=True)
    assert "have changed since you opened this page" in response.content.decode()
    assert revision_number(lesson) == 1
    client.post(lesson_url("publication", lesson), open_preview(client, lesson)[1])
    placement = placement_of(note)
    assert placement.revision.text[placement.start : placement.end] == "Weak tides come"


@pytest.mark.thorough
def test_a_new_note_that_would_be_orphaned_is_previewed(client, lesson, learner, other_learner):
    note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    _reply, form = open_preview(client, lesson)
    note_by(other_learner, lesson, REMOVED_PASSAGE, "Mine too")
    response = client.post(lesson_url("publication", lesson), form, follow=True)
    assert "have changed since you opened this page" in response.content.decode()
    assert "Mine too" in response.content.decode()
    assert revision_number(lesson) == 1


@pytest.mark.thorough
def test_a_note_is_kept_without_a_passage_and_the_decision_undone(client, lesson, learner):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    response = client.post(lesson_url("publication", lesson), {"keep_orphaned": note.pk, "change_summary": "Clearer"})
    assert response["Location"] == lesson_url("publication", lesson) + f"?change_summary=Clearer#note-{note.pk}"
    assert "Kept below the text" in open_preview(client, lesson)[0].content.decode()
    client.post(lesson_url("publication", lesson), {"undo": note.pk})
    assert "Kept below the text" not in open_preview(client, lesson)[0].content.decode()
    assert revision_number(lesson) == 1


@pytest.mark.thorough
def test_an_empty_draft_is_not_published(client, lesson, learner):
    note_by(learner, lesson, REMOVED_PASSAGE)
    response = publish(client, lesson, "<p> </p>")
    assert response["Location"] == lesson_url("change", lesson)
    assert revision_number(lesson) == 1


@pytest.mark.thorough
def test_the_preview_shows_fifty_notes_of_a_kind_per_page(client, lesson, learner, django_assert_max_num_queries):
    first = highlight_by(learner, lesson, REMOVED_PASSAGE, label="question", audience="course")
    fields = {
        f: getattr(first, f) for f in ("author", "lesson", "revision", "start", "end", "exact", "label", "is_question")
    }
    more = [Annotation(audience="course", **fields) for _ in range(119)]
    Annotation.objects.bulk_create(more)
    where = {"revision": first.revision, "start": first.start, "end": first.end, "state": "exact"}
    Placement.objects.bulk_create([Placement(annotation=one, **where) for one in more])
    edit_draft(lesson)
    response, _form = open_preview(client, lesson)
    assert response.content.decode().count('class="annotation-impact"') == 50
    assert "Show all 120" in response.content.decode()
    third, _form = open_preview(client, lesson, "?kind=orphaned&page=3")
    assert third.content.decode().count('class="annotation-impact"') == 20
    assert "Next page" not in third.content.decode()
    with CaptureQueriesContext(connection) as many:
        open_preview(client, lesson)
    Annotation.objects.exclude(pk=first.pk).delete()
    with CaptureQueriesContext(connection) as one:
        open_preview(client, lesson)
    assert len(many) == len(one)


@pytest.mark.thorough
def test_a_module_whose_drafts_affect_notes_is_previewed_first(client, lesson, case_study, learner):
    note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    url = reverse("admin:lessons_module_publish", args=[lesson.module_id])
    factories.make_lesson(lesson.module, title="New one")
    response = client.post(url, {"state": "published"}, follow=True)
    page = response.content.decode()
    assert "0 unchanged, 0 changed, 1 loses its passage" in " ".join(page.split())
    assert revision_number(lesson) == 1
    note_by(learner, lesson, REMOVED_PASSAGE, "Late")
    outdated = client.post(url, {"digest": response.context["digest"], "state": ""}, follow=True)
    assert "have changed since you opened this page" in outdated.content.decode()
    form = {"digest": outdated.context["digest"], "state": "archived"}
    assert "2 lessons were published" in client.post(url, form, follow=True).content.decode()
    assert revision_number(lesson) == 2
    lesson.module.refresh_from_db()
    assert lesson.module.state == "published"


@pytest.mark.thorough
def test_the_blocks_of_a_passage_are_separated(client, module, instructor, learner):
    body = "<p>Before.</p><ul><li>Item one<ul><li>Nested item two</li></ul></li><li>Third</li></ul><p>Behind.</p>"
    lesson = factories.make_published(factories.make_lesson(module, body=body), by=instructor)
    orphaned = note_by(learner, lesson, "oneNested item twoThird")
    edit_draft(lesson, "<p>Before.</p><table><tr><td>Cell</td><td>Next</td></tr></table>")
    page = open_preview(client, lesson)[0].content.decode()
    assert "Before. · Item <mark>one · Nested item two · Third</mark> · Behind." in page
    page = client.post(
        lesson_url("place_in_draft", lesson, orphaned.pk), {"search_text": "Cell Next"}, follow=True
    ).content.decode()
    assert "Before. · <mark>Cell · Next</mark>" in page
    client.post(lesson_url("publication", lesson), open_preview(client, lesson)[1])
    page = client.get(lesson_url("annotations", lesson)).content.decode()
    assert "<mark>one · Nested item two · Third</mark>" in page
    assert (
        "Nested item two · Third" in client.get(lesson_url("place_in_published", lesson, orphaned.pk)).content.decode()
    )


@pytest.mark.thorough
def test_a_changed_passage_is_shown_as_a_diff(client, lesson, learner):
    note = note_by(learner, lesson, "the range is greatest", "How great?")
    edit_draft(lesson, lesson.body.replace("range is greatest", "span is greatest"))
    response, form = open_preview(client, lesson)
    assert [change.annotation for change in response.context["preview"].changed] == [note.pk]
    assert re.search("<del>.*range</del> <ins>.*span</ins>", response.content.decode())
    client.post(lesson_url("publication", lesson), form)
    assert placement_of(note).state == Placement.State.CHANGED
    assert publish(client, lesson, f"<p>Before.</p>{lesson.body.replace('range is', 'span is')}")[
        "Location"
    ] == lesson_url("change", lesson), "a passage that changed before is not shown again"
