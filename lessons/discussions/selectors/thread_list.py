"""Thread lists: filters, keyset pages, tags, and the number of unread threads."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.http import QueryDict

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.ids import parse_id
from lessons.db.pagination import Keyset, Position, make_page
from lessons.discussions.models import Post, Thread, ThreadTag, ThreadUserState
from lessons.discussions.models.posts import has_posts_after, tombstones_after
from lessons.discussions.models.threads import must_post_first_lessons
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.models import Lesson, Module
from lessons.permissions import STAFF_ROLES
from lessons.tagging.models import normalise_tag

PAGE_SIZE = 50
LESSON_THREADS = 5
MAX_COUNTED = 100
UNREAD_WINDOW = 500
KEYSET = Keyset("-rank", "-pk")
TABS = ("all", "unread", "questions", "text", "mine")

# In the order of the fields of ThreadRow.
ROW_FIELDS = (
    "pk",
    "kind",
    "title",
    "excerpt",
    "quote",
    "pinned",
    "closed",
    "status",
    "state",
    "visible_post_count",
    "last_seq",
    "me_too_count",
    "last_post_at",
    "rank",
    "author_id",
    "author__display_name",
    "alias__name",
    "audience",
    "group_id",
    "group__name",
    "lesson_id",
    "lesson__state",
    "lesson__module__state",
    "lesson__current_revision__title",
    "last_read_seq",
    "unread_tombstones",
    "must_post_first",
)


class ThreadRow(NamedTuple):
    """A thread in a list, with the reader's progress; `last_read_seq` is None if they have never opened it."""

    pk: int
    kind: str
    title: str
    excerpt: str
    quote: str
    pinned: bool
    closed: bool
    status: str
    state: str
    visible_post_count: int
    last_seq: int
    me_too_count: int
    last_post_at: datetime
    rank: int
    author_id: int | None
    author_name: str | None
    alias_name: str | None
    audience: str
    group_id: int | None
    group_name: str | None
    lesson_id: int | None
    lesson_state: str | None
    module_state: str | None
    lesson_title: str | None
    last_read_seq: int | None
    unread_tombstones: int
    must_post_first: bool

    @property
    def is_on_published_lesson(self) -> bool:
        return self.lesson_state == Lesson.State.PUBLISHED and self.module_state != Module.State.DRAFT

    @property
    def unread_count(self) -> int:
        """Count the posts after the last one read that are still shown."""
        return (
            0 if self.must_post_first else max(0, self.last_seq - (self.last_read_seq or 0) - self.unread_tombstones)
        )


class Tag(NamedTuple):
    name: str
    slug: str


class ThreadRows(NamedTuple):
    """A page of a list. `tags` are by thread id, `next_cursor` is empty on the last page."""

    rows: list[ThreadRow]
    tags: dict[int, list[Tag]]
    next_cursor: str = ""


@dataclass(frozen=True)
class ThreadFilter:
    """The filters of a list. `before` is the position of the previous page's last row."""

    tab: str = "all"
    kind: str = ""
    tag: str = ""
    lesson: int = 0
    group: int = 0
    author: str = ""
    unanswered: bool = False
    before: Position | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> "ThreadFilter":
        """Return the filters in a query string, ignoring invalid ones."""
        tab, kind = query.get("tab", ""), query.get("kind", "")
        return cls(
            tab=tab if tab in TABS else "all",
            kind=kind if kind in Thread.Kind.values else "",
            tag=query.get("tag", "")[:200].strip(),
            lesson=parse_id(query.get("lesson")),
            group=parse_id(query.get("group")),
            author=query.get("author", "")[:80].strip().removeprefix("@"),
            unanswered=bool(query.get("unanswered")),
            before=KEYSET.parse_cursor(query.get("before")),
        )

    def with_placeholders(self) -> "ThreadFilter":
        """Return the same filters with placeholders for the values that do not change the SQL."""
        return replace(
            self,
            kind=self.kind and str_param("kind"),
            tag=self.tag and str_param("tag"),
            author=self.author and str_param("author"),
            lesson=self.lesson and int_param("lesson"),
            group=self.group and int_param("filter_group"),
            before=self.before and KEYSET.placeholders(),
        )

    def params(self) -> dict[str, str | int]:
        """Return the values of the placeholders."""
        return {
            "kind": self.kind,
            "tag": self.tag,
            "tag_key": normalise_tag(self.tag),
            "author": self.author,
            "lesson": self.lesson,
            "filter_group": self.group,
            **KEYSET.params(self.before),
        }

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.tag or self.lesson or self.group or self.author or self.unanswered)

    @property
    def reset_query(self) -> str:
        """Return the query string of the same tab without filters."""
        return ThreadFilter(tab=self.tab).query_string()

    def query_string(self, **changes: str) -> str:
        """Return the query string of the first page of this list, with changes."""
        values: dict[str, str | int] = {
            "tab": self.tab,
            "kind": self.kind,
            "tag": self.tag,
            "lesson": self.lesson,
            "group": self.group,
            "author": self.author,
            "unanswered": "1" if self.unanswered else "",
        }
        values |= changes
        if values["tab"] == "all":
            values["tab"] = ""
        return "?" + urlencode({name: value for name, value in values.items() if value})


def annotate_for(threads: QuerySet, user: User) -> QuerySet:
    """Add the reader's state of each thread: `last_read_seq` (None if never opened), `read_seq` (then 0),
    `unread_tombstones`, `subscription_level`, and `must_post_first`: whether classmates' posts in it are still hidden
    from them.
    """
    own_state = FilteredRelation("user_states", condition=Q(user_states__user=user))
    must_post_first = Case(
        When(lesson__in=must_post_first_lessons(user), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return threads.annotate(user_state=own_state, must_post_first=must_post_first).annotate(
        last_read_seq=F("user_state__last_read_seq"),
        read_seq=Coalesce(F("user_state__last_read_seq"), 0),
        unread_tombstones=tombstones_after("pk", "read_seq"),
        subscription_level=Coalesce(F("user_state__subscription_level"), 0),
    )


def forum_threads(course: Course, user: User) -> QuerySet:
    """Return the threads that a course's lists show, annotated for the reader, not yet filtered."""
    threads = Thread.objects.filter(course=course).visible_to(user).not_merged()
    listed = Q(state=Thread.State.SHOWN) | Q(state=Thread.State.HELD, author=user)
    return annotate_for(threads.filter(listed), user)


def only_unread(threads: QuerySet) -> QuerySet:
    """Keep the annotated threads with unread posts, without those that the reader has muted."""
    return threads.filter(
        has_posts_after("pk", "read_seq"),
        subscription_level__gte=ThreadUserState.SubscriptionLevel.NONE,
        must_post_first=False,
    )


def unread_thread_count(course: Course, user: User) -> int:
    """Count the unread threads among the course's newest UNREAD_WINDOW threads, up to MAX_COUNTED. One query.

    The count is bounded because every list shows it; the list of unread threads is not.
    """
    return len(fetch_rows(unread_thread_ids, QueryViewer.for_user(user, course.pk), **viewer_params(user, course.pk)))


def unread_threads(viewer: QueryViewer) -> QuerySet:
    """Return the unread threads among the newest of the course, with the placeholders of `viewer_params`."""
    newest = Thread.objects.filter(course=course_placeholder()).order_by("-rank", "-pk").values("pk")[:UNREAD_WINDOW]
    return only_unread(forum_threads(course_placeholder(), viewer.placeholder()).filter(pk__in=newest))


def unread_thread_ids(viewer: QueryViewer) -> QuerySet:
    """Return the threads that `unread_thread_count` counts, with the placeholders of `viewer_params`."""
    return unread_threads(viewer).order_by().values_list("pk")[:MAX_COUNTED]


def apply_filter(threads: QuerySet, filters: ThreadFilter) -> QuerySet:
    """Filter annotated threads."""
    if filters.tab == "unread":
        threads = only_unread(threads)
    elif filters.tab == "questions":
        threads = threads.filter(kind=Thread.Kind.QUESTION)
    elif filters.tab == "text":
        threads = threads.filter(lesson__isnull=False)
    elif filters.tab == "mine":
        threads = threads.filter(user_state__has_posted=True)
    if filters.kind:
        threads = threads.filter(kind=filters.kind)
    if filters.unanswered:
        threads = threads.filter(kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    if filters.tag:
        # By slug or name. A placeholder cannot be normalised, so the key is a parameter of its own.
        named = Q(tag__slug=filters.tag) | Q(tag__key=str_param("tag_key"))
        threads = threads.filter(Exists(ThreadTag.objects.shown().filter(named, content_object=OuterRef("pk"))))
    if filters.lesson:
        threads = threads.filter(lesson=filters.lesson)
    if filters.group:
        threads = threads.filter(group=filters.group)
    return _with_posts_by(threads, filters.author) if filters.author else threads


def _with_posts_by(threads: QuerySet, name: str) -> QuerySet:
    """Keep threads with a post by somebody whose name or handle contains `name`. Anonymous posts are never found."""
    # As an expression, so that the database builds the LIKE pattern, not Python.
    part = Value(name)
    named = Q(user__display_name__icontains=part) | Q(handle__icontains=part)
    authors = Membership.objects.filter(named, course=int_param("course")).values("user")
    posts = Post.objects.filter(author__in=authors, state=Post.State.SHOWN, alias=None)
    return threads.filter(pk__in=posts.values("thread"), must_post_first=False)


def thread_rows(course: Course, filters: ThreadFilter, user: User) -> ThreadRows:
    """Return a page of the course's list. Two queries."""
    viewer, params = QueryViewer.for_user(user, course.pk), viewer_params(user, course.pk) | filters.params()
    rows = fetch_rows(_page_query, viewer, filters.with_placeholders(), PAGE_SIZE + 1, **params)
    page = make_page(list(map(ThreadRow._make, rows)), PAGE_SIZE, lambda row: KEYSET.format_cursor((row.rank, row.pk)))
    return ThreadRows(page.rows, tags_by_thread(row.pk for row in page.rows), page.next_cursor)


def _page_query(viewer: QueryViewer, filters: ThreadFilter, size: int) -> QuerySet:
    threads = apply_filter(forum_threads(course_placeholder(), viewer.placeholder()), filters)
    if filters.before:
        threads = threads.filter(KEYSET.after(filters.before))
    return threads.order_by(*KEYSET.order_by).values_list(*ROW_FIELDS)[:size]


def lesson_thread_rows(lesson: int, course: Course, user: User) -> ThreadRows:
    """Return the latest threads about a lesson as a whole, without those on its passages. One query besides the one
    for memberships; tags are left out.
    """
    viewer, params = QueryViewer.for_user(user, course.pk), viewer_params(user, course.pk) | {"lesson": lesson}
    rows = fetch_rows(_lesson_query, viewer, ThreadFilter(lesson=lesson).with_placeholders(), **params)
    return ThreadRows(list(map(ThreadRow._make, rows)), {})


def _lesson_query(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    threads = apply_filter(forum_threads(course_placeholder(), viewer.placeholder()), filters)
    threads = threads.filter(lesson_anchor="").order_by(*KEYSET.order_by)
    return threads.values_list(*ROW_FIELDS)[:LESSON_THREADS]


class FilterOption(NamedTuple):
    """A group or lesson to filter by: `what` is "group" or "lesson"."""

    pk: int
    what: str
    name: str


def filter_options(course: Course, user: User) -> list[FilterOption]:
    """Return the groups and lessons to filter by: staff get every group, a learner their own. One query."""
    rows = fetch_rows(_options_query, QueryViewer.for_user(user, course.pk), **viewer_params(user, course.pk))
    return [FilterOption(*row[:3]) for row in rows]


def _options_query(viewer: QueryViewer) -> QuerySet:
    groups = ReadingGroup.objects.filter(course=int_param("course"))
    if not (viewer.is_administrator or viewer.role in STAFF_ROLES):
        groups = groups.filter(pk=int_param("group")) if viewer.has_group else groups.none()
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    lessons = lessons.exclude(module__state=Module.State.DRAFT)
    text = CharField()
    groups = groups.order_by().annotate(
        what=Value("group", text),
        option_name=F("name"),
        module_position=Value(0),
        lesson_position=Value(0),
        sort_key=F("key"),
    )
    lessons = lessons.order_by().annotate(
        what=Value("lesson", text),
        option_name=F("current_revision__title"),
        module_position=F("module__position"),
        lesson_position=F("position"),
        sort_key=F("current_revision__title"),
    )
    columns = ("pk", "what", "option_name", "module_position", "lesson_position", "sort_key")
    options = groups.values_list(*columns).union(lessons.values_list(*columns), all=True)
    return options.order_by("what", "module_position", "lesson_position", "sort_key", "pk")


def tags_by_thread(threads: Iterable[int]) -> dict[int, list[Tag]]:
    """Return the tags of a page of threads by thread id. One query, none without threads."""
    ids = list(threads)
    tags: dict[int, list[Tag]] = defaultdict(list)
    padded = (ids + [0] * PAGE_SIZE)[:PAGE_SIZE]
    params = {f"id{n}": pk for n, pk in enumerate(padded)}
    for thread, name, slug in fetch_rows(_tags_query, PAGE_SIZE, **params) if ids else ():
        tags[thread].append(Tag(name, slug))
    return tags


def _tags_query(size: int) -> QuerySet:
    tags = ThreadTag.objects.shown().filter(content_object__in=[int_param(f"id{n}") for n in range(size)])
    return tags.order_by("tag__key").values_list("content_object", "tag__name", "tag__slug")
