"""What waits for a course's staff: questions without an answer, and reported or held posts."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import LatestJSONRows, parse_moment, unpack_rows
from lessons.db.row_count import RowCount
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_list import MAX_COUNTED
from lessons.models import Lesson, Module

MAX_QUESTIONS = 30
OLDEST_FIRST = ("created_at", "pk")
QUESTION_COLUMNS = (
    "pk",
    "title",
    "quote",
    "excerpt",
    "author_id",
    "author__display_name",
    "alias__name",
    "audience",
    Coalesce("group__name", "authors_group"),
    "created_at",
    "visible_post_count",
    "me_too_count",
    "lesson_id",
    "public_slug",
    "lesson_anchor",
    "public_title",
)
"""Of `_annotated` questions, for QuestionRow."""


class InboxCounts(NamedTuple):
    questions: int
    posts: int


def inbox_counts(course: Course, user: User) -> InboxCounts:
    """Return how many questions and posts wait for the staff of the course, one of whom is the user. One query.

    Each is counted up to MAX_COUNTED, because the course bar shows the sum on every page (`course_counts`).
    """
    viewer = QueryViewer.for_user(user, course.pk)
    return InboxCounts(*fetch_rows(_counts_query, viewer, **viewer_params(user, course.pk))[0])


def _counts_query(viewer: QueryViewer) -> QuerySet:
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*inbox_columns(viewer))


def inbox_columns(viewer: QueryViewer) -> tuple[RowCount, RowCount]:
    """Return the fields of InboxCounts as columns of a compiled query, with the placeholders of `viewer_params`."""
    course = course_placeholder()
    questions = waiting_questions(course, viewer.placeholder()).order_by("created_at", "pk")
    posts = waiting_posts(course).order_by("created_at", "pk")
    return RowCount(questions.values("pk")[:MAX_COUNTED]), RowCount(posts.values("pk")[:MAX_COUNTED])


def waiting_questions(course: Course, user: User) -> QuerySet:
    """Return learners' open questions that the user may read, and to which staff have not replied since their author
    last posted; none whose text is hidden or deleted, and none in a closed course, where nobody can answer.
    """
    questions = Thread.objects.filter(course=course, kind=Thread.Kind.QUESTION, status=Thread.Status.OPEN)
    questions = questions.visible_to(user).listed().filter(by_staff=False, course__closed_at=None)
    questions = questions.exclude(title="", excerpt="")
    posts = Post.objects.filter(thread=OuterRef("pk"), state=Post.State.SHOWN).order_by("-seq")
    last_word = posts.filter(Q(by_staff=True) | Q(author=OuterRef("author"))).values("by_staff")[:1]
    return questions.annotate(has_staff_reply=Coalesce(Subquery(last_word), Value(False))).filter(
        has_staff_reply=False
    )


def waiting_posts(course: Course) -> QuerySet:
    """Return the course's posts that have open reports or are held, without private ones."""
    posts = Post.objects.filter(Q(open_report_count__gt=0) | Q(state=Post.State.HELD))
    # As an expression, which has no index, so that the database begins with the few posts and not with the threads.
    in_course = Coalesce("thread__course_id", 0, output_field=BigIntegerField())
    posts = posts.alias(in_course=in_course).filter(in_course=course.pk)
    return posts.exclude(thread__audience=Thread.Audience.ME)


class QuestionRow(NamedTuple):
    """A question that waits. `group_name` is that of its readers, or else of its author; not of an anonymous one."""

    pk: int
    title: str
    quote: str
    excerpt: str
    author_id: int | None
    author_name: str | None
    alias_name: str | None
    audience: str
    group_name: str | None
    created_at: datetime
    visible_post_count: int
    me_too_count: int
    lesson_id: int | None
    lesson_slug: str | None
    lesson_anchor: str
    lesson_title: str | None

    @property
    def display_title(self) -> str:
        return display_title(self.title, self.quote, self.excerpt)

    @property
    def reply_count(self) -> int:
        return max(0, self.visible_post_count - 1)


def questions_column(viewer: QueryViewer, limit: int, *, of_group: bool = False) -> LatestJSONRows:
    """Return a column of a compiled query, with the placeholders of `viewer_params`, that `questions_from_json` reads:
    those that have waited longest, of all or of the group `filter_group`.
    """
    questions = _annotated(_waiting(viewer, of_group)).order_by(*OLDEST_FIRST)
    return LatestJSONRows(questions, *OLDEST_FIRST, *QUESTION_COLUMNS, limit=limit)


def questions_from_json(value: str) -> list[QuestionRow]:
    """Return the questions from the value of `questions_column`."""
    return [_from_json(columns) for _created_at, _pk, *columns in unpack_rows(value)]


def _from_json(columns: list) -> QuestionRow:
    row = QuestionRow(*columns)
    return row._replace(created_at=parse_moment(str(row.created_at)))


class QuestionText(NamedTuple):
    """A question whose text is shown. `group_id` is the group of its readers."""

    row: QuestionRow
    group_id: int | None
    html: str


def question_text_column(viewer: QueryViewer, *, of_group: bool, is_chosen: bool) -> LatestJSONRows:
    """Return a column that `question_text_from_json` reads, as `questions_column` does: the question with the id
    `question` if it is chosen, whether it waits or not, or else the one that has waited longest.
    """
    questions = _waiting(viewer, of_group)
    if is_chosen:
        questions = Thread.objects.filter(course=course_placeholder(), kind=Thread.Kind.QUESTION)
        questions = questions.filter(pk=int_param("question")).visible_to(viewer.placeholder()).listed()
    opening = Post.objects.filter(thread=OuterRef("pk"), seq=1, state=Post.State.SHOWN).order_by().values("html")
    questions = _annotated(questions).order_by(*OLDEST_FIRST)
    return LatestJSONRows(questions, *QUESTION_COLUMNS, "group_id", Subquery(opening), limit=1)


def question_text_from_json(value: str) -> QuestionText | None:
    """Return the question from the value of `question_text_column`; None if there is none that the user may read."""
    return next((QuestionText(_from_json(row), group, html or "") for *row, group, html in unpack_rows(value)), None)


def _waiting(viewer: QueryViewer, of_group: bool) -> QuerySet:
    questions = waiting_questions(course_placeholder(), viewer.placeholder())
    return _of_group(questions, int_param("course"), int_param("filter_group")) if of_group else questions


def _annotated(questions: QuerySet) -> QuerySet:
    return questions.annotate(
        authors_group=_group_of_author(int_param("course")),
        public_slug=_if_published("lesson__slug"),
        public_title=_if_published("lesson__current_revision__title"),
    )


def _group_of_author(course: int) -> Case:
    """Return the name of the group of the author. Not that of an anonymous one: it would narrow down who it may be."""
    memberships = Membership.objects.active().filter(user=OuterRef("author"), course=course)
    return Case(When(alias=None, then=Subquery(memberships.values("group__name"))), default=None)


def _of_group(questions: QuerySet, course: int, group: int) -> QuerySet:
    """Keep the questions to the group or by its members. Anonymous ones to the whole course are in every group's list:
    otherwise they would be in none, or tell which group their author is in.
    """
    members = Membership.objects.active().filter(course=course, group=group).values("user")
    is_open = Q(group=None) & (Q(alias__isnull=False) | Q(author__in=members))
    return questions.filter(Q(group=group) | is_open)


def _if_published(field: str) -> Case:
    published = Q(lesson__state=Lesson.State.PUBLISHED) & ~Q(lesson__module__state=Module.State.DRAFT)
    return Case(When(published, then=F(field)), default=None)
