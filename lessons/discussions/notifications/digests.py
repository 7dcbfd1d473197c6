"""E-mail digests of new posts and notifications, with one-click unsubscribing."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from lessons.accounts.models import User
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.discussions.models import (
    DueReminder,
    Notification,
    NotificationPreference,
    RewriteNotice,
    ThreadUserState,
)
from lessons.discussions.notifications.digest_content import make_digest
from lessons.discussions.notifications.due_reminders import due_lessons
from lessons.discussions.notifications.due_reminders import mark_mailed as mark_reminders_mailed
from lessons.discussions.selectors.activity_items import ActivityItem
from lessons.discussions.selectors.notification_list import unmailed_notifications
from lessons.discussions.selectors.rewritten_passages import RewrittenPassage, rewritten_passages
from lessons.discussions.selectors.unmailed_posts import unmailed_posts
from lessons.mail.builder import build_email
from lessons.mail.kinds import BuiltEmail, email_kind
from lessons.mail.models import OutgoingEmail, Priority
from lessons.mail.services import Recipient, queue_emails
from lessons.practice.queue import due_count
from lessons.practice.reminding import ReminderTimes, is_to_be_reminded, mark_reminded
from lessons.time_zones import zone_named

EmailFrequency = NotificationPreference.EmailFrequency
FREQUENCY_INTERVALS: dict[str, timedelta] = {
    EmailFrequency.IMMEDIATE: timedelta(0),
    EmailFrequency.DAILY: timedelta(days=1),
    EmailFrequency.WEEKLY: timedelta(days=7),
}
FREQUENCY_REASONS: dict[str, Promise] = {
    EmailFrequency.IMMEDIATE: _("You get these e-mails as soon as something happens, because you chose so."),
    EmailFrequency.DAILY: _("You get this once a day if there is something new. You can choose another rhythm."),
    EmailFrequency.WEEKLY: _("You get this once a week if there is something new, because you chose so."),
}
DEFAULT_FREQUENCY = EmailFrequency.DAILY
BATCH_SIZE = 500
PAUSE_AFTER_REFUSAL = timedelta(days=7)
REMINDER_PARAMS = [moment_param(name) for name in ReminderTimes._fields]
RECIPIENT_FIELDS = [field.attname for field in User._meta.concrete_fields]


@email_kind("digest", priority=Priority.SCHEDULED)
def digest_email(user_id: int, site_url: str) -> BuiltEmail | None:
    """Build the digest of a user, with what they may read now; None if there is nothing new."""
    now = timezone.now()
    rows = fetch_rows(_recipient_query, user=user_id, **ReminderTimes.at(now)._asdict())
    if not rows:
        return None
    frequency, unsubscribe_token, is_reminded, has_rewritten, *fields = rows[0]
    user = User.from_db("default", RECIPIENT_FIELDS, fields)
    posts, notifications = unmailed_posts(user), unmailed_notifications(user)
    due = due_lessons(user, only="mailed_at")
    passages = rewritten_passages(user, only="mailed_at") if has_rewritten else []
    # A day of review ends at the user's own midnight, as on their pages.
    with timezone.override(zone_named(user.time_zone) if user.time_zone else None):
        reviews = due_count(user, now) if is_reminded else 0
    if not (posts or notifications or due or passages or reviews):
        return None
    unsubscribe_url = reverse("discussions:unsubscribe", args=[unsubscribe_token])
    with override(user.language or settings.LANGUAGE_CODE):
        reason = FREQUENCY_REASONS[frequency]
        digest = make_digest(
            user, posts, notifications, due, now, str(reason), passages=passages, review_count=reviews
        )
    message = build_email(
        "emails/digest.html",
        to=user.email or "",
        language=user.language,
        site_url=site_url,
        context={"digest": digest},
        own_links={"unsubscribe_url": unsubscribe_url},
        headers={
            "List-Unsubscribe": f"<{site_url.rstrip('/')}{unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )

    def record() -> None:
        mark_mailed(user, posts, notifications)
        mark_reminders_mailed(due, now)
        mark_passages_mailed(passages)
        if reviews:
            mark_reminded(user, now)

    return BuiltEmail(message, on_sent=record)


def _recipient_query() -> QuerySet[User]:
    """Select a user who can get digests, with how often they want them, the token for unsubscribing, whether they are
    reminded of what is due for review, and whether passages that they have asked about were rewritten.
    """
    users = User.objects.filter(pk=int_param("user"), is_active=True, email__isnull=False)
    users = users.filter(preference__email_frequency__in=FREQUENCY_INTERVALS)
    users = users.annotate(
        is_reminded=is_to_be_reminded(int_param("user"), ReminderTimes(*REMINDER_PARAMS)),
        has_rewritten=Exists(RewriteNotice.objects.filter(user=OuterRef("pk"), mailed_at=None, seen_at=None)),
    )
    columns = ("preference__email_frequency", "preference__unsubscribe_token", "is_reminded", "has_rewritten")
    return users.values_list(*columns, *RECIPIENT_FIELDS)


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
    """Return the users with news whose digest is due, or who would otherwise hear of a due date too late.

    Those are left out for whom one is queued, or whose address was refused recently.
    """
    reminders = DueReminder.objects.current().filter(user=OuterRef("pk"), mailed_at=None)
    # The next digest would be too late for these.
    pressing = reminders.filter(due_at__gt=now, due_at__lt=OuterRef("preference__next_email_at"))
    is_due = Q(preference=None) | (
        (Q(preference__next_email_at__lte=now) | Exists(pressing))
        & ~Q(preference__email_frequency=EmailFrequency.NEVER)
    )
    posts = ThreadUserState.with_unmailed_posts().filter(user=OuterRef("pk"))
    notifications = Notification.objects.filter(user=OuterRef("pk"), mailed_at=None, seen_at=None)
    passages = RewriteNotice.objects.current().filter(user=OuterRef("pk"), mailed_at=None, seen_at=None)
    digests = OutgoingEmail.objects.filter(kind=digest_email.name)
    waiting = digests.waiting().filter(reference=OuterRef("pk"))
    refused = digests.filter(state=OutgoingEmail.State.GIVEN_UP, to=OuterRef("email"))
    # A day after the last digest also for those who get them at once.
    is_quiet = Q(preference=None) | Q(preference__next_email_at__lte=now - FREQUENCY_INTERVALS[EmailFrequency.DAILY])
    is_quiet |= ~Q(preference__email_frequency=EmailFrequency.IMMEDIATE)
    reviews = is_quiet & is_to_be_reminded(OuterRef("pk"), ReminderTimes.at(now))
    users = User.objects.filter(is_due, is_active=True, email__isnull=False)
    return users.filter(
        Exists(posts) | Exists(notifications) | Exists(reminders) | Exists(passages) | reviews,
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
        last_seqs[item.thread] = max(last_seqs.get(item.thread, 0), item.seq, item.facts.last_seq if item.facts else 0)
    with connection.cursor() as cursor:
        cursor.executemany(RAISE_MAILED_SEQ, [(seq, user.pk, thread, seq) for thread, seq in last_seqs.items()])
    mailed = [item.notification for item in notifications]
    if mailed:
        Notification.objects.filter(pk__in=mailed).update(mailed_at=timezone.now())


def mark_passages_mailed(passages: list[RewrittenPassage]) -> None:
    """Record that an e-mail has told of the passages, unless they were rewritten again meanwhile."""
    for passage in passages:
        notices = RewriteNotice.objects.filter(pk=passage.notice, created_at=passage.created_at)
        notices.update(mailed_at=timezone.now())
