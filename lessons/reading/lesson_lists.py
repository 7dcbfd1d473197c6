"""The lessons of a course as its pages list them, with their due dates; what is due, and what to read next."""

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.safestring import SafeString

from lessons.accounts.models import User
from lessons.courses.due_dates import DueDate, DueDates
from lessons.courses.models import Course
from lessons.markup.row_templates import render_rows
from lessons.models import Module
from lessons.reading.selectors.outline import Outline, OutlineEntry

# How many lessons the home shows of each module, one of them before the next to read, and of all modules at least.
SHORT_LIST, SHORT_PAGE = 5, 10
MAX_DUE, DUE_WITHIN_DAYS = 6, 7


class LessonRow(NamedTuple):
    """A lesson in a list. A lesson that the reader has completed is no longer due. to_do: see `left_to_do`."""

    entry: OutlineEntry
    due: DueDate | None
    is_next: bool = False
    to_do: str = ""


class DueLesson(NamedTuple):
    entry: OutlineEntry
    due: DueDate
    to_do: str


class DueList(NamedTuple):
    """What is overdue or due within a week, or else the next; `more` is how many others are overdue."""

    lessons: list[DueLesson]
    more: int
    zone_note: str


class ModuleSection(NamedTuple):
    """A module with the rows of its lessons. `hidden` is how many of them are left out."""

    module: Module
    rows: list[LessonRow]
    lesson_count: int
    completed_count: int
    hidden: int
    is_open: bool


def module_sections(
    course: Course, modules: Iterable[Module], outline: Outline, dates: DueDates, *, short: bool, shows_progress: bool
) -> SafeString:
    """Return the modules with their lessons as HTML, empty if there are no modules. `short` keeps few lessons of each:
    those around the next to read.

    The module of the next lesson is open, or the first one.
    """
    following, modules = outline.next, list(modules)
    open_module = following.module_id if following else modules[0].pk if modules else None
    size = max(SHORT_LIST, SHORT_PAGE // max(1, len(modules)))
    sections = []
    for module in modules:
        part = outline.for_module(module.pk)
        entries = _around(part.entries, following, size) if short else part.entries
        hidden = len(part.entries) - len(entries)
        rows = _rows(entries, dates, following)
        sections.append(
            ModuleSection(module, rows, len(part.entries), part.completed_count, hidden, module.pk == open_module)
        )
    return render_rows("reading/module_sections.html", sections=sections, course=course, shows_progress=shows_progress)


def _around(entries: list[OutlineEntry], following: OutlineEntry | None, size: int) -> list[OutlineEntry]:
    start = max(0, entries.index(following) - 1) if following in entries else 0
    start = max(0, min(start, len(entries) - size))
    return entries[start : start + size]


def _rows(entries: Iterable[OutlineEntry], dates: DueDates, following: OutlineEntry | None) -> list[LessonRow]:
    return [
        LessonRow(entry, shown_due_date(entry, dates), entry == following, left_to_do(entry, dates))
        for entry in entries
    ]


def left_to_do(entry: OutlineEntry, dates: DueDates) -> str:
    """Return what a learner has left to do to complete the lesson, beyond marking it as read; empty for nothing."""
    return entry.to_do if dates.is_learner and not dates.course.is_closed else ""


def shown_due_date(entry: OutlineEntry, dates: DueDates) -> DueDate | None:
    """Return when the lesson is due; None if it never is, or if the reader has completed it."""
    return dates.show(entry.due_at) if entry.due_at and not entry.completed_at else None


def continue_reading(
    outline: Outline, course: Course, dates: DueDates, *, heading: str = "", in_library: bool = False
) -> SafeString:
    """Return what to read next as HTML. `heading` is where the reader stopped in it, if that is known."""
    following, last = outline.next, outline.last_opened
    return render_rows(
        "reading/continue_reading.html",
        next=following,
        last=last,
        course=course,
        to_do=following and left_to_do(following, dates),
        due=following and shown_due_date(following, dates),
        resume_heading=heading,
        in_library=in_library,
    )


def due_dates(outline: Outline, course: Course, reader: User | AnonymousUser) -> dict[int, DueDate]:
    """Map ids of lessons to when they are due."""
    dates = DueDates(course, reader, timezone.now())
    return {e.pk: dates.show(e.due_at, is_done=bool(e.completed_at)) for e in outline.entries if e.due_at}


def due_list(outline: Outline, dates: DueDates) -> DueList:
    """Return the lessons that are due and not completed, the earliest first."""
    unread = [entry for entry in outline.entries if entry.due_at and not entry.completed_at]
    in_order = sorted(unread, key=attrgetter("due_at"))
    due = [DueLesson(e, dates.show(e.due_at), left_to_do(e, dates)) for e in in_order if e.due_at]
    late = [lesson for lesson in due if lesson.due.state == "overdue"]
    coming = [lesson for lesson in due[len(late) :] if lesson.due.days >= 0]
    soon = [lesson for lesson in coming if lesson.due.days <= DUE_WITHIN_DAYS] or coming[:1]
    listed = late[-max(1, MAX_DUE - len(soon)) :] + soon[:MAX_DUE]
    return DueList(listed, len(late) + len(soon) - len(listed), dates.zone_note)
