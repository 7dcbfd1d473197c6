"""What a course's staff did in a period: answers to learners' questions, how soon, and decisions about reports."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from statistics import median
from typing import NamedTuple

from django.db.models import F, Min, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import ngettext

from lessons.courses.audit_log_messages import UNDO
from lessons.courses.models import AuditEntry, Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param, moment_param
from lessons.db.json_rows import parse_moment
from lessons.db.row_count import RowCount
from lessons.discussions.kept import is_large, kept
from lessons.discussions.models import Post, Thread
from lessons.discussions.services.undo import settled_entries
from lessons.participation.counting import ALWAYS

# Decisions about posts that were held, and about posts that were reported: these have the reports in their detail.
ABOUT_HELD_POSTS = ("publish held post", "reject held post")
ABOUT_REPORTS = ("hide post", "keep post hidden", "show post", "approve post")


def duration(hours: float | None) -> str:
    """Return `35 minutes`, `7 hours` or `3 days`; an empty text for None."""
    if hours is None:
        return ""
    if hours < 1:
        minutes = max(1, round(hours * 60))
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", round(hours)) % {"n": round(hours)}
    return ngettext("%(n)d day", "%(n)d days", round(hours / 24)) % {"n": round(hours / 24)}


class StaffMember(NamedTuple):
    """`hours` is the median time from a question to this person's first reply, None without an answer."""

    name: str
    role: str
    answers: int
    hours: float | None
    decisions: int

    @property
    def time(self) -> str:
        return duration(self.hours)


class StaffWork(NamedTuple):
    """Everybody on the staff, and all together: `answered` questions, and the median time to the first reply.

    is_large: whether what they did may have been counted up to a minute ago.
    """

    members: list[StaffMember]
    answered: int
    hours: float | None
    is_large: bool

    @property
    def time(self) -> str:
        return duration(self.hours)


class _Answer(NamedTuple):
    thread: int
    author: int
    asked_at: datetime
    answered_at: datetime

    @property
    def hours(self) -> float:
        # A clock that was set back makes no answer earlier than its question.
        return max(0.0, (self.answered_at - self.asked_at).total_seconds() / 3600)


class _Done(NamedTuple):
    """What was done in a period. answers: how many by author, and the median hours; decisions: how many by author."""

    answers: dict[int, tuple[int, float | None]]
    decisions: dict[int, int]
    answered: int
    hours: float | None


def staff_work(course: Course, since: datetime | None = None, period: str = "") -> StaffWork:
    """Return what each of the course's staff did since a moment, or ever. Three queries. In a large class it may have
    been counted up to a minute ago, for the same `period`; who is on the staff is as it is now.
    """
    rows = fetch_rows(_members_query, course=course.pk)
    learners = rows[0][-1] if rows else 0
    done = kept(f"staff-work-{course.pk}-{period}", learners, lambda: _done(course, since or ALWAYS))
    roles = dict(Membership.Role.choices)
    members = [
        StaffMember(name, str(roles[role]), *done.answers.get(user, (0, None)), done.decisions.get(user, 0))
        for user, name, role, _learners in rows
    ]
    return StaffWork(members, done.answered, done.hours, is_large(learners))


def _members_query() -> QuerySet:
    members = Membership.objects.active().filter(course=int_param("course"))
    learners = RowCount(members.filter(role=Membership.Role.LEARNER).order_by().values("pk"))
    staff = members.exclude(role=Membership.Role.LEARNER).order_by("-role", "handle")
    return staff.values_list("user", "user__display_name", "role", learners)


def _done(course: Course, since: datetime) -> _Done:
    """Count what was done since then. Two queries."""
    by_author: dict[int, list[float]] = defaultdict(list)
    first: dict[int, float] = {}
    for answer in _answers(course, since):
        by_author[answer.author].append(answer.hours)
        first[answer.thread] = min(answer.hours, first.get(answer.thread, answer.hours))
    answers = {author: (len(hours), _median(hours)) for author, hours in by_author.items()}
    return _Done(answers, _decisions(course, since), len(first), _median(first.values()))


def _median(hours: Iterable[float]) -> float | None:
    hours = list(hours)
    return median(hours) if hours else None


def _answers(course: Course, since: datetime) -> Iterator[_Answer]:
    """Return each staff member's first reply to each question of a learner, if it was since then. One query."""
    for thread, author, asked_at, answered_at in fetch_rows(_answers_query, course=course.pk, since=since):
        yield _Answer(thread, author, parse_moment(asked_at), parse_moment(answered_at))


def _answers_query() -> QuerySet:
    """Return moments as text: there may be thousands, and what Django does to read one takes long."""
    questions = Thread.objects.filter(course=int_param("course"), kind=Thread.Kind.QUESTION, by_staff=False)
    questions = questions.filter(merged_into=None).exclude(audience=Thread.Audience.ME).exclude(author=None)
    replies = Post.objects.filter(thread__in=questions, by_staff=True, state=Post.State.SHOWN, seq__gt=1)
    replies = replies.exclude(author=F("thread__author")).exclude(author=None).order_by()
    asked_at = Cast("thread__created_at", TextField())
    rows = replies.values("thread", "author", asked_at=asked_at).annotate(first_at=Min("created_at"))
    rows = rows.filter(first_at__gte=moment_param("since"))
    return rows.values_list("thread", "author", "asked_at", Cast("first_at", TextField()))


ENTRY_FIELDS = ("id", "actor_id", "verb", "detail")


def _decisions(course: Course, since: datetime) -> dict[int, int]:
    """Return how many decisions about reported and held posts each person made that were not undone. One query."""
    rows = [
        AuditEntry.from_db("default", ENTRY_FIELDS, row)
        for row in fetch_rows(_decisions_query, course=course.pk, since=since)
    ]
    settled = settled_entries(row for row in rows if row.verb.startswith(UNDO))
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        is_decision = row.verb in ABOUT_HELD_POSTS or (row.verb in ABOUT_REPORTS and row.detail.get("reports"))
        if is_decision and row.actor_id and row.pk not in settled:
            counts[row.actor_id] += 1
    return dict(counts)


def _decisions_query() -> QuerySet:
    entries = AuditEntry.objects.filter(course=int_param("course"), created_at__gte=moment_param("since"))
    undone = entries.filter(verb__startswith=UNDO)
    entries = entries.filter(detail__has_key="post", verb__in=ABOUT_HELD_POSTS + ABOUT_REPORTS) | undone
    return entries.order_by().values_list(*ENTRY_FIELDS)
