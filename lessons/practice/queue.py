"""What is due for review: only what its owner may still read, as it is published now."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from lessons.accounts.models import User
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.db.row_count import RowCount
from lessons.models import Lesson, Module
from lessons.practice.models import ReviewCard, ReviewPreference

A_DAY = 20
"""How many are asked in a day, about five minutes; who wants to may go on."""


class ReviewDay(NamedTuple):
    """How far somebody has come today. waiting: all that is due; left: what of it belongs to today."""

    done: int = 0
    waiting: int = 0

    @property
    def left(self) -> int:
        return min(self.waiting, max(0, A_DAY - self.done))

    @property
    def total(self) -> int:
        return self.done + self.left


class Upcoming(NamedTuple):
    """How many cards are left for today, tomorrow, and in the five days after. What is due today beyond A_DAY waits
    until tomorrow.
    """

    today: int = 0
    tomorrow: int = 0
    week: int = 0


class ReviewState(NamedTuple):
    """Where somebody stands. has_cards: whether there is anything that comes back, left out or not."""

    day: ReviewDay
    upcoming: Upcoming
    has_cards: bool
    is_paused: bool


def readable_cards(user: User) -> QuerySet[ReviewCard]:
    """Return the user's cards of published checks and of terms that they may read. At most the query of the
    memberships.
    """
    lessons = Lesson.objects.visible_to(user).order_by().values("pk")
    modules = Module.objects.visible_to(user).order_by().values("pk")
    is_published = Q(question__lesson__in=lessons, question__published_version__isnull=False)
    return ReviewCard.objects.filter(is_published | Q(term__module__in=modules, term__bin_entry=None), user=user)


def day_after(now: datetime) -> datetime:
    """Return when the day of `now` ends, in the current time zone. What is due on a day is so from its beginning: who
    reviews every morning need not come at the same minute.
    """
    return timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min))


def due_cards(user: User, tomorrow: datetime) -> QuerySet[ReviewCard]:
    """Return what is due before `tomorrow`, the oldest first; nothing while review is turned off."""
    paused = ReviewPreference.objects.filter(is_paused=True)
    cards = readable_cards(user).filter(due_at__lt=tomorrow, is_suspended=False)
    return cards.exclude(user__in=paused.values("user")).order_by("due_at", "pk")


def due_count(user: User, now: datetime) -> int:
    """Return how many cards are left for today, as the page of review says: those reviewed today count among A_DAY.

    One query, none for staff viewing as a learner.
    """
    if user.learner_view:
        return 0
    rows = fetch_rows(_due_query, user.is_superuser, user=user.pk, **day_params(now))
    return ReviewDay(*rows[0]).left if rows else 0


def _due_query(is_superuser: bool) -> QuerySet:
    user = int_param("user")
    return User.objects.filter(pk=user).order_by().values_list(*day_columns(User(pk=user, is_superuser=is_superuser)))


def day_params(now: datetime) -> dict[str, datetime]:
    """Return the values of the placeholders in `day_columns`."""
    return {"day_start": day_after(now - timedelta(days=1)), "day_end": day_after(now)}


def day_columns(user: User) -> tuple[RowCount, RowCount]:
    """Return the fields of the user's ReviewDay as columns for a query, neither counted beyond A_DAY."""
    start, end = moment_param("day_start"), moment_param("day_end")
    done = readable_cards(user).filter(reviewed_at__gte=start, reviewed_at__lt=end).order_by()
    return RowCount(done.values("pk")[:A_DAY]), RowCount(due_cards(user, end).order_by().values("pk")[:A_DAY])


def review_state(user: User, now: datetime) -> ReviewState:
    """Return where the user stands on the day of `now`, in the current time zone. Two queries at most."""
    days = {f"day{n}": day_after(now + timedelta(days=n)) for n in (-1, 0, 1, 6)}
    rows = fetch_rows(_state_query, user.is_superuser, user.learner_view, user=user.pk, **days)
    is_paused = bool(fetch_rows(_paused_query, user=user.pk))
    if not rows:
        return ReviewState(ReviewDay(), Upcoming(), False, is_paused)
    _user, done, today, tomorrow, week = rows[0]
    due = ReviewDay(done, today)
    upcoming = Upcoming(due.left, tomorrow + today - due.left, week)
    return ReviewState(ReviewDay(done) if is_paused else due, upcoming, True, is_paused)


def _paused_query() -> QuerySet:
    return ReviewPreference.objects.filter(user=int_param("user"), is_paused=True).order_by().values_list("pk")


def _state_query(is_superuser: bool, learner_view: tuple[int, int | None] | None) -> QuerySet:
    user = User(pk=int_param("user"), is_superuser=is_superuser)
    user.learner_view = learner_view
    today, tomorrow, day_after_tomorrow, next_week = (moment_param(f"day{n}") for n in (-1, 0, 1, 6))

    def count(**conditions) -> Count:
        return Count("pk", filter=Q(**conditions))

    def due(**conditions) -> Count:
        return count(is_suspended=False, **conditions)

    counts = {
        "done": count(reviewed_at__gte=today, reviewed_at__lt=tomorrow),
        "due_today": due(due_at__lt=tomorrow),
        "due_tomorrow": due(due_at__gte=tomorrow, due_at__lt=day_after_tomorrow),
        "due_later": due(due_at__gte=day_after_tomorrow, due_at__lt=next_week),
    }
    return readable_cards(user).order_by().values("user").annotate(**counts).values_list("user", *counts)
