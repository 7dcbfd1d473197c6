"""A post or notification as feeds, notifications and digests show it, and what an e-mail says of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse

from lessons.accounts.models import User
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Notification
from lessons.discussions.models.threads import clear_url, display_title
from lessons.markup.plain_text import text_by_block
from lessons.models import Lesson, Module
from lessons.models.texts import lesson_url_slug

EXCERPT_LENGTH = 280
POST_FIELDS = (
    "pk seq state html created_at author_id author__display_name alias__name thread_id thread__title thread__quote "
    "thread__excerpt thread__course__title"
).split()
EMAIL_FIELDS = (
    "by_staff reply_to__author_id thread__course_id thread__course__slug thread__course__time_zone thread__kind "
    "thread__audience thread__group__name thread__author_id thread__answer_id thread__endorsed_by__display_name "
    "thread__lesson_id thread__lesson__slug thread__lesson__state thread__lesson__module__state "
    "thread__lesson__current_revision__title thread__lesson_anchor thread__status thread__course__closed_at"
).split()
STAFF_KINDS = (Notification.Kind.MODERATION, Notification.Kind.REPORT)


@dataclass(frozen=True)
class ActivityItem:
    """A post or notification that its reader may read. `notification` is the id of the notification, 0 for a post.
    `has_page` is false for a message about a post whose thread the reader may no longer read.
    """

    post: int
    thread: int
    seq: int
    course: str
    title: str
    name: str
    author: Identity
    excerpt: str
    html: str
    created_at: datetime
    kind: str = ""
    message: str = ""
    notification: int = 0
    facts: "EmailFacts | None" = None
    has_page: bool = True

    @property
    def is_from_staff(self) -> bool:
        """Return whether it is a message: of the post that it is about, it says nothing."""
        return self.kind in STAFF_KINDS


class EmailFacts(NamedTuple):
    """What an e-mail says besides about a post, its thread, and what they are to the reader.

    `lesson_title` is empty if the lesson is not published, `quote` if the thread is on no passage, `clear_url` unless
    the reader can say there that their question on a passage is clear. `unmailed_count` is how many unmailed posts a
    followed thread has, `last_seq` the number of the last of them.
    """

    by_staff: bool
    is_reply_to_reader: bool
    is_own_thread: bool
    is_answer: bool
    endorsed_by: str
    thread_kind: str
    audience: str
    group: str
    quote: str
    course_slug: str
    course_id: int
    course_time_zone: str
    lesson_title: str
    lesson_url: str
    clear_url: str = ""
    unmailed_count: int = 0
    last_seq: int = 0


# Cached because the feeds of many users contain the same posts.
@lru_cache(maxsize=1024)
def excerpt_of(html: str) -> str:
    text = " ".join(text_by_block(html).split())
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1] + "…"


def activity_item(row: dict, reader: User, **more) -> ActivityItem:
    author = display_identity(
        author=row["author_id"], name=row["author__display_name"], alias=row["alias__name"], reader=reader.pk
    )
    return ActivityItem(
        post=row["pk"],
        thread=row["thread_id"],
        seq=row["seq"] or 0,
        course=row["thread__course__title"],
        title=display_title(row["thread__title"], row["thread__quote"], row["thread__excerpt"]),
        name=author.name,
        author=author,
        excerpt=excerpt_of(row["html"]),
        html=row["html"],
        created_at=row["created_at"],
        **more,
    )


def email_facts(row: dict, reader: User, unmailed_count: int = 0, last_seq: int = 0) -> EmailFacts:
    is_answer = row["thread__answer_id"] == row["pk"]
    is_published = row["thread__lesson__state"] == Lesson.State.PUBLISHED
    is_published = is_published and row["thread__lesson__module__state"] != Module.State.DRAFT
    is_own, lesson_url, clear = row["thread__author_id"] == reader.pk, "", ""
    if is_own and row["thread__course__closed_at"] is None:
        clear = clear_url(
            kind=row["thread__kind"],
            status=row["thread__status"],
            audience=row["thread__audience"],
            lesson_anchor=row["thread__lesson_anchor"],
        )
    if is_published:
        slug = lesson_url_slug(row["thread__lesson__slug"])
        lesson_url = reverse("reading:lesson", args=[row["thread__lesson_id"], slug])
    return EmailFacts(
        by_staff=row["by_staff"],
        is_reply_to_reader=row["reply_to__author_id"] == reader.pk,
        is_own_thread=is_own,
        is_answer=is_answer,
        endorsed_by=is_answer and row["thread__endorsed_by__display_name"] or "",
        thread_kind=row["thread__kind"],
        audience=row["thread__audience"],
        group=row["thread__group__name"] or "",
        quote=row["thread__quote"],
        course_slug=row["thread__course__slug"],
        course_id=row["thread__course_id"],
        course_time_zone=row["thread__course__time_zone"],
        lesson_title=row["thread__lesson__current_revision__title"] or "" if is_published else "",
        lesson_url=f"{lesson_url}#{row['thread__lesson_anchor']}" if row["thread__lesson_anchor"] else lesson_url,
        clear_url=clear,
        unmailed_count=unmailed_count,
        last_seq=last_seq,
    )
