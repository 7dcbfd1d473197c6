"""Placing a note by hand, before its text is published and later."""

import re

import pytest

from lessons.annotations.models import Placement
from lessons.courses.models import AuditEntry
from tests.annotations.make import note_by
from tests.authoring.make import GONE, WITHOUT, address, drafted, look, place_of


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def test_one_places_a_note_by_its_words_before_publishing(client, lesson, learner, instructor):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    assert client.get(address("place_in_draft", lesson, note.pk)).status_code == 200
    reply = client.post(address("place_in_draft", lesson, note.pk), {"words": "Weak  tides\ncome"})
    assert reply["Location"] == address("publication", lesson) + f"#note-{note.pk}"
    reply, form = look(client, lesson)
    page = re.sub(r"<.*?>|\s+", " ", reply.content.decode())
    assert re.search("0 +lose their words +1 +placed by hand", page)
    assert "1 loses its words" not in page
    assert place_of(note).state == Placement.State.EXACT
    client.post(address("publication", lesson), form)
    place = place_of(note)
    assert (place.state, place.placed_by) == (Placement.State.MANUAL, instructor)
    assert place.revision.text[place.start : place.end] == "Weak tides come"
    entry = AuditEntry.objects.get(verb="place annotation")
    assert (entry.actor, entry.detail["note"], entry.detail["thread"]) == (instructor, note.pk, note.thread_id)


def test_words_that_stand_twice_are_offered_each(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    reply = client.post(address("place_in_draft", lesson, note.pk), {"words": "the"})
    page = reply.content.decode()
    assert "These words stand in 2 places" in page
    here = re.findall(r'name="here" value="([\d-]+)"', page)
    checksum = reply.context["form"]["checksum"].value()
    client.post(address("place_in_draft", lesson, note.pk), {"words": "the", "here": here[1], "checksum": checksum})
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
    reply = client.post(address("place_in_draft", lesson, note.pk), form)
    assert reply.status_code == 200
    assert said in reply.content.decode()


def test_a_place_outside_the_text_is_none(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    checksum = client.get(address("place_in_draft", lesson, note.pk)).context["form"]["checksum"].value()
    form = {"start": "5", "end": "999999", "checksum": checksum}
    assert "do not stand" in client.post(address("place_in_draft", lesson, note.pk), form).content.decode()


def test_a_place_chosen_in_another_text_is_not_taken_nor_sent_again(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    checksum = client.get(address("place_in_draft", lesson, note.pk)).context["form"]["checksum"].value()
    drafted(lesson, f"<p>Something before.</p>{WITHOUT}")
    form = {"words": "Weak tides come", "start": "50", "end": "60", "checksum": checksum}
    reply = client.post(address("place_in_draft", lesson, note.pk), form)
    page = reply.content.decode()
    assert "changed since this page was opened" in page
    assert 'name="start" autocomplete="off"' in page
    assert ">\nWeak tides come</textarea>" in page
    assert reply.context["form"]["checksum"].value() != checksum


def test_a_place_that_the_draft_has_no_more_is_told(client, lesson, learner):
    note = note_by(learner, lesson, GONE)
    drafted(lesson)
    client.post(address("place_in_draft", lesson, note.pk), {"words": "Weak tides come"})
    drafted(lesson, "<p>When sun and moon pull in line, the range is greatest.</p>")
    assert "does not fit the draft any more" in look(client, lesson)[0].content.decode()


def test_later_one_places_a_note_in_the_text_on_show(client, lesson, learner, instructor):
    note = note_by(learner, lesson, GONE, "Lost and found")
    drafted(lesson)
    client.post(address("publication", lesson), look(client, lesson)[1])
    page = client.get(address("annotations", lesson)).content.decode()
    assert "Lost and found" in page
    assert address("place_in_published", lesson, note.pk) in page
    client.post(address("place_in_published", lesson, note.pk), {"words": "Weak tides"})
    assert (place_of(note).state, place_of(note).placed_by) == (Placement.State.MANUAL, instructor)
    assert "placed by hand" in client.get(address("annotations", lesson)).content.decode().lower()


def test_private_notes_cannot_be_placed_nor_seen(client, lesson, learner, sign_in, assistant):
    note = note_by(learner, lesson, GONE, audience="me")
    for page in ("place_in_published", "place_in_draft"):
        assert client.get(address(page, lesson, note.pk)).status_code == 404
        assert client.post(address(page, lesson, note.pk), {"words": "sun"}).status_code == 404
    assert not Placement.objects.filter(state="manual").exists()
    shared = note_by(learner, lesson, GONE)
    assert (
        sign_in(assistant).post(address("place_in_published", lesson, shared.pk), {"words": "sun"}).status_code == 403
    )
