"""Before a text with notes is published one sees what becomes of them, and puts it right."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lessons.annotations.models import Annotation, Placement
from lessons.models import Lesson
from lessons.people.models import AuditEntry
from tests import factories
from tests.annotations.make import mark_by, note_by
from tests.authoring.conftest import form_of

GONE = "Neap tides follow."
WITHOUT = "<p>When sun and moon pull in line, the range is greatest.</p><p>Weak tides come between them.</p>"


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def address(page, lesson, *more):
    return reverse(f"admin:lessons_lesson_{page}", args=[lesson.pk, *more])


def drafted(lesson, body=WITHOUT):
    fresh = Lesson.objects.get(pk=lesson.pk)
    Lesson.objects.filter(pk=lesson.pk).update(body=body, version=fresh.version + 1, updated_at=timezone.now())


def sent(client, lesson, body):
    form = form_of(client.get(address("change", lesson)))
    return client.post(address("change", lesson), form | {"body": body, "note": "Clearer", "_publish": "1"})


def look(client, lesson, query=""):
    reply = client.get(address("publication", lesson) + query)
    return reply, {"seen": reply.context["told"].seen, "note": "Clearer"}


def number_of(lesson):
    return Lesson.objects.get(pk=lesson.pk).current_revision.number


def place_of(note):
    return note.placements.order_by("-revision__number").first()


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


def test_one_places_a_note_by_its_words_before_publishing(client, lesson, learner, instructor):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    assert client.get(address("placing", lesson, note.pk)).status_code == 200
    reply = client.post(address("placing", lesson, note.pk), {"words": "Weak  tides\ncome"})
    assert reply["Location"] == address("publication", lesson) + f"#note-{note.pk}"
    reply, form = look(client, lesson)
    assert "placed by hand" in reply.content.decode()
    assert place_of(note).state == Placement.State.EXACT
    client.post(address("publication", lesson), form)
    place = place_of(note)
    assert (place.state, place.by) == (Placement.State.MANUAL, instructor)
    assert place.revision.text[place.start : place.end] == "Weak tides come"
    entry = AuditEntry.objects.get(verb="place note")
    assert (entry.actor, entry.detail["note"], entry.detail["thread"]) == (instructor, note.pk, note.thread_id)


def test_words_that_stand_twice_are_offered_each(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    reply = client.post(address("placing", lesson, note.pk), {"words": "the"})
    page = reply.content.decode()
    assert "These words stand in 2 places" in page
    here = re.findall(r'name="here" value="([\d-]+)"', page)
    checksum = reply.context["form"]["checksum"].value()
    client.post(address("placing", lesson, note.pk), {"words": "the", "here": here[1], "checksum": checksum})
    client.post(address("publication", lesson), look(client, lesson)[1])
    place = place_of(note)
    assert f"{place.start}-{place.end}" == here[1]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"words": "Words from elsewhere"}, "do not stand in the text"),
        ({"words": "  "}, "do not stand in the text"),
        ({}, "do not stand in the text"),
        ({"here": "0-999999"}, "changed since this page"),
        ({"here": "9-4"}, "do not stand in the text"),
        ({"words": "\x00"}, "do not stand in the text"),
    ],
)
def test_what_is_no_place_is_said_and_kept(client, lesson, learner, form, said):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    reply = client.post(address("placing", lesson, note.pk), form)
    assert reply.status_code == 200
    assert said in reply.content.decode()


def test_a_place_outside_the_text_is_none(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    checksum = client.get(address("placing", lesson, note.pk)).context["form"]["checksum"].value()
    form = {"start": "5", "end": "999999", "checksum": checksum}
    assert "do not stand" in client.post(address("placing", lesson, note.pk), form).content.decode()


def test_a_place_chosen_in_another_text_is_not_taken_nor_sent_again(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    checksum = client.get(address("placing", lesson, note.pk)).context["form"]["checksum"].value()
    drafted(lesson, f"<p>Something before.</p>{WITHOUT}")
    form = {"words": "Weak tides come", "start": "50", "end": "60", "checksum": checksum}
    reply = client.post(address("placing", lesson, note.pk), form)
    page = reply.content.decode()
    assert "changed since this page was opened" in page
    assert 'name="start" autocomplete="off"' in page
    assert ">\nWeak tides come</textarea>" in page
    assert reply.context["form"]["checksum"].value() != checksum


def test_a_draft_that_changed_meanwhile_is_looked_at_again(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    client.post(address("placing", lesson, note.pk), {"words": "Weak tides come"})
    _reply, form = look(client, lesson)
    drafted(lesson, f"<p>Something before.</p>{WITHOUT}")
    reply = client.post(address("publication", lesson), form, follow=True)
    assert "changed since you looked" in reply.content.decode()
    assert number_of(lesson) == 1
    client.post(address("publication", lesson), look(client, lesson)[1])
    place = place_of(note)
    assert place.revision.text[place.start : place.end] == "Weak tides come"


def test_a_place_that_the_draft_has_no_more_is_told(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    client.post(address("placing", lesson, note.pk), {"words": "Weak tides come"})
    drafted(lesson, "<p>When sun and moon pull in line, the range is greatest.</p>")
    assert "does not fit the draft any more" in look(client, lesson)[0].content.decode()


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


def test_later_one_places_a_note_in_the_text_on_show(client, lesson, learner, instructor):
    note = note_by(learner, lesson, GONE, "Lost and found")
    drafted(lesson)
    client.post(address("publication", lesson), look(client, lesson)[1])
    page = client.get(address("notes", lesson)).content.decode()
    assert "Lost and found" in page
    assert address("place", lesson, note.pk) in page
    client.post(address("place", lesson, note.pk), {"words": "Weak tides"})
    assert (place_of(note).state, place_of(note).by) == (Placement.State.MANUAL, instructor)
    assert "placed by hand" in client.get(address("notes", lesson)).content.decode().lower()


def test_private_notes_cannot_be_placed_nor_seen(client, lesson, learner, sign_in, assistant):
    note = note_by(learner, lesson, GONE, audience="me")
    for page in ("place", "placing"):
        assert client.get(address(page, lesson, note.pk)).status_code == 404
        assert client.post(address(page, lesson, note.pk), {"words": "sun"}).status_code == 404
    assert not Placement.objects.filter(state="manual").exists()
    shared = note_by(learner, lesson, GONE)
    assert sign_in(assistant).post(address("place", lesson, shared.pk), {"words": "sun"}).status_code == 403


def test_fifty_of_a_kind_and_the_others_on_pages_of_their_own(client, lesson, learner, django_assert_max_num_queries):
    first = mark_by(learner, lesson, GONE, kind="question", audience="course")
    fields = {f: getattr(first, f) for f in ("author", "lesson", "revision", "start", "end", "exact", "label", "asks")}
    more = [Annotation(audience="course", **fields) for _ in range(119)]
    Annotation.objects.bulk_create(more)
    where = {"revision": first.revision, "start": first.start, "end": first.end, "state": "exact"}
    Placement.objects.bulk_create([Placement(annotation=one, **where) for one in more])
    drafted(lesson)
    reply, _form = look(client, lesson)
    assert reply.content.decode().count('class="fate"') == 50
    assert "All 120" in reply.content.decode()
    third, _form = look(client, lesson, "?kind=lost&page=3")
    assert third.content.decode().count('class="fate"') == 20
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
