"""A user's comments on whole lessons, in reading order, after the annotations."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import active_memberships
from lessons.db.compiled_queries import fetch_dicts
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, make_page
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.posts import opening_post_state, visible_reply_count
from lessons.notebook.access import LESSON_FIELDS, PageAccess, course_fields, placeholder_user, user_params
from lessons.notebook.entries import (
    BATCH_SIZE,
    NO_TEXT,
    PAGE_SIZE,
    NotebookEntry,
    OwnText,
    after_keyset,
    audience_text,
    own_text,
    tags_of,
    tombstone_for,
)
from lessons.notebook.filters import NotebookFilter, has_tag
from lessons.permissions import can_edit_post, can_moderate

KEYSET = Keyset(
    *"lesson__module__course_id lesson__module__position lesson__module_id lesson__position lesson_id pk".split()
)
FIELDS = [
    *LESSON_FIELDS,
    *course_fields("course"),
    *"pk audience group_id group__name visible_post_count created_at state closed lesson__title".split(),
    *"lesson__current_revision__title opening_state own_opening".split(),
]


@dataclass(frozen=True)
class LessonCommentEntry(NotebookEntry):
    """A comment on a lesson: it has no passage and no position in the text."""

    is_lesson_comment = True

    @property
    def url(self) -> str:
        return ""


def own_comments(user: User, filters: NotebookFilter) -> QuerySet:
    """Return the matching comments on lessons, not ordered yet. At most the query of the memberships."""
    if filters.label:
        return Thread.objects.none()
    states = (Thread.State.SHOWN, Thread.State.HELD)
    threads = Thread.objects.filter(author=user, annotation=None, prompt=None, merged_into=None, state__in=states)
    threads = threads.filter(
        Q(course__in=list(active_memberships(user))) | Q(audience=Thread.Audience.ME), lesson__isnull=False
    )
    if filters.course:
        threads = threads.filter(course=filters.course)
    if filters.lesson:
        threads = threads.filter(lesson=filters.lesson)
    if filters.tag:
        threads = threads.filter(has_tag(filters.tag, "pk"))
    opening = Post.objects.filter(Q(seq=1) | Q(seq=None), thread=OuterRef("pk"), author=user)
    for term in filters.terms:
        threads = threads.filter(Q(title__folded=term) | Exists(opening.filter(source__folded=term)))
    return threads


def comments_page(
    user: User, filters: NotebookFilter, after: int, size: int = PAGE_SIZE
) -> tuple[list[LessonCommentEntry], int]:
    """Return a page of comments as `entries.entries_page` does. Five queries at most."""
    if after or filters.is_filtered:
        threads = after_keyset(own_comments(user, filters), Thread.objects.filter(author=user), KEYSET, after)
        rows = list(_in_order(threads, user)[: size + 1])
    else:
        rows = fetch_dicts(_first_page_query, len(active_memberships(user)), size, **user_params(user))
    page = make_page(rows, size, lambda row: row["pk"])
    if not page.rows:
        return [], 0
    ids = [row["pk"] for row in page.rows]
    texts, tags = own_text(ids, user), tags_of(ids)
    access = PageAccess(user, course="course")
    entries = [_entry(row, texts.get(row["pk"], NO_TEXT), tags[row["pk"]], access) for row in page.rows]
    return entries, parse_id(page.next_cursor)


def _first_page_query(course_count: int, size: int) -> QuerySet:
    user = placeholder_user(course_count)
    return _in_order(own_comments(user, NotebookFilter()), user)[: size + 1]


def _in_order(threads: QuerySet, user: User) -> QuerySet:
    own = Post.objects.filter(seq=1, thread=OuterRef("pk"), author=user).values("pk")[:1]
    threads = threads.annotate(own_opening=Subquery(own), opening_state=opening_post_state("pk"))
    return threads.order_by(*KEYSET.order_by).values(*FIELDS)


def comment_batches(user: User, filters: NotebookFilter) -> Iterator[list[LessonCommentEntry]]:
    """Yield all matching comments, BATCH_SIZE at a time."""
    entries, after = comments_page(user, filters, 0, BATCH_SIZE)
    while entries:
        yield entries
        entries, after = comments_page(user, filters, after, BATCH_SIZE) if after else ([], 0)


def _entry(row: dict, text: OwnText, tags: list, page: PageAccess) -> LessonCommentEntry:
    access, user = page.to_lesson(row), page.user
    can_read_thread = page.can_read_own_thread(row)
    return LessonCommentEntry(
        pk=row["pk"],
        uid=f"thread-{row['pk']}",
        course=access.course.title,
        # Only staff comment on lessons that were never published, and see their working titles.
        lesson=row["lesson__current_revision__title"]
        or (row["lesson__title"] if can_moderate(user, access.course) else _("An unpublished lesson")),
        lesson_id=row["lesson_id"],
        lesson_url=access.lesson_url,
        label=_("On the whole lesson"),
        audience=audience_text(row["audience"], row["group__name"]),
        quote="",
        text=text.source,
        html=mark_safe(text.html),
        tombstone=tombstone_for(row["opening_state"]),
        tags=tags,
        replies=visible_reply_count(row["visible_post_count"], row["opening_state"]) if can_read_thread else 0,
        thread=row["pk"],
        placement_state="",
        created_at=row["created_at"],
        is_accessible=access.can_read_notes and can_read_thread,
        edit_url=_edit_url(row, user, access.course) if can_read_thread else "",
    )


def _edit_url(row: dict, user: User, course: Course) -> str:
    thread = Thread(pk=row["pk"], course=course, closed=row["closed"], state=row["state"])
    opening = Post(pk=row["own_opening"], author_id=user.pk, state=row["opening_state"], thread=thread)
    can_edit = opening.pk is not None and can_edit_post(user, opening)
    return reverse("discussions:edit_post", args=[opening.pk]) if can_edit else ""
