"""The passage map of a lesson: for each passage of a revision, who has read it, wrote on it, and is confused by it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.http import Http404

from lessons.annotations.anchoring import reanchor
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_dicts, fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.insight.board import BoardLesson, Candidates, Misses, lesson_candidates, ranked
from lessons.insight.counted import FigureFilter, FilterShape, Mark, by_learners, marks
from lessons.insight.figures import (
    NOTHING,
    NoteCounts,
    PassageFigures,
    RevisionFigures,
    by_passage,
    confused_by_revision,
    count_notes,
    furthest,
    places_by_revision,
    readers_by_passage,
    tallies,
)
from lessons.insight.passages import Passage, RevisionKey, Section, all_passages, sections_of
from lessons.markup.blocks import block_boundaries
from lessons.models import Lesson, Revision
from lessons.practice.checks import Kind
from lessons.practice.models import Answer, PublishedChecks
from lessons.progress.models import Progress, Reached

# In the order of their columns.
COURSE_FIELDS = ("id", "title", "slug", "language", "time_zone", "closed_at")
COURSE_COLUMNS = {f"course_{name}": f"module__course__{name}" for name in COURSE_FIELDS}


# What the rows of `_reading_query` are about, besides ids of checks.
REACHED, COMPLETED = "reached", "completed"


class ShownRevision(NamedTuple):
    """A revision of the lesson."""

    number: int
    pk: int
    sha256: str
    title: str

    @property
    def key(self) -> RevisionKey:
        return RevisionKey(self.pk, self.sha256)


class InsightLesson(NamedTuple):
    """A lesson of which the map is shown. `current` is its published revision, `shown` the one of the map, `revisions`
    all of them, the first one first; checks: those of the one that is shown. is_published: whether readers see the
    lesson.
    """

    pk: int
    slug: str
    course: Course
    is_case_study: bool
    is_published: bool
    checks: list[dict]
    current: ShownRevision
    shown: ShownRevision
    revisions: list[ShownRevision]

    @property
    def is_current(self) -> bool:
        return self.shown == self.current

    @property
    def earlier(self) -> list[ShownRevision]:
        return [revision for revision in self.revisions if revision.number < self.shown.number]

    def as_board_lesson(self) -> BoardLesson:
        shown = self.shown
        return BoardLesson(self.pk, self.slug, shown.title, shown.pk, shown.sha256, 0, self.is_case_study)


class CheckFigures(NamedTuple):
    """A check of the revision that is shown: how many learners answered it, and how many rightly at first; None for
    answers in one's own words.
    """

    number: int
    uid: str
    version: int
    question: str
    answered: int
    right: int | None


class PassageRow(NamedTuple):
    passage: Passage
    figures: PassageFigures


class SectionRows(NamedTuple):
    """A section with the figures of its passages, and of its checks together."""

    section: Section
    passages: list[PassageRow]
    checks: list[CheckFigures]


class LessonMap(NamedTuple):
    """The map. `notes` are the notes that count; `completed` learners have completed the lesson.

    by_revision: how confusing passages were, by their keys; empty for a lesson with one revision.
    """

    sections: list[SectionRows]
    checks: list[CheckFigures]
    candidates: Candidates
    by_revision: dict[str, list[RevisionFigures]]
    notes: NoteCounts
    completed: int

    @property
    def passages(self) -> list[PassageRow]:
        return [row for section in self.sections for row in section.passages]


def insight_lesson(pk: int, number: int) -> InsightLesson:
    """Return the lesson, and its revision with that number, or the published one for 0. Raise Http404 for one that was
    never published, and for a revision that it does not have. Callers check permissions. One query.
    """
    rows = fetch_dicts(_lesson_query, bool(number), lesson=pk, number=number)
    if not rows or rows[0]["current_revision_id"] is None:
        raise Http404
    row = rows[0]
    revisions = [ShownRevision(*columns) for columns in unpack_rows(row["all_revisions"])]
    current = next(revision for revision in revisions if revision.pk == row["current_revision_id"])
    shown = next((revision for revision in revisions if revision.number == number), None) if number else current
    if shown is None:
        raise Http404
    course = Course.from_db("default", COURSE_FIELDS, [row[name] for name in COURSE_COLUMNS])
    return InsightLesson(
        pk=row["pk"],
        slug=row["slug"],
        course=course,
        is_case_study=bool(row["casestudy"]),
        is_published=row["is_published"],
        checks=row["checks_shown"] or [],
        current=current,
        shown=shown,
        revisions=revisions,
    )


def lesson_map(lesson: InsightLesson, filters: FigureFilter) -> LessonMap:
    """Return the map of the revision that is shown. Two queries, and one each if texts are not known yet."""
    params = {"course": lesson.course.pk, "lesson": lesson.pk, "revision": lesson.shown.pk, **filters.params()}
    sections = sections_of([lesson.shown.key])[lesson.shown.pk]
    passages = all_passages(sections)
    rows: list = fetch_rows(_marks_query, filters.shape, **params)
    reached, answers, completed = _reading(filters.shape, params | {"number": lesson.shown.number})
    figures = _check_figures(lesson.checks, answers)
    places = places_in_shown(lesson, reached)
    readers = readers_by_passage(furthest(places).values(), passages)
    found, notes = tallies(rows, passages), count_notes(rows)
    counted = {}
    for passage, read in zip(passages, readers, strict=True):
        tally = found.get(passage.key, NOTHING)
        counted[passage.key] = PassageFigures(read, len(tally.writers), len(tally.confused))
    misses = {} if filters.label else _misses(figures)
    return LessonMap(
        sections=[_with_figures(section, counted, figures) for section in sections],
        checks=figures,
        candidates=ranked(lesson_candidates(lesson.as_board_lesson(), sections, found, misses, _questions(figures))),
        by_revision=_by_revision(lesson, [one for one in passages if counted[one.key].confused], rows, places),
        notes=notes,
        completed=completed,
    )


def _with_figures(
    section: Section, counted: Mapping[str, PassageFigures], checks: Sequence[CheckFigures]
) -> SectionRows:
    rows = [PassageRow(passage, counted[passage.key]) for passage in section.passages]
    return SectionRows(section, rows, [check for check in checks if check.uid in section.checks])


def _check_figures(checks: Sequence[dict], answers: Mapping[tuple[str, int], tuple]) -> list[CheckFigures]:
    found = []
    for number, check in enumerate(checks, 1):
        answered, right = answers.get((check["uid"].replace("-", ""), check["version"]), (0, 0))
        known = (number, check["uid"], check["version"], check["question"], answered)
        found.append(CheckFigures(*known, None if check["kind"] == Kind.EXPLAIN else right))
    return found


def _questions(figures: Sequence[CheckFigures]) -> dict[str, str]:
    return {check.uid: check.question for check in figures}


def _misses(figures: Sequence[CheckFigures]) -> dict[str, Misses]:
    """Return the checks that somebody missed at first, by their ids."""
    return {
        check.uid: Misses(check.answered - check.right, check.answered, check.version)
        for check in figures
        if check.right is not None and check.right < check.answered
    }


def _reading(shape: FilterShape, params: dict) -> tuple[list[tuple], dict[tuple[str, int], tuple], int]:
    """Return who came how far in which revision; by check and version how many learners answered it, and how many
    rightly at first; and how many have completed the lesson. One query.
    """
    reached, answers, completed = [], {}, 0
    for what, *numbers in fetch_rows(_reading_query, shape, **params):
        if what == REACHED:
            reached.append(tuple(numbers))
        elif what == COMPLETED:
            completed = numbers[0]
        else:
            answers[what.replace("-", ""), numbers[0]] = (numbers[1], numbers[2])
    return reached, answers, completed


def places_in_shown(lesson: InsightLesson, rows: Sequence[tuple[int, int, int]]) -> dict[int, dict[int, int]]:
    """Return for each revision how far each learner came in it, as a place in the one that is shown. A query for each
    pair of texts that this process does not know.

    rows: person, revision and offset.
    """
    revisions = {revision for _person, revision, _offset in rows}
    ends = {one.pk: carried_ends(one.key, lesson.shown.key) for one in lesson.earlier if one.pk in revisions}
    return places_by_revision(rows, ends, lesson.shown.pk)


def _by_revision(
    lesson: InsightLesson,
    asked: Sequence[Passage],
    rows: Iterable[tuple],
    places: Mapping[int, Mapping[int, int]],
) -> dict[str, list[RevisionFigures]]:
    """Return for each passage that confuses somebody how confusing it was by revision, if there are several.

    rows: the columns of all marks.
    """
    numbers = {one.pk: one.number for one in lesson.revisions if one.number <= lesson.shown.number}
    if len(numbers) == 1:
        return {}
    found = by_passage(map(Mark._make, rows), all_passages(sections_of([lesson.shown.key])[lesson.shown.pk]))
    in_order = {revision: sorted(of_revision.values()) for revision, of_revision in places.items()}
    return {one.key: confused_by_revision(found[one.key], places, in_order, numbers, one.end) for one in asked}


def carried_ends(old: RevisionKey, new: RevisionKey) -> tuple[tuple[int, int], ...]:
    """Return where the passages of a revision end, and where those ends are in another one; of a passage that is gone,
    where the last one before it is. A query for each pair of texts that this process does not know.
    """
    return _carried_ends(old.sha256, new.sha256, old.pk, new.pk)


@lru_cache(maxsize=500)
def _carried_ends(_old_digest: str, _new_digest: str, old: int, new: int) -> tuple[tuple[int, int], ...]:
    rows = {pk: (html, text) for pk, html, text in _texts(old, new)}
    (old_html, old_text), (new_html, new_text) = rows[old], rows[new]
    known = sections_of([RevisionKey(old, _old_digest)])[old]
    spans = [(passage.start, passage.end) for passage in all_passages(known)]
    breaks = {
        "old_breaks": block_boundaries(old_html, whole_rows=True),
        "new_breaks": block_boundaries(new_html, whole_rows=True),
    }
    ends, last = [], -1
    for (_start, end), mapped in zip(spans, reanchor(old_text, new_text, spans, **breaks), strict=True):
        last = mapped.end if mapped else last
        ends.append((end, last))
    return tuple(ends)


def _texts(*pks: int) -> QuerySet:
    return Revision.objects.filter(pk__in=pks).values_list("pk", "html", "text")


def _lesson_query(has_number: bool) -> QuerySet:
    revisions = JSONRows(Revision.objects.filter(lesson=OuterRef("pk")), "number", "pk", "sha256", "title")
    checks = PublishedChecks.objects.filter(revision__lesson=OuterRef("pk"))
    shown = {"revision__number": int_param("number")} if has_number else {"revision": OuterRef("current_revision")}
    lessons = Lesson.objects.filter(pk=int_param("lesson")).annotate(
        all_revisions=revisions,
        is_published=Exists(Lesson.objects.published().filter(pk=OuterRef("pk")).order_by()),
        checks_shown=Subquery(checks.filter(**shown).values("checks")[:1]),
        **{name: F(path) for name, path in COURSE_COLUMNS.items()},
    )
    return lessons.values(
        *("pk", "slug", "current_revision_id", "casestudy", "is_published", "all_revisions", "checks_shown"),
        *COURSE_COLUMNS,
    )


def _marks_query(shape: FilterShape) -> QuerySet:
    return marks(shape, Q(placements__revision=int_param("revision")))


def _reading_query(shape: FilterShape) -> QuerySet:
    lesson = int_param("lesson")
    reached = Reached.objects.filter(revision__lesson=lesson, revision__number__lte=int_param("number"))
    rows = by_learners(reached, "user", shape)
    answers = by_learners(Answer.objects.filter(question__lesson=lesson), "user", shape)
    by_version = answers.annotate(what=Cast("question__uid", CharField())).values("what", "version").order_by()
    answered = by_version.annotate(n=Count("pk"), right=Count("pk", filter=Q(first_is_right=True)))
    completed = by_learners(Progress.objects.filter(lesson=lesson, completed_at__isnull=False), "user", shape)
    number = completed.values("lesson").annotate(n=Count("pk")).order_by()
    return (
        rows.order_by()
        .values_list(Value(REACHED, CharField()), "user", "revision", "offset")
        .union(
            answered.values_list("what", "version", "n", "right"),
            number.values_list(Value(COMPLETED, CharField()), "n", Value(0), Value(0)),
            all=True,
        )
    )
