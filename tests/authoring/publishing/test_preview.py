"""Before a text with notes is published one sees what becomes of them, and puts it right."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lessons.annotations.models import Annotation, Placement
from lessons.models import Lesson
from tests import factories
from tests.annotations.make import mark_by, note_by
from tests.authoring.conftest import form_of
from tests.authoring.make import GONE, WITHOUT, address, drafted, look, number_of, place_of


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def sent(client, lesson, body):
    form = form_of(client.get(address("change", lesson)))
    return client.post(address("change", lesson), form | {"body": body, "note": "Clearer", "_publish": "1"})


def test_where_no_note_loses_anything_it_is_published_at_once(client, lesson, learner):
    note_by(learner, lesson)
    reply = sent(client, lesson, f"<p>First of all.</p>{lesson.body}")
    assert reply["Location"] == address("change", lesson)
    assert number_of(lesson) == 2


def test_one_sees_first_what_becomes_of_notes(client, lesson, learner):
    note_by(learner, lesson)
    note_by(learner, lesson, GONE, "Why the weaker?")
    reply = sent(client, lesson, WITHOUT)
    assert reply["Location"] == address("publication", lesson) + "?note=Clearer"
    page = client.get(reply["Location"]).content.decode()
    assert number_of(lesson) == 1
    for words in ("Lea Learner", "Why the weaker?", f"<mark>{GONE}</mark>", "1 loses its words", 'value="Clearer"'):
        assert words in page
    reply, form = look(client, lesson)
    told = reply.context["told"]
    assert (told.unchanged, len(told.changed), len(told.lost)) == (1, 0, 1)
    client.post(address("publication", lesson), form)
    assert Lesson.objects.get(pk=lesson.pk).current_revision.note == "Clearer"
    assert Annotation.objects.count() == 2


def test_what_is_for_its_writer_alone_is_neither_counted_nor_shown(client, lesson, learner):
    note_by(learner, lesson, GONE, "My own thoughts", audience="me")
    mark_by(learner, lesson, GONE)
    sent(client, lesson, WITHOUT)
    assert number_of(lesson) == 2
    drafted(lesson, "<p>Other words altogether, and nothing of the old.</p>")
    note_by(learner, lesson, "sun and moon")
    reply, _form = look(client, lesson)
    assert len(reply.context["told"].lost) == 1
    assert "My own thoughts" not in reply.content.decode()


def test_who_is_anonymous_stays_so(client, lesson, learner):
    note_by(learner, lesson, GONE, "Who said it?", anonymous=True)
    drafted(lesson)
    page = look(client, lesson)[0].content.decode()
    assert "Who said it?" in page
    assert "Lea Learner" not in page


def test_what_was_lost_before_is_not_told_again(client, lesson, learner):
    note_by(learner, lesson, GONE)
    drafted(lesson)
    client.post(address("publication", lesson), look(client, lesson)[1])
    reply = sent(client, lesson, WITHOUT.replace("between them", "between them, weakly"))
    assert reply["Location"] == address("change", lesson)
    assert number_of(lesson) == 3


def test_a_draft_that_changed_meanwhile_is_looked_at_again(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    client.post(address("place_in_draft", lesson, note.pk), {"words": "Weak tides come"})
    _reply, form = look(client, lesson)
    drafted(lesson, f"<p>Something before.</p>{WITHOUT}")
    reply = client.post(address("publication", lesson), form, follow=True)
    assert "changed since you looked" in reply.content.decode()
    assert number_of(lesson) == 1
    client.post(address("publication", lesson), look(client, lesson)[1])
    place = place_of(note)
    assert place.revision.text[place.start : place.end] == "Weak tides come"


def test_a_note_that_came_meanwhile_and_loses_its_words_is_looked_at(client, lesson, learner, other_learner):
    note_by(learner, lesson, GONE)
    drafted(lesson)
    _reply, form = look(client, lesson)
    note_by(other_learner, lesson, GONE, "Mine too")
    reply = client.post(address("publication", lesson), form, follow=True)
    assert "changed since you looked" in reply.content.decode()
    assert "Mine too" in reply.content.decode()
    assert number_of(lesson) == 1


def test_one_leaves_a_note_without_words_and_takes_that_back(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    left = client.post(address("publication", lesson), {"leave": note.pk, "note": "Clearer"})
    assert left["Location"] == address("publication", lesson) + f"?note=Clearer#note-{note.pk}"
    assert "Left without words" in look(client, lesson)[0].content.decode()
    client.post(address("publication", lesson), {"undo": note.pk})
    assert "Left without words" not in look(client, lesson)[0].content.decode()
    assert number_of(lesson) == 1


def test_without_words_nothing_is_published(client, lesson, learner):
    note_by(learner, lesson, GONE)
    reply = sent(client, lesson, "<p> </p>")
    assert reply["Location"] == address("change", lesson)
    assert number_of(lesson) == 1


def test_fifty_of_a_kind_and_the_others_on_pages_of_their_own(client, lesson, learner, django_assert_max_num_queries):
    first = mark_by(learner, lesson, GONE, kind="question", audience="course")
    fields = {
        f: getattr(first, f) for f in ("author", "lesson", "revision", "start", "end", "exact", "label", "is_question")
    }
    more = [Annotation(audience="course", **fields) for _ in range(119)]
    Annotation.objects.bulk_create(more)
    where = {"revision": first.revision, "start": first.start, "end": first.end, "state": "exact"}
    Placement.objects.bulk_create([Placement(annotation=one, **where) for one in more])
    drafted(lesson)
    reply, _form = look(client, lesson)
    assert reply.content.decode().count('class="annotation-impact"') == 50
    assert "All 120" in reply.content.decode()
    third, _form = look(client, lesson, "?kind=lost&page=3")
    assert third.content.decode().count('class="annotation-impact"') == 20
    assert "Further on" not in third.content.decode()
    with CaptureQueriesContext(connection) as many:
        look(client, lesson)
    Annotation.objects.exclude(pk=first.pk).delete()
    with CaptureQueriesContext(connection) as one:
        look(client, lesson)
    assert len(many) == len(one)


def test_a_module_is_published_at_once_only_where_no_note_suffers(client, lesson, case_study, learner):
    note_by(learner, lesson, GONE)
    drafted(lesson)
    address = reverse("admin:lessons_module_publish", args=[lesson.module_id])
    factories.make_lesson(lesson.module, title="New one")
    reply = client.post(address, {"state": "published"}, follow=True)
    page = reply.content.decode()
    assert "0 unchanged, 0 changed, 1 loses its words" in page
    assert number_of(lesson) == 1
    note_by(learner, lesson, GONE, "Late")
    reply_to_old = client.post(address, {"seen": reply.context["seen"], "state": ""}, follow=True)
    assert "changed since you looked" in reply_to_old.content.decode()
    form = {"seen": reply_to_old.context["seen"], "state": "archived"}
    assert "2 texts are published" in client.post(address, form, follow=True).content.decode()
    assert number_of(lesson) == 2
    lesson.module.refresh_from_db()
    assert lesson.module.state == "published"


def test_the_blocks_of_a_passage_do_not_run_together(client, module, instructor, learner):
    body = "<p>Before.</p><ul><li>Item one<ul><li>Nested item two</li></ul></li><li>Third</li></ul><p>Behind.</p>"
    lesson = factories.make_published(factories.make_lesson(module, body=body), by=instructor)
    lost = note_by(learner, lesson, "oneNested item twoThird")
    drafted(lesson, "<p>Before.</p><table><tr><td>Cell</td><td>Next</td></tr></table>")
    page = look(client, lesson)[0].content.decode()
    assert "Before. · Item <mark>one · Nested item two · Third</mark> · Behind." in page
    page = client.post(
        address("place_in_draft", lesson, lost.pk), {"words": "Cell Next"}, follow=True
    ).content.decode()
    assert "Before. · <mark>Cell · Next</mark>" in page
    client.post(address("publication", lesson), look(client, lesson)[1])
    page = client.get(address("annotations", lesson)).content.decode()
    assert "<mark>one · Nested item two · Third</mark>" in page
    assert "Nested item two · Third" in client.get(address("place_in_published", lesson, lost.pk)).content.decode()


def test_a_changed_note_shows_both_wordings(client, lesson, learner):
    note = note_by(learner, lesson, "the range is greatest", "How great?")
    drafted(lesson, lesson.body.replace("range is greatest", "span is greatest"))
    reply, form = look(client, lesson)
    assert [change.annotation for change in reply.context["told"].changed] == [note.pk]
    assert re.search("<del>.*range</del> <ins>.*span</ins>", reply.content.decode())
    client.post(address("publication", lesson), form)
    assert place_of(note).state == Placement.State.CHANGED
    assert sent(client, lesson, f"<p>Before.</p>{lesson.body.replace('range is', 'span is')}")["Location"] == address(
        "change", lesson
    ), "what changed before and stays as it is, is not told again"
