"""A published lesson with its texts and the reader's data that its page shows, in one query."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import DateTimeField, Exists, F, FilteredRelation, Model, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast
from django.http import Http404

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import remember_membership
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.discussions.models import Thread
from lessons.models import Lesson, Module, Revision
from lessons.practice.models import Answer
from lessons.practice.shown import GivenAnswer
from lessons.progress.models import CompletionRule
from lessons.reading.selectors.outline import Outline, outline_from_json, outline_json
from lessons.reading.selectors.sidebar import SIDEBAR_COLUMNS, Sidebar

DATE = re.compile(r"\d{4}-\d\d-\d\d")
M = TypeVar("M", bound=Model)

# What the pages of a lesson show, in the order of the models' fields; the rest is deferred.
LESSON_FIELDS = ("id", "module_id", "slug", "due_at", "current_revision_id")
MODULE_FIELDS = ("id", "course_id", "title", "slug", "summary", "licence", "source", "credit")
COURSE_FIELDS = ("id", "title", "slug", "language", "time_zone", "visibility", "join_policy", "closed_at")
REVISION_FIELDS = ("id", "lesson_id", "number", "title", "facts", "html", "word_count", "published_at")
PATHS = [
    *LESSON_FIELDS,
    *(f"module__{name}" for name in MODULE_FIELDS),
    *(f"module__course__{name}" for name in COURSE_FIELDS),
    *(f"current_revision__{name}" for name in REVISION_FIELDS),
]
HTML, SEEN_AT = PATHS.index("current_revision__html"), len(PATHS)


@dataclass(frozen=True)
class PublishedLesson:
    """A lesson as one reader sees it; module, course and current revision are loaded.

    `seen_at` is when the reader last opened it. `etag_values` is all that the page shows of the row, with the id of
    the revision, which never changes, in place of its text.
    """

    lesson: Lesson
    revision: Revision
    seen_at: datetime | None
    membership_role: str | None
    membership_group_id: int | None
    has_threads: bool
    outline_json: str
    completion_rule: str
    checks: list[dict]
    answers_json: str
    sidebar_json: tuple[str, str, str]
    etag_values: tuple

    # These two are read only when the page is rendered, which it often is not.
    @cached_property
    def outline(self) -> Outline:
        """Return the outline of the lesson's module."""
        return outline_from_json(self.outline_json)

    @property
    def has_due_dates(self) -> bool:
        """Return whether lessons of the module may be due: a date in their JSON may also be that of progress."""
        return self.lesson.due_at is not None or DATE.search(self.outline_json) is not None

    @property
    def unanswered_count(self) -> int:
        """Return how many of the checks the reader has not answered in their current version."""
        return sum((check["uid"], check["version"]) not in self.answers for check in self.checks)

    @cached_property
    def answers(self) -> dict[tuple[str, int], GivenAnswer]:
        """Return the reader's last answers to the lesson's checks, by uid and version."""
        rows = unpack_rows(self.answers_json)
        return {
            (str(UUID(uid)), version): GivenAnswer(json.loads(response), attempts, closeness)
            for uid, version, attempts, closeness, response in rows
        }

    @cached_property
    def sidebar(self) -> Sidebar:
        return Sidebar.from_json(*self.sidebar_json)


def published_lesson(user: User | AnonymousUser, pk: int) -> PublishedLesson | None:
    """Return the lesson; None if `Lesson.objects.visible_to(user)` does not have it. One query."""
    learner_view = user.learner_view if isinstance(user, User) else None
    rows = fetch_rows(_lesson_query, user.is_authenticated, user.is_superuser, learner_view, lesson=pk, user=user.pk)
    return _from_row(rows[0]) if rows else None


def get_published_lesson(user: User | AnonymousUser, pk: int) -> PublishedLesson:
    """Return what `published_lesson` returns, and remember the membership; raise Http404 for None. One query."""
    published = published_lesson(user, pk)
    if published is None:
        raise Http404
    remember_membership(user, published.lesson.module.course.pk, published)
    return published


def _from_row(row: tuple) -> PublishedLesson:
    values = iter(row)

    def take(model: type[M], names: tuple[str, ...]) -> M:
        return model.from_db(None, names, list(islice(values, len(names))))

    lesson, module = take(Lesson, LESSON_FIELDS), take(Module, MODULE_FIELDS)
    course, revision = take(Course, COURSE_FIELDS), take(Revision, REVISION_FIELDS)
    module.course, lesson.module, lesson.current_revision = course, module, revision
    seen_at, role, group_id, has_threads, outline, rule, checks, answers, *sidebar = values
    etag_values = (*row[:HTML], *row[HTML + 1 : SEEN_AT], *row[SEEN_AT + 1 :])
    return PublishedLesson(
        lesson,
        revision,
        seen_at,
        role,
        group_id,
        has_threads,
        outline,
        rule or CompletionRule.Rule.MARKED,
        checks or [],
        answers,
        tuple(sidebar),
        etag_values,
    )


def _lesson_query(is_signed_in: bool, is_superuser: bool, learner_view: tuple[int, int | None] | None):
    reader: User | AnonymousUser = AnonymousUser()
    if is_signed_in:
        reader = User(pk=int_param("user"), is_superuser=is_superuser)
        reader.learner_view = learner_view
    lessons = Lesson.objects.visible_to(reader).filter(pk=int_param("lesson")).order_by()
    if is_signed_in:
        own = FilteredRelation("progress", condition=Q(progress__user=reader.pk))
        lessons = lessons.annotate(own=own).annotate(seen=F("own__seen_at"))
    else:
        lessons = lessons.annotate(seen=Value(None, DateTimeField()))
    has_threads = Exists(Thread.objects.filter(lesson=OuterRef("pk")))
    lessons = lessons.annotate(
        has_threads=has_threads,
        outline=outline_json(is_signed_in),
        frozen_checks=F("current_revision__published_checks__checks"),
        reader_answers=_answers(reader),
        **SIDEBAR_COLUMNS,
    )
    columns = (
        "seen",
        "membership_role",
        "membership_group_id",
        "has_threads",
        "outline",
        "completion_rule__rule",
        "frozen_checks",
        "reader_answers",
    )
    return lessons.values_list(*PATHS, *columns, *SIDEBAR_COLUMNS)


def _answers(reader: User | AnonymousUser) -> JSONRows | Value:
    """Return the reader's answers to the lesson's checks; the response is JSON within the row's JSON."""
    if not reader.is_authenticated:
        return Value("[]")
    answers = Answer.objects.filter(user=reader.pk, question__lesson=OuterRef("pk"))
    response = Cast("last_response", TextField())
    return JSONRows(answers, "question__uid", "version", "attempts", "closeness", response)
