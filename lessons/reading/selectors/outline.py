"""The published lessons of a module or a course in their order, with a reader's progress in them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, FilteredRelation, IntegerField, OuterRef, Q, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, parse_datetime, unpack_rows
from lessons.db.row_count import RowCount
from lessons.markup.plain_text import reading_minutes
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.models import Lesson, Module
from lessons.practice.answering import unanswered_checks
from lessons.progress.models import CompletionRule
from lessons.reading.links import lesson_url

TO_DO: dict[str | None, Callable[[], str]] = {
    CompletionRule.Rule.END: lambda: _("Read to the end"),
    CompletionRule.Rule.NOTE: lambda: _("Write a note with your name"),
}
FACTS = tuple(KeyTextTransform(key, "current_revision__facts") for key in ("kind", "summary"))
LESSON_COLUMNS = (
    "pk",
    "slug",
    "module_id",
    "current_revision__title",
    *FACTS,
    "current_revision__word_count",
    "current_revision__sha256",
    "due_at",
)
MODULE_FIELDS = [field.attname for field in Module._meta.concrete_fields]
OWN_COLUMNS = ("own__pk", "own__seen_at", "own__completed_at", "own__position", "completion_rule__rule", "unanswered")


class OutlineEntry(NamedTuple):
    """A published lesson under the title of its current revision.

    `number` counts from one in each module, `sha256` is that of its text. `progress_id` and the fields after it are
    None if the reader has never opened the lesson. `rule` is what completes it, None for marking it as read;
    `unanswered` is how many of its checks are left, where it is completed by answering them.
    """

    number: int
    pk: int
    slug: str
    module_id: int
    title: str
    kind: str
    summary: str
    word_count: int
    sha256: str
    due_at: datetime | None
    progress_id: int | None = None
    seen_at: datetime | None = None
    completed_at: datetime | None = None
    position: int | None = None
    rule: str | None = None
    unanswered: int | None = None

    @property
    def url(self) -> str:
        return lesson_url(self.pk, self.slug)

    @property
    def minutes(self) -> int:
        return reading_minutes(self.word_count)

    @property
    def minutes_left(self) -> int:
        """Return how long the rest of the lesson takes, from the reader's position on."""
        return max(1, round(self.minutes * (1000 - (self.position or 0)) / 1000))

    @property
    def to_do(self) -> str:
        """Return what is left to do to complete the lesson, if that is more than to mark it as read."""
        if self.completed_at:
            return ""
        if n := self.unanswered:
            return ngettext("%(n)s check to answer", "%(n)s checks to answer", n) % {"n": n}
        return TO_DO[self.rule]() if self.rule in TO_DO else ""

    @property
    def is_case_study(self) -> bool:
        return self.kind == "case_study"

    @property
    def kind_label(self) -> str:
        return _("Case study") if self.is_case_study else _("Lesson %(number)s") % {"number": self.number}


@dataclass(frozen=True)
class Outline:
    """Entries in order. For a visitor, who has no progress, everything is unread."""

    entries: list[OutlineEntry]

    @cached_property
    def minutes(self) -> int:
        return sum(e.minutes for e in self.entries)

    @cached_property
    def completed_count(self) -> int:
        return sum(1 for e in self.entries if e.completed_at)

    @cached_property
    def last_opened(self) -> OutlineEntry | None:
        opened = [(e.seen_at, -n) for n, e in enumerate(self.entries) if e.seen_at]
        return self.entries[-max(opened)[1]] if opened else None

    @cached_property
    def next(self) -> OutlineEntry | None:
        """Return what to read now: the first unfinished lesson from the last opened on, else the first unfinished."""
        last = self.last_opened
        start = self.entries.index(last) if last else 0
        return next((e for e in self.entries[start:] + self.entries[:start] if not e.completed_at), None)

    def for_module(self, module_id: int) -> "Outline":
        return Outline([e for e in self.entries if e.module_id == module_id])

    def entry(self, pk: int) -> OutlineEntry | None:
        return next((e for e in self.entries if e.pk == pk), None)

    def neighbours(self, pk: int) -> tuple[OutlineEntry | None, OutlineEntry | None]:
        """Return the entries before and after; None and None for a lesson that is not in the outline."""
        n = next((n for n, e in enumerate(self.entries) if e.pk == pk), None)
        if n is None:
            return None, None
        return (self.entries[n - 1] if n else None), (self.entries[n + 1] if n + 1 < len(self.entries) else None)


def outline_of_module(module_id: int, user) -> Outline:
    """Return the module's outline. The caller has checked that the module is not a draft. One query."""
    return _numbered(fetch_rows(_module_query, user.is_authenticated, module=module_id, user=user.pk))


def modules_of_course(course: Course) -> list[Module]:
    """Return the published and archived modules in order. The caller has checked that the user may read the course.
    One query.
    """
    modules = [Module.from_db("default", MODULE_FIELDS, row) for row in fetch_rows(_modules_query, course=course.pk)]
    for module in modules:
        module.course = course
    return modules


def outline_of_course(course_id: int, user) -> Outline:
    """Return the lessons of the course's published and archived modules, module by module. One query."""
    return _numbered(fetch_rows(_course_query, user.is_authenticated, course=course_id, user=user.pk))


def _modules_query():
    modules = Module.objects.exclude(state=Module.State.DRAFT).filter(course=int_param("course"))
    return modules.order_by("position", "pk").values_list(*MODULE_FIELDS)


def _course_query(with_progress: bool):
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    lessons = _with_to_do(_with_progress(lessons, with_progress), with_progress)
    ordered = lessons.order_by("module__position", "module_id", "position", "pk")
    return ordered.values_list(*_columns(with_progress))


def _module_query(with_progress: bool):
    lessons = _with_to_do(_published_in(int_param("module"), with_progress), with_progress)
    return lessons.values_list(*_columns(with_progress)).order_by("position", "pk")


def outline_json(with_progress: bool) -> JSONRows:
    """Return an annotation for lessons, none of them in a draft module, which `outline_from_json` reads."""
    own = ("own__completed_at", Coalesce("own__position", 0)) if with_progress else ()
    return JSONRows(_published_in(OuterRef("module"), with_progress), "position", *LESSON_COLUMNS, *own)


def outline_from_json(value: str) -> Outline:
    """Return the outline of the module from the value of `outline_json`.

    It does not say when a lesson was last seen or what is left to do, and cannot tell one never opened from one just
    opened.
    """
    return _numbered(_row_from_json(*columns) for _position, *columns in unpack_rows(value))


def _row_from_json(*columns) -> tuple:
    *texts, due_at = columns[: len(LESSON_COLUMNS)]
    lesson, own = (*texts, parse_datetime(due_at)), columns[len(LESSON_COLUMNS) :]
    return (*lesson, None, None, parse_datetime(own[0]), own[1]) if own else lesson


def _published_in(module, with_progress: bool):
    lessons = Lesson.objects.filter(state=Lesson.State.PUBLISHED, current_revision__isnull=False, module=module)
    return _with_progress(lessons, with_progress)


def _with_progress(lessons, with_progress: bool):
    own = FilteredRelation("progress", condition=Q(progress__user=int_param("user")))
    return lessons.annotate(own=own) if with_progress else lessons


def _with_to_do(lessons, with_progress: bool):
    """Count the checks that are left where they complete the lesson; for others no row is looked up."""
    if not with_progress:
        return lessons
    is_asked = When(
        completion_rule__rule=CompletionRule.Rule.CHECKS,
        own__completed_at=None,
        then=RowCount(unanswered_checks(int_param("user"), OuterRef("pk")).order_by().values("pk")),
    )
    return lessons.annotate(unanswered=Case(is_asked, output_field=IntegerField()))


def _columns(with_progress: bool) -> tuple:
    return (*LESSON_COLUMNS, *OWN_COLUMNS) if with_progress else LESSON_COLUMNS


def _numbered(rows: Iterable[tuple]) -> Outline:
    """Return the rows as entries, numbered from one in each module."""
    entries: list[OutlineEntry] = []
    module, number = None, 0
    for row in rows:
        number = number + 1 if row[2] == module else 1
        module = row[2]
        entries.append(OutlineEntry(number, *row))
    return Outline(entries)
