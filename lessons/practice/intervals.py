"""When something comes back for review: after growing intervals, by FSRS. Pure.

An interval ends when somebody still remembers nine of ten such things, as the algorithm estimates from how well they
knew each before. It is a day or longer: nothing comes back twice in a day.
"""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple

from fsrs import Card, Rating, Scheduler, State

MAX_DAYS = 60
"""A course lasts a term: nothing stays away longer."""
SCHEDULER = Scheduler(
    desired_retention=0.9, learning_steps=(), relearning_steps=(), maximum_interval=MAX_DAYS, enable_fuzzing=False
)


class Grade(IntEnum):
    """How well somebody remembered, in their own judgement."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Memory(NamedTuple):
    """What the next interval is computed from: the estimated stability (in days) and difficulty (1 to 10)."""

    stability: float
    difficulty: float
    reviewed_at: datetime


class Review(NamedTuple):
    """What follows from a grade."""

    memory: Memory
    due_at: datetime

    @property
    def days(self) -> int:
        """Return the length of the interval."""
        return (self.due_at - self.memory.reviewed_at).days


def review(memory: Memory | None, grade: Grade, now: datetime) -> Review:
    """Return when it comes back. memory: None the first time. A clock that was put back counts as no time at all."""
    card = Card(due=now)
    if memory:
        now = max(now, memory.reviewed_at)
        card = Card(
            state=State.Review,
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=now,
            last_review=_last_review(memory, now),
        )
    card, _log = SCHEDULER.review_card(card, Rating(grade), now)
    if card.stability is None or card.difficulty is None:
        raise ValueError("FSRS returned a card without a memory")
    due_at = max(card.due, now + timedelta(days=1))
    return Review(Memory(card.stability, card.difficulty, now), due_at)


def _last_review(memory: Memory, now: datetime) -> datetime:
    """Return when it was last reviewed, whole days ago, as FSRS counts them: what came back this morning and was
    reviewed yesterday at noon was so a day ago.
    """
    days = (now - memory.reviewed_at) / timedelta(days=1)
    return now - timedelta(days=max(1, round(days))) if days else now


def previews(memory: Memory | None, now: datetime) -> dict[Grade, int]:
    """Return after how many days it would come back, by grade."""
    return {grade: review(memory, grade, now).days for grade in Grade}
