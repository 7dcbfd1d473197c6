"""How much of a rule each learner has done: counted anew from their rows each time, and the same for whoever looks.

What counts is what the course's staff can read, whether it is anonymous or not: private notes are in no figure, nor
are posts that are held, hidden, deleted or moved to another thread. Whoever may see a figure may see all of it.
"""

from datetime import UTC, datetime

from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.db.models.functions import TruncDate

from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.discussions.models import Post, Thread
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import REQUIREMENTS, Amounts
from lessons.practice.models import Answer
from lessons.progress.models import Progress
from lessons.time_zones import zone_named

ALWAYS, NEVER = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
# What a rule is about.
COURSE, MODULE, LESSON = "course", "module", "lesson"
IS_OPENING_POST = Q(seq=1)
IS_NOTE = IS_OPENING_POST & Q(thread__lesson_anchor__gt="")
IS_DISCUSSION = IS_OPENING_POST & Q(thread__lesson_anchor="")
IS_REPLY = Q(seq__gt=1)


def amounts_by_user(rule: ParticipationRule) -> dict[int, Amounts]:
    """Return how much everybody has done who has done anything, members or not, by user id. One query."""
    return _amounts(rule, one_user=False)


def amounts_of(rule: ParticipationRule, user_id: int) -> Amounts:
    """Return how much one user has done. One query."""
    return _amounts(rule, one_user=True, user=user_id).get(user_id, Amounts())


def _amounts(rule: ParticipationRule, *, one_user: bool, **user: int) -> dict[int, Amounts]:
    shape = (scope_of(rule), rule.course.time_zone if rule.note_days > 1 else "", one_user)
    amounts: dict[int, Amounts] = {}
    for user_id, *numbers in fetch_rows(_query, *shape, **scope_params(rule), **user):
        amounts[user_id] = amounts.get(user_id, Amounts()) + Amounts(*numbers)
    return amounts


def scope_of(rule: ParticipationRule) -> str:
    return LESSON if rule.lesson_id else MODULE if rule.module_id else COURSE


def scope_params(rule: ParticipationRule) -> dict[str, int | datetime]:
    """Return the values of the placeholders in the querysets of this module."""
    return {
        "course": rule.course_id,
        "scope": rule.lesson_id or rule.module_id or 0,
        "since": rule.starts_at() or ALWAYS,
        "until": rule.due_at or NEVER,
    }


def _query(scope: str, zone: str, one_user: bool) -> QuerySet:
    posts, completed, answers = (
        rows.filter(**{who: int_param("user")} if one_user else {f"{who}__isnull": False}).order_by()
        for rows, who in (
            (counted_posts(scope), "author"),
            (completed_lessons(scope), "user"),
            (first_answers(scope), "user"),
        )
    )
    day = TruncDate("created_at", tzinfo=zone_named(zone))
    return (
        posts.values("author")
        .annotate(
            notes_n=Count("pk", filter=IS_NOTE),
            note_days_n=Count(day, filter=IS_NOTE, distinct=True) if zone else _zero(),
            note_lessons_n=Count("thread__lesson", filter=IS_NOTE, distinct=True),
            replies_n=Count("pk", filter=IS_REPLY),
            discussions_n=Count("pk", filter=IS_DISCUSSION),
            lessons_read_n=_zero(),
            checks_n=_zero(),
        )
        .values_list("author", *COLUMNS)
        .union(
            _only(completed.values("user"), "lessons_read", Count("pk")),
            _only(answers.values("user"), "checks", Count("question", distinct=True)),
            all=True,
        )
    )


COLUMNS = tuple(f"{name}_n" for name in REQUIREMENTS)


def _zero() -> Value:
    return Value(0, IntegerField())


def _only(rows: QuerySet, requirement: str, number: Count) -> QuerySet:
    """Select the number of one requirement by user, and 0 of each other."""
    numbers = {f"{name}_n": number if name == requirement else _zero() for name in REQUIREMENTS}
    return rows.annotate(**numbers).values_list("user", *COLUMNS)


def counted_posts(scope: str) -> QuerySet[Post]:
    """Return the posts that count, as a query to be compiled."""
    posts = Post.objects.filter(state=Post.State.SHOWN, thread__merged_into=None, **_within("created_at"))
    posts = posts.filter(thread__course=int_param("course"), **_about(scope, "thread__lesson"))
    return posts.exclude(thread__audience=Thread.Audience.ME)


def completed_lessons(scope: str) -> QuerySet[Progress]:
    """Return the progress in lessons that were completed, as a query to be compiled."""
    rows = Progress.objects.filter(lesson__module__course=int_param("course"), **_within("completed_at"))
    return rows.filter(**_about(scope, "lesson"))


def first_answers(scope: str) -> QuerySet[Answer]:
    """Return the answers to checks, one for each version that was answered, as a query to be compiled."""
    rows = Answer.objects.filter(question__lesson__module__course=int_param("course"), **_within("first_at"))
    return rows.filter(**_about(scope, "question__lesson"))


def _about(scope: str, lesson: str) -> dict[str, int]:
    """Return the condition that the lesson to which the path leads is the rule's, or in its module."""
    paths = {MODULE: f"{lesson}__module", LESSON: lesson}
    return {paths[scope]: int_param("scope")} if scope in paths else {}


def _within(moment: str) -> dict[str, datetime]:
    return {f"{moment}__gte": moment_param("since"), f"{moment}__lt": moment_param("until")}
