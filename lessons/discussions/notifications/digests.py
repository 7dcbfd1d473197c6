"""E-mail digests of new posts and notifications, with one-click unsubscribing."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.discussions.models import Notification, NotificationPreference, ThreadUserState
from lessons.discussions.selectors import activity
from lessons.discussions.selectors.activity import ActivityItem
from lessons.mail.builder import build_email, single_line
from lessons.mail.kinds import BuiltEmail, email_kind
from lessons.mail.models import OutgoingEmail, Priority
from lessons.mail.services import Recipient, queue_emails

EmailFrequency = NotificationPreference.EmailFrequency
FREQUENCY_INTERVALS: dict[str, timedelta] = {
    EmailFrequency.IMMEDIATE: timedelta(0),
    EmailFrequency.DAILY: timedelta(days=1),
    EmailFrequency.WEEKLY: timedelta(days=7),
}
DEFAULT_FREQUENCY = EmailFrequency.DAILY
BATCH_SIZE = 500
PAUSE_AFTER_REFUSAL = timedelta(days=7)


@email_kind("digest", priority=Priority.SCHEDULED)
def digest_email(user_id: int, site_url: str) -> BuiltEmail | None:
    """Build the digest of a user, with what they may read now; None if there is nothing new."""
    users = User.objects.filter(pk=user_id, is_active=True, email__isnull=False)
    user = users.filter(preference__email_frequency__in=FREQUENCY_INTERVALS).select_related("preference").first()
    if user is None:
        return None
    posts, notifications = activity.unmailed_posts(user), activity.notifications(user, mailed_at=None)
    items = notifications + posts
    if not items:
        return None
    unsubscribe_path = reverse("discussions:unsubscribe", args=[user.preference.unsubscribe_token])
    unsubscribe_url = site_url.rstrip("/") + unsubscribe_path
    message = build_email(
        "digest",
        to=user.email or "",
        language=user.language,
        site_url=site_url,
        context={
            "items": [DigestItem.of(item) for item in items],
            "are_all_from_staff": all(item.is_from_staff for item in items),
            "unsubscribe_url": unsubscribe_url,
        },
        headers={"List-Unsubscribe": f"<{unsubscribe_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        with_html=True,
    )
    return BuiltEmail(message, on_sent=lambda: mark_mailed(user, posts, notifications))


class DigestItem(NamedTuple):
    """What the e-mail says about a post or notification."""

    post: int
    course: str
    title: str
    name: str
    text: str

    @classmethod
    def of(cls, item: ActivityItem) -> "DigestItem":
        text = item.message or item.excerpt
        return cls(item.post, single_line(item.course), single_line(item.title), _without_links(item.name), text)


def _without_links(name: str) -> str:
    """Return a display name that mail programs do not turn into a link."""
    return single_line(name).replace("://", " ").replace(".", "\u2024").replace("@", "(at)")


class DueDigest(NamedTuple):
    """A user whose digest is due. `frequency` is None if they have never chosen one."""

    user_id: int
    address: str | None
    frequency: str | None


def queue_due(now: datetime, is_stopping: Callable[[], bool]) -> int:
    """Queue the digests that are due, a few hundred per transaction; return how many.

    One may still turn out to be empty when it is sent, if its user may not read what is new.
    """
    count = last = 0
    rows = _users_due(now).order_by("pk").values_list("pk", "email", "preference__email_frequency")
    while not is_stopping() and (batch := [DueDigest(*row) for row in rows.filter(pk__gt=last)[:BATCH_SIZE]]):
        last, count = batch[-1].user_id, count + len(batch)
        with transaction.atomic():
            _set_next(batch, now)
            queue_emails(digest_email, [Recipient(due.address or "", due.user_id, due.user_id) for due in batch])
    return count


def _users_due(now: datetime) -> QuerySet[User]:
    """Return the users with news whose digest is due, unless one is queued or their address was refused recently."""
    is_due = Q(preference=None) | (
        Q(preference__next_email_at__lte=now) & ~Q(preference__email_frequency=EmailFrequency.NEVER)
    )
    posts = ThreadUserState.with_unmailed_posts().filter(user=OuterRef("pk"))
    notifications = Notification.objects.filter(user=OuterRef("pk"), mailed_at=None)
    digests = OutgoingEmail.objects.filter(kind=digest_email.name)
    waiting = digests.waiting().filter(reference=OuterRef("pk"))
    refused = digests.filter(state=OutgoingEmail.State.GIVEN_UP, to=OuterRef("email"))
    users = User.objects.filter(is_due, is_active=True, email__isnull=False)
    return users.filter(
        Exists(posts) | Exists(notifications),
        ~Exists(waiting),
        ~Exists(refused.filter(finished_at__gt=now - PAUSE_AFTER_REFUSAL)),
    )


def _set_next(batch: Iterable[DueDigest], now: datetime) -> None:
    """Set when the next digests are due, and create the preferences of users who have none."""
    new = [NotificationPreference(user_id=due.user_id) for due in batch if due.frequency is None]
    NotificationPreference.objects.bulk_create(new, ignore_conflicts=True)
    for frequency, interval in FREQUENCY_INTERVALS.items():
        users = [due.user_id for due in batch if (due.frequency or DEFAULT_FREQUENCY) == frequency]
        if users:
            NotificationPreference.objects.filter(user__in=users).update(next_email_at=now + interval)


RAISE_MAILED_SEQ = """
UPDATE discussions_threaduserstate SET mailed_seq = %s WHERE user_id = %s AND thread_id = %s AND mailed_seq < %s
"""


def mark_mailed(user: User, posts: list[ActivityItem], notifications: list[ActivityItem]) -> None:
    """Record what was mailed. Call it only after the mail server has accepted the e-mail."""
    last_seqs: dict[int, int] = {}
    for item in posts:
        last_seqs[item.thread] = max(last_seqs.get(item.thread, 0), item.seq)
    with connection.cursor() as cursor:
        cursor.executemany(RAISE_MAILED_SEQ, [(seq, user.pk, thread, seq) for thread, seq in last_seqs.items()])
    mailed = [item.notification for item in notifications]
    if mailed:
        Notification.objects.filter(pk__in=mailed).update(mailed_at=timezone.now())
