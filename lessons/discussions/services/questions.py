"""Mark answers to questions, and set “me too” votes and thanks."""

from django.db import transaction
from django.db.models import F

from lessons.accounts.models import User
from lessons.courses.services import record
from lessons.discussions import indexed_posts
from lessons.discussions.models import MeToo, Post, Thanks, Thread
from lessons.discussions.services import counters, notifications, posting
from lessons.discussions.services.attached_images import with_stored_images
from lessons.permissions import can_moderate


@transaction.atomic
def mark_answer(*, post: Post, by: User) -> Thread:
    """Mark a shown post as the answer. The question's author thereby resolves it, staff endorse the answer.

    An endorsement belongs to one post, so it ends when the author marks another.
    """
    thread = counters.lock_thread(post.thread)
    post = Post.objects.get(pk=post.pk)
    if post.thread_id != thread.pk or post.state != Post.State.SHOWN:
        return thread
    before = _question_state(thread)
    if thread.answer_id != post.pk:
        thread.answer, thread.endorsed_by = post, None
    if can_moderate(by, thread.course):
        thread.endorsed_by = by
        _log("endorse answer", thread, by, before, post=post.pk)
    thread.status = Thread.Status.RESOLVED if thread.author_id == by.pk else Thread.Status.ANSWERED
    _save_answer(thread, before)
    if thread.author_id != by.pk:
        notifications.notify_asker(post=post, thread=thread)
    return thread


@with_stored_images
@transaction.atomic
def answer_question(
    *,
    thread: Thread,
    by: User,
    prepared: posting.PreparedPost,
    expected_readers: tuple[str, int | None] | None = None,
    is_answer: bool = True,
    has_draft: bool = True,
) -> Post:
    """Reply to a question as staff and, if it `is_answer`, mark the reply as its answer. Raise as `posting.reply`.

    With the same `prepared.key` again, return the first post and change nothing.
    """
    post = posting.reply(
        thread=thread, by=by, prepared=prepared, expected_readers=expected_readers, has_draft=has_draft
    )
    is_new = not Thread.objects.filter(pk=post.thread_id, answer=post).exists()
    if is_answer and is_new and post.thread.kind == Thread.Kind.QUESTION:
        mark_answer(post=post, by=by)
    return post


@transaction.atomic
def unmark_answer(*, thread: Thread, by: User) -> Thread:
    """Make the question open again, without an answer."""
    thread = counters.lock_thread(thread)
    before = _question_state(thread)
    if thread.author_id != by.pk and thread.answer_id:
        _log("unmark answer", thread, by, before, post=thread.answer_id)
    thread.answer = thread.endorsed_by = None
    thread.status = Thread.Status.OPEN
    _save_answer(thread, before)
    return thread


@transaction.atomic
def set_status(*, thread: Thread, status: str, by: User) -> Thread:
    """Mark a question as resolved, or as open again."""
    thread = counters.lock_thread(thread)
    if thread.author_id != by.pk and thread.status != status:
        _log(f"mark question {status}", thread, by, _question_state(thread))
    thread.status = status
    thread.save(update_fields=["status"])
    return thread


@transaction.atomic
def restore_question(*, thread: Thread, before: dict) -> bool:
    """Restore the state that the log recorded; return False and change nothing if that answer is gone."""
    thread = counters.lock_thread(thread)
    answer = before["answer"]
    if answer and not Post.objects.filter(pk=answer, thread=thread, state=Post.State.SHOWN).exists():
        return False
    now = _question_state(thread)
    thread.status, thread.answer_id = before["status"], answer
    thread.endorsed_by = User.objects.filter(pk=before["endorsed_by"]).first()
    _save_answer(thread, now)
    return True


def _save_answer(thread: Thread, before: dict) -> None:
    """Save the thread's answer and status; `before` is what `_question_state` was."""
    thread.save(update_fields=["answer", "endorsed_by", "status"])
    indexed_posts.rescope_posts({pk for pk in (before["answer"], thread.answer_id) if pk})


def _question_state(thread: Thread) -> dict:
    return {"status": thread.status, "answer": thread.answer_id, "endorsed_by": thread.endorsed_by_id}


def _log(verb: str, thread: Thread, by: User, before: dict, **detail) -> None:
    """Log what staff do with somebody's question, with its previous state."""
    record(by=by, verb=verb, course=thread.course, target=thread, thread=thread.pk, before=before, **detail)


@transaction.atomic
def set_me_too(*, thread: Thread, by: User, enabled: bool = True) -> None:
    """Vote for a question, or withdraw the vote. Voters follow the thread, to be notified of the answer."""
    thread = counters.lock_thread(thread)
    own_vote = MeToo.objects.filter(thread=thread, user=by)
    if enabled == own_vote.exists():
        return
    if enabled:
        MeToo.objects.create(thread=thread, user=by)
        notifications.add_followers(thread, [by.pk])
    else:
        own_vote.delete()
    Thread.objects.filter(pk=thread.pk).update(me_too_count=F("me_too_count") + (1 if enabled else -1))


@transaction.atomic
def set_thanks(*, post: Post, by: User, enabled: bool = True) -> None:
    """Thank somebody for their post, or withdraw the thanks."""
    counters.lock_thread(post.thread)
    own_thanks = Thanks.objects.filter(post=post, user=by)
    if post.author_id == by.pk or enabled == own_thanks.exists():
        return
    if enabled:
        Thanks.objects.create(post=post, user=by)
    else:
        own_thanks.delete()
    Post.objects.filter(pk=post.pk).update(thanks_count=F("thanks_count") + (1 if enabled else -1))
