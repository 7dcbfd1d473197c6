"""Answering checks. Callers check permissions."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.models import Lesson
from lessons.practice.checks import Check, Closeness, Marked, Response, Stored, mark, stored
from lessons.practice.completing import complete_by
from lessons.practice.models import Answer, KnowledgeCheck, ReviewCard
from lessons.practice.publishing import published_check
from lessons.practice.reviewing import postpone, schedule_first_review
from lessons.progress.models import CompletionRule


class CheckChanged(ValueError):
    """The check that somebody answers is no longer what they were shown."""


@transaction.atomic
def answer(*, user: User, lesson: Lesson, uid: str, version: int, response: Response, key: UUID) -> Marked:
    """Keep an answer, and have the check come back for review, tomorrow at the earliest after the first answer to a
    version. The first attempt at a version stays as it is.

    key: of the form; the same form sent again is no further attempt. Raise CheckChanged if the published lesson has
    no such check any more, or another version of it.
    """
    check = published_check(lesson, uid)
    if check is None or check["version"] != version:
        raise CheckChanged(_("This question was changed or removed meanwhile. Reload the page to see what it is now."))
    parsed = Check.from_json(check)
    marked = mark(parsed, response)
    question = KnowledgeCheck.objects.get(uid=uid)
    is_first = _store_answer(user, question, version, stored(parsed, response), marked, key)
    schedule_first_review(user=user, questions=[question])
    if is_first:
        postpone(cards=ReviewCard.objects.filter(user=user, question=question))
    complete_if_answered(user=user, lesson=lesson)
    return marked


def _store_answer(
    user: User, question: KnowledgeCheck, version: int, response: Stored, marked: Marked, key: UUID
) -> bool:
    """Store an attempt; return whether it is the first at this version."""
    now = timezone.now()
    last = {"last_response": response, "last_is_right": marked.is_right, "last_at": now, "last_key": key}
    first = {"first_response": response, "first_is_right": marked.is_right, "first_at": now}
    row, is_new = Answer.objects.select_for_update().get_or_create(
        user=user, question=question, version=version, defaults=first | last
    )
    if not is_new and row.last_key != key:
        rows = Answer.objects.filter(pk=row.pk)
        rows.update(attempts=F("attempts") + 1, closeness="", **last)
    return is_new


def compare_with_model(*, user: User, lesson: Lesson, uid: str, version: int, closeness: Closeness) -> bool:
    """Keep how close learners think that they came to the model answer. Return whether they have answered this check
    of the lesson at all.
    """
    rows = Answer.objects.filter(user=user, question__uid=uid, question__lesson=lesson.pk, version=version)
    return rows.update(closeness=closeness) == 1


def complete_if_answered(*, user: User, lesson: Lesson) -> None:
    """Complete the lesson where its rule is to answer its checks, once all of them are answered in their current
    version. At most four queries.
    """
    complete_by(user=user, lesson=lesson, rule=CompletionRule.Rule.CHECKS, is_met=lambda: not unanswered(user, lesson))


def unanswered(user: User, lesson: Lesson) -> int:
    """Return how many of the lesson's published checks the user has not answered in their current version. One
    query.
    """
    return unanswered_checks(user.pk, lesson.pk).count()


def unanswered_checks(user_id, lesson_id) -> QuerySet[KnowledgeCheck]:
    """Return the published checks that the user has not answered in their current version. The ids may be
    expressions.
    """
    answered = Answer.objects.filter(user=user_id, question=OuterRef("pk"), version=OuterRef("published_version"))
    checks = KnowledgeCheck.objects.filter(lesson=lesson_id, published_version__isnull=False)
    return checks.exclude(Exists(answered))
