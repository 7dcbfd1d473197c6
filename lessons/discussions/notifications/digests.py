"""Letters: what a person has not yet been told, as text and as HTML, with a way out by one click (RFC 8058)."""

from collections import defaultdict
from datetime import timedelta
from html import escape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from lessons.accounts.models import User
from lessons.discussions.models import Notification, NotificationPreference, ThreadUserState
from lessons.discussions.selectors import activity
from lessons.discussions.selectors.activity import ActivityItem

FREQUENCY_INTERVALS = {
    NotificationPreference.EmailFrequency.IMMEDIATE: timedelta(0),
    NotificationPreference.EmailFrequency.DAILY: timedelta(days=1),
    NotificationPreference.EmailFrequency.WEEKLY: timedelta(days=7),
}


def users_due(now):
    """People whose letter is due, with whether they `has_posts` or `has_notes` to be told of. Visibility is asked
    later, for each."""
    marks = ThreadUserState.with_unmailed_posts().filter(user=OuterRef("pk"))
    notes = Notification.objects.filter(user=OuterRef("pk"), mailed_at=None)
    wants = Q(preference=None) | (
        Q(preference__next_email_at__lte=now)
        & ~Q(preference__email_frequency=NotificationPreference.EmailFrequency.NEVER)
    )
    people = User.objects.filter(wants, is_active=True, email__isnull=False)
    people = people.annotate(has_posts=Exists(marks), has_notes=Exists(notes))
    return people.filter(Q(has_posts=True) | Q(has_notes=True)).select_related("preference").order_by("pk")


def get_preference(user: User, now) -> NotificationPreference:
    """The person's choice, made where there is none; no query where `due` brought it along."""
    if hasattr(user, "preference"):
        return user.preference
    return NotificationPreference.objects.get_or_create(user=user, defaults={"next_email_at": now})[0]


def build_digest(
    user: User, preference: NotificationPreference, site: str
) -> tuple[EmailMultiAlternatives | None, list[ActivityItem], list[ActivityItem]]:
    """The letter to one of the `due`, None where nothing may be told, and the posts and notifications it tells of."""
    posts = activity.unmailed_posts(user) if user.has_posts else []
    notes = activity.notifications(user, mailed_at=None) if user.has_notes else []
    if not posts and not notes:
        return None, posts, notes
    with override(user.language or settings.LANGUAGE_CODE):
        return _build_email(user, preference, site.rstrip("/"), posts, notes), posts, notes


RAISE_MAILED_SEQ = """
UPDATE discussions_threaduserstate SET mailed_seq = %s WHERE user_id = %s AND thread_id = %s AND mailed_seq < %s
"""


def mark_mailed(user: User, posts: list[ActivityItem], notifications: list[ActivityItem]) -> None:
    """The person has been told: called only after the mail server has taken the letter."""
    heads = defaultdict(int)
    for item in posts:
        heads[item.thread] = max(heads[item.thread], item.seq)
    with connection.cursor() as cursor:
        cursor.executemany(RAISE_MAILED_SEQ, [(seq, user.pk, thread, seq) for thread, seq in heads.items()])
    if notifications:
        Notification.objects.filter(pk__in=[i.notification for i in notifications]).update(mailed_at=timezone.now())


def _build_email(
    user: User,
    preference: NotificationPreference,
    site: str,
    posts: list[ActivityItem],
    notifications: list[ActivityItem],
) -> EmailMultiAlternatives:
    way_out = site + reverse("discussions:unsubscribe", args=[preference.unsubscribe_token])
    items = notifications + posts
    count = len(items)
    subject = ngettext("%(n)d new post in your courses", "%(n)d new posts in your courses", count) % {"n": count}
    if all(item.is_from_staff for item in items):
        subject = _("A word from the staff of “%(course)s”") % {"course": single_line(items[0].course)[:60]}
    elif count == 1:
        subject = f"{single_line(items[0].title)[:80]} – {single_line(items[0].course)[:60]}"
    mail = EmailMultiAlternatives(
        subject=subject,
        body=_text(items, site, way_out),
        to=[user.email],
        headers={"List-Unsubscribe": f"<{way_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    mail.attach_alternative(_html(items, site, way_out), "text/html")
    return mail


def single_line(words: str) -> str:
    return " ".join(words.split())


def _plain_name(name: str) -> str:
    """A display name as it stands in text: mail programs make links of what looks like an address."""
    return single_line(name).replace("://", " ").replace(".", "\u2024").replace("@", "(at)")


def _text(items: list[ActivityItem], site: str, unsubscribe_url: str) -> str:
    blocks = [
        f"{i.course}: {single_line(i.title)}\n{_plain_name(i.name)}: {i.message or i.excerpt}\n{site}/posts/{i.post}/\n"
        for i in items
    ]
    end = _("You get this because you follow these threads, or it is about you. Stop all of it with one click:")
    return "\n".join([*blocks, f"-- \n{end}\n{unsubscribe_url}\n"])


def _html(items: list[ActivityItem], site: str, unsubscribe_url: str) -> str:
    blocks = "".join(
        f'<p>{escape(i.course)}: <a href="{site}/posts/{i.post}/">{escape(i.title)}</a><br>'
        f"<b>{escape(_plain_name(i.name))}</b>: {escape(i.message or i.excerpt)}</p>"
        for i in items
    )
    end = escape(_("You get this because you follow these threads, or it is about you."))
    stop = escape(_("Stop all of it with one click"))
    return f'<!doctype html><html><body>{blocks}<hr><p>{end} <a href="{escape(unsubscribe_url)}">{stop}</a>.</p></body></html>'
