"""Render what is new for a user, as rows of their page of notifications."""

from collections.abc import Container, Iterable

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.discussions.models import Notification
from lessons.discussions.rendering.posts import Time, url_of_id
from lessons.discussions.rendering.thread_list import unread_label
from lessons.discussions.selectors.activity import ActivityItem, UnreadThread
from lessons.markup.row_templates import render_rows


def notification_rows(items: Iterable[ActivityItem], unseen: Container[int]) -> SafeString:
    """Render notifications, the latest first; `unseen` are the ids of those that the user has not seen."""
    now = timezone.now()
    kinds = {value: str(label) for value, label in Notification.Kind.choices}
    kinds[Notification.Kind.MODERATION] = _("wrote to you about your post")
    post_url = url_of_id("discussions:post")
    rows = [
        (
            item,
            kinds[item.kind],
            item.notification in unseen,
            Time.of(item.created_at, now),
            post_url(item.post) if item.has_page else "",
        )
        for item in sorted(items, key=lambda item: item.created_at, reverse=True)
    ]
    return render_rows("discussions/notifications.html", rows=rows)


def followed_rows(threads: Iterable[UnreadThread]) -> SafeString:
    """Render followed threads with new posts."""
    url = url_of_id("discussions:first_unread")
    rows = [(thread, unread_label(thread.unread_count), url(thread.pk)) for thread in threads]
    return render_rows("discussions/followed_threads.html", rows=rows)
