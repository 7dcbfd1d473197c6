"""What a course's home shows to its staff: what needs them, and how the class is doing. One query for most of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.db.json_rows import JSONRows, LatestJSONRows, parse_datetime, parse_moment, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.models import Post, Report
from lessons.discussions.selectors.course_counts import CourseCounts
from lessons.discussions.selectors.inbox import (
    InboxCounts,
    QuestionRow,
    inbox_columns,
    questions_column,
    questions_from_json,
    waiting_posts,
)
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import MAX_COUNTED, unread_thread_ids
from lessons.insight.board import BoardRow
from lessons.insight.recent import recent_columns, recent_rows
from lessons.markup import plain_text
from lessons.models import DraftVersion, Lesson, Module, PublicationSchedule, Revision
from lessons.progress.models import Progress
from lessons.reading.links import lesson_url
from lessons.search.models import UnaskedQuestion

MAX_QUESTIONS, MAX_REPORTS, MAX_READING, MAX_CONFUSED = 5, 3, 6, 3
READING_WINDOW = CONFUSED_WINDOW = timedelta(days=7)
EXCERPT_SOURCE, EXCERPT_LENGTH, EXCERPT_WORDS = 600, 60, 9


class ReportedPost(NamedTuple):
    """A reported or held post. `reason` is that of its first open report."""

    pk: int
    excerpt: str
    state: str
    report_count: int
    reason: str
    since: datetime

    @property
    def is_hidden(self) -> bool:
        return self.state == Post.State.HIDDEN

    @property
    def is_held(self) -> bool:
        return self.state == Post.State.HELD


class DraftItem(NamedTuple):
    """A lesson whose draft is not published or, with `lesson_count`, a module that is a draft itself.

    `is_change` says that an earlier version is published, `publish_at` when the draft will be.
    """

    pk: int
    title: str
    is_change: bool = False
    due_at: datetime | None = None
    publish_at: datetime | None = None
    is_case_study: bool = False
    lesson_count: int | None = None

    @property
    def edit_url(self) -> str:
        model = "module" if self.is_module else "casestudy" if self.is_case_study else "lesson"
        return reverse(f"admin:lessons_{model}_change", args=[self.pk])

    @property
    def is_module(self) -> bool:
        return self.lesson_count is not None


class ReadingProgress(NamedTuple):
    """A lesson that is due about now, and how many learners have completed it."""

    pk: int
    slug: str
    title: str
    due_at: datetime
    completed_count: int

    @property
    def url(self) -> str:
        return lesson_url(self.pk, self.slug)


class StaffHome(NamedTuple):
    counts: CourseCounts
    waiting: InboxCounts
    hidden_count: int
    learner_count: int
    group_count: int
    request_count: int
    opened_at: datetime | None
    unasked_count: int
    questions: list[QuestionRow]
    reports: list[ReportedPost]
    drafts: list[DraftItem]
    reading: list[ReadingProgress]
    confused: list[BoardRow]


def staff_home(course: Course, user: User, *, with_drafts: bool) -> StaffHome:
    """Return what the home shows to the user, who is on the staff. One query, and one or two more if somebody has been
    confused lately.
    """
    viewer, now = QueryViewer.for_user(user, course.pk), timezone.now()
    window = {"from": now - READING_WINDOW, "to": now + READING_WINDOW, "since": now - CONFUSED_WINDOW}
    row = fetch_rows(_query, viewer, with_drafts, **viewer_params(user, course.pk), **window)[0]
    unread, questions, posts, hidden, learners, groups, requests, opened_at, unasked, reports, reading, *more = row
    waiting, asked_lately, dismissed, *drafts = more
    options = {"learners": learners, "since": window["since"], "limit": MAX_CONFUSED}
    return StaffHome(
        CourseCounts(unread, questions + posts),
        InboxCounts(questions, posts),
        hidden,
        learners,
        groups,
        requests,
        opened_at,
        unasked,
        questions_from_json(waiting),
        list(_reports(reports)),
        list(_drafts(*drafts)) if with_drafts else [],
        list(_reading(reading)),
        recent_rows(course, dismissed, **options) if asked_lately else [],
    )


def _query(viewer: QueryViewer, with_drafts: bool) -> QuerySet:
    course = course_placeholder()
    posts, members = waiting_posts(course), Membership.objects.filter(course=course)
    revisions = Revision.objects.filter(lesson__module__course=course).order_by("published_at")
    columns = (
        RowCount(unread_thread_ids(viewer)),
        *inbox_columns(viewer),
        RowCount(posts.filter(state=Post.State.HIDDEN).order_by("created_at", "pk").values("pk")[:MAX_COUNTED]),
        RowCount(_learners().values("pk")),
        RowCount(ReadingGroup.objects.filter(course=course).order_by().values("pk")),
        RowCount(members.filter(state=Membership.State.PENDING).values("pk")),
        Subquery(revisions.values("published_at")[:1]),
        RowCount(UnaskedQuestion.objects.filter(course=course).values("pk")),
        LatestJSONRows(_first_reports(posts), *REPORT_COLUMNS, limit=MAX_REPORTS),
        LatestJSONRows(_read_now(), *READING_COLUMNS, limit=MAX_READING),
        questions_column(viewer, MAX_QUESTIONS),
        *recent_columns(),
        *(_draft_columns() if with_drafts else ()),
    )
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*columns)


def _learners() -> QuerySet:
    return Membership.objects.active().filter(course=int_param("course"), role=Membership.Role.LEARNER)


REPORT_COLUMNS = ("created_at", "pk", "first_words", "state", "open_report_count", "reason", "since")


def _first_reports(posts: QuerySet) -> QuerySet:
    opened = Report.objects.filter(post=OuterRef("pk"), resolved_at=None).order_by("pk")
    posts = posts.annotate(
        first_words=Left("html", EXCERPT_SOURCE),
        reason=Subquery(opened.values("reason")[:1]),
        since=Coalesce(Subquery(opened.values("created_at")[:1]), "created_at"),
    )
    return posts.order_by("created_at", "pk")


def _first_words(html: str) -> str:
    """Return the first words of a post's HTML, of which only the beginning is given."""
    return Truncator(Truncator(plain_text.excerpt(html)).words(EXCERPT_WORDS)).chars(EXCERPT_LENGTH)


def _reports(value: str) -> Iterator[ReportedPost]:
    for _created_at, pk, html, state, count, reason, since in unpack_rows(value):
        yield ReportedPost(
            pk,
            _first_words(html),
            state,
            count,
            reason or "",
            parse_moment(since),
        )


READING_COLUMNS = ("due_at", "pk", "slug", "current_revision__title", "completed_count")


def _read_now() -> QuerySet:
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    lessons = lessons.filter(due_at__gt=moment_param("from"), due_at__lt=moment_param("to"))
    completed = Progress.objects.filter(
        Exists(_learners().filter(user=OuterRef("user"))), lesson=OuterRef("pk"), completed_at__isnull=False
    )
    return lessons.annotate(completed_count=RowCount(completed.values("pk"))).order_by("due_at", "pk")


def _reading(value: str) -> Iterator[ReadingProgress]:
    for due_at, pk, slug, title, count in unpack_rows(value):
        yield ReadingProgress(pk, slug, title, parse_moment(due_at), count)


def _draft_columns() -> tuple[JSONRows, JSONRows]:
    """Return lessons and modules with unpublished drafts, as columns."""
    course, publish = int_param("course"), PublicationSchedule.Action.PUBLISH
    schedules = PublicationSchedule.objects.filter(lesson=OuterRef("pk"), action=publish, failure="")
    # As an expression, which has no index, so that the database begins with the course's modules, not with whatever
    # is not in a bin.
    lessons = Lesson.all_objects.alias(bin=Coalesce("bin_entry_id", 0, output_field=BigIntegerField())).filter(bin=0)
    lessons = lessons.filter(_is_new() | _is_changed(), module__course=course)
    lessons = lessons.exclude(module__state=Module.State.DRAFT)
    lessons = lessons.annotate(publish_at=Subquery(schedules.values("due_at")[:1]))
    modules = Module.objects.filter(course=course, state=Module.State.DRAFT)
    counted = Lesson.objects.filter(module=OuterRef("pk")).order_by().values("module")
    modules = modules.annotate(lesson_count=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0))
    return (
        JSONRows(lessons, "module__position", "position", "pk", "title", "state", "due_at", "publish_at", "casestudy"),
        JSONRows(modules, "position", "pk", "title", "lesson_count"),
    )


def _is_new() -> Q:
    return Q(state=Lesson.State.DRAFT)


def _is_changed() -> Q:
    """Return whether the draft has been saved since it was published, and is not what it was then."""
    versions = DraftVersion.objects.filter(lesson=OuterRef("pk")).order_by("-pk")
    published = versions.filter(created_at__lte=OuterRef("current_revision__published_at"))
    later = versions.filter(created_at__gt=OuterRef("current_revision__published_at"))
    as_published = Coalesce(Subquery(published.values("digest")[:1]), Value(""))
    return (
        Q(state=Lesson.State.PUBLISHED, updated_at__gt=F("current_revision__published_at"))
        & Q(Exists(later))
        & ~Q(Exact(Subquery(versions.values("digest")[:1]), as_published))
    )


def _drafts(lessons: str, modules: str) -> Iterator[DraftItem]:
    for _module, _position, pk, title, state, due_at, publish_at, case_study in unpack_rows(lessons):
        is_change, is_case_study = state == Lesson.State.PUBLISHED, case_study is not None
        due, publish = parse_datetime(due_at), parse_datetime(publish_at)
        yield DraftItem(pk, title, is_change, due, publish, is_case_study)
    for _position, pk, title, count in unpack_rows(modules):
        yield DraftItem(pk, title, lesson_count=count)
