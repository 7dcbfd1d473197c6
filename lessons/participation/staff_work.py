"""What a course's staff did in a period: answers to learners' questions, how soon, and decisions about reports."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import NamedTuple

from django.db.models import F, Min
from django.utils.translation import ngettext

from lessons.courses.audit_log_messages import UNDO
from lessons.courses.models import AuditEntry, Course, Membership
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
    """Everybody on the staff, and all together: `answered` questions, and the median time to the first reply."""

    members: list[StaffMember]
    answered: int
    hours: float | None

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


def staff_work(course: Course, since: datetime | None = None) -> StaffWork:
    """Return what each of the course's staff did since a moment, or ever. Three queries."""
    since = since or ALWAYS
    answers, decisions = _answers(course, since), _decisions(course, since)
    by_author = defaultdict(list)
    for answer in answers:
        by_author[answer.author].append(answer.hours)
    members = course.memberships.active().exclude(role=Membership.Role.LEARNER).select_related("user")
    rows = [
        StaffMember(
            row.user.display_name,
            row.get_role_display(),
            len(by_author[row.user_id]),
            _median(by_author[row.user_id]),
            decisions.get(row.user_id, 0),
        )
        for row in members.order_by("-role", "handle")
    ]
    first: dict[int, float] = {}
    for answer in answers:
        first[answer.thread] = min(answer.hours, first.get(answer.thread, answer.hours))
    return StaffWork(rows, len(first), _median(first.values()))


def _median(hours: Iterable[float]) -> float | None:
    hours = list(hours)
    return median(hours) if hours else None


def _answers(course: Course, since: datetime) -> list[_Answer]:
    """Return each staff member's first reply to each question of a learner, if it was since then. One query."""
    questions = Thread.objects.filter(course=course, kind=Thread.Kind.QUESTION, by_staff=False, merged_into=None)
    questions = questions.exclude(audience=Thread.Audience.ME).exclude(author=None)
    replies = Post.objects.filter(thread__in=questions, by_staff=True, state=Post.State.SHOWN, seq__gt=1)
    replies = replies.exclude(author=F("thread__author")).exclude(author=None).order_by()
    rows = (
        replies.values("thread", "author", "thread__created_at").annotate(at=Min("created_at")).filter(at__gte=since)
    )
    return [_Answer(*row) for row in rows.values_list("thread", "author", "thread__created_at", "at")]


def _decisions(course: Course, since: datetime) -> dict[int, int]:
    """Return how many decisions about reported and held posts each person made that were not undone. One query."""
    entries = AuditEntry.objects.filter(course=course, created_at__gte=since, detail__has_key="post")
    undone = AuditEntry.objects.filter(course=course, created_at__gte=since, verb__startswith=UNDO)
    entries = (entries.filter(verb__in=ABOUT_HELD_POSTS + ABOUT_REPORTS) | undone).order_by()
    rows = list(entries.only("pk", "verb", "detail", "actor_id"))
    settled = settled_entries(row for row in rows if row.verb.startswith(UNDO))
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        is_decision = row.verb in ABOUT_HELD_POSTS or (row.verb in ABOUT_REPORTS and row.detail.get("reports"))
        if is_decision and row.actor_id and row.pk not in settled:
            counts[row.actor_id] += 1
    return counts
