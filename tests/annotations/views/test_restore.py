"""Undoing the deletion of one's own note or highlight."""

import pytest

from lessons.annotations.models import Annotation
from lessons.discussions.models import Post
from lessons.discussions.services.moderation import hide_post
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by

AS_SCRIPT = {"HTTP_ACCEPT": "application/json"}


def delete(client, annotation):
    return client.post(f"/notes/{annotation.pk}/edit/", {"action": "delete"}, **AS_SCRIPT).json()["undo_url"]


@pytest.mark.parametrize("has_reply", [False, True])
def test_a_deleted_note_is_shown_again_with_its_replies(sign_in, lesson, learner, other_learner, has_reply):
    note = note_by(learner, lesson, source="Something rash.")
    if has_reply:
        post_by(other_learner, note.thread)
    client = sign_in(learner)
    undo = delete(client, note)
    assert Post.objects.get(thread=note.thread_id, seq=1).state == "deleted"
    for _ in range(2):
        reply = client.post(undo, **AS_SCRIPT)
        assert (reply.status_code, reply.json()["id"]) == (200, note.pk)
        note.thread.refresh_from_db()
        assert (note.thread.state, note.thread.visible_post_count) == ("shown", 1 + has_reply)


def test_a_deleted_highlight_is_made_again_once(sign_in, lesson, learner):
    mark = highlight_by(learner, lesson, label="confused", audience="course")
    client = sign_in(learner)
    undo = delete(client, mark)
    assert not Annotation.objects.exists()
    new = [client.post(undo, **AS_SCRIPT).json()["id"] for _ in range(2)]
    again = Annotation.objects.get()
    assert new == [again.pk] * 2
    assert (again.exact, again.label, again.is_question, again.audience) == (mark.exact, "confused", True, "course")
    assert again.placements.get().start == mark.start


def test_only_who_deleted_it_can_undo_that_and_only_for_a_while(sign_in, lesson, learner, other_learner, monkeypatch):
    undo = delete(sign_in(learner), note_by(learner, lesson))
    assert sign_in(other_learner).post(undo).status_code == 404
    client = sign_in(learner)
    assert client.post(undo.replace("token=", "token=x"), **AS_SCRIPT).status_code == 409
    assert client.get(undo).status_code == 405
    monkeypatch.setattr("lessons.annotations.views.restore.MAX_AGE", -1)
    assert client.post(undo, **AS_SCRIPT).json()["errors"] == ["This can no longer be undone."]


def test_undo_does_not_show_what_staff_have_hidden(sign_in, lesson, learner, instructor):
    note = note_by(learner, lesson)
    client = sign_in(learner)
    undo = delete(client, note)
    client.post(undo, **AS_SCRIPT)
    hide_post(post=note.thread.posts.get(), by=instructor)
    client.post(undo, **AS_SCRIPT)
    assert note.thread.posts.get().state == "hidden"


def test_without_script_the_message_offers_to_undo(sign_in, lesson, learner):
    note = note_by(learner, lesson)
    client = sign_in(learner)
    page = client.post(f"/notes/{note.pk}/edit/", {"action": "delete"}, follow=True).content.decode()
    assert f'action="/lessons/{lesson.pk}/notes/restore/?token=' in page
