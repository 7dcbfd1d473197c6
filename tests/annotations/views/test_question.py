"""The page of one's own question on a passage, and saying wherever it is shown that it is clear now."""

import pytest

from lessons.annotations.models import Annotation
from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.discussions.models import RewriteNotice, Thread
from lessons.discussions.services.questions import mark_answer
from lessons.models import Lesson
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by


@pytest.fixture
def question(lesson, learner):
    return note_by(learner, lesson, label="question")


def page_of(client, note):
    return client.get(f"/notes/{note.uid}/question/").content.decode()


def press(client, note, enabled="true", then=""):
    return client.post(f"/notes/{note.uid}/question/{then}", {"enabled": enabled} if enabled else {}, follow=True)


def rewrite(lesson, body):
    Lesson.objects.filter(pk=lesson.pk).update(body=body)
    publish(lesson=Lesson.objects.get(pk=lesson.pk), by=None)


def is_clear(note):
    return Annotation.objects.cleared().filter(pk=note.pk).exists()


def test_the_page_says_what_has_changed_since(sign_in, lesson, learner, question):
    client = sign_in(learner)
    assert "has not changed since you asked" in page_of(client, question)
    rewrite(lesson, "<p>When sun and moon pull as one, the range is &lt;b&gt;greatest.</p>")
    assert RewriteNotice.objects.get().seen_at is None
    page = page_of(client, question)
    assert "removed: </span>in line,</del>" in page
    assert "added: </span>as one,</ins>" in page
    assert "Which pulls harder?" in page
    assert "&lt;b&gt;" in page
    assert RewriteNotice.objects.get().seen_at
    rewrite(lesson, "<p>Nothing about it.</p>")
    assert "no longer in the text" in page_of(client, question)


def test_saying_that_it_is_clear_can_be_undone_and_sent_twice(sign_in, learner, question):
    client = sign_in(learner)
    for _ in range(2):
        page = press(client, question).content.decode()
        assert is_clear(question)
    assert "You said that this is clear now." in page
    assert f'action="/notes/{question.uid}/question/"><input' in page
    for _ in range(2):
        press(client, question, enabled="")
        assert not is_clear(question)
    assert Thread.objects.get().status == Thread.Status.OPEN


def test_only_who_asked_can_say_that_it_is_clear(sign_in, lesson, learner, other_learner, instructor, question):
    private = note_by(learner, lesson, label="question", audience="me")
    idea = note_by(learner, lesson, label="idea")
    for user, note in ((other_learner, question), (instructor, question), (learner, private), (learner, idea)):
        assert press(sign_in(user), note).status_code == 404
        assert not is_clear(note)


def test_in_a_closed_course_nothing_changes(sign_in, course, learner, question):
    Course.objects.filter(pk=course.pk).update(closed_at="2026-01-01T00:00Z")
    assert press(sign_in(learner), question).status_code == 409
    assert "Clear now" not in page_of(sign_in(learner), question)
    assert not is_clear(question)


def test_the_note_and_its_discussion_offer_it_to_who_asked(sign_in, lesson, learner, other_learner, instructor):
    note = note_by(learner, lesson, label="question")
    mark = highlight_by(learner, lesson, label="confused", audience="course")
    thread = f"/threads/{note.thread_id}/"
    for user, is_offered in ((learner, True), (other_learner, False), (instructor, False)):
        client = sign_in(user)
        cards = client.get(f"/lessons/{lesson.pk}/notes/").content.decode()
        assert [f"/notes/{one.uid}/question/" in cards for one in (note, mark)] == [is_offered] * 2
        assert ("question/?next=" in client.get(thread).content.decode()) == is_offered
    mark_answer(post=post_by(instructor, note.thread), by=instructor)
    client = sign_in(learner)
    assert "Is this clear to you now?" in client.get(thread).content.decode()
    page = press(client, note, then=f"?next={thread}")
    assert page.redirect_chain == [(thread, 302)]
    assert "question/?next=" not in page.content.decode().partition("thread-title")[2]
    cards = client.get(f"/lessons/{lesson.pk}/notes/").content.decode()
    assert cards.count('aria-pressed="true">Clear now') == 1


def test_the_bell_offers_it_with_what_was_rewritten_and_with_an_answer(sign_in, lesson, learner, instructor, question):
    mark_answer(post=post_by(instructor, question.thread), by=instructor)
    highlight_by(learner, lesson, "Neap tides", label="confused", audience="course")
    rewrite(lesson, lesson.body.replace("Neap tides follow", "Neap tides come a week later"))
    client = sign_in(learner)
    page = client.get("/notifications/").content.decode()
    assert page.count("/question/?next=/notifications/") == 2
    assert "rewrote a passage you asked about" in page
    assert "You get this because you asked about it on" in page
    press(client, question, then="?next=/notifications/")
    press(client, Annotation.objects.get(thread=None), then="?next=/notifications/")
    page = client.get("/notifications/").content.decode()
    assert "/question/?next=/notifications/" not in page.partition("<main")[2]


def test_highlights_of_others_leave_the_margin_once_they_are_clear(sign_in, lesson, learner, other_learner):
    mark = highlight_by(learner, lesson, label="confused", audience="course")
    reader = sign_in(other_learner)
    assert reader.get(f"/lessons/{lesson.pk}/notes/positions/").json()["ids"] == [mark.pk]
    press(sign_in(learner), mark)
    assert reader.get(f"/lessons/{lesson.pk}/notes/positions/").json()["ids"] == []
    assert sign_in(learner).get(f"/lessons/{lesson.pk}/notes/positions/").json()["ids"] == [mark.pk]
