"""Lists of threads: keyset pages, tags, and how many are unread or unanswered."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param, str_param
from lessons.db.pagination import make_page
from lessons.discussions.models import Post, Thread, ThreadTag, ThreadUserState
from lessons.discussions.models.posts import has_posts_after, tombstones_after
from lessons.discussions.models.threads import IS_TOPIC, must_post_first_lessons
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_filter import ThreadFilter
from lessons.models import Lesson, Module

PAGE_SIZE = 50
LESSON_THREADS = 5
MAX_COUNTED = 100
UNREAD_WINDOW = 500

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
    """A page of a list. `tags` are by thread id, `next_cursor` is empty on the last page. `total` is the length of a
    lesson's list, 0 for others, which are not counted.
    """

    rows: list[ThreadRow]
    tags: dict[int, list[Tag]]
    next_cursor: str = ""
    total: int = 0

    def distinct_tags(self) -> list[Tag]:
        """Return the tags of the page's threads, by name."""
        return sorted({tag for tags in self.tags.values() for tag in tags})


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


def forum_threads(course: Course | OuterRef, user: User) -> QuerySet:
    """Return the threads that a course's lists show, annotated for the reader, not yet filtered."""
    threads = Thread.objects.filter(course=course).visible_to(user).not_merged()
    listed = Q(state=Thread.State.SHOWN) | Q(state=Thread.State.HELD, author=user)
    return annotate_for(threads.filter(listed), user)


# Conditions on annotated threads. Muted threads are never unread.
IS_UNREAD = Q(
    has_posts_after("pk", "read_seq"),
    last_seq__gt=F("read_seq"),  # none is looked for in the many threads that have been read to the end
    subscription_level__gte=ThreadUserState.SubscriptionLevel.NONE,
    must_post_first=False,
)
# Whether others' questions are answered tells of posts that are hidden until the reader posts.
IS_UNANSWERED = Q(kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN) & (
    Q(must_post_first=False) | Q(user_state__has_posted=True)
)


def only_unread(threads: QuerySet) -> QuerySet:
    """Keep the annotated threads with unread posts, without those that the reader has muted."""
    return threads.filter(IS_UNREAD)


def unread_thread_count(course: Course, user: User) -> int:
    """Count the unread threads among the course's newest UNREAD_WINDOW threads, up to MAX_COUNTED. One query.

    The count is bounded because every list shows it; the list of unread threads is not.
    """
    return len(fetch_rows(unread_thread_ids, QueryViewer.for_user(user, course.pk), **viewer_params(user, course.pk)))


def unread_threads(viewer: QueryViewer) -> QuerySet:
    """Return the unread threads among the newest of the course, with the placeholders of `viewer_params`."""
    threads = forum_threads(course_placeholder(), viewer.placeholder())
    return only_unread(threads.filter(is_in_window(Thread.objects.filter(course=course_placeholder()))))


def is_in_window(threads: QuerySet) -> Q:
    """Return the condition of the newest UNREAD_WINDOW of these threads of a course.

    They are those from some rank on, so that a database reads them in order, and no further than a page needs.
    """
    ranks = threads.order_by("-rank", "-pk").values("rank")
    return Q(rank__gte=Coalesce(Subquery(ranks[UNREAD_WINDOW - 1 : UNREAD_WINDOW]), 0))


def unread_thread_ids(viewer: QueryViewer) -> QuerySet:
    """Return the threads that `unread_thread_count` counts, with the placeholders of `viewer_params`."""
    return unread_threads(viewer).order_by().values_list("pk")[:MAX_COUNTED]


def apply_filter(threads: QuerySet, filters: ThreadFilter) -> QuerySet:
    """Filter annotated threads."""
    conditions = {
        "unread": IS_UNREAD,
        "unanswered": IS_UNANSWERED,
        "questions": Q(kind=Thread.Kind.QUESTION),
        "announcements": Q(kind=Thread.Kind.ANNOUNCEMENT),
        "mine": Q(user_state__has_posted=True),
        "following": Q(subscription_level=ThreadUserState.SubscriptionLevel.FOLLOWED),
    }
    if filters.view in conditions:
        threads = threads.filter(conditions[filters.view])
    if filters.tag:
        # A placeholder cannot be folded, so the folded name is a parameter of its own.
        tags = ThreadTag.objects.shown().named(filters.tag, str_param("folded_tag"))
        threads = threads.filter(Exists(tags.filter(content_object=OuterRef("pk"))))
    if filters.lesson:
        threads = threads.filter(lesson=filters.lesson)
    if filters.group:
        threads = threads.filter(group=filters.group)
    return _with_posts_by(threads, filters.author) if filters.author else threads


def _with_posts_by(threads: QuerySet, name: str) -> QuerySet:
    """Keep threads with a post by somebody whose name or handle contains `name`. Anonymous posts are never found."""
    # As an expression, so that the database builds the LIKE pattern, not Python.
    authors = Membership.objects.named(Value(name)).filter(course=int_param("course")).values("user")
    # As an expression: SQLite would take the index of aliases, and read the posts of everybody who is not anonymous.
    posts = Post.objects.alias(alias_or_none=Coalesce("alias", 0)).filter(
        author__in=authors, state=Post.State.SHOWN, alias_or_none=0
    )
    return threads.filter(pk__in=posts.values("thread"), must_post_first=False)


def topic_rows(course: Course, filters: ThreadFilter, user: User) -> ThreadRows:
    """Return a page of the course's topics: the threads that are not about a passage. Two queries."""
    viewer, params = QueryViewer.for_user(user, course.pk), viewer_params(user, course.pk) | filters.params()
    rows = fetch_rows(_page_query, viewer, filters.with_placeholders(), PAGE_SIZE + 1, **params)
    columns = [ROW_FIELDS.index(name) for name in filters.keyset.columns]
    page = make_page(
        list(map(ThreadRow._make, rows)),
        PAGE_SIZE,
        lambda row: filters.keyset.format_cursor(row[column] for column in columns),
    )
    return ThreadRows(page.rows, tags_by_thread(row.pk for row in page.rows), page.next_cursor)


def _page_query(viewer: QueryViewer, filters: ThreadFilter, size: int) -> QuerySet:
    threads = apply_filter(forum_threads(course_placeholder(), viewer.placeholder()), filters).filter(IS_TOPIC)
    if filters.before:
        threads = threads.filter(filters.keyset.after(filters.before))
    return threads.order_by(*filters.keyset.order_by).values_list(*ROW_FIELDS)[:size]


def lesson_thread_rows(lesson: int, course: Course, user: User) -> ThreadRows:
    """Return the latest threads about a lesson as a whole, without those on its passages, and how many there are. One
    query besides the one for memberships; tags are left out.
    """
    viewer, params = QueryViewer.for_user(user, course.pk), viewer_params(user, course.pk) | {"lesson": lesson}
    rows = fetch_rows(_lesson_query, viewer, ThreadFilter(lesson=lesson).with_placeholders(), **params)
    return ThreadRows([ThreadRow._make(row[:-1]) for row in rows], {}, total=rows[0][-1] if rows else 0)


def _lesson_query(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    threads = apply_filter(forum_threads(course_placeholder(), viewer.placeholder()), filters).filter(IS_TOPIC)
    threads = threads.annotate(total=Window(Count("*"))).order_by(*filters.keyset.order_by)
    return threads.values_list(*ROW_FIELDS, "total")[:LESSON_THREADS]


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
