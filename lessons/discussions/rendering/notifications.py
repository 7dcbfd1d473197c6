"""Render what is new for a user, as rows of their page of notifications."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.discussions.identity import Identity
from lessons.discussions.models import Notification
from lessons.discussions.rendering.posts import Time, url_of_id
from lessons.discussions.rendering.thread_list import unread_label
from lessons.discussions.selectors.activity import UnreadThread
from lessons.discussions.selectors.activity_items import ActivityItem
from lessons.discussions.selectors.rewritten_passages import RewrittenPassage
from lessons.markup.row_templates import render_rows


class NotificationRow(NamedTuple):
    """A notification as its row shows it: who did what to what. `url` is empty without a page, `clear_url` where there
    is no question of the reader's own that may be clear now.
    """

    person: Identity
    happened: str
    title: str
    excerpt: str
    is_message: bool
    course: str
    is_unseen: bool
    moment: datetime
    url: str
    clear_url: str = ""


def notification_rows(
    items: Iterable[ActivityItem], unseen: Container[int], passages: Iterable[RewrittenPassage] = ()
) -> SafeString:
    """Render notifications, the latest first; `unseen` are the ids of those items that the user has not seen."""
    now, kinds = timezone.localtime(), {value: str(label) for value, label in Notification.Kind.choices}
    kinds |= {
        Notification.Kind.ANSWER: _("answered your question"),
        Notification.Kind.MODERATION: _("wrote to you about your post"),
    }
    post_url = url_of_id("discussions:post")
    rows = [
        NotificationRow(
            person=item.author,
            happened=kinds[item.kind],
            title=item.title,
            excerpt=item.message or item.excerpt,
            is_message=bool(item.message),
            course=item.course,
            is_unseen=item.notification in unseen,
            moment=item.created_at,
            url=post_url(item.post) if item.has_page else "",
            clear_url=item.facts.clear_url if item.facts and item.kind == Notification.Kind.ANSWER else "",
        )
        for item in items
    ]
    rows += [_row_of_passage(passage) for passage in passages]
    rows.sort(key=lambda row: row.moment, reverse=True)
    return render_rows("discussions/notifications.html", rows=[(row, Time.of(row.moment, now)) for row in rows])


def _row_of_passage(passage: RewrittenPassage) -> NotificationRow:
    rewrote = _("removed a passage you asked about") if passage.is_removed else _("rewrote a passage you asked about")
    values = {"lesson": passage.lesson, "date": date_format(timezone.localtime(passage.asked_at), "j F")}
    return NotificationRow(
        person=Identity(_("The course’s staff"), is_alias=True),
        happened=rewrote,
        title=f"“{passage.quote}”",
        excerpt=_("In “%(lesson)s”. You get this because you asked about it on %(date)s.") % values,
        is_message=True,
        course=passage.course.title,
        is_unseen=passage.is_unseen,
        moment=passage.created_at,
        url=passage.url,
        clear_url=passage.url,
    )


def followed_rows(threads: Iterable[UnreadThread]) -> SafeString:
    """Render followed threads with new posts."""
    url = url_of_id("discussions:first_unread")
    rows = [(thread, unread_label(thread.unread_count), url(thread.pk)) for thread in threads]
    return render_rows("discussions/followed_threads.html", rows=rows)
