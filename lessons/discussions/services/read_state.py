"""Record what users have read, and what they follow."""

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.discussions.models import Follow, Notification, Thread, ThreadUserState
from lessons.models import Lesson

# A single statement, because the number must not go down when two pages are read at once.
RAISE_LAST_READ = """
INSERT INTO discussions_threaduserstate (user_id, thread_id, last_read_seq, mailed_seq, subscription_level,
has_posted, read_at)
VALUES (%s, %s, %s, 0, 0, %s, %s)
ON CONFLICT (user_id, thread_id) DO UPDATE SET last_read_seq = excluded.last_read_seq, read_at = excluded.read_at
WHERE discussions_threaduserstate.last_read_seq < excluded.last_read_seq
"""


def mark_read_up_to(*, thread: Thread, user: User, seq: int, known: int | None) -> None:
    """Mark the thread as read up to `seq`; the stored number never goes down.

    `known` is the stored number that the page loaded, None if there is no row. One query, none if nothing is new.
    """
    if known is None or known < seq:
        with connection.cursor() as cursor:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(RAISE_LAST_READ, [user.pk, thread.pk, seq, False, now])


def mark_notifications_seen(*, thread: Thread, user: User, seq: int) -> int:
    """Mark the user's notifications of the thread's posts up to `seq` as seen, and return how many. One query."""
    unseen = Notification.objects.filter(user=user, seen_at=None, post__thread=thread, post__seq__lte=seq)
    return unseen.update(seen_at=timezone.now())


@transaction.atomic
def mark_course_read(*, user: User, course: Course) -> None:
    """Mark every thread of the course that the user may read as read."""
    threads = Thread.objects.filter(course=course).visible_to(user).not_merged()
    unread = threads.exclude(
        user_states__in=ThreadUserState.objects.filter(user=user, last_read_seq__gte=F("thread__last_seq"))
    )
    for pk, seq in unread.values_list("pk", "last_seq"):
        mark_read_up_to(thread=Thread(pk=pk), user=user, seq=seq, known=None)


@transaction.atomic
def set_subscription(*, thread: Thread, user: User, subscription_level: int) -> None:
    """Follow or mute a thread, or neither."""
    values = {"subscription_level": subscription_level}
    ThreadUserState.objects.update_or_create(user=user, thread=thread, defaults=values)


@transaction.atomic
def set_following(*, user: User, course: Course, lesson: Lesson | None = None, enabled: bool = True) -> None:
    """Make the user follow new threads of the course, or of one lesson of it, or stop following them."""
    if enabled:
        # Also when the form is submitted twice at once: the unique key lets one create the row, the other finds it.
        Follow.objects.get_or_create(user=user, course=course, lesson=lesson)
    else:
        Follow.objects.filter(user=user, course=course, lesson=lesson).delete()
