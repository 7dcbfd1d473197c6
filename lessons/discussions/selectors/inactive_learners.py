"""Learners who have stopped: they have neither read nor written anything in the course for a while."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import Truncator

from lessons.accounts.avatars import avatar_hue, name_initials
from lessons.courses.models import AuditEntry, Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.models import Revision
from lessons.progress.models import Progress

INACTIVE_AFTER = timedelta(days=10)
MAX_ROWS = 50
LARGE_CLASS = 500
CACHE_SECONDS = 600
MESSAGE_VERB = "message learner"


class InactiveLearner(NamedTuple):
    """A learner who has stopped. `read_at` is when they last read, `lesson_title` what; None and empty for nothing.

    `messaged_at` is when staff last wrote to them.
    """

    membership: int
    user: int
    name: str
    email: str | None
    group_name: str | None
    joined_at: datetime
    read_at: datetime | None
    lesson_title: str
    messaged_at: datetime | None

    @property
    def draft_key(self) -> str:
        """Return the draft key of what staff write to the learner."""
        return f"message-{self.membership}"

    @property
    def short_title(self) -> str:
        return Truncator(self.lesson_title).chars(28)

    @property
    def messaged_day(self) -> date | None:
        """Return the day on which staff last wrote to them, in the viewer's time zone."""
        return self.messaged_at and timezone.localtime(self.messaged_at).date()

    @property
    def initials(self) -> str:
        return name_initials(self.name)

    @property
    def hue(self) -> int:
        return avatar_hue(self.user)

    @property
    def days(self) -> int:
        """Return for how many days they have read nothing, at most since they joined."""
        return (timezone.now() - max(self.read_at or self.joined_at, self.joined_at)).days


@dataclass(frozen=True)
class InactiveLearners:
    """How many have stopped, and those MAX_ROWS who stopped first."""

    count: int
    rows: list[InactiveLearner]


NOBODY = InactiveLearners(0, [])


def inactive_learners(course: Course, group: int = 0, *, class_size: int) -> InactiveLearners:
    """Return the learners, of one group or of all, who have stopped. Two queries; none in a closed course.

    class_size: how many active learners the course has. In a large class this takes long: its result is at most
    CACHE_SECONDS old.
    """
    if course.is_closed:
        return NOBODY
    ids = _cached_ids(course, group) if class_size >= LARGE_CLASS else _ids(course, group)
    return InactiveLearners(len(ids), _rows(course, ids[:MAX_ROWS]) if ids else [])


def _cached_ids(course: Course, group: int) -> list[int]:
    key = f"inactive-learners-{course.pk}-{group}"
    ids = cache.get(key)
    if ids is None:
        ids = _ids(course, group)
        cache.set(key, ids, CACHE_SECONDS)
    return ids


def _ids(course: Course, group: int) -> list[int]:
    """Return the ids of the memberships, first those that stopped first. One query."""
    since = timezone.now() - INACTIVE_AFTER
    return [pk for (pk,) in fetch_rows(_ids_query, bool(group), course=course.pk, group=group, since=since)]


def _ids_query(of_group: bool) -> QuerySet:
    """Nobody has stopped before the course had begun: before somebody could read or wrote something there."""
    course, since, user = int_param("course"), moment_param("since"), OuterRef("user")
    had_begun = Q(Exists(Revision.objects.filter(lesson__module__course=course, published_at__lt=since)))
    had_begun |= Q(Exists(Progress.objects.filter(lesson__module__course=course, seen_at__lt=since)))
    had_begun |= Q(Exists(Thread.objects.filter(course=course, created_at__lt=since)))
    learners = Membership.objects.active().filter(course=course, role=Membership.Role.LEARNER, user__is_active=True)
    if of_group:
        learners = learners.filter(group=int_param("group"))
    inactive = learners.filter(
        ~Exists(_progress(user, course).filter(seen_at__gt=since)),
        ~Exists(ThreadUserState.objects.filter(user=user, read_at__gt=since, thread__course=course)),
        ~Exists(Post.objects.filter(author=user, created_at__gt=since, thread__course=course)),
        had_begun,
        created_at__lt=since,
    )
    last_seen = _progress(user, course).order_by("-seen_at").values("seen_at")[:1]
    return inactive.order_by(Coalesce(Subquery(last_seen), "created_at"), "pk").values_list("pk")


def _progress(user: OuterRef, course: int) -> QuerySet:
    return Progress.objects.filter(user=user, lesson__module__course=course)


def _rows(course: Course, ids: list[int]) -> list[InactiveLearner]:
    """Return the learners with these memberships, in this order. One query."""
    padded = (ids + [0] * MAX_ROWS)[:MAX_ROWS]
    params = {f"id{n}": pk for n, pk in enumerate(padded)}
    learners = map(InactiveLearner._make, fetch_rows(_rows_query, course=course.pk, **params))
    place = {pk: n for n, pk in enumerate(ids)}
    return sorted(learners, key=lambda learner: place[learner.membership])


def _rows_query() -> QuerySet:
    course = int_param("course")
    last = _progress(OuterRef("user"), course).filter(lesson__bin_entry=None).order_by("-seen_at")
    messages = AuditEntry.objects.filter(course=course, verb=MESSAGE_VERB, affected_user=OuterRef("user"))
    rows = Membership.objects.active().filter(pk__in=[int_param(f"id{n}") for n in range(MAX_ROWS)])
    rows = rows.annotate(
        read_at=Subquery(last.values("seen_at")[:1]),
        lesson_title=Coalesce(Subquery(last.values("lesson__current_revision__title")[:1]), Value("")),
        messaged_at=Subquery(messages.order_by("-pk").values("created_at")[:1]),
    )
    return rows.order_by().values_list(
        "pk",
        "user_id",
        "user__display_name",
        "user__email",
        "group__name",
        "created_at",
        "read_at",
        "lesson_title",
        "messaged_at",
    )
