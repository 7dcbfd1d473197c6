"""What the class of the demo has practised: answers to checks, what comes back for review, and how far they came."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length

from lessons.courses.models import Course, Membership
from lessons.demo.files import DemoAnswer, InvalidDemo, Participation
from lessons.demo.moments import on_day
from lessons.demo.people import Member
from lessons.models import GlossaryTerm
from lessons.participation.models import ParticipationRule
from lessons.practice.checks import Check, Kind, Response, mark, stored
from lessons.practice.completing import MAX_TERMS, terms_in
from lessons.practice.intervals import Grade, review
from lessons.practice.models import Answer, KnowledgeCheck, PublishedChecks, ReviewCard
from lessons.practice.reviewing import memory_of
from lessons.progress.models import Progress, Reached

Role = Membership.Role
A_DAY = timedelta(days=1)


def load_practice(course: Course, cast: Mapping[str, Member], answers: Iterable[DemoAnswer]) -> None:
    """Load what follows from the progress of the class, which is loaded already. Raise InvalidDemo."""
    _load_reached(course)
    rows = list(_answers(course, cast, answers))
    Answer.objects.bulk_create(rows)
    reviewed_until = {member.user.pk: member.last_seen - 2 * A_DAY for member in cast.values()}
    cards = [
        _card(reviewed_until[row.user_id], row.first_at, row.first_is_right, user=row.user, question=row.question)
        for row in rows
    ]
    learners = [member for member in cast.values() if member.can_sign_in and member.membership.role == Role.LEARNER]
    cards += _term_cards(course, learners, reviewed_until)
    ReviewCard.objects.bulk_create(cards)


def _load_reached(course: Course) -> None:
    """Set how far each came in a text, by their position in it."""
    progress = Progress.objects.filter(lesson__module__course=course)
    rows = progress.annotate(length=Length("lesson__current_revision__text"))
    Reached.objects.bulk_create(
        Reached(user_id=user, revision_id=revision, offset=length * position // 1000)
        for user, revision, position, length in rows.values_list(
            "user", "lesson__current_revision", "position", "length"
        )
    )


def _answers(course: Course, cast: Mapping[str, Member], answers: Iterable[DemoAnswer]) -> Iterator[Answer]:
    """Yield the answers as rows, each given when its author read the lesson. Raise InvalidDemo."""
    progress = Progress.objects.filter(lesson__module__course=course)
    seen = {(user, slug): at for user, slug, at in progress.values_list("user", "lesson__slug", "seen_at")}
    questions = {str(row.uid): row for row in KnowledgeCheck.objects.filter(lesson__module__course=course)}
    published = PublishedChecks.objects.filter(revision__lesson__module__course=course)
    checks = dict(published.values_list("revision__lesson__slug", "checks"))
    for given in answers:
        user = cast[given.by].user
        in_lesson = checks.get(given.lesson, [])
        if given.check > len(in_lesson) or (user.pk, given.lesson) not in seen:
            raise InvalidDemo(f"answers.toml: {given.by} cannot answer check {given.check} of {given.lesson}.")
        frozen, at = in_lesson[given.check - 1], seen[user.pk, given.lesson]
        check = Check.from_json(frozen)
        response = _response(given, check)
        values, is_right = stored(check, response), mark(check, response).is_right
        first = {"first_response": values, "first_is_right": is_right, "first_at": at}
        last = {"last_response": values, "last_is_right": is_right, "last_at": at}
        question = questions[frozen["uid"]]
        yield Answer(user=user, question=question, version=frozen["version"], **first, **last)


def _response(given: DemoAnswer, check: Check) -> Response:
    if isinstance(given.value, str):
        if check.kind in (Kind.SHORT, Kind.EXPLAIN):
            return given.value
    elif all(0 < number <= len(check.options) for number in given.value):
        return [number - 1 for number in given.value]
    raise InvalidDemo(f"answers.toml: the answer of {given.by} does not fit check {given.check} of {given.lesson}.")


def _term_cards(
    course: Course, learners: Iterable[Member], reviewed_until: Mapping[int, datetime]
) -> Iterator[ReviewCard]:
    """Yield a card for each term of the lessons that learners have completed, once for each."""
    users = {member.user.pk: member.user for member in learners}
    terms = list(GlossaryTerm.objects.filter(module__course=course).order_by("pk"))
    read = Progress.objects.filter(user__in=users, lesson__module__course=course, completed_at__isnull=False)
    rows = read.order_by("seen_at", "pk").values_list("user", "seen_at", "lesson__current_revision__text")
    used: dict[str, list[GlossaryTerm]] = {}
    known = set()
    for user, at, text in rows:
        if text not in used:
            used[text] = terms_in(text, terms)[:MAX_TERMS]
        for term in used[text]:
            if (user, term.pk) not in known:
                known.add((user, term.pk))
                yield _card(reviewed_until[user], at, True, user=users[user], term=term)


def _card(until: datetime, met_at: datetime, was_right: bool | None, **owner) -> ReviewCard:
    """Return a card that was reviewed whenever it was due until then: forgotten the first time if the answer was
    wrong, and known from then on.
    """
    card = ReviewCard(due_at=met_at + A_DAY, **owner)
    while card.due_at < until:
        grade = Grade.AGAIN if was_right is False and not card.reviews else Grade.GOOD
        memory, card.due_at = review(memory_of(card), grade, card.due_at)
        card.stability, card.difficulty, card.reviewed_at = memory
        card.reviews += 1
    return card


def load_participation(course: Course, asked: Participation, now: datetime) -> None:
    """Give the course its rule of participation."""
    ParticipationRule.objects.create(course=course, **_rule(course, asked, now))


def _rule(course: Course, asked: Participation, now: datetime) -> dict:
    values = asked._asdict()
    days, time = values.pop("days"), values.pop("time")
    return values | {"due_at": on_day(now, days, time, course.zone)}


def remove_participation(course: Course, asked: Participation, loaded_at: datetime) -> None:
    """Remove the rule if it is still as it was loaded, and nothing was decided by it."""
    ParticipationRule.objects.filter(course=course, decisions=None, **_rule(course, asked, loaded_at)).delete()


def remove_practice(course: Course, accounts: list[str], loaded_at: datetime) -> None:
    """Remove what the accounts with which people try the site practised before the demo was loaded; their progress of
    that time is removed already.
    """
    answers = Answer.objects.filter(user__email__in=accounts, question__lesson__module__course=course)
    answers.filter(last_at__lt=loaded_at).delete()
    cards = ReviewCard.objects.filter(user__email__in=accounts)
    cards = cards.filter(Q(question__lesson__module__course=course) | Q(term__module__course=course))
    answered = Answer.objects.filter(user=OuterRef("user"), question=OuterRef("question"))
    read = Progress.objects.filter(user=OuterRef("user"), lesson__module=OuterRef("term__module"))
    is_kept = Exists(answered) | Exists(read.filter(completed_at__gte=loaded_at)) | Q(reviewed_at__gte=loaded_at)
    cards.exclude(is_kept).delete()
    places = Reached.objects.filter(user__email__in=accounts, revision__lesson__module__course=course)
    opened = Progress.objects.filter(user=OuterRef("user"), lesson=OuterRef("revision__lesson"))
    places.exclude(Exists(opened)).delete()
