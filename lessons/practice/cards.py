"""What is on the cards that come back for review: of a check, always one version, the published one.

Its solution is on the card of who has answered that version. Until they have, the card asks them to answer it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from lessons.accounts.models import User
from lessons.db.compiled_queries import fetch_rows, int_param, int_params, moment_param, padded
from lessons.markup.row_templates import url
from lessons.models import lesson_url_slug
from lessons.practice.checks import Check, Kind
from lessons.practice.intervals import Grade, previews
from lessons.practice.models import Answer, PublishedChecks, ReviewCard
from lessons.practice.queue import day_after, due_cards, readable_cards
from lessons.practice.reviewing import memory_of

CARD_FIELDS = tuple(field.attname for field in ReviewCard._meta.concrete_fields)
LESSON = "question__lesson"
COLUMNS = (
    *CARD_FIELDS,
    "question__uid",
    f"{LESSON}__pk",
    f"{LESSON}__slug",
    f"{LESSON}__current_revision",
    f"{LESSON}__current_revision__title",
    f"{LESSON}__module__course__title",
    "term__term",
    "term__definition",
    "term__module__title",
    "term__module__slug",
    "term__module__course__title",
    "term__module__course__slug",
)
IS_ANSWERED = Exists(
    Answer.objects.filter(
        user=OuterRef("user"), question=OuterRef("question"), version=OuterRef("question__published_version")
    )
)


class ReviewItem(NamedTuple):
    """A card with what is on it. check: None for a glossary term. options: what there is to choose from, or to put in
    order, as readers see it. source, url: of the lesson or module it is from.

    is_changed: the owner has not answered the version that is published now, so answer and explanation are empty;
    answer_url: where they answer a check.
    """

    card: ReviewCard
    question: str
    answer: tuple[str, ...]
    source: str
    course: str
    url: str
    explanation: str = ""
    check: Check | None = None
    options: tuple[str, ...] = ()
    is_changed: bool = False
    answer_url: str = ""

    @property
    def is_ordered(self) -> bool:
        return self.check is not None and self.check.kind is Kind.ORDER

    def previews(self, now: datetime) -> dict[Grade, int]:
        """Return after how many days the card would come back, by grade."""
        return previews(memory_of(self.card), now)


class _QuestionSource(NamedTuple):
    uid: UUID
    lesson: int
    slug: str
    revision: int
    title: str
    course: str


class _TermSource(NamedTuple):
    term: str
    definition: str
    module: str
    slug: str
    course: str
    course_slug: str


def next_item(user: User, now: datetime) -> ReviewItem | None:
    """Return the card that has waited longest of those due on the day of `now`. Two queries at most."""
    rows = fetch_rows(_next_query, user.is_superuser, user.learner_view, user=user.pk, tomorrow=day_after(now))
    return next(iter(_items(rows)), None)


def _next_query(is_superuser: bool, learner_view: tuple[int, int | None] | None) -> QuerySet:
    cards = due_cards(_viewer(is_superuser, learner_view), moment_param("tomorrow"))
    return cards.values_list(*COLUMNS, IS_ANSWERED)[:1]


def review_items(user: User, after: int, limit: int) -> list[ReviewItem]:
    """Return what comes back for the user, left out or not, in the order of ids from the one after `after` on. Two
    queries, one where all are terms.
    """
    return list(
        _items(fetch_rows(_cards_query, user.is_superuser, user.learner_view, limit, user=user.pk, after=after))
    )


def _cards_query(is_superuser: bool, learner_view: tuple[int, int | None] | None, limit: int) -> QuerySet:
    cards = readable_cards(_viewer(is_superuser, learner_view)).filter(pk__gt=int_param("after"))
    return cards.order_by("pk").values_list(*COLUMNS, IS_ANSWERED)[:limit]


def _viewer(is_superuser: bool, learner_view: tuple[int, int | None] | None) -> User:
    """Return a user whose id is a placeholder."""
    user = User(pk=int_param("user"), is_superuser=is_superuser)
    user.learner_view = learner_view
    return user


def _items(rows: Iterable[tuple]) -> Iterator[ReviewItem]:
    split = len(CARD_FIELDS), len(CARD_FIELDS) + len(_QuestionSource._fields)
    parts = [
        (ReviewCard.from_db(None, CARD_FIELDS, row[: split[0]]), row[split[0] : split[1]], row[split[1] : -1], row[-1])
        for row in rows
    ]
    sources = {card.pk: _QuestionSource(*question) for card, question, *_others in parts if card.question_id}
    published = _published_definitions({source.revision for source in sources.values()})
    for card, _question, term, is_answered in parts:
        source = sources.get(card.pk)
        if source is None:
            yield _term_item(card, _TermSource(*term))
        elif str(source.uid) in published:
            yield _question_item(card, source, Check.from_json(published[str(source.uid)]), is_answered)


def _published_definitions(revisions: set[int]) -> dict[str, dict[str, Any]]:
    if not revisions:
        return {}
    ids = padded("revision", revisions, 0)
    return {check["uid"]: check for (checks,) in fetch_rows(_definitions_query, len(ids), **ids) for check in checks}


def _definitions_query(places: int) -> QuerySet:
    checks = PublishedChecks.objects.filter(revision__in=int_params("revision", places))
    return checks.order_by().values_list("checks")


def _term_item(card: ReviewCard, source: _TermSource) -> ReviewItem:
    address = url("reading:module", source.course_slug, source.slug)
    return ReviewItem(card, source.term, (source.definition,), source.module, source.course, address)


def _question_item(card: ReviewCard, source: _QuestionSource, check: Check, is_answered: bool) -> ReviewItem:
    place = f"#check-{source.uid}"
    return ReviewItem(
        card,
        check.question,
        solution(check) if is_answered else (),
        source.title,
        source.course,
        url("reading:lesson", source.lesson, lesson_url_slug(source.slug)) + place,
        check.explanation if is_answered else "",
        check,
        tuple(check.options[n].text for n in check.shown_order(str(source.uid))),
        not is_answered,
        url("reading:checks", source.lesson) + place,
    )


def solution(check: Check) -> tuple[str, ...]:
    """Return the right answer, a line for each part."""
    if check.kind is Kind.EXPLAIN:
        return (check.model_answer,)
    if check.kind is Kind.SHORT:
        return check.accepted[:1]
    return tuple(option.text for option in check.options if option.is_right or check.kind is Kind.ORDER)
