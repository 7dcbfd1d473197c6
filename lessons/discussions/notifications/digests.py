"""E-mail digests of new posts and notifications, with one-click unsubscribing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.discussions.models import Notification, NotificationPreference, ThreadUserState
from lessons.discussions.selectors import activity
from lessons.discussions.selectors.activity import ActivityItem
from lessons.emails import build_email, single_line

FREQUENCY_INTERVALS: dict[str, timedelta] = {
    NotificationPreference.EmailFrequency.IMMEDIATE: timedelta(0),
    NotificationPreference.EmailFrequency.DAILY: timedelta(days=1),
    NotificationPreference.EmailFrequency.WEEKLY: timedelta(days=7),
}


class DueUser(NamedTuple):
    """A user whose digest is due. It may still turn out empty, if they may not read what is new."""

    user: User
    has_posts: bool
    has_notifications: bool


class Digest(NamedTuple):
    email: EmailMultiAlternatives
    posts: list[ActivityItem]
    notifications: list[ActivityItem]


def users_due(now: datetime) -> Iterator[DueUser]:
    """Yield the users whose digest is due, with their preference if they have one. One query."""
    states = ThreadUserState.with_unmailed_posts().filter(user=OuterRef("pk"))
    notifications = Notification.objects.filter(user=OuterRef("pk"), mailed_at=None)
    is_due = Q(preference=None) | (
        Q(preference__next_email_at__lte=now)
        & ~Q(preference__email_frequency=NotificationPreference.EmailFrequency.NEVER)
    )
    users = User.objects.filter(is_due, is_active=True, email__isnull=False)
    users = users.annotate(has_posts=Exists(states), has_notifications=Exists(notifications))
    users = users.filter(Q(has_posts=True) | Q(has_notifications=True)).select_related("preference").order_by("pk")
    for user in users.iterator(chunk_size=500):
        yield DueUser(user, user.has_posts, user.has_notifications)


def get_preference(user: User, now: datetime) -> NotificationPreference:
    """Return the user's preference, creating it if necessary. No query if `users_due` fetched it."""
    if hasattr(user, "preference"):
        return user.preference
    return NotificationPreference.objects.get_or_create(user=user, defaults={"next_email_at": now})[0]


def build_digest(due: DueUser, preference: NotificationPreference, site_url: str) -> Digest | None:
    """Return the user's digest, or None if there is nothing that they may read."""
    posts = activity.unmailed_posts(due.user) if due.has_posts else []
    notifications = activity.notifications(due.user, mailed_at=None) if due.has_notifications else []
    items = notifications + posts
    if not items:
        return None
    unsubscribe_path = reverse("discussions:unsubscribe", args=[preference.unsubscribe_token])
    unsubscribe_url = site_url.rstrip("/") + unsubscribe_path
    email = build_email(
        "digest",
        to=due.user.email or "",
        language=due.user.language,
        site_url=site_url,
        context={
            "items": [DigestItem.of(item) for item in items],
            "are_all_from_staff": all(item.is_from_staff for item in items),
            "unsubscribe_url": unsubscribe_url,
        },
        headers={"List-Unsubscribe": f"<{unsubscribe_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        with_html=True,
    )
    return Digest(email, posts, notifications)


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


RAISE_MAILED_SEQ = """
UPDATE discussions_threaduserstate SET mailed_seq = %s WHERE user_id = %s AND thread_id = %s AND mailed_seq < %s
"""


def mark_mailed(user: User, digest: Digest) -> None:
    """Record what was mailed. Call it only after the mail server has accepted the e-mail."""
    last_seqs: dict[int, int] = {}
    for item in digest.posts:
        last_seqs[item.thread] = max(last_seqs.get(item.thread, 0), item.seq)
    with connection.cursor() as cursor:
        cursor.executemany(RAISE_MAILED_SEQ, [(seq, user.pk, thread, seq) for thread, seq in last_seqs.items()])
    mailed = [item.notification for item in digest.notifications]
    if mailed:
        Notification.objects.filter(pk__in=mailed).update(mailed_at=timezone.now())
