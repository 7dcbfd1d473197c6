"""What learners asked lately, as rows of the confusion board: the home of a course shows the first to its staff."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.insight.board import (
    LESSON_COLUMNS,
    LESSON_ORDER,
    NOTE_COLUMNS,
    BoardLesson,
    BoardRow,
    Candidates,
    board_lesson,
    lesson_candidates,
    make_board,
    marks_by_revision,
    published_lessons,
    ranked,
)
from lessons.insight.counted import FilterShape, Mark, marks
from lessons.insight.kept import is_large, kept
from lessons.insight.models import DismissedPassage
from lessons.insight.passages import sections_of

MARK_LENGTH = len(Mark._fields)


def recent_columns() -> tuple[JSONRows, JSONRows]:
    """Return columns of a compiled query for `recent_rows`: the lessons about which anybody asked since the
    placeholder `since`, and what was dismissed in the course.
    """
    asked_about = published_lessons().filter(Exists(Annotation.objects.filter(_recent(), lesson=OuterRef("pk"))))
    dismissed = DismissedPassage.objects.filter(lesson__module__course=int_param("course"))
    return JSONRows(asked_about, *LESSON_ORDER, *LESSON_COLUMNS), JSONRows(dismissed, "lesson", "passage", "latest")


def recent_rows(
    course: Course, asked_about: str, dismissed: str, *, learners: int, since: datetime, limit: int
) -> list[BoardRow]:
    """Return the first rows of the board of notes since a moment. asked_about, dismissed: the `recent_columns`.

    No query if nobody has asked. Else one, or two in a large class; and one if not all texts are known.
    """
    lessons = [board_lesson(n, row[len(LESSON_ORDER) :]) for n, row in enumerate(unpack_rows(asked_about))]
    if not lessons:
        return []
    params, words = {"course": course.pk, "since": since}, None
    if is_large(learners):
        key = f"insight-recent-{course.pk}"
        found = kept(key, learners, lambda: _candidates(lessons, fetch_rows(_marks_query, (), **params)))
    else:
        rows = fetch_rows(_marks_query, NOTE_COLUMNS, **params)
        found = _candidates(lessons, (row[:MARK_LENGTH] for row in rows))
        words = {Mark(*row[:MARK_LENGTH]).annotation: row[MARK_LENGTH:] for row in rows}
    left_out = {(lesson, passage): latest for lesson, passage, latest in unpack_rows(dismissed)}
    return make_board(found, left_out, frozenset(), limit=limit, words=words).rows


def _candidates(lessons: Sequence[BoardLesson], rows: Iterable[tuple]) -> Candidates:
    by_revision = marks_by_revision(rows)
    sections = sections_of(lesson.key for lesson in lessons)
    return ranked(
        candidate
        for lesson in lessons
        for candidate in lesson_candidates(
            lesson, sections[lesson.revision], by_revision.get(lesson.revision, []), {}, {}
        )
    )


def _marks_query(more: tuple[str, ...]) -> QuerySet:
    placed = Q(placements__revision=F("lesson__current_revision"), lesson__in=published_lessons().values("pk"))
    return marks(FilterShape(), placed & _recent(), *more)


def _recent() -> Q:
    return Q(is_question=True, created_at__gte=moment_param("since"))
