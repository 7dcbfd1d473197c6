"""Editing a note on its plain page, and from the script of the lesson's page."""

import pytest

from lessons.annotations.models import Annotation
from lessons.db.models import UnsentText
from lessons.discussions.models import Post
from tests.annotations.make import highlight_by, note_by
from tests.annotations.views.test_create import JSON
from tests.discussions.make import known, post_by


def edit(note):
    return f"/notes/{note.pk}/edit/"


@pytest.fixture
def client_of(sign_in):
    return lambda user: sign_in(known(user))


def test_highlight_gets_a_comment_and_a_label(client_of, learner, lesson):
    mark, client = highlight_by(learner, lesson), client_of(learner)
    assert "sun and moon" in client.get(edit(mark)).content.decode()
    data = {"action": "comment", "kind": "question", "source": "Both?", "audience": "course"}
    UnsentText.objects.create(user=learner, draft_key=f"mark-{mark.pk}", fields={"source": "Bo"})
    assert "Bo</textarea>" in client.get(edit(mark)).content.decode()
    assert client.post(edit(mark), data).status_code == 302
    mark.refresh_from_db()
    assert (mark.label, mark.is_question, mark.thread.kind, mark.thread.audience) == (
        "question",
        True,
        "question",
        "course",
    )
    assert not UnsentText.objects.exists()
    assert client.post(edit(mark), data | {"source": "Again?"}, **JSON).status_code == 409


def test_invalid_comment_changes_nothing(client_of, learner, lesson):
    mark, client = highlight_by(learner, lesson, label="confused"), client_of(learner)
    page = client.post(
        edit(mark), {"action": "comment", "kind": "idea", "source": "x" * 100_000, "audience": "course"}
    )
    assert (page.status_code, "98 kB" in page.content.decode()) == (400, True)
    mark.refresh_from_db()
    assert (mark.label, mark.thread) == ("confused", None)


def test_label_is_changed(client_of, learner, lesson):
    note, client = note_by(learner, lesson), client_of(learner)
    assert client.post(edit(note), {"action": "relabel", "kind": "idea"}).status_code == 302
    assert client.post(edit(note), {"action": "relabel", "kind": "nonsense"}, **JSON).status_code == 400
    note.refresh_from_db()
    assert note.label == "idea"


def test_audience_of_a_shared_note_cannot_change(client_of, learner, lesson):
    mine, open_ = note_by(learner, lesson, audience="me"), note_by(learner, lesson)
    client = client_of(learner)
    assert client.post(edit(mine), {"action": "share", "audience": "group"}).status_code == 302
    mine.thread.refresh_from_db()
    assert (mine.thread.audience, mine.thread.group.name) == ("group", "Group A")
    for note in (mine, open_):
        assert client.post(edit(note), {"action": "share", "audience": "me"}, **JSON).status_code == 409
    assert client.post(edit(mine), {"action": "share", "audience": "everyone"}, **JSON).status_code == 400


def test_shared_highlight_becomes_private_again(client_of, learner, lesson):
    mark, client = highlight_by(learner, lesson, label="confused", audience="course"), client_of(learner)
    assert client.post(edit(mark), {"action": "share", "audience": "me"}).status_code == 302
    mark.refresh_from_db()
    assert mark.audience == "me"


def test_deleting_a_note_keeps_its_replies(client_of, learner, other_learner, lesson):
    note, mark, client = note_by(learner, lesson), highlight_by(learner, lesson), client_of(learner)
    post_by(other_learner, note.thread)
    assert "the replies of others stay" in client.get(edit(note)).content.decode()
    for one in (note, mark):
        assert client.post(edit(one), {"action": "delete"}, **JSON).json()["id"] == one.pk
    assert set(Annotation.objects.displayed()) == {note}
    assert Post.objects.filter(state="deleted").count() == 1
    assert "the replies of others stay" in client.get(edit(note)).content.decode()
    assert "the replies stay" in client.post(edit(note), {"action": "delete"}, **JSON).json()["notice"]


def test_deleted_note_gives_the_text_back(client_of, learner, lesson):
    mark, client = highlight_by(learner, lesson), client_of(learner)
    client.post(edit(mark), {"action": "delete"})
    data = {"action": "comment", "source": "A long thought", "kind": "note", "audience": "course"}
    answer = client.post(edit(mark), data)
    assert (answer.status_code, "A long thought" in answer.content.decode()) == (404, True)
    assert client.get(edit(mark)).status_code == 404


def test_only_the_author_edits_a_note(client_of, learner, other_learner, instructor, lesson):
    note = note_by(learner, lesson)
    for other in (other_learner, instructor):
        assert client_of(other).post(edit(note), {"action": "delete"}).status_code == 403
    assert client_of(other_learner).get(edit(highlight_by(learner, lesson))).status_code == 404
    assert client_of(learner).post(edit(note), {"action": "nonsense"}, **JSON).status_code == 400
