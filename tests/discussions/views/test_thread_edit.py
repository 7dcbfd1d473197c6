"""Editing title, kind and tags: by the author, and by staff, whose change can be undone."""

import pytest

from lessons.courses.models import AuditEntry
from lessons.courses.redaction import Redactor, collect_names
from lessons.discussions.models import Thread, ThreadTitleHistory
from lessons.discussions.personal_data.erase import erase
from lessons.discussions.personal_data.redact import prepare_redaction
from lessons.discussions.services.undo import UndoRefused, undo
from lessons.tagging.models import Tag
from tests.discussions.make import post_by, thread_by


@pytest.fixture
def thread(course, learner):
    return thread_by(learner, course, title="Tides", tags=["moon"])


def rename(sign_in, user, thread, **given):
    words = {"title": "Spring tides", "kind": "question", "tags": "moon, Sun"}
    return sign_in(user).post(f"/threads/{thread.pk}/edit/", words | given)


def title_kind_and_tags():
    thread = Thread.objects.get()
    return thread.title, thread.kind, sorted(thread.tags.names())


BEFORE, AFTER = ("Tides", "discussion", ["moon"]), ("Spring tides", "question", ["Sun", "moon"])


def test_the_author_changes_the_title_without_a_log_entry(sign_in, thread, learner):
    page = sign_in(learner).get(f"/threads/{thread.pk}/edit/").content.decode()
    assert 'value="Tides"' in page
    assert 'value="moon"' in page
    assert rename(sign_in, learner, thread).status_code == 302
    assert title_kind_and_tags() == AFTER
    assert not AuditEntry.objects.filter(detail__has_key="thread").exists()
    assert not ThreadTitleHistory.objects.exists()


def test_changes_by_staff_are_logged_without_titles_and_undone_once(sign_in, thread, instructor):
    rename(sign_in, instructor, thread)
    assert title_kind_and_tags() == AFTER
    entry = AuditEntry.objects.get(verb="edit thread")
    assert "Tides" not in str(entry.detail)
    undo(entry=entry, by=instructor)
    assert title_kind_and_tags() == BEFORE
    with pytest.raises(UndoRefused):
        undo(entry=entry, by=instructor)


def test_saving_the_same_changes_and_logs_nothing(sign_in, thread, instructor):
    rename(sign_in, instructor, thread, title="Tides", kind="discussion", tags="moon")
    assert title_kind_and_tags() == BEFORE
    assert not AuditEntry.objects.filter(verb="edit thread").exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [({"title": " \u200b "}, "title with visible characters"), ({"tags": "a,b,c,d,e,f"}, "at most five tags")],
)
def test_an_invalid_title_is_refused_and_shown_again(sign_in, thread, learner, given, says):
    answer = rename(sign_in, learner, thread, **given)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert title_kind_and_tags() == BEFORE


def test_no_thread_becomes_an_announcement(sign_in, thread, instructor):
    assert rename(sign_in, instructor, thread, kind="announcement").status_code == 400
    assert title_kind_and_tags() == BEFORE


def test_neither_others_nor_the_author_of_a_closed_thread_edit_it(sign_in, thread, learner, other_learner):
    assert rename(sign_in, other_learner, thread).status_code == 403
    Thread.objects.update(closed=True)
    assert rename(sign_in, learner, thread).status_code == 403
    assert 'href="edit/"' not in sign_in(learner).get(f"/threads/{thread.pk}/").content.decode()
    assert title_kind_and_tags() == BEFORE


def test_a_comment_is_titled_by_its_excerpt_until_it_gets_a_title(sign_in, course, lesson, learner):
    thread = thread_by(learner, course, title="", lesson=lesson)
    assert rename(sign_in, learner, thread, title="").status_code == 302
    assert title_kind_and_tags() == ("", "question", ["Sun", "moon"])
    rename(sign_in, learner, thread)
    assert title_kind_and_tags() == AFTER


def test_a_removed_tag_no_longer_lists_the_thread(sign_in, thread, learner):
    slug = Tag.objects.get(key="moon").slug
    assert "Tides" in sign_in(learner).get(f"/tags/{slug}/").content.decode()
    rename(sign_in, learner, thread, title="Tides", tags="")
    assert "Tides" not in sign_in(learner).get(f"/tags/{slug}/").content.decode()


def test_an_answer_is_shown_while_the_thread_is_a_question(sign_in, course, learner, other_learner):
    thread = thread_by(learner, course, kind="question", title="Why?")
    answer = post_by(other_learner, thread)
    sign_in(learner).post(f"/posts/{answer.pk}/answer/")
    for kind in ("question", "discussion", "question"):
        rename(sign_in, learner, thread, kind=kind)
        html = sign_in(learner).get(f"/threads/{thread.pk}/").content.decode()
        assert ("answer-mark" in html) == (kind == "question")


def test_erasing_the_author_erases_earlier_titles(sign_in, thread, learner, instructor):
    rename(sign_in, instructor, thread)
    erase(prepare_redaction(Redactor(collect_names([learner]))), delete_posts=True)
    assert not ThreadTitleHistory.objects.exists()
    assert Thread.objects.get().title == ""
    with pytest.raises(UndoRefused):
        undo(entry=AuditEntry.objects.get(verb="edit thread"), by=instructor)
