"""Writing checks, publishing them with their lesson, answering them, and grading what comes back for review.

Callers check permissions.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.markup.sanitise import CHECK_PLACE
from lessons.models import GlossaryTerm, Lesson, Revision
from lessons.practice.checks import Check, Closeness, Kind, Marked, Response, Stored, mark, stored
from lessons.practice.intervals import Grade, Memory, Review, review
from lessons.practice.models import Answer, KnowledgeCheck, PublishedChecks, ReviewCard, ReviewPreference
from lessons.progress.completion import complete_by
from lessons.progress.models import CompletionRule


class CheckConflict(ValueError):
    """Somebody else has saved the check since it was opened; `theirs` is the saved one."""

    def __init__(self, theirs: KnowledgeCheck):
        super().__init__(_("Somebody else has saved this check while you were writing."))
        self.theirs = theirs


class CheckChanged(ValueError):
    """The check that somebody answers is no longer what they were shown."""


@transaction.atomic
def add_check(*, lesson: Lesson, check: Check) -> KnowledgeCheck:
    """Add a check to the lesson. Its author puts it into the text: until then, readers do not see it."""
    return KnowledgeCheck.objects.create(lesson_id=lesson.pk, definition=check.to_json())


@transaction.atomic
def save_check(*, row: KnowledgeCheck, check: Check, version: int) -> KnowledgeCheck:
    """Save an edit as the next version; raise CheckConflict if `version` is not the saved one. Readers see it once the
    lesson is published again.
    """
    row = KnowledgeCheck.objects.select_for_update().get(pk=row.pk)
    if row.version != version:
        raise CheckConflict(row)
    if row.definition != check.to_json():
        row.definition, row.version = check.to_json(), version + 1
        row.save(update_fields=["definition", "version", "updated_at"])
    return row


def delete_check(*, row: KnowledgeCheck) -> None:
    """Take the check out of the draft. Readers lose it with the next publication; its answers stay."""
    KnowledgeCheck.objects.filter(pk=row.pk, deleted_at=None).update(deleted_at=timezone.now())


def restore_check(*, row: KnowledgeCheck) -> None:
    """Undo `delete_check`."""
    KnowledgeCheck.objects.filter(pk=row.pk).update(deleted_at=None)


def check_uids(html: str) -> list[str]:
    """Return the ids of the checks that stand in a text, each once, in order."""
    return list(dict.fromkeys(CHECK_PLACE.findall(html)))


def draft_checks(lesson_id: int, html: str) -> list[dict[str, Any]]:
    """Return what the next revision would keep of the lesson's checks, in the order of the text. At most one query."""
    uids = check_uids(html)
    if not uids:
        return []
    rows = KnowledgeCheck.objects.filter(lesson=lesson_id, uid__in=uids, deleted_at=None)
    found = {str(row.uid): row.frozen() for row in rows}
    return [found[uid] for uid in uids if uid in found]


def frozen_checks(revision: Revision | int | None) -> list[dict[str, Any]]:
    """Return the checks of a revision, or of the one with this id, in the order of the text. One query."""
    rows = PublishedChecks.objects.filter(revision=revision).values_list("checks", flat=True)
    return rows.first() or []


def freeze_checks(revision: Revision, checks: list[dict[str, Any]]) -> None:
    """Keep the checks with their revision, unless it has them already."""
    if checks:
        PublishedChecks.objects.get_or_create(revision=revision, defaults={"checks": checks})


@transaction.atomic
def answer(*, user: User, lesson: Lesson, uid: str, version: int, response: Response, key: UUID) -> Marked:
    """Keep an answer, and have the check come back for review. The first attempt at a version stays as it is.

    key: of the form; the same form sent again is no further attempt. Raise CheckChanged if the published lesson has
    no such check any more, or another version of it.
    """
    check = published_check(lesson, uid)
    if check is None or check["version"] != version:
        raise CheckChanged(_("This question was changed or removed meanwhile. Reload the page to see what it is now."))
    parsed = Check.from_json(check)
    marked = mark(parsed, response)
    question = KnowledgeCheck.objects.get(uid=uid)
    _store_answer(user, question, version, stored(parsed, response), marked, key)
    if not ReviewCard.objects.filter(user=user, question=question).exists():
        schedule_first_review(user=user, questions=[question])
    complete_if_answered(user=user, lesson=lesson)
    return marked


def published_check(lesson: Lesson, uid: str) -> dict[str, Any] | None:
    """Return the check as readers of the lesson see it; None if they do not. One query."""
    rows = PublishedChecks.objects.filter(revision__lesson=lesson.pk, revision=F("revision__lesson__current_revision"))
    checks = rows.values_list("checks", flat=True).first() or []
    return next((check for check in checks if check["uid"] == uid), None)


def _store_answer(
    user: User, question: KnowledgeCheck, version: int, response: Stored, marked: Marked, key: UUID
) -> None:
    now = timezone.now()
    last = {"last_response": response, "last_is_right": marked.is_right, "last_at": now, "last_key": key}
    first = {"first_response": response, "first_is_right": marked.is_right, "first_at": now}
    row, is_new = Answer.objects.select_for_update().get_or_create(
        user=user, question=question, version=version, defaults=first | last
    )
    if not is_new and row.last_key != key:
        rows = Answer.objects.filter(pk=row.pk)
        rows.update(attempts=F("attempts") + 1, closeness="", **last)


def compare_with_model(*, user: User, uid: str, version: int, closeness: Closeness) -> bool:
    """Keep how close learners think that they came to the model answer. Return whether they have answered at all."""
    rows = Answer.objects.filter(user=user, question__uid=uid, version=version)
    return rows.update(closeness=closeness) == 1


def complete_if_answered(*, user: User, lesson: Lesson) -> None:
    """Complete the lesson where its rule is to answer its checks, once all of them are answered in their current
    version. At most four queries.
    """
    complete_by(user=user, lesson=lesson, rule=CompletionRule.Rule.CHECKS, is_met=lambda: not unanswered(user, lesson))


def unanswered(user: User, lesson: Lesson) -> list[str]:
    """Return the ids of the lesson's published checks that the user has not answered in their current version."""
    checks = frozen_checks(lesson.current_revision_id)
    answered = Answer.objects.filter(user=user, question__uid__in=[check["uid"] for check in checks])
    known = {(str(uid), version) for uid, version in answered.values_list("question__uid", "version")}
    return [check["uid"] for check in checks if (check["uid"], check["version"]) not in known]


def schedule_first_review(
    *, user: User, questions: Iterable[KnowledgeCheck] = (), terms: Iterable[GlossaryTerm] = ()
) -> None:
    """Have checks and terms come back tomorrow for the first time; those that already come back stay as they are."""
    due_at = timezone.now() + timedelta(days=1)
    cards = [ReviewCard(user=user, question=question, due_at=due_at) for question in questions]
    cards += [ReviewCard(user=user, term=term, due_at=due_at) for term in terms]
    ReviewCard.objects.bulk_create(cards, ignore_conflicts=True)


@transaction.atomic
def grade_recall(*, card: ReviewCard, grade: Grade, reviews: int, now: datetime | None = None) -> Review | None:
    """Keep how well somebody remembered, and set when it comes back.

    reviews: how often the card had been reviewed when it was shown: if it was graded since, by another tab or the same
    form sent again, return None and change nothing.
    """
    card = ReviewCard.objects.select_for_update().get(pk=card.pk)
    if card.reviews != reviews:
        return None
    result = review(memory_of(card), grade, now or timezone.now())
    card.stability, card.difficulty = result.memory.stability, result.memory.difficulty
    card.reviewed_at, card.due_at, card.reviews = result.memory.reviewed_at, result.due_at, reviews + 1
    card.save(update_fields=["stability", "difficulty", "reviewed_at", "due_at", "reviews"])
    return result


def memory_of(card: ReviewCard) -> Memory | None:
    """Return what the card's next interval is computed from; None before the first review."""
    if card.stability is None or card.difficulty is None or card.reviewed_at is None:
        return None
    return Memory(card.stability, card.difficulty, card.reviewed_at)


def postpone(*, card: ReviewCard) -> None:
    """Leave the card alone until tomorrow."""
    ReviewCard.objects.filter(pk=card.pk).update(due_at=timezone.now() + timedelta(days=1))


def set_suspended(*, card: ReviewCard, is_suspended: bool) -> None:
    """Leave the card out until its owner takes it in again, or take it in."""
    ReviewCard.objects.filter(pk=card.pk).update(is_suspended=is_suspended)


def reset(*, user: User, cards: Sequence[int] | None = None) -> int:
    """Forget how well the user knows these cards, or all: they are due now, as if for the first time.

    Return how many.
    """
    rows = ReviewCard.objects.filter(user=user)
    rows = rows if cards is None else rows.filter(pk__in=cards)
    return rows.update(stability=None, difficulty=None, reviewed_at=None, reviews=0, due_at=timezone.now())


def set_paused(*, user: User, is_paused: bool) -> None:
    """Turn review off or on. While it is off nothing is shown as due; the dates stay."""
    ReviewPreference.objects.update_or_create(user=user, defaults={"is_paused": is_paused})


def closeness_as_result(check: Check, row: Answer) -> bool | None:
    """Return whether an answer counts as known: its own mark, or the learner's judgement of their own words."""
    if check.kind is not Kind.EXPLAIN:
        return row.last_is_right
    return row.closeness == Closeness.SAME if row.closeness else None
