"""The notes of a course with their conversations, in the order of its text; after them, those without a passage."""

from typing import NamedTuple

from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value

from lessons.accounts.models import User
from lessons.annotations.models import Placement
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.ids import parse_number
from lessons.db.pagination import Keyset
from lessons.discussions.models import Thread
from lessons.discussions.selectors.query_viewer import QueryViewer, course_placeholder, viewer_params
from lessons.discussions.selectors.thread_filter import ThreadFilter
from lessons.discussions.selectors.thread_list import (
    ROW_FIELDS,
    Tag,
    ThreadRow,
    annotate_for,
    apply_filter,
    forum_threads,
    tags_by_thread,
)
from lessons.models import Lesson, Module

PAGE_SIZE = 50
# How many lessons a page contains at most.
MAX_LESSONS = 6
NOTE_FIELDS = ("annotation", "annotation__label", "annotation__placements__start", "annotation__placements__end")
PLACED = Keyset("annotation__placements__start", "pk")


class LessonWithNotes(NamedTuple):
    pk: int
    slug: str
    title: str
    module_title: str
    revision: int
    module_position: int
    position: int

    @property
    def place(self) -> tuple[int, int, int]:
        """Return what sorts the lessons of a course."""
        return self.module_position, self.position, self.pk


class NoteRow(NamedTuple):
    """A note's thread, and where its passage is in the published text; `annotation` is None for a thread whose
    annotation is gone, `start` and `end` if the passage is.
    """

    thread: ThreadRow
    annotation: int | None
    label: str | None
    start: int | None
    end: int | None


class Cursor(NamedTuple):
    """The last note of the previous page: where its lesson is in the course, its start there, and its thread."""

    module_position: int
    position: int
    lesson: int
    start: int
    thread: int

    @classmethod
    def parse(cls, text: object) -> "Cursor | None":
        """Return the cursor that a URL names; None if it is invalid."""
        parts = text.split(".", 5) if isinstance(text, str) else []
        numbers = [number for number in map(parse_number, parts) if number is not None]
        return cls(*numbers) if len(parts) == len(numbers) == 5 else None

    @property
    def place(self) -> tuple[int, int, int]:
        return self[:3]

    def __str__(self):
        return ".".join(map(str, self))


BEGINNING = Cursor(0, 0, 0, 0, 0)
# Beyond every lesson: where the notes without a passage are.
END = 10**9


class NotePage(NamedTuple):
    """A page of a course's notes: those of some lessons, and `rest`, those without a passage in the published text.
    `tags` are by thread id, `next_cursor` is empty on the last page.
    """

    by_lesson: list[tuple[LessonWithNotes, list[NoteRow]]]
    rest: list[NoteRow]
    tags: dict[int, list[Tag]]
    next_cursor: str = ""


def lessons_with_notes(course: Course, user: User, filters: ThreadFilter) -> list[LessonWithNotes]:
    """Return the published lessons with notes that match, in the order of the course. One query."""
    rows = _fetch(_lessons_query, course, user, filters)
    return list(map(LessonWithNotes._make, rows))


def note_page(
    course: Course, user: User, filters: ThreadFilter, lessons: list[LessonWithNotes], after: Cursor = BEGINNING
) -> NotePage:
    """Return the page of notes after a position; `lessons` are all those with notes. Three queries at most."""
    lessons = [lesson for lesson in lessons if lesson.place >= after.place]
    rows = _placed_rows(course, user, filters, lessons[:MAX_LESSONS], after) if lessons else []
    if len(rows) > PAGE_SIZE or len(lessons) > MAX_LESSONS:
        rows = rows[:PAGE_SIZE]
        shown = {lesson.pk: lesson for lesson in lessons}
        last = rows[-1]
        next_cursor = str(Cursor(*shown[last.thread.lesson_id or 0].place, last.start or 0, last.thread.pk))
        return NotePage(_by_lesson(lessons, rows), [], _tags(rows), next_cursor)
    rest = _rest_rows(course, user, filters, after.thread if after.lesson == END else 0)
    room = max(0, PAGE_SIZE - len(rows))
    next_cursor = ""
    if len(rest) > room:
        rest = rest[:room]
        next_cursor = str(Cursor(END, END, END, 0, rest[-1].thread.pk if rest else 0))
    return NotePage(_by_lesson(lessons, rows), rest, _tags([*rows, *rest]), next_cursor)


def _by_lesson(lessons: list[LessonWithNotes], rows: list[NoteRow]) -> list[tuple[LessonWithNotes, list[NoteRow]]]:
    groups = [(lesson, [row for row in rows if row.thread.lesson_id == lesson.pk]) for lesson in lessons[:MAX_LESSONS]]
    return [(lesson, notes) for lesson, notes in groups if notes]


def _tags(rows: list[NoteRow]) -> dict[int, list[Tag]]:
    return tags_by_thread(row.thread.pk for row in rows)


def _fetch(build, course: Course, user: User, filters: ThreadFilter, *variant, **more) -> list[tuple]:
    params = viewer_params(user, course.pk) | filters.params() | more
    return fetch_rows(build, QueryViewer.for_user(user, course.pk), filters.with_placeholders(), *variant, **params)


def _notes(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    """Return the threads of notes that match, annotated for the reader."""
    return apply_filter(forum_threads(course_placeholder(), viewer.placeholder()), filters)


def _lessons_query(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    notes = _notes(viewer, filters).from_the_text().filter(lesson=OuterRef("pk"))
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    lessons = lessons.exclude(module__state=Module.State.DRAFT).filter(Exists(notes))
    lessons = lessons.order_by("module__position", "position", "pk")
    return lessons.values_list(
        "pk", "slug", "current_revision__title", "module__title", "current_revision", "module__position", "position"
    )


def _placed_rows(
    course: Course, user: User, filters: ThreadFilter, lessons: list[LessonWithNotes], after: Cursor
) -> list[NoteRow]:
    """Return the first notes of these lessons, in the order of the text, one more than a page. The first lesson begins
    after the cursor, if that is in it. One query, or two if the first lesson does not fill the page.
    """
    first, *others = lessons
    start = (after.start, after.thread) if first.place == after.place else (-1, 0)
    rows = _rows(_fetch(_lesson_query, course, user, filters, revision=first.revision, **PLACED.params(start)))
    if others and len(rows) <= PAGE_SIZE:
        revisions = [lesson.revision for lesson in others] + [0] * (MAX_LESSONS - len(lessons))
        more = {f"revision{n}": revision for n, revision in enumerate(revisions)}
        order = {lesson.pk: n for n, lesson in enumerate(others)}
        rest = _rows(_fetch(_lessons_notes_query, course, user, filters, **more))
        rows += sorted(rest, key=lambda row: (order[row.thread.lesson_id or 0], row.start, row.thread.pk))
    return rows[: PAGE_SIZE + 1]


def _lesson_query(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    # In one call of `filter`, so that all conditions are about the same placement.
    placed = Q(annotation__placements__revision=int_param("revision")) & PLACED.after(PLACED.placeholders())
    notes = _notes(viewer, filters).filter(placed).order_by(*PLACED.order_by)
    return notes.values_list(*ROW_FIELDS, *NOTE_FIELDS)[: PAGE_SIZE + 1]


def _lessons_notes_query(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    """Select the first notes of each lesson by itself, so that the database reads no more than a page of each."""
    chosen = Q()
    for n in range(MAX_LESSONS - 1):
        placed = Q(annotation__placements__revision=int_param(f"revision{n}"), annotation__placements__start__gte=0)
        notes = _notes(viewer, filters).filter(placed).order_by(*PLACED.order_by)
        chosen |= Q(pk__in=notes.values("pk")[: PAGE_SIZE + 1])
    # Without a condition on the course, by which SQLite would read all its threads.
    notes = annotate_for(Thread.objects.filter(chosen), viewer.placeholder())
    notes = notes.filter(annotation__placements__revision=F("lesson__current_revision")).order_by()
    return notes.values_list(*ROW_FIELDS, *NOTE_FIELDS)


def _rest_rows(course: Course, user: User, filters: ThreadFilter, after: int) -> list[NoteRow]:
    """Return the notes without a passage in the published text, by id after one, one more than a page. One query."""
    return _rows(_fetch(_rest_query, course, user, filters, after=after))


def _rest_query(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    lessons = Lesson.objects.filter(module__course=int_param("course"))
    published = lessons.published().exclude(module__state=Module.State.DRAFT)
    removed = Placement.objects.filter(revision__in=published.values("current_revision"), start=None)
    elsewhere = Q(lesson=None) | Q(lesson__in=lessons.exclude(pk__in=published.values("pk")))
    notes = _notes(viewer, filters).from_the_text()
    notes = notes.filter(Q(pk__in=removed.values("annotation__thread")) | elsewhere, pk__gt=int_param("after"))
    notes = notes.annotate(start=Value(None, IntegerField()), end=Value(None, IntegerField()))
    columns = (*ROW_FIELDS, *NOTE_FIELDS[:2], "start", "end")
    return notes.order_by("pk").values_list(*columns)[: PAGE_SIZE + 1]


def _rows(rows: list[tuple]) -> list[NoteRow]:
    width = len(ROW_FIELDS)
    return [NoteRow(ThreadRow._make(row[:width]), *row[width:]) for row in rows]
