"""What comes back for review: first tomorrow, then by how well its owner remembers it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lessons.accounts.models import User
from lessons.models import GlossaryTerm
from lessons.practice.intervals import Grade, Memory, Review, review
from lessons.practice.models import KnowledgeCheck, ReviewCard, ReviewPreference


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


def postpone(*, cards: QuerySet[ReviewCard]) -> int:
    """Leave those of the cards alone until tomorrow that would come back earlier. Return how many."""
    tomorrow = timezone.now() + timedelta(days=1)
    return cards.filter(due_at__lt=tomorrow).update(due_at=tomorrow)


def set_suspended(*, card: ReviewCard, is_suspended: bool) -> None:
    """Leave the card out until its owner takes it in again, or take it in."""
    ReviewCard.objects.filter(pk=card.pk).update(is_suspended=is_suspended)


def reset(*, cards: QuerySet[ReviewCard]) -> int:
    """Forget how well their owner knows these cards: they are due now, as if for the first time. Return how many."""
    return cards.update(stability=None, difficulty=None, reviewed_at=None, reviews=0, due_at=timezone.now())


def set_paused(*, user: User, is_paused: bool) -> None:
    """Turn review off or on. While it is off nothing is shown as due; the dates stay."""
    ReviewPreference.objects.update_or_create(user=user, defaults={"is_paused": is_paused})
