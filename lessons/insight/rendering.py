"""The figures as the pages show them: numbers in words, bars, and the acts in which each row ends."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap
from typing import NamedTuple

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from lessons.courses.models import Course
from lessons.insight import links
from lessons.insight.board import BoardRow, Candidate, misses_text
from lessons.insight.class_context import ClassContext
from lessons.insight.counted import FEW, FigureFilter
from lessons.insight.dismissals import Dismissal
from lessons.insight.figures import RevisionFigures, people_text
from lessons.insight.learner_rows import LearnerRow
from lessons.insight.lesson_map import CheckFigures, InsightLesson, LessonMap, SectionRows
from lessons.markup.row_templates import render_rows, url

MAX_SHOWN, MAX_NAMED = 220, 60
"""In characters, of a quote on the board, and in the names of its buttons."""


class Bar(NamedTuple):
    """A number with its share of all learners, in hundredths."""

    text: str
    width: int
    kind: str = ""


class PassageLine(NamedTuple):
    url: str
    excerpt: str
    bars: tuple[Bar, Bar, Bar]


class SectionLines(NamedTuple):
    """A heading with the lines below it. checks: how the checks of the section were answered, empty without any."""

    heading: str
    url: str
    checks: str
    lines: list[PassageLine]


class CheckLine(NamedTuple):
    number: int
    question: str
    url: str
    bar: Bar
    answered: str


class Chip(NamedTuple):
    label: str
    url: str
    is_current: bool


class QuestionLine(NamedTuple):
    words: str
    url: str
    me_too_count: int


class BoardLine(NamedTuple):
    """A row of the board with its acts. Empty addresses are acts that the viewer may not do or that make no sense.

    shown_quote, about: the beginning of the quote, and what of it names an act. people: how many are confused. labels:
    names and numbers of people. missed: how many missed a check, of how many.
    """

    rank: int
    passage: str
    latest: int
    latest_vote: int
    quote: str
    shown_quote: str
    about: str
    is_check: bool
    heading: str
    lesson_pk: int
    lesson_title: str
    place_url: str
    insight_url: str
    people: str
    labels: list[tuple[str, str]]
    missed: tuple[str, str] | None
    unanswered: int
    is_answered: bool
    cleared: str
    questions: list[QuestionLine]
    by_revision: list[tuple[int, str]]
    answer_url: str
    discussion_url: str
    edit_url: str
    is_in_lecture: bool
    dismissed_for: str


def passage_table(lesson: InsightLesson, found: LessonMap, learners: int) -> SafeString:
    """Render the rows of the map: a lesson may have hundreds."""
    page = links.lesson_url(lesson.pk, lesson.slug)
    if not lesson.is_current:
        page = url("reading:revision", lesson.pk, lesson.shown.number)
    sections = [_section(section, page, learners) for section in found.sections]
    return render_rows("insight/passage_rows.html", sections=sections)


def learner_table(lesson: InsightLesson, rows: Sequence[LearnerRow]) -> SafeString:
    """Render the rows of the table of what learners have done in the lesson; nothing for none."""
    return render_rows(
        "insight/learner_rows.html",
        course_slug=lesson.course.slug,
        lesson=lesson.pk,
        rows=rows,
        check_count=len(lesson.checks),
    )


def _section(rows: SectionRows, page: str, learners: int) -> SectionLines:
    anchor = rows.section.anchor
    lines = [
        PassageLine(
            links.place_url(page, anchor, row.passage.excerpt),
            row.passage.excerpt,
            (
                Bar(str(row.figures.readers), _share(row.figures.readers, learners)),
                _people_bar(row.figures.marked, learners, "marks"),
                _people_bar(row.figures.confused, learners, "confusion"),
            ),
        )
        for row in rows.passages
    ]
    address = f"{page}#{anchor}" if anchor else page
    return SectionLines(rows.section.heading, address, first_try(rows.checks), lines)


def _people_bar(number: int, learners: int, kind: str) -> Bar:
    """Return the bar of a number of people; those of one to four are all alike."""
    return Bar(people_text(number), _share(FEW / 2 if 0 < number < FEW else number, learners), kind)


def _share(number: float, of: int) -> int:
    return min(100, round(100 * number / of)) if of else 0


def first_try(checks: Iterable[CheckFigures]) -> str:
    """Return how well checks were answered at first, in words; empty if nobody answered any. Few people's answers are
    not told: where these are among many, only between which shares the figure is.
    """
    marked = [(check.right, check.answered) for check in checks if check.right is not None and check.answered]
    if not marked:
        return ""
    marked = [(right, answered) for right, answered in marked if answered >= FEW]
    if not marked:
        return _("Checks: fewer than %(few)s people answered") % {"few": FEW}
    total = sum(answered for _right, answered in marked)
    low, high = (_share(sum(bounds), total) for bounds in zip(*starmap(_bounds, marked), strict=True))
    return _("Checks: %(share)s%% right at first") % {"share": low if low == high else f"{low}–{high}"}


def _bounds(right: int, answered: int) -> tuple[int, int]:
    """Return between which numbers those who were right are, as far as `_check_bar` tells: a share of them must not
    tell more.
    """
    if 0 < right < FEW:
        return 1, FEW - 1
    if 0 < answered - right < FEW:
        return answered - FEW + 1, answered - 1
    return right, right


def check_lines(lesson: InsightLesson, checks: Sequence[CheckFigures]) -> list[CheckLine]:
    page = links.lesson_url(lesson.pk, lesson.slug)
    return [
        CheckLine(
            check.number,
            check.question,
            f"{page}#check-{check.uid}" if lesson.is_current else page,
            _check_bar(check),
            people_text(check.answered),
        )
        for check in checks
    ]


def _check_bar(check: CheckFigures) -> Bar:
    """Return how many of those who answered were right at first; nothing for few, or where nobody can tell. Neither
    who was right nor who was wrong is told of one to four people.
    """
    right, answered = check.right, check.answered
    if right is None or answered < FEW:
        return Bar("–", 0)
    if 0 < right < FEW:
        return Bar(people_text(right), _share(FEW / 2, answered))
    if 0 < answered - right < FEW:
        return Bar(_("all but %(few)s") % {"few": people_text(answered - right)}, _share(answered - FEW / 2, answered))
    return Bar(str(right), _share(right, answered))


def filter_chips(label: str, chips: Iterable[Chip]) -> SafeString:
    """Render the filters; nothing without any. label: what they filter by."""
    return render_rows("insight/chips.html", label=label, chips=chips)


def group_chips(context: ClassContext, filters: FigureFilter, **more) -> list[Chip]:
    """Return the groups to filter by, none in a class without any."""
    if not context.filter_groups:
        return []
    everybody = Chip(_("All groups"), links.query_string(filters._replace(group=0), **more), not filters.group)
    groups = [
        Chip(group.name, links.query_string(_for_group(context, filters, group.pk), **more), group.pk == filters.group)
        for group in context.filter_groups.values()
    ]
    return [everybody, *groups]


def _for_group(context: ClassContext, filters: FigureFilter, group: int) -> FigureFilter:
    return context.valid(filters._replace(group=group))


def label_chips(context: ClassContext, filters: FigureFilter, keys: Iterable[str], **more) -> list[Chip]:
    """Return the labels to filter by; none for a group that is too small to combine with one."""
    if not context.tells_labels(filters.group):
        return []
    everything = Chip(_("All notes"), links.query_string(filters._replace(label=""), **more), not filters.label)
    labels = [
        Chip(context.labels[key], links.query_string(filters._replace(label=key), **more), key == filters.label)
        for key in keys
    ]
    return [everything, *labels]


def board_lines(
    rows: Iterable[BoardRow],
    course: Course,
    context: ClassContext,
    *,
    filters: FigureFilter,
    can_edit: bool,
    by_revision: Mapping[str, Sequence[RevisionFigures]] | None = None,
) -> list[BoardLine]:
    """Return the rows of the board. by_revision: how confusing passages were, by their keys, where that is shown."""
    figures = by_revision or {}
    return [
        _without_few(_board_line(row, course, context, can_edit), context, filters)._replace(
            by_revision=_revision_texts(figures.get(row.candidate.key, ())),
            dismissed_for=_dismissed_for(row.dismissal, filters) if row.dismissal else "",
        )
        for row in rows
    ]


def render_board(
    request: HttpRequest,
    lines: Sequence[BoardLine],
    filters: FigureFilter,
    *,
    can_decide: bool,
    with_lesson: bool = False,
    shows_dismissed: bool = False,
) -> SafeString:
    """Render the rows of the board, whose forms lead back to this page. can_decide: whether the passages are published
    in an open course.
    """
    return render_rows(
        "insight/board_rows.html",
        lines=lines,
        here=request.get_full_path(),
        csrf_token=get_token(request),
        filters=filters,
        filter_query=links.query_string(filters),
        with_lesson=with_lesson,
        shows_dismissed=shows_dismissed,
        can_decide=can_decide,
    )


def _dismissed_for(dismissal: Dismissal, filters: FigureFilter) -> str:
    """Return from which other board, of which this one is a part, it was dismissed; empty if from this one."""
    if (dismissal.group, dismissal.label) == filters:
        return ""
    if dismissal.group:
        return _("Dismissed for all notes of the group")
    return _("Dismissed for this label in the whole class") if dismissal.label else _("Dismissed for the whole class")


def _without_few(line: BoardLine, context: ClassContext, filters: FigureFilter) -> BoardLine:
    """Return the row of a group without what would tell of a few of its learners: labels, and votes of the class."""
    if not filters.group:
        return line
    questions = [question._replace(me_too_count=0) for question in line.questions]
    labels = line.labels if context.tells_labels(filters.group) else []
    return line._replace(questions=questions, labels=labels)


def _edit_url(candidate: Candidate) -> str:
    if candidate.misses:
        return links.edit_check_url(candidate.lesson, candidate.key)
    return links.edit_passage_url(candidate.lesson, candidate.excerpt)


def _revision_texts(figures: Iterable[RevisionFigures]) -> list[tuple[int, str]]:
    """Return each revision that enough people read, with how many in a hundred were confused; of a few, that they
    are.
    """
    return [
        (one.number, str(_share(one.confused, one.readers)) if one.confused not in range(1, FEW) else _("a few"))
        for one in figures
        if one.readers >= FEW
    ]


def _board_line(row: BoardRow, course: Course, context: ClassContext, can_edit: bool) -> BoardLine:
    candidate, lesson = row.candidate, row.candidate.lesson
    confusion, misses = candidate.confusion, candidate.misses
    page = links.lesson_url(lesson.pk, lesson.slug)
    waiting = [question.thread for question in row.questions if question.is_open]
    unanswered = confusion.unanswered or len(waiting)
    return BoardLine(
        rank=row.rank,
        passage=candidate.key,
        latest=confusion.latest,
        latest_vote=confusion.latest_vote,
        quote=row.quote,
        shown_quote=Truncator(row.quote).chars(MAX_SHOWN),
        about=Truncator(row.quote).chars(MAX_NAMED),
        is_check=misses is not None,
        heading=candidate.heading,
        lesson_pk=lesson.pk,
        lesson_title=lesson.title,
        place_url=f"{page}#check-{candidate.key}"
        if misses
        else links.place_url(page, candidate.anchor, candidate.excerpt),
        insight_url=url("insight:lesson", lesson.pk),
        people=people_text(confusion.people),
        labels=[(context.labels.get(key, key), people_text(number)) for key, number in confusion.by_label.items()],
        missed=misses_text(misses),
        unanswered=unanswered,
        is_answered=not misses and not unanswered and bool(row.questions),
        cleared=people_text(confusion.cleared) if confusion.cleared else "",
        questions=[
            QuestionLine(question.words, url("discussions:thread", question.thread), question.me_too_count)
            for question in row.questions
        ],
        by_revision=[],
        answer_url=links.answer_url(course.slug, waiting[0]) if waiting and not course.is_closed else "",
        discussion_url="" if course.is_closed else links.discussion_url(lesson, row.quote),
        edit_url=_edit_url(candidate) if can_edit else "",
        is_in_lecture=row.is_in_lecture,
        dismissed_for="",
    )
