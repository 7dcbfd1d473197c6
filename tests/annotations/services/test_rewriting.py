"""Publishing tells those who asked about a passage that it was rewritten: by bell and digest, with a reason."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.services import publish
from lessons.annotations.services.annotate import delete_annotation
from lessons.annotations.services.clearing import mark_clear
from lessons.courses.models import Course, Membership
from lessons.discussions.auth_backend import user_with_unread_count
from lessons.discussions.models import NotificationPreference, RewriteNotice
from lessons.discussions.personal_data.export import export_sections
from lessons.discussions.selectors.rewritten_passages import rewritten_passages
from lessons.discussions.services.moderation import hide_post
from lessons.discussions.services.questions import mark_answer
from lessons.models import Lesson, Module
from lessons.privacy.erasure import erase_user
from tests.annotations.make import highlight_by, note_by
from tests.discussions.make import post_by

BODY = "<h2>Spring tides</h2><p>When sun and moon pull in line, the range is greatest.</p><p>Neap tides follow.</p>"
REWRITTEN = BODY.replace("the range is greatest", "their pulls add up and the range is greatest")


@pytest.fixture
def rewrite(lesson):
    """Return a function that publishes the lesson with another text."""

    def publish_text(body=REWRITTEN, **fields):
        Lesson.objects.filter(pk=lesson.pk).update(body=body)
        return publish(lesson=Lesson.objects.get(pk=lesson.pk), by=None, **fields)

    return publish_text


def told(user):
    """Return the quotes that the user is told of, of which the bell counts the unseen."""
    passages = rewritten_passages(user)
    assert user_with_unread_count(user.pk).unread_count == sum(passage.is_unseen for passage in passages)
    return [passage.quote for passage in passages]


def test_the_asker_is_told_when_the_block_of_their_passage_is_rewritten(lesson, learner, other_learner, rewrite):
    note_by(learner, lesson, label="question")
    highlight_by(other_learner, lesson, "pull in line", label="confused", audience="course")
    revision = rewrite()
    assert told(learner) == ["sun and moon"]
    assert told(other_learner) == ["pull in line"]
    assert {notice.revision for notice in RewriteNotice.objects.all()} == {revision}
    Module.objects.update(state=Module.State.ARCHIVED)  # readable as before
    assert told(learner) == ["sun and moon"]


def test_a_long_passage_is_shortened(lesson, learner, rewrite):
    body = f"<p>{' '.join(f'Wave {n} rises.' for n in range(60))}</p>"
    rewrite(body)
    lesson.refresh_from_db()
    note_by(learner, lesson, lesson.current_revision.text[:400], label="question")
    rewrite(body.replace("rises", "falls", 1))
    (quote,) = told(learner)
    assert (len(quote), quote[-1]) == (300, "…")


def test_nobody_else_is_told(lesson, learner, other_learner, instructor, rewrite):
    note_by(learner, lesson, "Neap tides", label="question")
    note_by(learner, lesson, label="idea")
    note_by(learner, lesson, label="question", audience="me")
    highlight_by(learner, lesson, label="confused")
    mark_clear(annotation=note_by(learner, lesson, label="question"), by=learner)
    answered = note_by(other_learner, lesson, label="question")
    mark_answer(post=post_by(instructor, answered.thread), by=instructor)
    rewrite()
    assert not RewriteNotice.objects.exists()


def test_who_rewrites_a_passage_is_not_told_of_it(lesson, learner, instructor):
    note_by(instructor, lesson, label="question")
    note_by(learner, lesson, label="question")
    Lesson.objects.filter(pk=lesson.pk).update(body=REWRITTEN)
    publish(lesson=lesson, by=instructor)
    assert [notice.user for notice in RewriteNotice.objects.all()] == [learner]


def test_each_rewriting_is_told_once_and_other_publications_are_not(lesson, learner, rewrite):
    note_by(learner, lesson, label="question")
    rewrite()
    RewriteNotice.objects.update(seen_at=timezone.now(), mailed_at=timezone.now())
    rewrite(REWRITTEN.replace("Neap tides follow", "Neap tides come after"))
    assert RewriteNotice.objects.get().seen_at
    rewrite(REWRITTEN.replace("their pulls", "both pulls"))
    notice = RewriteNotice.objects.get()
    assert (notice.seen_at, notice.mailed_at, notice.revision.number) == (None, None, 4)


def test_a_passage_that_is_moved_unchanged_is_not_rewritten_and_one_that_is_removed_is_said_to_be(
    lesson, learner, rewrite
):
    note_by(learner, lesson, label="question")
    first, second = "<p>Neap tides follow.</p>", "<p>When sun and moon pull in line, the range is greatest.</p>"
    rewrite(first + second)
    assert told(learner) == []
    rewrite(first)
    assert [passage.is_removed for passage in rewritten_passages(learner)] == [True]
    RewriteNotice.objects.all().delete()
    rewrite(first + "<p>Nothing else.</p>")
    assert told(learner) == []
    rewrite(first + second)
    assert [passage.is_removed for passage in rewritten_passages(learner)] == [False]


def test_a_passage_placed_by_hand_in_other_words_is_rewritten(lesson, learner, rewrite):
    note = note_by(learner, lesson, label="question")
    body = BODY.replace("When sun and moon pull in line, the range is greatest.", "Both bodies draw the sea together.")
    text = body.replace("<h2>", "").replace("</h2><p>", "").replace("</p><p>", "").replace("</p>", "")
    start = text.index("Both bodies")
    rewrite(body, manual_spans={note.pk: (start, start + len("Both bodies"))})
    assert [passage.is_removed for passage in rewritten_passages(learner)] == [False]


@pytest.mark.parametrize("change", ["withdrawn", "module hidden", "closed", "left", "clear", "deleted", "hidden"])
def test_nobody_hears_of_what_they_may_not_read_or_no_longer_ask(lesson, learner, instructor, rewrite, change):
    note = note_by(learner, lesson, label="question")
    rewrite()
    assert told(learner)
    if change == "withdrawn":
        Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.WITHDRAWN)
    if change == "module hidden":
        Module.objects.update(state=Module.State.DRAFT)
    if change == "closed":
        Course.objects.update(closed_at=timezone.now())
    if change == "left":
        Membership.objects.filter(user=learner).update(state=Membership.State.LEFT)
    if change == "clear":
        mark_clear(annotation=note, by=learner)
    if change == "deleted":
        delete_annotation(annotation=note, by=learner)
    if change == "hidden":
        hide_post(post=note.thread.posts.get(), by=instructor)
    learner = User.objects.get(pk=learner.pk)
    RewriteNotice.objects.update(seen_at=None)
    assert [passage.quote for passage in rewritten_passages(learner)] == []
    call_command("send_digests", verbosity=0)
    assert [message for message in mail.outbox if "asked about" in message.subject] == []


def test_a_digest_says_what_was_rewritten_and_why_one_is_told_once(lesson, learner, rewrite):
    note = note_by(learner, lesson, label="question")
    rewrite()
    call_command("send_digests", verbosity=0)
    (message,) = mail.outbox
    assert message.subject == "A passage you asked about in “Why tides come” was rewritten"
    body = " ".join(message.body.split())
    for said in ("You are notified because you asked about it", "sun and moon", f"/notes/{note.uid}/question/"):
        assert said in body
    NotificationPreference.objects.update(next_email_at=timezone.now())
    call_command("send_digests", verbosity=0)
    assert len(mail.outbox) == 1
    assert told(learner) == ["sun and moon"]


def test_a_digest_shows_no_more_than_ten_passages_of_a_course(lesson, learner, rewrite):
    for n in range(12):
        highlight_by(learner, lesson, label=("confused", "question")[n % 2], audience="course")
    rewrite()
    call_command("send_digests", verbosity=0)
    (message,) = mail.outbox
    assert message.subject == "Course digest: 12 rewritten passages"
    assert message.body.count("See what has changed") == 10
    assert "2 more rewritten passages" in message.body
    assert RewriteNotice.objects.filter(mailed_at=None).count() == 0


def test_erasing_somebody_erases_what_they_were_told(lesson, learner, rewrite):
    note_by(learner, lesson, label="question")
    rewrite()
    (section,) = (section for section in export_sections(learner) if section.key == "rewritten")
    assert [row["quote"] for row in section.rows] == ["sun and moon"]
    erase_user(user=learner, by=None)
    assert not RewriteNotice.objects.exists()


def test_publishing_takes_as_many_queries_for_many_questions_as_for_one(lesson, learner, rewrite):
    def queries(body):
        with CaptureQueriesContext(connection) as captured:
            rewrite(body)
        return len(captured)

    note_by(learner, lesson, label="question")
    few = queries(REWRITTEN)
    for _ in range(3):
        note_by(learner, lesson, label="question")
    assert queries(BODY) == few
    assert len(told(learner)) == 4
