"""What learners asked lately, as rows of the confusion board: the home of a course shows the first to its staff."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.db.json_rows import JSONRows
from lessons.discussions.kept import is_large, kept
from lessons.insight.board import (
    LESSON_COLUMNS,
    LESSON_ORDER,
    NOTE_COLUMNS,
    BoardRow,
    Candidates,
    board_lesson,
    lesson_candidates,
    make_board,
    marks_by_revision,
    published_lessons,
    ranked,
)
from lessons.insight.counted import FigureFilter, FilterShape, Mark, marks
from lessons.insight.dismissals import dismissed_column, unpack_dismissed
from lessons.insight.figures import tallies
from lessons.insight.passages import all_passages, sections_of

ORDERED_LESSON = (*LESSON_ORDER, *LESSON_COLUMNS)
LESSON_OF_NOTE = tuple(f"lesson__{name}" for name in ORDERED_LESSON)
END_OF_MARK = len(Mark._fields)
END_OF_LESSON = END_OF_MARK + len(LESSON_OF_NOTE)


def recent_columns() -> tuple[Exists, JSONRows]:
    """Return columns of a compiled query for `recent_rows`: whether anybody asked in the course since the placeholder
    `since`, and what was dismissed.
    """
    asked = Exists(Annotation.objects.filter(_recent(), lesson__module__course=int_param("course")))
    return asked, dismissed_column()


def recent_rows(course: Course, dismissed: str, *, learners: int, since: datetime, limit: int) -> list[BoardRow]:
    """Return the first rows of the board of notes since a moment. dismissed: the second of `recent_columns`, of which
    the first is true.

    One query, and one if not all texts are known. In a large class two, and more once in a while.
    """
    params, words = {"course": course.pk, "since": since}, None
    left_out = unpack_dismissed(dismissed)
    if is_large(learners):
        # Only what can be shown: the rest would have to be read and unpacked at each visit.
        most = limit + len(left_out)
        found = kept(f"insight-recent-{course.pk}-{most}", learners, lambda: _many_candidates(params).first(most))
    else:
        rows = fetch_rows(_marks_query, (*LESSON_OF_NOTE, *NOTE_COLUMNS), **params)
        lessons = sorted({row[END_OF_MARK:END_OF_LESSON] for row in rows})
        found = _candidates(lessons, [row[:END_OF_MARK] for row in rows])
        words = {Mark(*row[:END_OF_MARK]).annotation: row[END_OF_LESSON:] for row in rows}
    return make_board(found, left_out, FigureFilter(), frozenset(), limit=limit, words=words).rows


def _many_candidates(params: dict) -> Candidates:
    """Return the candidates without repeating with each of thousands of marks what its lesson is. Two queries, and one
    if not all texts are known.
    """
    return _candidates(fetch_rows(_lessons_query, **params), fetch_rows(_marks_query, (), **params))


def _candidates(lesson_rows: Iterable[Sequence], rows: Iterable[tuple]) -> Candidates:
    lessons = [board_lesson(number, row[len(LESSON_ORDER) :]) for number, row in enumerate(lesson_rows)]
    by_revision = marks_by_revision(rows)
    sections = sections_of(lesson.key for lesson in lessons)
    return ranked(
        candidate
        for lesson in lessons
        for candidate in lesson_candidates(
            lesson,
            sections[lesson.revision],
            tallies(by_revision.get(lesson.revision, ()), all_passages(sections[lesson.revision])),
            {},
            {},
        )
    )


def _marks_query(more: tuple[str, ...]) -> QuerySet:
    placed = Q(placements__revision=F("lesson__current_revision"), lesson__in=published_lessons().values("pk"))
    return marks(FilterShape(), placed & _recent(), *more)


def _lessons_query() -> QuerySet:
    asked_about = published_lessons().filter(Exists(Annotation.objects.filter(_recent(), lesson=OuterRef("pk"))))
    return asked_about.order_by(*LESSON_ORDER).values_list(*ORDERED_LESSON)


def _recent() -> Q:
    return Q(is_question=True, created_at__gte=moment_param("since"))
