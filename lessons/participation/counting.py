"""How much of a rule each learner has done: counted from their rows each time, and the same for whoever looks.

What counts is what the course's staff can read, whether it is anonymous or not: private notes are in no figure, nor
are posts that are held, hidden, deleted or moved to another thread. Whoever may see a figure may see all of it.

An anonymous note counts as a note, but for no day, lesson or section: these would tell who wrote it.
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, Count, F, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.db.minutes import Minutes
from lessons.discussions.kept import kept
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.posts import PostQuerySet
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import REQUIREMENTS, Amounts
from lessons.participation.sections import note_places, sections_at
from lessons.practice.models import Answer
from lessons.progress.models import Progress
from lessons.time_zones import LocalDays, zone_named

ALWAYS, NEVER = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
# What a rule is about.
COURSE, MODULE, LESSON = "course", "module", "lesson"
IS_OPENING_POST = Q(seq=1)
IS_NOTE = IS_OPENING_POST & Q(thread__lesson_anchor__gt="")
IS_DISCUSSION = IS_OPENING_POST & Q(thread__lesson_anchor="")
IS_REPLY = Q(seq__gt=1)
IS_SIGNED_NOTE = IS_NOTE & Q(alias=None)


def place_in_course(rule: ParticipationRule) -> tuple[str, int]:
    """Return what a rule is about, and the id of the module or lesson, 0 for neither."""
    kind = LESSON if rule.lesson_id else MODULE if rule.module_id else COURSE
    return kind, rule.lesson_id or rule.module_id or 0


class Scope(NamedTuple):
    """Where and when something must be done to count. `about` is the id of the module or lesson, 0 for neither.

    has_anonymous: whether anonymous posts count. In a part of the course, or from some day on, a figure would tell who
    has written one of the few there.
    """

    kind: str
    course: int
    about: int
    since: datetime
    until: datetime
    has_anonymous: bool

    @classmethod
    def of(cls, rule: ParticipationRule) -> "Scope":
        kind, about = place_in_course(rule)
        starts_at = rule.starts_at()
        has_anonymous = kind == COURSE and not starts_at
        return cls(kind, rule.course_id, about, starts_at or ALWAYS, rule.due_at or NEVER, has_anonymous)

    def around(self, lesson: str) -> dict[str, int]:
        """Return the condition that the lesson to which the path leads is the rule's, or in its module."""
        paths = {MODULE: f"{lesson}__module", LESSON: lesson}
        return {paths[self.kind]: self.about} if self.kind in paths else {}

    def within(self, moment: str) -> dict[str, datetime]:
        return {f"{moment}__gte": self.since, f"{moment}__lt": self.until}


class Counted(NamedTuple):
    """What everybody has done who has done anything: the numbers of Amounts by user id, and who meets the rule."""

    amounts: dict[int, tuple[int, ...]]
    met: set[int]


def amounts_by_user(rule: ParticipationRule) -> dict[int, Amounts]:
    """Return how much everybody has done who has done anything, members or not, by user id. One query, and three more
    for a rule that asks for sections.
    """
    return _amounts(rule, one_user=False)


def amounts_of(rule: ParticipationRule, user_id: int) -> Amounts:
    """Return how much one user has done. One query, and three more for a rule that asks for sections."""
    return _amounts(rule, one_user=True, user=user_id).get(user_id, Amounts())


def counted(rule: ParticipationRule) -> Counted:
    """Return what everybody has done, in the queries of `amounts_by_user`."""
    amounts, asked = amounts_by_user(rule), rule.asked
    return Counted(
        # Without the class, which takes most of the time to store and to read them.
        {user: tuple(done) for user, done in amounts.items() if any(done)},
        {user for user, done in amounts.items() if done.meets(asked)},
    )


def recently_counted(rule: ParticipationRule, learners: int) -> Counted:
    """Return what `counted` does or, in a class of many learners, did within the last minute for the rule as it is."""
    shape = (*Scope.of(rule), rule.course.time_zone, *rule.asked)
    return kept(f"participation-{'-'.join(map(str, shape))}", learners, lambda: counted(rule))


def _amounts(rule: ParticipationRule, *, one_user: bool, **user: int) -> dict[int, Amounts]:
    scope = Scope.of(rule)
    days = LocalDays(zone_named(rule.course.time_zone)) if rule.note_days else None
    shape = (scope.kind, scope.has_anonymous, bool(days), one_user)
    amounts: dict[int, Amounts] = {}
    for user_id, *numbers in fetch_rows(_query, *shape, **scope._asdict(), **user):
        if days:
            numbers[NOTE_DAYS] = len(set(map(days.of_minute, filter(None, (numbers[NOTE_DAYS] or "").split(",")))))
        done = Amounts(*numbers)
        amounts[user_id] = amounts[user_id].plus(done) if user_id in amounts else done
    if rule.note_sections:
        for user_id, sections in _sections(scope, one_user=one_user, **user).items():
            amounts[user_id] = amounts[user_id]._replace(note_sections=len(sections))
    return amounts


def _sections(scope: Scope, *, one_user: bool, **user: int) -> dict[int, set[tuple[int, str]]]:
    """Return the sections with a note by user, each as its lesson and its id in that. Three queries at most."""
    shape = (scope.kind, scope.has_anonymous, one_user)
    rows = fetch_rows(_places_query, *shape, **scope._asdict(), **user)
    found = defaultdict(set)
    for row, section in zip(rows, sections_at(row[1:] for row in rows), strict=True):
        found[row[0]].add((row[1], section.anchor))
    return found


def _places_query(kind: str, has_anonymous: bool, one_user: bool) -> QuerySet:
    posts = counted_posts(scope_param(kind, has_anonymous)).filter(IS_SIGNED_NOTE).order_by()
    posts = posts.filter(author=int_param("user")) if one_user else posts.exclude(author=None)
    return note_places(posts, "author")


def _query(kind: str, has_anonymous: bool, has_days: bool, one_user: bool) -> QuerySet:
    """Select the columns of Amounts by user, of posts, lessons and answers: with `has_days`, the minutes of notes in
    place of their days.
    """
    scope = scope_param(kind, has_anonymous)
    posts, completed, answers = counted_posts(scope), completed_lessons(scope), first_answers(scope)
    if one_user:
        user = int_param("user")
        posts, completed, answers = posts.filter(author=user), completed.filter(user=user), answers.filter(user=user)
        by_author = posts.values(counted_user=F("author"))
    else:
        # By an expression, which has no index, so that the database begins with the threads of the course.
        author = Coalesce("author_id", 0, output_field=BigIntegerField())
        by_author = posts.exclude(author=None).values(counted_user=author)
    return _posts(by_author, has_days).union(
        _only("lessons_read", Count("pk"), completed, has_days),
        _only("checks", Count("question", distinct=True), answers, has_days),
        all=True,
    )


def scope_param(kind: str, has_anonymous: bool) -> Scope:
    """Return a scope with placeholders."""
    moments = moment_param("since"), moment_param("until")
    return Scope(kind, int_param("course"), int_param("about"), *moments, has_anonymous)


def _posts(by_author: QuerySet, has_days: bool) -> QuerySet:
    """Select what is counted of posts, and 0 of what is not."""
    numbers = _nothing(has_days) | {
        "notes_n": Count("pk", filter=IS_NOTE),
        "note_lessons_n": Count("thread__lesson", filter=IS_SIGNED_NOTE, distinct=True),
        "replies_n": Count("pk", filter=IS_REPLY),
        "discussions_n": Count("pk", filter=IS_DISCUSSION),
    }
    if has_days:
        numbers["note_days_n"] = Minutes("created_at", filter=IS_SIGNED_NOTE)
    return by_author.order_by().annotate(**numbers).values_list("counted_user", *COLUMNS)


COLUMNS = tuple(f"{name}_n" for name in REQUIREMENTS)
NOTE_DAYS = REQUIREMENTS.index("note_days")


def _nothing(has_days: bool) -> dict[str, Combinable]:
    """Return the columns of somebody who has done nothing."""
    zeros: dict[str, Combinable] = {column: Value(0, IntegerField()) for column in COLUMNS}
    return zeros | {"note_days_n": Value("", TextField())} if has_days else zeros


def _only(requirement: str, number: Count, rows: QuerySet, has_days: bool) -> QuerySet:
    """Select the number of one requirement by user, and 0 of each other."""
    numbers = _nothing(has_days) | {f"{requirement}_n": number}
    return rows.order_by().values("user").annotate(**numbers).values_list("user", *COLUMNS)


def counted_posts(scope: Scope) -> PostQuerySet:
    """Return the posts that count."""
    posts = Post.objects.filter(state=Post.State.SHOWN, thread__merged_into=None, **scope.within("created_at"))
    posts = posts.filter(thread__course=scope.course, **scope.around("thread__lesson"))
    if not scope.has_anonymous:
        posts = posts.filter(alias=None)
    return posts.exclude(thread__audience=Thread.Audience.ME)


def completed_lessons(scope: Scope) -> QuerySet[Progress]:
    """Return the progress in lessons that were completed."""
    rows = Progress.objects.filter(lesson__module__course=scope.course, **scope.within("completed_at"))
    return rows.filter(**scope.around("lesson"))


def first_answers(scope: Scope) -> QuerySet[Answer]:
    """Return the answers to checks: one for each version that was answered."""
    rows = Answer.objects.filter(question__lesson__module__course=scope.course, **scope.within("first_at"))
    return rows.filter(**scope.around("question__lesson"))
