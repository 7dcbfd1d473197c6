"""Numbers and counters. They change under the thread's lock; `recount` says what they must be."""

from django.db.models import Case, Count, F, IntegerField, Max, Q, SmallIntegerField, Value, When
from django.utils import timezone

from lessons.discussions.models import Participation, Post, ReadMark, Thread
from lessons.discussions.models.threads import rank_of
from lessons.discussions.words import markdown
from lessons.people.models import User

FOLLOWED = ReadMark.Attention.FOLLOWED


def locked(thread: Thread) -> Thread:
    """The thread, or that into which it was merged, read again under its lock (SQLite: the transaction's)."""
    threads = Thread.objects.select_for_update(of=["self"]).select_related("course")
    thread = threads.get(pk=thread.pk)
    while thread.merged_into_id:
        thread = threads.get(pk=thread.merged_into_id)
    return thread


def counted_in(thread: Thread, post: Post) -> None:
    """A post that just got the next number: head, count, order, its author's own mark and participation."""
    moment = timezone.now()
    thread.head_seq, thread.last_at, thread.rank = post.seq, moment, rank_of(moment, thread.pinned)
    Thread.objects.filter(pk=thread.pk).update(
        head_seq=post.seq, posts_shown=F("posts_shown") + 1, last_at=moment, rank=thread.rank
    )
    if post.author_id:
        mark_own(thread, post)
        take_part(thread, post.author)


def mark_own(thread: Thread, post: Post) -> None:
    """One's own post is read, if all before it was; writing follows the thread, unless it is muted."""
    mine = ReadMark.objects.filter(user=post.author_id, thread=thread)
    changed = mine.update(
        seq=Case(When(seq=post.seq - 1, then=Value(post.seq)), default=F("seq"), output_field=IntegerField()),
        attention=Case(
            When(attention=0, then=Value(FOLLOWED)), default=F("attention"), output_field=SmallIntegerField()
        ),
        wrote=True,
    )
    if not changed:
        seq = post.seq if post.seq == 1 else 0
        ReadMark.objects.create(user_id=post.author_id, thread=thread, seq=seq, attention=FOLLOWED, wrote=True)


def take_part(thread: Thread, user: User) -> None:
    """Earned by words that classmates can see; write-first asks for it."""
    if thread.lesson_id and thread.audience in (Thread.Audience.GROUP, Thread.Audience.COURSE):
        Participation.objects.bulk_create(
            [Participation(user=user, lesson_id=thread.lesson_id)], ignore_conflicts=True
        )


def change_state(thread: Thread, post: Post, state: str) -> None:
    """Shows a post or makes it a tombstone; count, opening words, answer and the thread's own state follow."""
    was_shown, is_shown = post.state == Post.State.SHOWN, state == Post.State.SHOWN
    post.state = state
    post.save(update_fields=["state"])
    thread.posts_shown += is_shown - was_shown
    if post.seq == 1:
        thread.opening = markdown.first_words(post.html) if is_shown else ""
    if thread.answer_id == post.pk and not is_shown:
        thread.answer = thread.endorsed_by = None
        thread.status = Thread.Status.OPEN
    if thread.merged_into_id is None:
        thread.state = Thread.State.SHOWN if thread.posts_shown else state
    thread.save(update_fields=["posts_shown", "opening", "answer", "endorsed_by", "status", "state"])


def release(thread: Thread, post: Post) -> None:
    """A held post gets its number and comes to be seen."""
    post.seq, post.state, post.created_at = thread.head_seq + 1, Post.State.SHOWN, timezone.now()
    post.save(update_fields=["seq", "state", "created_at"])
    if thread.state == Thread.State.HELD:
        Thread.objects.filter(pk=thread.pk).update(state=Thread.State.SHOWN)
    counted_in(thread, post)


def recount(thread: Thread) -> dict:
    """What the counters must be, from the rows: an invariant for tests and for repairs."""
    rows = thread.posts.aggregate(shown=Count("pk", filter=Q(state=Post.State.SHOWN)), head=Max("seq"))
    return {"head_seq": rows["head"] or 0, "posts_shown": rows["shown"], "asks": thread.asked_by.count()}
