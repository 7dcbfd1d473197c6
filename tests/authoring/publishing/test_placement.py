"""Placing a note by hand, before its lesson is published and afterwards."""

import re

import pytest

from lessons.annotations.models import Placement
from lessons.courses.models import AuditEntry
from tests.annotations.make import note_by
from tests.authoring.make import BODY_WITHOUT_IT, REMOVED_PASSAGE, edit_draft, lesson_url, open_preview, placement_of


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def test_a_note_is_placed_by_its_text_before_publishing(client, lesson, learner, instructor):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    assert client.get(lesson_url("place_in_draft", lesson, note.pk)).status_code == 200
    response = client.post(lesson_url("place_in_draft", lesson, note.pk), {"search_text": "Weak  tides\ncome"})
    assert response["Location"] == lesson_url("publication", lesson) + f"#note-{note.pk}"
    response, form = open_preview(client, lesson)
    page = re.sub(r"<.*?>|\s+", " ", response.content.decode())
    assert re.search("0 +lose their passages +1 +placed by hand", page)
    assert "1 loses its passage" not in page
    assert placement_of(note).state == Placement.State.EXACT
    client.post(lesson_url("publication", lesson), form)
    placement = placement_of(note)
    assert (placement.state, placement.placed_by) == (Placement.State.MANUAL, instructor)
    assert placement.revision.text[placement.start : placement.end] == "Weak tides come"
    entry = AuditEntry.objects.get(verb="place annotation")
    assert (entry.actor, entry.detail["note"], entry.detail["thread"]) == (instructor, note.pk, note.thread_id)


def test_a_text_that_occurs_twice_is_offered_twice(client, lesson, learner):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    response = client.post(lesson_url("place_in_draft", lesson, note.pk), {"search_text": "the"})
    page = response.content.decode()
    assert "This text occurs 2 times" in page
    offsets = re.findall(r'name="candidate" value="([\d-]+)"', page)
    checksum = response.context["form"]["checksum"].value()
    client.post(
        lesson_url("place_in_draft", lesson, note.pk),
        {"search_text": "the", "candidate": offsets[1], "checksum": checksum},
    )
    client.post(lesson_url("publication", lesson), open_preview(client, lesson)[1])
    placement = placement_of(note)
    assert f"{placement.start}-{placement.end}" == offsets[1]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"search_text": "Words from elsewhere"}, "is not in the text below"),
        ({"search_text": "  "}, "is not in the text below"),
        ({}, "is not in the text below"),
        ({"candidate": "0-999999"}, "changed since you opened"),
        ({"candidate": "9-4"}, "is not in the text below"),
        ({"search_text": "\x00"}, "is not in the text below"),
    ],
)
def test_a_text_or_offsets_without_a_passage_are_refused(client, lesson, learner, form, message):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    response = client.post(lesson_url("place_in_draft", lesson, note.pk), form)
    assert response.status_code == 200
    assert message in response.content.decode()


def test_offsets_outside_the_text_are_refused(client, lesson, learner):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    checksum = client.get(lesson_url("place_in_draft", lesson, note.pk)).context["form"]["checksum"].value()
    form = {"start": "5", "end": "999999", "checksum": checksum}
    assert (
        "is not in the text below" in client.post(lesson_url("place_in_draft", lesson, note.pk), form).content.decode()
    )


def test_offsets_in_another_text_are_refused_and_not_sent_again(client, lesson, learner):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    checksum = client.get(lesson_url("place_in_draft", lesson, note.pk)).context["form"]["checksum"].value()
    edit_draft(lesson, f"<p>Something before.</p>{BODY_WITHOUT_IT}")
    form = {"search_text": "Weak tides come", "start": "50", "end": "60", "checksum": checksum}
    response = client.post(lesson_url("place_in_draft", lesson, note.pk), form)
    page = response.content.decode()
    assert "changed since you opened this page" in page
    assert 'name="start" autocomplete="off"' in page
    assert ">\nWeak tides come</textarea>" in page
    assert response.context["form"]["checksum"].value() != checksum


def test_a_placement_that_no_longer_fits_the_draft_is_reported(client, lesson, learner):
    note = note_by(learner, lesson, REMOVED_PASSAGE)
    edit_draft(lesson)
    client.post(lesson_url("place_in_draft", lesson, note.pk), {"search_text": "Weak tides come"})
    edit_draft(lesson, "<p>When sun and moon pull in line, the range is greatest.</p>")
    assert "no longer fits the draft" in open_preview(client, lesson)[0].content.decode()


@pytest.mark.thorough
def test_an_orphaned_note_is_placed_in_the_published_text(client, lesson, learner, instructor):
    note = note_by(learner, lesson, REMOVED_PASSAGE, "Lost and found")
    edit_draft(lesson)
    client.post(lesson_url("publication", lesson), open_preview(client, lesson)[1])
    page = client.get(lesson_url("annotations", lesson)).content.decode()
    assert "Lost and found" in page
    assert lesson_url("place_in_published", lesson, note.pk) in page
    client.post(lesson_url("place_in_published", lesson, note.pk), {"search_text": "Weak tides"})
    assert (placement_of(note).state, placement_of(note).placed_by) == (Placement.State.MANUAL, instructor)
    assert "placed by hand" in client.get(lesson_url("annotations", lesson)).content.decode().lower()


def test_private_notes_can_be_neither_placed_nor_seen(client, lesson, learner, sign_in, assistant):
    note = note_by(learner, lesson, REMOVED_PASSAGE, audience="me")
    for page in ("place_in_published", "place_in_draft"):
        assert client.get(lesson_url(page, lesson, note.pk)).status_code == 404
        assert client.post(lesson_url(page, lesson, note.pk), {"search_text": "sun"}).status_code == 404
    assert not Placement.objects.filter(state="manual").exists()
    shared = note_by(learner, lesson, REMOVED_PASSAGE)
    assert (
        sign_in(assistant)
        .post(lesson_url("place_in_published", lesson, shared.pk), {"search_text": "sun"})
        .status_code
        == 403
    )
