"""Numbers and counters. They change under the thread's lock; `recount` says what they must be."""

from django.db import connection
from django.db.models import Count, F, Max, Q
from django.utils import timezone

from lessons.accounts.models import User
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import Participation, Post, Thread
from lessons.discussions.models.threads import sort_rank
from lessons.markup import plain_text


def lock_thread(thread: Thread) -> Thread:
    """The thread, or that into which it was merged, read again under its lock (SQLite: the transaction's)."""
    course = thread.course
    while True:
        row = fetch_rows(_locked_row, thread=thread.pk)[0]
        thread = Thread.from_db("default", OWN, row)
        if thread.merged_into_id is None:
            thread.course = course
            return thread
        thread = Thread(pk=thread.merged_into_id)


OWN = [field.attname for field in Thread._meta.concrete_fields]


def _locked_row():
    """Threads merge within their course, so the row alone is enough."""
    return Thread.objects.select_for_update().filter(pk=int_param("thread")).values_list(*OWN)


def apply_new_post(thread: Thread, post: Post) -> None:
    """A post that just got the next number: head, count, order, its author's own mark and participation."""
    moment = timezone.now()
    thread.last_seq, thread.last_post_at, thread.rank = post.seq, moment, sort_rank(moment, thread.pinned)
    Thread.objects.filter(pk=thread.pk).update(
        last_seq=post.seq, visible_post_count=F("visible_post_count") + 1, last_post_at=moment, rank=thread.rank
    )
    if post.author_id:
        mark_own_post_read(thread, post)
        record_participation(thread, post.author)


# One statement on both databases: this is on the way of every post.
MARK_OWN = """
INSERT INTO discussions_threaduserstate (user_id, thread_id, last_read_seq, mailed_seq, subscription_level,
has_posted, read_at)
VALUES (%s, %s, %s, 0, 1, %s, %s)
ON CONFLICT (user_id, thread_id) DO UPDATE SET has_posted = excluded.has_posted,
last_read_seq = CASE WHEN discussions_threaduserstate.last_read_seq = %s THEN %s
ELSE discussions_threaduserstate.last_read_seq END,
subscription_level = CASE WHEN discussions_threaduserstate.subscription_level = 0 THEN 1
ELSE discussions_threaduserstate.subscription_level END
"""


def mark_own_post_read(thread: Thread, post: Post) -> None:
    """One's own post is read, if all before it was; writing follows the thread, unless it is muted."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    first = 1 if post.seq == 1 else 0
    with connection.cursor() as cursor:
        cursor.execute(MARK_OWN, [post.author_id, thread.pk, first, True, now, post.seq - 1, post.seq])


def record_participation(thread: Thread, user: User) -> None:
    """Earned by words that classmates can see; write-first asks for it."""
    if thread.lesson_id and thread.audience in (Thread.Audience.GROUP, Thread.Audience.COURSE):
        Participation.objects.bulk_create(
            [Participation(user=user, lesson_id=thread.lesson_id)], ignore_conflicts=True
        )


def set_post_state(thread: Thread, post: Post, state: str) -> None:
    """Shows a post or makes it a tombstone; count, opening words, answer and the thread's own state follow."""
    was_shown, is_shown = post.state == Post.State.SHOWN, state == Post.State.SHOWN
    post.state = state
    post.save(update_fields=["state"])
    thread.visible_post_count += is_shown - was_shown
    if post.seq == 1:
        thread.excerpt = plain_text.excerpt(post.html) if is_shown else ""
    if thread.answer_id == post.pk and not is_shown:
        thread.answer = thread.endorsed_by = None
        thread.status = Thread.Status.OPEN
    if thread.merged_into_id is None:
        thread.state = Thread.State.SHOWN if thread.visible_post_count else state
    thread.save(update_fields=["visible_post_count", "excerpt", "answer", "endorsed_by", "status", "state"])


def refresh_excerpt(thread: Thread) -> None:
    """State and opening words as the thread's posts have them; not saved. One query."""
    first = thread.posts.filter(seq=1).first()
    thread.excerpt = plain_text.excerpt(first.html) if first and first.state == Post.State.SHOWN else ""
    if thread.visible_post_count:
        thread.state = Thread.State.SHOWN
    elif first and first.state in Thread.State.values:
        thread.state = first.state


def publish_held_post(thread: Thread, post: Post) -> None:
    """A held post gets its number and comes to be seen."""
    post.seq, post.state, post.created_at = thread.last_seq + 1, Post.State.SHOWN, timezone.now()
    post.save(update_fields=["seq", "state", "created_at"])
    if thread.state == Thread.State.HELD:
        Thread.objects.filter(pk=thread.pk).update(state=Thread.State.SHOWN)
    apply_new_post(thread, post)


def recount(thread: Thread) -> dict:
    """What the counters must be, from the rows: an invariant for tests and for repairs."""
    found = thread.posts.aggregate(shown=Count("pk", filter=Q(state=Post.State.SHOWN)), head=Max("seq"))
    return {
        "last_seq": found["head"] or 0,
        "visible_post_count": found["shown"],
        "me_too_count": thread.me_toos.count(),
    }
