"""Reminding those who review of what is due, with their digest: once a day at most, and only while they do review."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, Q

from lessons.accounts.models import User
from lessons.practice.models import ReviewCard, ReviewPreference

REVIEWED_WITHIN = timedelta(days=14)
"""Who has reviewed nothing for longer is left alone."""
A_DAY_OR_SO = timedelta(hours=20)
"""Digests of one day may come a little earlier than those of the day before."""


class ReminderTimes(NamedTuple):
    """What a reminder depends on: the time, since when somebody must have reviewed, and not have been reminded."""

    now: datetime
    reviewed_since: datetime
    reminded_since: datetime

    @classmethod
    def at(cls, now: datetime) -> "ReminderTimes":
        return cls(now, now - REVIEWED_WITHIN, now - A_DAY_OR_SO)


def is_to_be_reminded(user_id, times: ReminderTimes) -> Q:
    """Return the condition that a user is reminded: something is due for them, who have reviewed something lately and
    were not reminded today. Count what is due, too: they may not be able to read it any more. user_id: may be an
    expression.
    """
    cards = ReviewCard.objects.filter(user=user_id)
    due = cards.filter(is_suspended=False, due_at__lte=times.now)
    silent = ReviewPreference.objects.filter(Q(is_paused=True) | Q(reminded_at__gt=times.reminded_since), user=user_id)
    return Q(Exists(due), Exists(cards.filter(reviewed_at__gte=times.reviewed_since)), ~Exists(silent))


def mark_reminded(user: User, now: datetime) -> None:
    """Record that the user has been reminded, so that no other e-mail of the day does so. Two queries at most."""
    ReviewPreference.objects.update_or_create(user=user, defaults={"reminded_at": now})
