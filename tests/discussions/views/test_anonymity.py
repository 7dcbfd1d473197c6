"""Authors who have posted anonymously in a thread stay anonymous there unless they agree to show their name."""

import json

import pytest

from lessons.courses.services import enrol
from lessons.discussions.models import Post
from lessons.discussions.services.errors import WouldRevealAuthor
from tests.annotations.make import note_by
from tests.discussions.make import known, post_by, thread_by

CHECKED = 'aria-describedby="id_anonymous_help"\n checked>'


@pytest.fixture(params=["forum", "lesson", "note"])
def thread(request, course, lesson, learner):
    """Return a thread that the learner started anonymously: in the forum, on the lesson, or on a passage."""
    if request.param == "note":
        return note_by(learner, lesson, anonymous=True).thread
    return thread_by(learner, course, anonymous=True, lesson=lesson if request.param == "lesson" else None)


def own_replies(thread):
    return [post.alias for post in thread.posts.filter(seq__gt=1)]


def test_anonymous_is_preselected_for_those_with_a_pseudonym(thread, course, learner, other_learner, sign_in):
    client, url = sign_in(known(learner)), f"/threads/{thread.pk}/"
    opening = thread.posts.get()
    for address in (url, f"{url}?quote={opening.pk}", f"{url}?reply={opening.pk}"):
        assert CHECKED in client.get(address).content.decode()
    preview = client.post(url, {"source": "More", "anonymous": "on", "preview": "1"})
    assert CHECKED in preview.content.decode()
    for other in (sign_in(other_learner).get(url), client.get(f"/threads/{thread_by(learner, course).pk}/")):
        assert "id_anonymous" in other.content.decode()
        assert CHECKED not in other.content.decode()
    client.post(url, {"source": "More", "anonymous": "on"})
    assert own_replies(thread) == [thread.alias]
    client.post(f"/posts/{opening.pk}/edit/", {"source": "Changed", "key": str(opening.idempotency_key)})
    assert Post.objects.get(pk=opening.pk).alias == thread.alias


def test_posting_under_a_real_name_asks_for_confirmation(thread, learner, sign_in):
    client, url = sign_in(known(learner)), f"/threads/{thread.pk}/"
    asked = client.post(url, {"source": "It was me"})
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "You have posted anonymously in this discussion." in page
    assert "It was me</textarea>" in page
    assert 'name="named"' in page
    assert CHECKED not in page
    assert own_replies(thread) == []
    assert 'name="named"' not in client.get(url).content.decode()
    assert client.post(url, {"source": "It was me", "named": "on"}).status_code == 302
    assert own_replies(thread) == [None]
    client.post(url, {"source": "Both ticked", "named": "on", "anonymous": "on"})
    assert own_replies(thread) == [None, thread.alias]


def test_an_author_who_has_joined_the_staff_is_asked_too(course, learner, instructor, sign_in):
    thread = thread_by(learner, course, anonymous=True)
    enrol(user=learner, course=course, role="assistant", by=instructor)
    client, url = sign_in(learner), f"/threads/{thread.pk}/"
    forged = client.post(url, {"source": "A hint", "anonymous": "on"})
    assert forged.status_code == 400
    assert "can’t post anonymously here" in forged.content.decode()
    assert "A hint</textarea>" in forged.content.decode()
    assert client.post(url, {"source": "A hint"}).status_code == 409
    with pytest.raises(WouldRevealAuthor):
        post_by(learner, thread, named=False)
    assert client.post(url, {"source": "A hint", "named": "on"}).status_code == 302


def test_an_api_client_replies_under_the_pseudonym(lesson, learner, sign_in):
    note = note_by(known(learner), lesson, anonymous=True)
    target = f"http://testserver/lessons/{lesson.pk}/annotations/{note.uid}/"
    reply = {"type": "Annotation", "motivation": "replying", "target": target, "bodyValue": "Me again"}
    container = f"/lessons/{lesson.pk}/annotations/"
    answer = sign_in(learner).post(container, json.dumps(reply), content_type="application/ld+json")
    assert answer.status_code == 201
    assert answer.json()["creator"]["name"] == note.thread.alias.name
    assert own_replies(note.thread) == [note.thread.alias]


def test_new_threads_refuse_a_pseudonym_that_is_not_available(course, lesson, assistant, sign_in):
    client = sign_in(assistant)
    thread = {"title": "T", "source": "My words", "audience": "course", "kind": "discussion", "anonymous": "on"}
    note = {**thread, "kind": "note", "exact": "sun and moon"}
    for address, data in (
        (f"/courses/{course.slug}/discussions/new/", thread),
        (f"/lessons/{lesson.pk}/comments/new/", thread),
        (f"/lessons/{lesson.pk}/notes/new/", note),
    ):
        refused = client.post(address, data)
        assert (refused.status_code, Post.objects.count()) == (400, 0)
        assert "My words</textarea>" in refused.content.decode()
        assert "can’t post anonymously here" in refused.content.decode()
