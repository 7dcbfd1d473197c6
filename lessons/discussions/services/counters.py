"""Update post numbers and thread counters. They only change under the thread's lock."""

from typing import NamedTuple

from django.db import connection
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from lessons.accounts.models import User
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions import indexed_posts
from lessons.discussions.models import Participation, Post, Thread
from lessons.discussions.models.threads import sort_rank
from lessons.markup import plain_text


def lock_thread(thread: Thread) -> Thread:
    """Lock and return the thread as it is now, or the one that it was merged into. SQLite locks the whole database."""
    course = thread.course
    while True:
        row = fetch_rows(_locked_row, thread=thread.pk)[0]
        thread = Thread.from_db("default", THREAD_FIELDS, row)
        if thread.merged_into_id is None:
            thread.course = course
            return thread
        thread = Thread(pk=thread.merged_into_id)


THREAD_FIELDS = [field.attname for field in Thread._meta.concrete_fields]


def _locked_row():
    """Select the locked row, without its course: a thread is only merged into another one in the same course."""
    return Thread.objects.select_for_update().filter(pk=int_param("thread")).values_list(*THREAD_FIELDS)


def apply_new_post(thread: Thread, post: Post) -> None:
    """Update the thread after a post got the next number, its author's read state and participation, and the index."""
    assert post.seq is not None
    moment = timezone.now()
    thread.last_seq, thread.last_post_at, thread.rank = post.seq, moment, sort_rank(moment, thread.pinned)
    Thread.objects.filter(pk=thread.pk).update(
        last_seq=post.seq, visible_post_count=F("visible_post_count") + 1, last_post_at=moment, rank=thread.rank
    )
    if post.author:
        mark_own_post_read(thread, post)
        record_participation(thread, post.author)
    indexed_posts.index_new_post(thread, post)


# A single statement for both databases, because it runs with every post.
MARK_OWN_READ = """
INSERT INTO discussions_threaduserstate (user_id, thread_id, last_read_seq, mailed_seq, subscription_level,
has_posted, read_at)
VALUES (%s, %s, %s, 0, 1, %s, %s)
ON CONFLICT (user_id, thread_id) DO UPDATE SET has_posted = excluded.has_posted,
last_read_seq = CASE WHEN NOT EXISTS (
SELECT 1 FROM discussions_post AS earlier WHERE earlier.thread_id = excluded.thread_id AND earlier.state = 'shown'
AND earlier.seq > discussions_threaduserstate.last_read_seq AND earlier.seq < %s) THEN %s
ELSE discussions_threaduserstate.last_read_seq END,
subscription_level = CASE WHEN discussions_threaduserstate.subscription_level = 0 THEN 1
ELSE discussions_threaduserstate.subscription_level END
"""


def mark_own_post_read(thread: Thread, post: Post) -> None:
    """Mark the post as read by its author, if they had read all earlier ones that are shown; follow the thread unless
    it is muted."""
    assert post.seq is not None
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    first = 1 if post.seq == 1 else 0
    with connection.cursor() as cursor:
        cursor.execute(MARK_OWN_READ, [post.author_id, thread.pk, first, True, now, post.seq, post.seq])


def record_participation(thread: Thread, user: User) -> None:
    """Record that the user has posted on the lesson where classmates can see it, as “post first” requires."""
    if thread.lesson_id and thread.audience in (Thread.Audience.GROUP, Thread.Audience.COURSE):
        Participation.objects.bulk_create(
            [Participation(user=user, lesson_id=thread.lesson_id)], ignore_conflicts=True
        )


def set_post_state(thread: Thread, post: Post, state: str) -> None:
    """Show a post or make it a tombstone, and update the thread's count, title, excerpt, answer and state."""
    was_shown, is_shown, thread_state = post.state == Post.State.SHOWN, state == Post.State.SHOWN, thread.state
    post.state = state
    post.save(update_fields=["state"])
    thread.visible_post_count += is_shown - was_shown
    if post.seq == 1:
        show_opening(thread, post if is_shown else None)
    if thread.answer_id == post.pk and not is_shown:
        thread.answer = thread.endorsed_by = None
        thread.status = Thread.Status.OPEN
    # A thread stays held as long as its opening post is, whatever happens to replies by staff.
    if thread.state != Thread.State.HELD:
        thread.state = Thread.State.SHOWN if thread.visible_post_count else state
    thread.save(update_fields=["visible_post_count", *OPENING_FIELDS, "answer", "endorsed_by", "status", "state"])
    indexed_posts.index_posts([post.pk])
    if post.seq == 1 or thread.state != thread_state:
        indexed_posts.rescope_threads([thread.pk])


# The fields of a thread that come from its opening post.
OPENING_FIELDS = ("title", "hidden_title", "excerpt")


def show_opening(thread: Thread, opening: Post | None) -> None:
    """Set title and excerpt from a shown opening post, or hide both where it is None, without saving."""
    thread.excerpt = plain_text.excerpt(opening.html) if opening else ""
    if opening:
        thread.title, thread.hidden_title = thread.title or thread.hidden_title, ""
    else:
        thread.title, thread.hidden_title = "", thread.title or thread.hidden_title


def refresh_excerpt(thread: Thread) -> None:
    """Set the thread's title, excerpt and state from its posts, without saving. One query, none while it is held."""
    if thread.state == Thread.State.HELD:
        return
    first = thread.posts.filter(seq=1).first()
    show_opening(thread, first if first and first.state == Post.State.SHOWN else None)
    if thread.visible_post_count:
        thread.state = Thread.State.SHOWN
    elif first and first.state in Thread.State.values:
        thread.state = first.state


def publish_held_post(thread: Thread, post: Post) -> None:
    """Give a held post its number and show it, and the thread too if it was not shown."""
    post.seq, post.state, post.created_at = thread.last_seq + 1, Post.State.SHOWN, timezone.now()
    post.save(update_fields=["seq", "state", "created_at"])
    if thread.state != Thread.State.SHOWN:
        thread.state = Thread.State.SHOWN
        Thread.objects.filter(pk=thread.pk).update(state=thread.state)
        indexed_posts.rescope_threads([thread.pk])
    apply_new_post(thread, post)


def reject_held_post(thread: Thread, post: Post) -> None:
    """Give a held post its number and hide it, and its thread if nothing else in it is shown."""
    was_thread_held = thread.state == Thread.State.HELD
    post.seq, post.state = thread.last_seq + 1, Post.State.HIDDEN
    post.save(update_fields=["seq", "state"])
    thread.last_seq = post.seq
    if was_thread_held:
        show_opening(thread, None)
        thread.state = Thread.State.SHOWN if thread.visible_post_count else Thread.State.HIDDEN
    thread.save(update_fields=["last_seq", "state", *OPENING_FIELDS])
    if was_thread_held:
        indexed_posts.update_threads([thread.pk])


def discard_held_post(thread: Thread, post: Post) -> None:
    """Delete a held post; if it is the opening post, delete its thread too, unless staff have posted there."""
    post.delete()
    if thread.state == Thread.State.HELD:
        thread.state = Thread.State.SHOWN if thread.visible_post_count else Thread.State.DELETED
        Thread.objects.filter(pk=thread.pk).update(state=thread.state, excerpt="")
        indexed_posts.rescope_threads([thread.pk])
    Thread.objects.filter(pk=thread.pk, last_seq=0).delete()


class Counters(NamedTuple):
    last_seq: int
    visible_post_count: int
    me_too_count: int


def expected_counters(thread: Thread) -> Counters:
    """Return the counts of the thread's rows, which its counters must equal. Two queries."""
    posts = thread.posts.aggregate(visible=Count("pk", filter=Q(state=Post.State.SHOWN)), last=Max("seq"))
    return Counters(posts["last"] or 0, posts["visible"], thread.me_toos.count())
