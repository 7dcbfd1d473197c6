"""One's notes on whole lessons, which are comments under them: in the order of reading, after those on passages."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, make_page
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.posts import opening_post_state, visible_reply_count
from lessons.notebook.access import LESSON_FIELDS, course_fields, lesson_access
from lessons.notebook.entries import (
    BATCH_SIZE,
    PAGE_SIZE,
    NotebookEntry,
    after_keyset,
    audience_text,
    own_text,
    tags_of,
    tombstone_for,
)
from lessons.notebook.filters import MAX_TERMS, NotebookFilter, has_tag, search_regex
from lessons.permissions import can_edit_post

KEYSET = Keyset(
    *"lesson__module__course_id lesson__module__position lesson__module_id lesson__position lesson_id pk".split()
)
FIELDS = [
    *LESSON_FIELDS,
    *course_fields("course"),
    *"pk audience group__name visible_post_count created_at state closed lesson__title".split(),
    *"lesson__current_revision__title state_of_opening own_opening".split(),
]


@dataclass(frozen=True)
class LessonCommentEntry(NotebookEntry):
    """A comment of one's own: it has no quote and no place in the text."""

    is_lesson_comment = True

    @property
    def address(self) -> str:
        return ""


def own_comments(user: User, wish: NotebookFilter) -> QuerySet:
    """The comments on lessons that are asked for, not yet in order. At most the query of the seats."""
    if wish.label:
        return Thread.objects.none()
    shown = (Thread.State.SHOWN, Thread.State.HELD)
    threads = Thread.objects.filter(author=user, annotation=None, prompt=None, merged_into=None, state__in=shown)
    threads = threads.filter(
        Q(course__in=list(active_memberships(user))) | Q(audience=Thread.Audience.ME), lesson__isnull=False
    )
    if wish.course:
        threads = threads.filter(course=wish.course)
    if wish.lesson:
        threads = threads.filter(lesson=wish.lesson)
    if wish.tag:
        threads = threads.filter(has_tag(wish.tag, "pk"))
    for word in wish.words.split()[:MAX_TERMS]:
        first = Post.objects.filter(Q(seq=1) | Q(seq=None), thread=OuterRef("pk"), author=user)
        pattern = search_regex(word)
        threads = threads.filter(Q(title__iregex=pattern) | Exists(first.filter(source__iregex=pattern)))
    return threads


def comments_page(
    user: User, wish: NotebookFilter, after: int, size: int = PAGE_SIZE
) -> tuple[list[NotebookEntry], int]:
    """As `entries.page`, of comments. Five queries at most."""
    threads = after_keyset(own_comments(user, wish), Thread.objects.filter(author=user), KEYSET, after)
    own = Post.objects.filter(seq=1, thread=OuterRef("pk"), author=user).values("pk")[:1]
    threads = threads.annotate(own_opening=Subquery(own), state_of_opening=opening_post_state("pk"))
    rows = list(threads.order_by(*KEYSET.order_by).values(*FIELDS)[: size + 1])
    page = make_page(rows, size, lambda row: row["pk"])
    keys = [row["pk"] for row in page.rows]
    words, tags = (own_text(keys, user), tags_of(keys)) if keys else ({}, {})
    entries = [_entry(row, words.get(row["pk"], ("", "")), tags[row["pk"]], user) for row in page.rows]
    return entries, parse_id(page.next_cursor)


def comment_batches(user: User, wish: NotebookFilter) -> Iterator[list[NotebookEntry]]:
    """All of them, A_BATCH at a time."""
    entries, after = comments_page(user, wish, 0, BATCH_SIZE)
    while entries:
        yield entries
        entries, after = comments_page(user, wish, after, BATCH_SIZE) if after else ([], 0)


def _entry(row: dict, words: tuple[str, str], tags: list, user: User) -> LessonCommentEntry:
    open_to = lesson_access(row, user, "course")
    return LessonCommentEntry(
        pk=row["pk"],
        uid=f"thread-{row['pk']}",
        course=open_to.course.title,
        lesson=row["lesson__current_revision__title"] or row["lesson__title"],
        lesson_id=row["lesson_id"],
        lesson_address=open_to.lesson,
        label=_("On the whole lesson"),
        audience=audience_text(row["audience"], row["group__name"]),
        quote="",
        text=words[0],
        html=mark_safe(words[1]),
        tombstone=tombstone_for(row["state_of_opening"]),
        tags=tags,
        replies=visible_reply_count(row["visible_post_count"], row["state_of_opening"]),
        thread=row["pk"],
        placement_state="",
        created_at=row["created_at"],
        is_accessible=open_to.notes,
        edit_address=_edit_address(row, user, open_to.course),
    )


def _edit_address(row: dict, user: User, course: Course) -> str:
    thread = Thread(pk=row["pk"], course=course, closed=row["closed"], state=row["state"])
    opening = Post(pk=row["own_opening"], author_id=user.pk, state=row["state_of_opening"], thread=thread)
    may_edit = opening.pk is not None and can_edit_post(user, opening)
    return reverse("discussions:edit_post", args=[opening.pk]) if may_edit else ""
