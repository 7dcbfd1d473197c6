"""The lecture note of a course: the passages that staff chose, in the order of the text, with what learners ask."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.insight.board import (
    BoardLesson,
    BoardRow,
    Question,
    course_candidates,
    course_lessons,
    make_board,
    misses_text,
    ranked,
)
from lessons.insight.counted import FigureFilter
from lessons.insight.figures import people_text
from lessons.insight.links import lesson_url
from lessons.insight.models import LectureItem
from lessons.insight.passages import all_passages, sections_of
from lessons.markup.markdown_text import escape_markdown


class LectureRow(NamedTuple):
    """A passage of the note; row: what confuses learners in it, None if nothing does by now. is_gone: it is no longer
    in the published text.
    """

    lesson: BoardLesson
    passage: str
    quote: str
    heading: str
    is_gone: bool
    row: BoardRow | None


def lecture_rows(course: Course) -> list[LectureRow]:
    """Return the passages of the note. At most eight queries."""
    items = fetch_rows(_items_query, course=course.pk)
    if not items:
        return []
    lessons = {lesson.pk: lesson for lesson in course_lessons(course)}
    chosen = {(lesson, passage) for lesson, passage, _quote in items}
    candidates = course_candidates(course, list(lessons.values()), FigureFilter())
    wanted = [one for one in candidates if (one.lesson.pk, one.key) in chosen]
    board = make_board(ranked(wanted), {}, FigureFilter(), chosen, limit=len(wanted))
    rows = {(row.candidate.lesson.pk, row.candidate.key): row for row in board.rows}
    places = _places([lessons[lesson] for lesson in {lesson for lesson, _passage, _quote in items} & set(lessons)])
    found = []
    for lesson, passage, quote in items:
        if lesson in lessons:
            place, heading = places.get((lesson, passage), (-1, ""))
            row = rows.get((lesson, passage))
            found.append((place, LectureRow(lessons[lesson], passage, quote, heading, place < 0, row)))
    return [row for _place, row in sorted(found, key=lambda one: (one[1].lesson.number, one[0]))]


def _places(lessons: list[BoardLesson]) -> dict[tuple[int, str], tuple[int, str]]:
    """Return where the passages and checks of these lessons stand: their offset and the heading above them."""
    sections = sections_of(lesson.key for lesson in lessons)
    places = {}
    for lesson in lessons:
        for section in sections[lesson.revision]:
            for passage in section.passages:
                places[lesson.pk, passage.key] = (passage.start, section.heading)
            end = all_passages([section])[-1].end if section.passages else section.start
            for uid in section.checks:
                places[lesson.pk, uid] = (end, section.heading)
    return places


class LectureLine(NamedTuple):
    """A passage as the note shows it. lesson_title: empty where it is that of the line before. people: who is
    confused, empty if nobody is by now. missed: of a check, how many missed it at first, of how many.
    """

    lesson_pk: int
    lesson_title: str
    url: str
    passage: str
    quote: str
    heading: str
    is_gone: bool
    people: str
    missed: tuple[str, str] | None
    questions: list[Question]


def lecture_lines(rows: Iterable[LectureRow]) -> list[LectureLine]:
    lines: list[LectureLine] = []
    for row in rows:
        lesson = row.lesson
        is_first = not lines or lines[-1].lesson_pk != lesson.pk
        lines.append(
            LectureLine(
                lesson.pk,
                lesson.title if is_first else "",
                lesson_url(lesson.pk, lesson.slug),
                row.passage,
                row.quote,
                row.heading,
                row.is_gone,
                people_text(row.row.candidate.confusion.people) if row.row else "",
                misses_text(row.row.candidate.misses) if row.row else None,
                row.row.questions if row.row else [],
            )
        )
    return lines


def lecture_markdown(title: str, lines: Iterable[LectureLine], root: str) -> str:
    """Return the note as Markdown. root: the address of the site, without a slash at its end."""
    parts = [f"# {_('Lecture note')}: {escape_markdown(title)}\n"]
    for line in lines:
        if line.lesson_title:
            parts.append(f"\n## [{escape_markdown(line.lesson_title)}]({root}{line.url})\n")
        parts.append(f"\n> {escape_markdown(line.quote)}\n")
        details = [escape_markdown(line.heading)] if line.heading else []
        details += [_("no longer in the text")] if line.is_gone else []
        details += [confused_text(line)] if line.people else []
        parts += [f"\n{' · '.join(details)}\n"] if details else []
        parts += ["\n"] if line.questions else []
        parts += [f"- {_in_markdown(question)}\n" for question in line.questions]
    return "".join(parts)


def confused_text(line: LectureLine) -> str:
    """Return how many people are confused by a passage, or missed a check."""
    if line.missed is None:
        return _("%(people)s people are confused") % {"people": line.people}
    missed, answered = line.missed
    return _("%(missed)s of %(answered)s missed it at first") % {"missed": missed, "answered": answered}


def _in_markdown(question: Question) -> str:
    words = escape_markdown(question.words)
    if not question.me_too_count:
        return words
    votes = ngettext("%(n)d asks this too", "%(n)d ask this too", question.me_too_count)
    return f"{words} ({votes % {'n': question.me_too_count}})"


def _items_query() -> QuerySet:
    items = LectureItem.objects.filter(lesson__module__course=int_param("course")).order_by("pk")
    return items.values_list("lesson", "passage", "quote")
