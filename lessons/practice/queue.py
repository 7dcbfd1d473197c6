"""What is due for review: only what its owner may still read, as it is published now."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from lessons.accounts.models import User
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.models import Lesson, Module
from lessons.practice.checks import Check, Kind
from lessons.practice.intervals import Grade, previews
from lessons.practice.models import PublishedChecks, ReviewCard, ReviewPreference
from lessons.practice.reviewing import memory_of

A_DAY = 20
"""How many are asked in a day, about five minutes; who wants to may go on."""


class ReviewItem(NamedTuple):
    """A card with what is on it. check: None for a glossary term. source, url: of the lesson or module it is from."""

    card: ReviewCard
    question: str
    answer: tuple[str, ...]
    explanation: str
    check: Check | None
    source: str
    course: str
    url: str

    @property
    def options(self) -> list[str]:
        """Return what there is to choose from, or to put in order, as readers see it."""
        if self.check is None or self.card.question is None:
            return []
        return [self.check.options[n].text for n in self.check.shown_order(str(self.card.question.uid))]

    @property
    def is_ordered(self) -> bool:
        return self.check is not None and self.check.kind is Kind.ORDER

    def previews(self, now: datetime) -> dict[Grade, int]:
        """Return after how many days the card would come back, by grade."""
        return previews(memory_of(self.card), now)


class ReviewDay(NamedTuple):
    """How far somebody has come today. waiting: all that is due; left: what of it belongs to today."""

    done: int
    waiting: int

    @property
    def left(self) -> int:
        return min(self.waiting, max(0, A_DAY - self.done))

    @property
    def total(self) -> int:
        return self.done + self.left


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
    """Return how many cards are asked today, A_DAY at most. One query, none for staff viewing as a learner."""
    if user.learner_view:
        return 0
    return len(fetch_rows(_due_query, user.is_superuser, user=user.pk, tomorrow=day_after(now)))


def _due_query(is_superuser: bool) -> QuerySet:
    user = User(pk=int_param("user"), is_superuser=is_superuser)
    return due_cards(user, moment_param("tomorrow")).values_list("pk")[:A_DAY]


def review_day(user: User, now: datetime) -> ReviewDay:
    """Return how far the user has come on the day of `now` in the current time zone. Two queries."""
    tomorrow = day_after(now)
    today = day_after(now - timedelta(days=1))
    done = ReviewCard.objects.filter(user=user, reviewed_at__gte=today, reviewed_at__lt=tomorrow)
    return ReviewDay(done.count(), due_cards(user, tomorrow).count())


def review_items(cards: QuerySet[ReviewCard]) -> list[ReviewItem]:
    """Return cards with what is on them. Two queries, one where all are terms."""
    rows = list(
        cards.select_related(
            "question__lesson__current_revision", "question__lesson__module__course", "term__module__course"
        ).defer("question__lesson__body", "question__lesson__current_revision__html")
    )
    revisions = {row.question.lesson.current_revision_id for row in rows if row.question}
    published = _published_definitions(revisions) if revisions else {}
    return list(_items(rows, published))


def _published_definitions(revisions: Iterable[int | None]) -> dict[str, dict[str, Any]]:
    rows = PublishedChecks.objects.filter(revision__in=revisions).values_list("checks", flat=True)
    return {check["uid"]: check for checks in rows for check in checks}


def _items(rows: Iterable[ReviewCard], published: dict[str, dict[str, Any]]) -> Iterator[ReviewItem]:
    for row in rows:
        if row.question is None:
            if row.term is not None:
                module = row.term.module
                definition = (row.term.definition,)
                url = module.get_absolute_url()
                yield ReviewItem(row, row.term.term, definition, "", None, module.title, module.course.title, url)
        elif str(row.question.uid) in published:
            check, lesson = Check.from_json(published[str(row.question.uid)]), row.question.lesson
            title = lesson.current_revision.title if lesson.current_revision else lesson.title
            course, url = lesson.module.course.title, f"{lesson.get_absolute_url()}#check-{row.question.uid}"
            yield ReviewItem(row, check.question, solution(check), check.explanation, check, title, course, url)


def solution(check: Check) -> tuple[str, ...]:
    """Return the right answer, a line for each part."""
    if check.kind is Kind.EXPLAIN:
        return (check.model_answer,)
    if check.kind is Kind.SHORT:
        return check.accepted[:1]
    return tuple(option.text for option in check.options if option.is_right or check.kind is Kind.ORDER)


class Upcoming(NamedTuple):
    today: int
    tomorrow: int
    week: int


def upcoming(user: User, now: datetime) -> Upcoming:
    """Return how many cards come back until the end of today, tomorrow, and in the five days after. One query."""
    tomorrow, after = day_after(now), day_after(now + timedelta(days=1))
    dates = readable_cards(user).filter(is_suspended=False, due_at__lt=day_after(now + timedelta(days=6)))
    moments = list(dates.values_list("due_at", flat=True))
    due_today, due_tomorrow = sum(m < tomorrow for m in moments), sum(tomorrow <= m < after for m in moments)
    return Upcoming(due_today, due_tomorrow, len(moments) - due_today - due_tomorrow)
