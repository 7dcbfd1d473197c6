"""Posts that a search has found, as its page shows them: discussions with the post that matches, and notes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.safestring import SafeString

from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.posts import opening_post_state, visible_reply_count
from lessons.discussions.models.threads import display_title, must_post_first_lessons
from lessons.discussions.rendering.posts import PostTime
from lessons.discussions.selectors.query_viewer import (
    MemberViewer,
    QueryViewer,
    member_params,
    viewer_params,
)
from lessons.markup.plain_text import text_by_block
from lessons.markup.row_templates import url
from lessons.models import Lesson, Module, lesson_url_slug
from lessons.search.snippets import Matcher, Pattern, marked, snippet

NOTE_LENGTH = 180
MAX_POSTS = 20


class PostRow(NamedTuple):
    """A post with what its result shows of its thread, in the order of COLUMNS."""

    pk: int
    seq: int
    html: str
    author_id: int | None
    author_name: str | None
    alias_name: str | None
    created_at: datetime
    thread: int
    title: str
    quote: str
    excerpt: str
    kind: str
    status: str
    answer: int | None
    post_count: int
    last_post_at: datetime
    thread_author_id: int | None
    thread_author_name: str | None
    thread_alias_name: str | None
    anchor: str
    annotation: int | None
    lesson: int | None
    lesson_slug: str | None
    lesson_state: str | None
    module_state: str | None
    lesson_title: str | None
    course_title: str
    language: str
    must_post_first: bool
    opening: str | None

    @property
    def lesson_url(self) -> str:
        """Return the address of the lesson that it is about; an empty string if readers do not see that."""
        is_published = self.lesson_state == Lesson.State.PUBLISHED and self.module_state != Module.State.DRAFT
        is_shown = self.lesson and self.lesson_title and is_published
        return url("reading:lesson", self.lesson, lesson_url_slug(self.lesson_slug or "")) if is_shown else ""

    def shown_status(self, reader: int) -> str:
        """Return the status of a question, an empty string for anything else, and for another's question while the
        reader must post first: it tells of hidden posts.
        """
        is_told = not self.must_post_first or self.thread_author_id == reader
        return self.status if self.kind == Thread.Kind.QUESTION and is_told else ""


COLUMNS = (
    "pk",
    "seq",
    "html",
    "author_id",
    "author__display_name",
    "alias__name",
    "created_at",
    "thread_id",
    "thread__title",
    "thread__quote",
    "thread__excerpt",
    "thread__kind",
    "thread__status",
    "thread__answer_id",
    "thread__visible_post_count",
    "thread__last_post_at",
    "thread__author_id",
    "thread__author__display_name",
    "thread__alias__name",
    "thread__lesson_anchor",
    "thread__annotation__pk",
    "thread__lesson_id",
    "thread__lesson__slug",
    "thread__lesson__state",
    "thread__lesson__module__state",
    "thread__lesson__current_revision__title",
    "thread__course__title",
    "thread__course__language",
    "must_post_first",
    "opening",
)


class ThreadResult(NamedTuple):
    """A discussion, and the post in it that matches best.

    `author` wrote the thread, `writer` that post if it is a reply. `more` counts the other posts on this page of
    results. Where the reader does not see classmates' replies yet, `reply_count` is None, and `status` is empty as of
    what is no question.
    """

    url: str
    title: SafeString
    excerpt: SafeString
    kind: str
    status: str
    author: Identity
    writer: Identity | None
    is_answer: bool
    reply_count: int | None
    time: PostTime
    more: int
    lesson_title: str
    course_title: str


class NoteResult(NamedTuple):
    """A note or a reply to one: the passage, which `passage_url` leads to, and what is said about it."""

    url: str
    passage_url: str
    quote: SafeString
    text: SafeString
    kind: str
    status: str
    author: Identity
    time: PostTime
    lesson_url: str
    lesson_title: str
    course_title: str


def readable_rows(user, course: Course | None, pks: Sequence[int]) -> list[PostRow]:
    """Return the posts with these ids that the user may read, in this order; all are of the course, if there is one.
    At most MAX_POSTS are read. One query besides that of the memberships.
    """
    pks = pks[:MAX_POSTS]
    if not pks or not user.is_authenticated:
        return []
    ids = {f"post{n}": pk for n, pk in enumerate([*pks, *[0] * (MAX_POSTS - len(pks))])}
    if course:
        params = viewer_params(user, course.pk) | ids
        found = fetch_rows(_compiled_posts, QueryViewer.for_user(user, course.pk), **params)
    elif viewer := MemberViewer.for_user(user):
        found = fetch_rows(_compiled_posts, viewer, **member_params(user), **ids)
    else:
        found = list(_readable_posts(user).filter(pk__in=pks))
    rows = {row[0]: PostRow._make(row) for row in found}
    return [rows[pk] for pk in pks if pk in rows]


def _compiled_posts(viewer: QueryViewer | MemberViewer) -> QuerySet:
    # Not by a course as well, or SQLite would look through all its threads.
    return _readable_posts(viewer.placeholder()).filter(pk__in=[int_param(f"post{n}") for n in range(MAX_POSTS)])


def _readable_posts(user) -> QuerySet:
    hidden = When(thread__lesson__in=must_post_first_lessons(user), then=Value(True))
    must_post_first = Case(hidden, default=Value(False), output_field=BooleanField())
    facts = {"must_post_first": must_post_first, "opening": opening_post_state("thread")}
    posts = Post.objects.visible_to(user).annotate(**facts)
    return posts.order_by().values_list(*COLUMNS)


def by_thread(rows: Iterable[PostRow]) -> list[list[PostRow]]:
    """Return the posts of each discussion, in the order of their first posts."""
    threads: dict[int, list[PostRow]] = {}
    for row in rows:
        threads.setdefault(row.thread, []).append(row)
    return list(threads.values())


def thread_results(threads: Iterable[list[PostRow]], reader: int, patterns: Sequence[Pattern]) -> list[ThreadResult]:
    """Return a result for each of the discussions, whose posts are given."""
    now = timezone.localtime()
    return [_thread_result(rows, reader, patterns, now) for rows in threads]


def _thread_result(rows: list[PostRow], reader: int, patterns: Sequence[Pattern], now: datetime) -> ThreadResult:
    row = rows[0]
    matcher = Matcher(patterns, row.language)
    title, text = display_title(row.title, row.quote, row.excerpt), post_text(row.html)
    is_opening = row.seq == 1
    return ThreadResult(
        url=url("discussions:thread", row.thread) if is_opening else url("discussions:post", row.pk),
        title=marked(title, matcher.matches(title)),
        excerpt=snippet(text, matcher.matches(text)).html,
        kind=row.kind,
        status=row.shown_status(reader),
        author=_identity(row.thread_author_id, row.thread_author_name, row.thread_alias_name, reader),
        writer=None if is_opening else _identity(row.author_id, row.author_name, row.alias_name, reader),
        is_answer=row.answer == row.pk,
        reply_count=None if row.must_post_first else visible_reply_count(row.post_count, row.opening),
        time=PostTime.of(row.created_at if row.must_post_first else row.last_post_at, now),
        more=len(rows) - 1,
        lesson_title=row.lesson_title or "" if row.lesson_url else "",
        course_title=row.course_title,
    )


def note_results(rows: Iterable[PostRow], reader: int, patterns: Sequence[Pattern]) -> list[NoteResult]:
    """Return a result for each of the posts."""
    now = timezone.localtime()
    return [_note_result(row, reader, patterns, now) for row in rows]


def _note_result(row: PostRow, reader: int, patterns: Sequence[Pattern], now: datetime) -> NoteResult:
    matcher, text = Matcher(patterns, row.language), post_text(row.html)
    quote = " ".join(row.quote.split())
    return NoteResult(
        url=url("discussions:post", row.pk),
        passage_url=url("annotations:annotation", row.annotation) if row.annotation and row.lesson_url else "",
        quote=snippet(quote, matcher.matches(quote), NOTE_LENGTH).html,
        text=snippet(text, matcher.matches(text)).html,
        kind=row.kind,
        status=row.shown_status(reader),
        author=_identity(row.author_id, row.author_name, row.alias_name, reader),
        time=PostTime.of(row.created_at, now),
        lesson_url=row.lesson_url,
        lesson_title=row.lesson_title or "",
        course_title=row.course_title,
    )


def post_text(html: str) -> str:
    """Return the text of a post on one line."""
    return " ".join(text_by_block(html).split())


def _identity(author: int | None, name: str | None, alias: str | None, reader: int) -> Identity:
    return display_identity(author=author, name=name, alias=alias, reader=reader)
