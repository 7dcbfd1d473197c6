"""Delete, report and moderate posts. What staff do is logged, with the reason that they give."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry
from lessons.courses.services import record
from lessons.discussions.models import Notification, Post, Report, Thread
from lessons.discussions.services import counters, held_posts, notifications
from lessons.discussions.services.posting import subscribe_followers
from lessons.markup.mentions import marked_keys

AUTO_HIDE_REPORTS = 3


def _lock_thread_and_post(post: Post) -> tuple[Thread, Post]:
    """Lock and return the post and its thread as they are now."""
    while True:
        thread = Thread.objects.select_for_update(of=["self"]).select_related("course").get(pk=post.thread_id)
        post = Post.objects.select_for_update(of=["self"]).get(pk=post.pk)
        if post.thread_id == thread.pk:
            return thread, post


def _log(verb: str, thread: Thread, post: Post | None, by: User | None, reason: str, **detail) -> AuditEntry:
    detail |= {"thread": thread.pk} | ({"post": post.pk} if post else {})
    return record(by=by, verb=verb, course=thread.course, target=thread, reason=reason, **detail)


@transaction.atomic
def delete_post(*, post: Post, by: User) -> Post:
    """Delete one's own post, leaving a tombstone with its number, unless it is held. Idempotent."""
    thread, post = _lock_thread_and_post(post)
    if post.state == Post.State.HELD:
        counters.discard_held_post(thread, post)
    elif post.state == Post.State.SHOWN:
        counters.set_post_state(thread, post, Post.State.DELETED)
    return post


@transaction.atomic
def restore_post(*, post: Post, by: User) -> Post:
    """Show one's own deleted post again."""
    thread, post = _lock_thread_and_post(post)
    if post.state == Post.State.DELETED:
        counters.set_post_state(thread, post, Post.State.SHOWN)
    return post


@transaction.atomic
def report_post(*, post: Post, by: User, reason: str) -> bool:
    """Report a post. AUTO_HIDE_REPORTS reports hide it until staff review it, unless it is by staff. Return False for
    a user's second report, which is ignored.
    """
    thread, post = _lock_thread_and_post(post)
    if Report.objects.filter(post=post, reporter=by).exists():
        return False
    Report.objects.create(post=post, reporter=by, reason=reason)
    post.open_report_count += 1
    post.save(update_fields=["open_report_count"])
    if post.open_report_count >= AUTO_HIDE_REPORTS and post.state == Post.State.SHOWN and not post.by_staff:
        counters.set_post_state(thread, post, Post.State.HIDDEN)
        _log("hide reported post", thread, post, None, "")
    return True


@transaction.atomic
def hide_post(*, post: Post, by: User, reason: str = "", notify: bool = True) -> Post:
    """Hide a post, or keep it hidden, and resolve its reports. A held post is rejected: it gets a number, but only its
    author and staff see it. With `notify`, the author gets the reason, or learns without one that it was hidden now.
    """
    thread, post = _lock_thread_and_post(post)
    before, reports, restored = post.state, _resolve_reports(post), {}
    if before == Post.State.SHOWN:
        counters.set_post_state(thread, post, Post.State.HIDDEN)
    elif before == Post.State.HELD:
        restored = {"before": held_posts.state_before(thread, post)}
        counters.reject_held_post(thread, post)
    verb = HIDING_VERBS.get(Post.State(before), "")
    if verb and (before != Post.State.HIDDEN or reports):
        is_notified = notify and post.author_id != by.pk and (before != Post.State.HIDDEN or reason)
        message = notifications.notify_warning(post=post, thread=thread, message=reason) if is_notified else None
        told = _tell_reporters(thread, post, reports, Notification.Outcome.HIDDEN, by)
        _log(verb, thread, post, by, reason, notification=message, **told, **restored)
    return post


HIDING_VERBS = {
    Post.State.SHOWN: "hide post",
    Post.State.HELD: "reject held post",
    Post.State.HIDDEN: "keep post hidden",
}


@transaction.atomic
def approve_post(*, post: Post, by: User, reason: str = "") -> Post:
    """Keep a post: publish it if it is held, show it if it is hidden, and resolve its reports."""
    thread, post = _lock_thread_and_post(post)
    state, reports = post.state, _resolve_reports(post)
    if state == Post.State.HELD:
        before, was_held = held_posts.state_before(thread, post), thread.state == Thread.State.HELD
        counters.publish_held_post(thread, post)
        notifications.notify_mentioned(post=post, thread=thread, keys=marked_keys(post.html))
        if was_held:
            subscribe_followers(thread, post.author)
        _log("publish held post", thread, post, by, reason, before=before)
        return post
    outcome = Notification.Outcome.KEPT
    if state == Post.State.HIDDEN:
        counters.set_post_state(thread, post, Post.State.SHOWN)
    elif state != Post.State.SHOWN:
        outcome = Notification.Outcome.GONE
    if reports or state == Post.State.HIDDEN:
        told = _tell_reporters(thread, post, reports, outcome, by)
        _log("show post" if state == Post.State.HIDDEN else "approve post", thread, post, by, reason, **told)
    return post


def _tell_reporters(thread: Thread, post: Post, reports: list[int], outcome: str, by: User) -> dict[str, list[int]]:
    """Tell those who reported the post what staff decided; return what undoing needs for the log."""
    told = notifications.notify_reporters(post=post, thread=thread, reports=reports, outcome=outcome, by=by)
    return {"reports": reports, "told": told}


@transaction.atomic
def return_to_review(*, post: Post, before: dict, by: User, expected: str) -> bool:
    """Let a post wait for staff again that was held, as the log entry of the decision recorded it in `before`. Return
    False and change nothing if its state is not the `expected` one. Raise OthersPosted.
    """
    thread, post = _lock_thread_and_post(post)
    if post.state != expected:
        return False
    held_posts.hold_again(thread, post, before=before, by=by)
    return True


def _resolve_reports(post: Post) -> list[int]:
    """Resolve the post's open reports; return their ids, for `reopen_reports`."""
    reports = list(Report.objects.filter(post=post, resolved_at=None).values_list("pk", flat=True))
    Report.objects.filter(pk__in=reports).update(resolved_at=timezone.now())
    post.open_report_count = 0
    Post.objects.filter(pk=post.pk).update(open_report_count=0)
    return reports


@transaction.atomic
def reopen_reports(*, post: Post, reports: Iterable[int]) -> None:
    """Open resolved reports again, given by id, so that staff decide about the post once more."""
    _thread, post = _lock_thread_and_post(post)
    Report.objects.filter(post=post, pk__in=list(reports)).update(resolved_at=None)
    count = Report.objects.filter(post=post, resolved_at=None).count()
    Post.objects.filter(pk=post.pk).update(open_report_count=count)


@transaction.atomic
def warn_author(*, post: Post, by: User, message: str) -> None:
    """Send the author a message that nobody else sees, as a notification and by e-mail."""
    thread, post = _lock_thread_and_post(post)
    notifications.notify_warning(post=post, thread=thread, message=message)
    _log("warn author", thread, post, by, message)


@transaction.atomic
def reveal_author(*, post: Post, by: User) -> User | None:
    """Return the author of an anonymous post, and log that it was revealed; the log does not name the author."""
    _log("reveal author", post.thread, post, by, "")
    return post.author
