"""The list of a member's work as HTML, day by day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from lessons.accounts.models import User
from lessons.annotations.models import labels_for
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param, int_params, padded
from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import display_title
from lessons.discussions.selectors.activity_items import excerpt_of
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.insight.work import Kind, Work
from lessons.insight.work_list import Entry
from lessons.markup.row_templates import date_text, render_rows, url
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.models import Lesson
from lessons.models.texts import lesson_url_slug
from lessons.practice.models import PublishedChecks
from lessons.progress.models import Reached

IS_CURRENT = Q(revision=F("revision__lesson__current_revision"))


class LessonLink(NamedTuple):
    title: str
    url: str


class Chip(NamedTuple):
    """A fact about an entry; `state` is a class of chips, or empty."""

    text: str
    state: str = ""


class Line(NamedTuple):
    """An entry as the template shows it. `url` is empty where it cannot be read, `time` where only its day is told."""

    happened: str
    title: str
    url: str
    quote: str = ""
    text: str = ""
    chips: tuple[Chip, ...] = ()
    person: Identity | None = None
    lesson: LessonLink | None = None
    time: str = ""
    iso: str = ""


class Day(NamedTuple):
    name: str
    lines: list[Line]


def lesson_links(work: Work) -> dict[int, LessonLink]:
    """Return the published lessons of the course by id, in their order. One query."""
    rows = fetch_rows(_lessons_query, course=work.course.pk)
    return {pk: LessonLink(title, url("reading:lesson", pk, lesson_url_slug(slug))) for pk, slug, title in rows}


def _lessons_query() -> QuerySet:
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    rows = lessons.order_by("module__position", "module", "position", "pk")
    return rows.values_list("pk", "slug", "current_revision__title")


def render_work(work: Work, viewer: User, entries: list[Entry], lessons: dict[int, LessonLink]) -> SafeString:
    """Return the entries by day, moments in the current time zone. `lessons` are those of `lesson_links`. Four queries
    at most.
    """
    describer = WorkDescriber.of(work, viewer, entries, lessons)
    days = [
        Day(date_text(day, "l j F Y"), [describer.line(entry) for entry in of_day])
        for day, of_day in groupby(entries, attrgetter("day"))
    ]
    return render_rows("insight/work.html", days=days)


@dataclass
class WorkDescriber:
    """Says what entries are, with what it needs to know of their page: readable threads by id, the questions of
    published checks by uid and version, and how much of a lesson was read, in hundredths, by its id.
    """

    work: Work
    viewer: User
    lessons: dict[int, LessonLink]
    labels: dict[str, str] = field(default_factory=dict)
    threads: set[int] = field(default_factory=set)
    questions: dict[tuple[UUID, int], str] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, work: Work, viewer: User, entries: Iterable[Entry], lessons: dict[int, LessonLink]) -> "WorkDescriber":
        by_kind: dict[str, list[dict[str, Any]]] = {kind: [] for kind in Kind}
        for entry in entries:
            by_kind[entry.kind].append(entry.row)
        threads = {row["thread_id"] for rows in by_kind.values() for row in rows if row.get("thread_id")}
        return cls(
            work=work,
            viewer=viewer,
            lessons=lessons,
            labels={label.key: str(label.name) for label in labels_for(work.course)} if by_kind[Kind.NOTES] else {},
            threads=_readable(threads, work.course, viewer),
            questions=_questions({row["question__lesson_id"] for row in by_kind[Kind.CHECKS]}),
            reached=_reached(work, {row["lesson_id"] for row in by_kind[Kind.READING]}),
        )

    def line(self, entry: Entry) -> Line:
        describe = {
            Kind.NOTES: self._note,
            Kind.READING: self._reading,
            Kind.CHECKS: self._check,
        }.get(entry.kind, self._post)
        line = describe(entry)
        if entry.moment is None:
            return line
        moment = localtime(entry.moment)
        return line._replace(time=f"{moment:%H:%M}", iso=moment.isoformat(timespec="seconds"))

    def _note(self, entry: Entry) -> Line:
        row, has_thread = entry.row, bool(entry.row["thread_id"])
        lesson, label = self.lessons.get(row["lesson_id"]), self.labels.get(row["label"], row["label"])
        can_open = lesson is not None and (not has_thread or row["thread_id"] in self.threads)
        return Line(
            happened=label,
            title="",
            url=url("annotations:annotation", entry.pk) if can_open else "",
            quote=row["thread__quote"] or row["exact"],
            text=excerpt_of(row["opening__html"] or ""),
            chips=self._chips_of_note(row, has_thread),
            lesson=lesson,
        )

    def _chips_of_note(self, row: dict[str, Any], has_thread: bool) -> tuple[Chip, ...]:
        chips = [self._privacy(row["thread__audience"] or row["audience"], row["thread__alias_id"])]
        if not has_thread and row["audience"] != Thread.Audience.ME:
            chips.append(Chip(_("Without your name")))
        if row["is_question"] and has_thread and row["thread__audience"] != Thread.Audience.ME:
            is_open = row["thread__status"] == Thread.Status.OPEN
            chips.append(Chip(_("Unanswered"), "open") if is_open else Chip(_("✓ Answered"), "answered"))
        return tuple(filter(None, chips))

    def _privacy(self, audience: str, alias: int | None) -> Chip | None:
        """Return what only the member sees here, because it is private or anonymous."""
        if audience == Thread.Audience.ME:
            return Chip(_("Only you"))
        return Chip(_("Anonymous")) if alias else None

    def _post(self, entry: Entry) -> Line:
        row = entry.row
        lesson, can_open = self.lessons.get(row["thread__lesson_id"]), row["thread_id"] in self.threads
        is_private = self._privacy(row["thread__audience"], row["alias_id"]) if entry.kind != Kind.RECEIVED else None
        title = display_title(row["thread__title"], row["thread__quote"], row["thread__excerpt"])
        return Line(
            happened=self._happened(entry),
            title=title if can_open else _("A discussion that can no longer be read here"),
            url=url("discussions:post", entry.pk) if can_open else "",
            text=excerpt_of(row["html"]),
            chips=(is_private,) if is_private else (),
            person=self._person(row) if entry.kind == Kind.RECEIVED else None,
            lesson=lesson if can_open else None,
        )

    def _happened(self, entry: Entry) -> str:
        if entry.kind != Kind.DISCUSSIONS:
            return _("Reply")
        return str(Thread.Kind(entry.row["thread__kind"]).label)

    def _person(self, row: dict[str, Any]) -> Identity:
        author, name, alias = row["author_id"], row["author__display_name"], row["alias__name"]
        return display_identity(author=author, name=name, alias=alias, reader=self.viewer.pk)

    def _reading(self, entry: Entry) -> Line:
        lesson, is_done = self.lessons[entry.row["lesson_id"]], entry.row["completed_at"] is not None
        share = self.reached.get(entry.row["lesson_id"])
        read = Chip(_("Read to %(n)d%%") % {"n": share}) if share is not None and not is_done else None
        return Line(
            happened=_("Completed") if is_done else _("Opened"),
            title=lesson.title,
            url=lesson.url,
            chips=(read,) if read else (),
        )

    def _check(self, entry: Entry) -> Line:
        row = entry.row
        lesson, uid = self.lessons[row["question__lesson_id"]], row["question__uid"]
        is_gone = row["question__published_version"] is None
        gone, changed = _("A check that is no longer in the text"), _("A question that has been changed since")
        return Line(
            happened=_("Check"),
            title=self.questions.get((uid, row["version"]), gone if is_gone else changed),
            url=lesson.url if is_gone else f"{lesson.url}#check-{uid}",
            chips=self._chips_of_answer(row["first_is_right"], row["attempts"]),
            lesson=lesson,
        )

    def _chips_of_answer(self, is_right: bool | None, attempts: int) -> tuple[Chip, ...]:
        if is_right is None:
            return (Chip(_("In your own words") if self.work.is_own else _("In their own words")),)
        if is_right:
            return (Chip(_("✓ Right first time"), "answered"),)
        tried = ngettext("%(n)d attempt", "%(n)d attempts", attempts) % {"n": attempts}
        return Chip(_("Not right first time")), Chip(tried)


def _readable(threads: set[int], course: Course, viewer: User) -> set[int]:
    """Return the ids of those threads of the course that the viewer may read. One query, none without threads."""
    params = viewer_params(viewer, course.pk)
    return {pk for (pk,) in _of_ids(_readable_query, threads, QueryViewer.for_user(viewer, course.pk), **params)}


def _readable_query(places: int, viewer: QueryViewer) -> QuerySet:
    threads = Thread.objects.visible_to(viewer.placeholder()).filter(pk__in=_placeholders(places))
    return threads.order_by().values_list("pk")


def _questions(lessons: set[int]) -> dict[tuple[UUID, int], str]:
    """Return the questions of the checks that are published in the lessons. One query, none without lessons."""
    rows = _of_ids(_questions_query, lessons)
    return {(UUID(check["uid"]), check["version"]): check["question"] for (checks,) in rows for check in checks}


def _questions_query(places: int) -> QuerySet:
    rows = PublishedChecks.objects.filter(IS_CURRENT, revision__lesson__in=_placeholders(places))
    return rows.order_by().values_list("checks")


def _reached(work: Work, lessons: set[int]) -> dict[int, int]:
    """Return how much of the lessons, as they are published now, the member has read, in hundredths. One query, none
    without lessons.
    """
    rows = _of_ids(_reached_query, lessons, user=work.member.pk)
    return {lesson: min(100, 100 * offset // length) for lesson, offset, length in rows if length}


def _reached_query(places: int) -> QuerySet:
    reached = Reached.objects.filter(IS_CURRENT, user=int_param("user"), revision__lesson__in=_placeholders(places))
    return reached.order_by().values_list("revision__lesson", "offset", Length("revision__text"))


def _of_ids(build: Callable[..., QuerySet], ids: set[int], *variant: object, **params: object) -> list[tuple]:
    """Return the rows of a query with `_placeholders` for the ids; none without ids."""
    places = padded("id", ids, 0)
    return fetch_rows(build, len(places), *variant, **params, **places) if ids else []


def _placeholders(places: int) -> list[int]:
    return int_params("id", places)
