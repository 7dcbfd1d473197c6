"""The notes of a course with their conversations, in the order of its text; after them, those without a passage."""

from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from django.db.models import CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value

from lessons.accounts.models import User
from lessons.annotations.models import Placement
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.ids import parse_number
from lessons.db.pagination import Keyset
from lessons.db.row_count import RowCount
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import IS_NOTE
from lessons.discussions.selectors.filter_options import FilterOption, groups_to_filter_by
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
# How many lessons one query reads: as many as have a page of notes, rounded up to one of these.
LESSONS_PER_QUERY = (1, 2, 4, 12)
ENDS = ("start", "end")
PLACED = Keyset("annotation__placements__start", "pk")


class LessonWithNotes(NamedTuple):
    """A published lesson with notes; `size` counts them up to a page, whoever may read them."""

    pk: int
    slug: str
    title: str
    module_title: str
    revision: int
    size: int
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
    start: int | None
    end: int | None

    def is_in(self, lesson: LessonWithNotes) -> bool:
        return self.start is not None and self.thread.lesson_id == lesson.pk


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


class NoteFilterOptions(NamedTuple):
    """The lessons with notes that match all filters but the one by lesson, in the order of the course, and the groups
    to filter by.
    """

    lessons: list[LessonWithNotes]
    groups: list[FilterOption]


def filter_options(course: Course, user: User, filters: ThreadFilter) -> NoteFilterOptions:
    """Return the lessons with notes to show, and the groups to filter by. One query."""
    rows = _fetch(_options_query, course, user, replace(filters, lesson=0), PAGE_SIZE)
    lessons = [LessonWithNotes._make(row[1:]) for row in rows if row[0] == "lesson"]
    groups = [FilterOption(row[1], "group", row[3]) for row in rows if row[0] == "group"]
    return NoteFilterOptions(lessons, groups)


def note_page(
    course: Course, user: User, filters: ThreadFilter, lessons: list[LessonWithNotes], after: Cursor = BEGINNING
) -> NotePage:
    """Return the page of notes after a position; `lessons` are those of `filter_options`. Two queries."""
    lessons = [lesson for lesson in lessons if filters.lesson in (0, lesson.pk)]
    lessons = [lesson for lesson in lessons if (*lesson.place, END) > (*after.place, after.start)]
    shown = _enough_for_a_page(lessons)
    is_last = len(shown) == len(lessons)
    rows = _note_rows(course, user, filters, shown, after, with_rest=is_last)
    page, next_cursor = rows[:PAGE_SIZE], ""
    if len(rows) > PAGE_SIZE:
        next_cursor = str(_cursor_after(page[-1], shown))
    elif not is_last:
        next_cursor = str(Cursor(*shown[-1].place, END, END))
    tags = tags_by_thread(row.thread.pk for row in page)
    by_lesson: dict[int | None, list[NoteRow]] = defaultdict(list)
    for row in page:
        if row.start is not None:
            by_lesson[row.thread.lesson_id].append(row)
    groups = [(lesson, by_lesson[lesson.pk]) for lesson in shown if lesson.pk in by_lesson]
    rest = [row for row in page if row.start is None]
    return NotePage(groups, rest, tags, next_cursor)


def _enough_for_a_page(lessons: list[LessonWithNotes]) -> list[LessonWithNotes]:
    """Return the first lessons that have a page of notes together. A page that continues one may be shorter."""
    number = 0
    for n, lesson in enumerate(lessons[: LESSONS_PER_QUERY[-1]]):
        number += lesson.size
        if number > PAGE_SIZE:
            return lessons[: n + 1]
    return lessons[: LESSONS_PER_QUERY[-1]]


def _cursor_after(row: NoteRow, lessons: list[LessonWithNotes]) -> Cursor:
    place = next((lesson.place for lesson in lessons if row.is_in(lesson)), (END, END, END))
    return Cursor(*place, row.start or 0, row.thread.pk)


def _fetch(build, course: Course, user: User, filters: ThreadFilter, *variant, **more) -> list[tuple]:
    params = viewer_params(user, course.pk) | filters.params() | more
    return fetch_rows(build, QueryViewer.for_user(user, course.pk), filters.with_placeholders(), *variant, **params)


def _notes(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    """Return the threads of notes that match, annotated for the reader."""
    return apply_filter(forum_threads(course_placeholder(), viewer.placeholder()), filters)


def _published_lessons() -> QuerySet:
    lessons = Lesson.objects.published().filter(module__course=int_param("course"))
    return lessons.exclude(module__state=Module.State.DRAFT)


def _options_query(viewer: QueryViewer, filters: ThreadFilter, size: int) -> QuerySet:
    text, number = CharField(), IntegerField()
    notes = Thread.objects.filter(IS_NOTE, lesson=OuterRef("pk")).order_by()
    matching = _notes(viewer, filters).filter(IS_NOTE, lesson=OuterRef("pk"))
    lessons = _published_lessons().filter(Exists(matching)).order_by()
    lessons = lessons.annotate(
        what=Value("lesson", text),
        address=F("slug"),
        name=F("current_revision__title"),
        module_title=F("module__title"),
        revision=F("current_revision"),
        size=RowCount(notes.values("pk")[: size + 1]),
        module_position=F("module__position"),
        lesson_position=F("position"),
    )
    empty, zero = Value("", text), Value(0, number)
    groups = groups_to_filter_by(viewer).annotate(
        what=Value("group", text),
        address=empty,
        module_title=empty,
        revision=zero,
        size=zero,
        module_position=zero,
        lesson_position=zero,
    )
    columns = "what pk address name module_title revision size module_position lesson_position".split()
    options = lessons.values_list(*columns).union(groups.values_list(*columns), all=True)
    return options.order_by("what", "module_position", "lesson_position", "pk")


def _note_rows(
    course: Course,
    user: User,
    filters: ThreadFilter,
    lessons: list[LessonWithNotes],
    after: Cursor,
    *,
    with_rest: bool,
) -> list[NoteRow]:
    """Return the first notes of these lessons, in the order of the text, up to a page and one of each; with_rest, also
    those without a passage. The first lesson begins after the cursor, if that is in it. One query.
    """
    number = next(number for number in LESSONS_PER_QUERY if number >= len(lessons))
    revisions = [lesson.revision for lesson in lessons] + [0] * (number - len(lessons))
    start = (after.start, after.thread) if lessons and lessons[0].place == after.place else (-1, 0)
    rest_after = after.thread if after.lesson == END else 0
    params = {f"revision{n}": revision for n, revision in enumerate(revisions)} | PLACED.params(start)
    rows = _fetch(_notes_query, course, user, filters, PAGE_SIZE, number, with_rest, rest_after=rest_after, **params)
    width, order = len(ROW_FIELDS), {lesson.pk: n for n, lesson in enumerate(lessons)}
    notes = [NoteRow(ThreadRow._make(row[:width]), *row[width:]) for row in rows]

    def place(row: NoteRow) -> tuple[int, int, int]:
        if row.start is None:
            return len(lessons), 0, row.thread.pk
        return order.get(row.thread.lesson_id or 0, len(lessons)), row.start, row.thread.pk

    return sorted(notes, key=place)


def _notes_query(viewer: QueryViewer, filters: ThreadFilter, size: int, lessons: int, with_rest: bool) -> QuerySet:
    """Select the first notes of each lesson by itself, so that the database reads no more than a page of each."""
    chosen = Q()
    for n in range(lessons):
        # In one call of `filter`, so that all conditions are about the same placement.
        placed = Q(annotation__placements__revision=int_param(f"revision{n}"))
        placed &= Q(annotation__placements__start__gte=0) if n else PLACED.after(PLACED.placeholders())
        notes = _notes(viewer, filters).filter(placed).order_by(*PLACED.order_by)
        chosen |= Q(pk__in=notes.values("pk")[: size + 1])
    if with_rest:
        chosen |= Q(pk__in=_notes_without_passage(viewer, filters).values("pk")[: size + 1])
    # Without a condition on the course, by which SQLite would read all its threads.
    notes = annotate_for(Thread.objects.filter(chosen), viewer.placeholder()).order_by()
    if not with_rest:
        notes = notes.filter(annotation__placements__revision=F("lesson__current_revision"))
        return notes.values_list(*ROW_FIELDS, "annotation", *(f"annotation__placements__{end}" for end in ENDS))
    placements = Placement.objects.filter(revision=OuterRef("lesson__current_revision"))
    placements = placements.filter(annotation__thread=OuterRef("pk"), revision__in=_current_revisions())
    notes = notes.annotate(**{end: Subquery(placements.values(end)[:1]) for end in ENDS})
    return notes.values_list(*ROW_FIELDS, "annotation", *ENDS)


def _current_revisions() -> QuerySet:
    return _published_lessons().values("current_revision")


def _notes_without_passage(viewer: QueryViewer, filters: ThreadFilter) -> QuerySet:
    """Select notes whose passage is in no published text, by id after one."""
    removed = Placement.objects.filter(revision__in=_current_revisions(), start=None)
    others = Lesson.objects.filter(module__course=int_param("course"))
    others = others.exclude(pk__in=_published_lessons().values("pk"))
    elsewhere = Q(pk__in=removed.values("annotation__thread")) | Q(lesson=None) | Q(lesson__in=others)
    return _notes(viewer, filters).filter(IS_NOTE, elsewhere, pk__gt=int_param("rest_after")).order_by("pk")
