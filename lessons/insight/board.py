"""The confusion board: the passages that confuse the most people, with the words of their questions."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from lessons.annotations.models import Annotation
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param, int_params, padded
from lessons.discussions.kept import kept
from lessons.insight.class_context import ClassContext
from lessons.insight.counted import FEW, IS_SHARED, FigureFilter, FilterShape, Mark, by_learners, marks
from lessons.insight.dismissals import Dismissal, Dismissed, dismissal_of
from lessons.insight.figures import Confusion, Tally, people_text, tallies
from lessons.insight.passages import RevisionKey, Section, all_passages, sections_of
from lessons.models import Lesson
from lessons.practice.models import Answer, PublishedChecks

LESSON_ORDER = ("module__position", "module_id", "position", "pk")
LESSON_COLUMNS = (
    "pk",
    "slug",
    "current_revision__title",
    "current_revision_id",
    "current_revision__sha256",
    "casestudy",
)
NOTE_COLUMNS = ("exact", "thread", "thread__title", "thread__excerpt", "thread__me_too_count", "thread__status")
"""What the board shows of a note, or of the question that it asks."""
MAX_QUESTIONS = 3
MAX_WORDS = 512
"""Of how many notes the words are read by a query that is compiled once: more than the first rows of a board have."""
MAX_RANKED = 300
"""Passages that the board can have, including those that were dismissed."""


class BoardLesson(NamedTuple):
    """A published lesson, as the board names it."""

    pk: int
    slug: str
    title: str
    revision: int
    sha256: str
    number: int
    is_case_study: bool

    @property
    def key(self) -> RevisionKey:
        return RevisionKey(self.revision, self.sha256)


class Misses(NamedTuple):
    """How many learners answered this version of a check, and how many of them wrongly at first."""

    missed: int
    answered: int
    version: int


def misses_text(misses: Misses | None) -> tuple[str, str] | None:
    """Return the two numbers as they are shown, which tell neither who was right nor who was wrong where these are
    few; None of a passage.
    """
    if misses is None:
        return None
    missed, right = people_text(misses.missed), misses.answered - misses.missed
    if misses.missed >= FEW and 0 < right < FEW:
        missed = _("all but %(few)s") % {"few": people_text(right)}
    return missed, people_text(misses.answered)


class Candidate(NamedTuple):
    """A passage or a check of a lesson, and what confuses learners in it.

    place: its offset in the text. heading, anchor: of the section in which it stands. excerpt: of a check its
    question, empty if that is not known yet.
    """

    lesson: BoardLesson
    key: str
    place: int
    heading: str
    anchor: str
    excerpt: str
    confusion: Confusion
    misses: Misses | None = None

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Return what sorts the board: first whatever confuses more people, then what has more open questions."""
        return -self.confusion.people, -self.confusion.unanswered, self.lesson.number, self.place


class Candidates(NamedTuple):
    """The first MAX_RANKED of so many candidates, in the order of the board."""

    rows: list[Candidate]
    total: int

    def first(self, number: int) -> "Candidates":
        return self._replace(rows=self.rows[:number])


class Question(NamedTuple):
    """The words of a question on a passage."""

    thread: int
    words: str
    me_too_count: int
    is_open: bool


class BoardRow(NamedTuple):
    """A row of the board. quote: the passage that was noted most, or the question of a check. dismissal: what keeps it
    from the board.
    """

    rank: int
    candidate: Candidate
    quote: str
    questions: list[Question]
    is_in_lecture: bool
    dismissal: Dismissal | None


class Board(NamedTuple):
    """The first rows of the board, how many there are in all, and how many were dismissed."""

    rows: list[BoardRow]
    total: int
    dismissed: int


def course_board(
    course: Course, context: ClassContext, filters: FigureFilter, *, limit: int, shows_dismissed: bool = False
) -> Board:
    """Return the board of the course or, if `shows_dismissed`, what was dismissed from it. At most six queries."""
    key = f"insight-board-{course.pk}-{filters.group}-{filters.label}"
    found = kept(key, context.learners, lambda: ranked(course_candidates(course, course_lessons(course), filters)))
    return make_board(
        found, context.dismissed, filters, context.in_lecture, limit=limit, shows_dismissed=shows_dismissed
    )


def course_lessons(course: Course) -> list[BoardLesson]:
    """Return the published lessons in the order of the course. One query."""
    rows = fetch_rows(_lessons_query, course=course.pk)
    return list(map(board_lesson, count(), rows))


def board_lesson(number: int, row: Sequence) -> BoardLesson:
    """Return the lesson from its LESSON_COLUMNS. number: its place in the order of the course."""
    pk, slug, title, revision, sha256, study = row
    return BoardLesson(pk, slug, title, revision, sha256, number, study is not None)


def course_candidates(course: Course, lessons: Sequence[BoardLesson], filters: FigureFilter) -> list[Candidate]:
    """Return whatever confuses somebody in the published texts. Two queries, and one if not all texts are known."""
    by_revision = marks_by_revision(fetch_rows(_marks_query, filters.shape, course=course.pk, **filters.params()))
    misses = course_misses(course, filters)
    confusing = [one for one in lessons if one.revision in by_revision or one.pk in misses]
    sections = sections_of(lesson.key for lesson in confusing)
    return [
        candidate
        for lesson in confusing
        for candidate in lesson_candidates(
            lesson,
            sections[lesson.revision],
            tallies(by_revision.get(lesson.revision, ()), all_passages(sections[lesson.revision])),
            misses.get(lesson.pk, {}),
            {},
        )
    ]


def marks_by_revision(rows: Iterable[tuple]) -> dict[int, list[Mark]]:
    """Return the marks of each revision from their columns: tens of thousands, so these rows are not copied."""
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def lesson_candidates(
    lesson: BoardLesson,
    sections: Sequence[Section],
    found: Mapping[str, Tally],
    misses: Mapping[str, Misses],
    questions: Mapping[str, str],
) -> list[Candidate]:
    """Return whatever confuses somebody in one lesson: passages, and checks that half of those who answered missed.

    found: the tallies of its passages. questions: those of the checks, if the caller knows them.
    """
    candidates = []
    for section in sections:
        for passage in section.passages:
            tally = found.get(passage.key)
            confused = tally.confusion if tally else None
            if confused:
                place = (passage.key, passage.start, section.heading, section.anchor, passage.excerpt)
                candidates.append(Candidate(lesson, *place, confused))
        end = section.passages[-1].end if section.passages else section.start
        for uid in section.checks:
            missed = misses.get(uid)
            if missed and missed.missed * 2 >= missed.answered:
                confused = Confusion(missed.missed, {}, 0, 0, [], missed.version)
                place = (uid, end, section.heading, section.anchor, questions.get(uid, ""))
                candidates.append(Candidate(lesson, *place, confused, missed))
    return candidates


def ranked(candidates: Iterable[Candidate]) -> Candidates:
    """Return the candidates in the order of the board."""
    rows = sorted(candidates, key=lambda candidate: candidate.rank)
    return Candidates(rows[:MAX_RANKED], len(rows))


def make_board(
    candidates: Candidates,
    dismissed: Dismissed,
    filters: FigureFilter,
    in_lecture: Container[tuple[int, str]],
    *,
    limit: int,
    shows_dismissed: bool = False,
    words: Mapping[int, Sequence] | None = None,
) -> Board:
    """Return the first `limit` rows of those that were dismissed from the board with this filter, or were not. Two
    queries at most.

    words: the NOTE_COLUMNS of the notes, if the caller has read them; one query less.
    """
    on_board: list[tuple[Candidate, Dismissal | None]] = []
    left_out: list[tuple[Candidate, Dismissal | None]] = []
    for candidate in candidates.rows:
        dismissals = dismissed.get((candidate.lesson.pk, candidate.key), ())
        dismissal = dismissal_of(dismissals, filters, candidate.confusion)
        (left_out if dismissal else on_board).append((candidate, dismissal))
    shown = left_out if shows_dismissed else on_board
    rows = _with_words(shown[:limit], in_lecture, words)
    return Board(rows, len(left_out) if shows_dismissed else candidates.total - len(left_out), len(left_out))


def _with_words(
    chosen: Sequence[tuple[Candidate, Dismissal | None]],
    in_lecture: Container[tuple[int, str]],
    words: Mapping[int, Sequence] | None,
) -> list[BoardRow]:
    candidates = [candidate for candidate, _dismissal in chosen]
    if words is None:
        words = _note_words(pk for one in candidates for pk in one.confusion.annotations)
    checks = _check_questions(one.lesson.revision for one in candidates if one.misses and not one.excerpt)
    rows = []
    for number, (candidate, dismissal) in enumerate(chosen, 1):
        own = [_note(*words[pk]) for pk in candidate.confusion.annotations if pk in words]
        quote = checks.get(candidate.key) or _quote(own) or candidate.excerpt
        questions = sorted(
            (note.question for note in own if note.question),
            key=lambda question: (not question.is_open, -question.me_too_count, question.thread),
        )
        is_in_lecture = (candidate.lesson.pk, candidate.key) in in_lecture
        rows.append(BoardRow(number, candidate, quote, questions[:MAX_QUESTIONS], is_in_lecture, dismissal))
    return rows


class _Note(NamedTuple):
    exact: str
    question: Question | None


def _note(exact: str, thread: int | None, title: str, excerpt: str, me_too_count: int, status: str) -> _Note:
    """Return the passage and the question of a note from its NOTE_COLUMNS; no question where it has no words."""
    words = title or excerpt
    question = Question(thread, words, me_too_count, status == "open") if thread and words else None
    return _Note(" ".join(exact.split()), question)


def _quote(notes: Sequence[_Note]) -> str:
    """Return the passage that most of the notes are on, of equals the shortest."""
    counts: dict[str, int] = defaultdict(int)
    for note in notes:
        counts[note.exact] += 1
    return min(counts, key=lambda exact: (-counts[exact], len(exact), exact)) if counts else ""


def _note_words(pks: Iterable[int]) -> dict[int, Sequence]:
    """Return the NOTE_COLUMNS of each note that staff may read. One query, if there are any ids."""
    pks = list(pks)
    if not pks:
        return {}
    if len(pks) > MAX_WORDS:
        return {row[0]: row[1:] for row in _words_query(pks)}
    notes = padded("note", pks, 0)
    rows = fetch_rows(_compiled_words, len(notes), **notes)
    return {row[0]: row[1:] for row in rows}


def _compiled_words(places: int) -> QuerySet:
    return _words_query(int_params("note", places))


def _words_query(pks: Sequence[int]) -> QuerySet:
    return Annotation.objects.filter(IS_SHARED, pk__in=pks).order_by().values_list("pk", *NOTE_COLUMNS)


def _check_questions(revisions: Iterable[int]) -> dict[str, str]:
    """Return the questions of the checks in these revisions, by their ids."""
    chosen = padded("revision", set(revisions), 0)
    rows = fetch_rows(_checks_query, len(chosen), **chosen) if any(chosen.values()) else []
    return {check["uid"]: check["question"] for (checks,) in rows for check in checks}


def _checks_query(places: int) -> QuerySet:
    checks = PublishedChecks.objects.filter(revision__in=int_params("revision", places))
    return checks.order_by().values_list("checks")


def course_misses(course: Course, filters: FigureFilter) -> dict[int, dict[str, Misses]]:
    """Return by lesson and check how many learners missed it at first. One query; none of one label's notes."""
    if filters.label:
        return {}
    found: dict[int, dict[str, Misses]] = defaultdict(dict)
    for lesson, uid, version, answered, missed in fetch_rows(
        _misses_query, filters.shape, course=course.pk, **filters.params()
    ):
        found[lesson][str(uid)] = Misses(missed, answered, version)
    return found


def published_lessons() -> QuerySet:
    """Return the lessons that the board can name. Placeholder: course."""
    return Lesson.objects.published().filter(module__course=int_param("course"))


def _lessons_query() -> QuerySet:
    return published_lessons().order_by(*LESSON_ORDER).values_list(*LESSON_COLUMNS)


def _marks_query(shape: FilterShape) -> QuerySet:
    placed = Q(lesson__in=published_lessons().values("pk"), placements__revision=F("lesson__current_revision"))
    return marks(shape, placed & Q(is_question=True))


def _misses_query(shape: FilterShape) -> QuerySet:
    answers = Answer.objects.filter(
        question__lesson__in=published_lessons().values("pk"),
        version=F("question__published_version"),
        first_is_right__isnull=False,
    )
    by_check = by_learners(answers, "user", shape).values("question__lesson", "question__uid", "version").order_by()
    counted = by_check.annotate(n=Count("pk"), missed=Count("pk", filter=Q(first_is_right=False)))
    return counted.values_list("question__lesson", "question__uid", "version", "n", "missed")
