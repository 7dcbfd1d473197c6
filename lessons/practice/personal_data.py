"""Personal data of practice: exported to its owner, and erased with them."""

from collections.abc import Iterable, Iterator

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.accounts.personal_data import ExportSection
from lessons.courses.models import Course
from lessons.practice.checks import Stored
from lessons.practice.models import Answer, PublishedChecks, ReviewCard, ReviewPreference


def export_sections(user: User) -> Iterable[ExportSection]:
    yield ExportSection("answers", _("Your answers to checks"), _answer_rows(user))
    yield ExportSection("review", _("What comes back for review"), _review_rows(user))


def _published_questions(lessons: QuerySet) -> dict[tuple[str, int], str]:
    """Return the questions of all published checks of these lessons, by uid and version: never those of drafts.

    Of each check the latest has the version 0, too.
    """
    questions: dict[tuple[str, int], str] = {}
    rows = PublishedChecks.objects.filter(revision__lesson__in=lessons).order_by(
        "revision__lesson", "revision__number"
    )
    for checks in rows.values_list("checks", flat=True).iterator(chunk_size=100):
        for check in checks:
            questions[check["uid"], check["version"]] = questions[check["uid"], 0] = check["question"]
    return questions


def _answer_rows(user: User) -> Iterator[dict]:
    rows = Answer.objects.filter(user=user).select_related("question__lesson__module__course").order_by("pk")
    questions = _published_questions(rows.order_by().values("question__lesson"))
    # The title that readers see, not that of the draft.
    rows = rows.defer("question__lesson__body", "question__definition")
    rows = rows.annotate(lesson_title=F("question__lesson__current_revision__title"))
    for row in rows.iterator(chunk_size=500):
        yield {
            "course": row.question.lesson.module.course.title,
            "lesson": row.lesson_title or "",
            "question": questions.get((str(row.question.uid), row.version), ""),
            "version": row.version,
            "first_answer": _readable(row.first_response),
            "first_answer_is_right": row.first_is_right,
            "first_answered": row.first_at,
            "last_answer": _readable(row.last_response),
            "last_answer_is_right": row.last_is_right,
            "last_answered": row.last_at,
            "attempts": row.attempts,
            "closeness": row.closeness,
        }


def _readable(response: Stored) -> str:
    return response if isinstance(response, str) else "; ".join(response)


def _review_rows(user: User) -> Iterator[dict]:
    paused = ReviewPreference.objects.filter(user=user, is_paused=True).exists()
    rows = ReviewCard.objects.filter(user=user).select_related("question", "term").order_by("pk")
    questions = _published_questions(rows.exclude(question=None).order_by().values("question__lesson"))
    for row in rows.iterator(chunk_size=500):
        yield {
            "question": questions.get((str(row.question.uid), 0), "") if row.question else str(row.term),
            "due": row.due_at,
            "last_reviewed": row.reviewed_at,
            "reviews": row.reviews,
            "left_out": row.is_suspended,
            "review_is_off": paused,
        }


def erase(user_ids: list[int], course: Course | None = None) -> None:
    """Delete the answers and reviews of these users, in one course or in all."""
    answers, cards = Answer.objects.filter(user__in=user_ids), ReviewCard.objects.filter(user__in=user_ids)
    if course:
        answers = answers.filter(question__lesson__module__course=course)
        cards.filter(question__lesson__module__course=course).delete()
        cards = cards.filter(term__module__course=course)
    else:
        ReviewPreference.objects.filter(user__in=user_ids).delete()
    answers.delete()
    cards.delete()


def participant_ids(course: Course) -> set[int]:
    """Return the ids of those who answered a check of the course, or review something of it."""
    answers = Answer.objects.filter(question__lesson__module__course=course)
    cards = ReviewCard.objects.filter(term__module__course=course)
    return {user for rows in (answers, cards) for user in rows.order_by().values_list("user", flat=True).distinct()}
