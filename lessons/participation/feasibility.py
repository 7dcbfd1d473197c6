"""Why nobody can meet a participation rule as the course is now: each reason as a sentence.

What somebody has done already is no longer in the way of anything: a rule that one learner meets can be met.
"""

from collections.abc import Iterator
from copy import copy
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.row_count import RowCount
from lessons.discussions.models import CommentPolicy, Thread
from lessons.models import Lesson
from lessons.participation.counting import LESSON, MODULE, amounts_of, place_in_course, recently_counted
from lessons.participation.models import ParticipationRule
from lessons.participation.requirements import REQUIREMENTS, Amounts
from lessons.participation.sections import sections_of
from lessons.practice.models import KnowledgeCheck

IS_OFF = Q(comment_policy__policy=CommentPolicy.Rule.OFF)


class Obstacle(NamedTuple):
    """Why these requirements cannot be met."""

    sentence: str
    requirements: tuple[str, ...] = REQUIREMENTS


def obstacles(rule: ParticipationRule, now: datetime, user: User | None = None) -> list[str]:
    """Return why nobody can meet the rule, or why `user` cannot, who may not see what others have done. None if
    somebody can, or has. One query, two more if something may be in the way; more for a rule that asks for
    sections.
    """
    return [obstacle.sentence for obstacle in _Feasibility(rule, now, user).obstacles()]


class _Counts(NamedTuple):
    """How many lessons learners can read, on how many of them they can write, and how many checks they can answer."""

    lessons: int
    open_lessons: int
    checks: int


def _readable(kind: str, course: int, about: int) -> QuerySet[Lesson]:
    lessons = Lesson.objects.published().filter(module__course=course).order_by()
    if kind == LESSON:
        return lessons.filter(pk=about)
    return lessons.filter(module=about) if kind == MODULE else lessons


def _counts_query(kind: str) -> QuerySet:
    lessons = _readable(kind, int_param("course"), int_param("about")).values("pk")
    checks = KnowledgeCheck.objects.filter(lesson__in=lessons, published_version__isnull=False).order_by()
    counts = RowCount(lessons), RowCount(lessons.exclude(IS_OFF)), RowCount(checks.values("pk"))
    return Course.objects.filter(pk=int_param("course")).order_by().values_list(*counts)


class _Feasibility:
    def __init__(self, rule: ParticipationRule, now: datetime, user: User | None):
        self.rule, self.now, self.user = rule, now, user
        self.is_about_part = bool(rule.module_id or rule.lesson_id)

    def obstacles(self) -> Iterator[Obstacle]:
        for obstacle in self._possible_obstacles():
            if not any(self._is_met(obstacle, done) for done in self._done):
                yield obstacle

    def _is_met(self, obstacle: Obstacle, done: Amounts) -> bool:
        return all(getattr(done, name) >= getattr(self.rule, name) for name in obstacle.requirements)

    def _possible_obstacles(self) -> Iterator[Obstacle]:
        rule = self.rule
        if rule.course.is_closed:
            yield Obstacle(_("The course is closed: nothing more can be done in it."))
        elif rule.is_over(self.now):
            yield Obstacle(_("Its time is over: what is done from now on does not count."))
        elif not self._counts.lessons and (self.is_about_part or rule.notes or rule.lessons_read or rule.checks):
            in_lessons = tuple(name for name in REQUIREMENTS if name not in ("replies", "discussions"))
            sentence = _("There is no lesson that learners can read.")
            yield Obstacle(sentence, REQUIREMENTS if self.is_about_part else in_lessons)
        else:
            yield from self._about_lessons()
            yield from self._about_writing()
            yield from self._about_days()

    @cached_property
    def _readable(self) -> QuerySet[Lesson]:
        kind, about = place_in_course(self.rule)
        return _readable(kind, self.rule.course_id, about)

    @cached_property
    def _counts(self) -> "_Counts":
        """Return what there is in the rule's part of the course. One query."""
        rule = self.rule
        kind, about = place_in_course(rule)
        [row] = fetch_rows(_counts_query, kind, course=rule.course_id, about=about)
        return _Counts(*row)

    def _about_lessons(self) -> Iterator[Obstacle]:
        n, checks = self._counts.lessons, self._counts.checks
        if n < self.rule.lessons_read:
            text = ngettext(
                "There is only %(n)d lesson that learners can read.",
                "There are only %(n)d lessons that learners can read.",
                n,
            )
            yield Obstacle(text % {"n": n}, ("lessons_read",))
        if checks < self.rule.checks:
            text = ngettext("There is only %(n)d check to answer.", "There are only %(n)d checks to answer.", checks)
            yield Obstacle(text % {"n": checks} if checks else _("There is no check to answer."), ("checks",))

    def _about_writing(self) -> Iterator[Obstacle]:
        rule, n = self.rule, self._counts.open_lessons
        if rule.notes and not n:
            notes = ("notes", "note_days", "note_lessons", "note_sections")
            yield Obstacle(_("There is no lesson on which learners can write notes."), notes)
        elif rule.note_lessons > n:
            text = ngettext(
                "There is only %(n)d lesson on which learners can write notes.",
                "There are only %(n)d lessons on which learners can write notes.",
                n,
            )
            yield Obstacle(text % {"n": n}, ("note_lessons",))
        elif rule.note_sections and (sections := self._open_sections()) < rule.note_sections:
            text = ngettext(
                "There is only %(n)d section on which learners can write notes.",
                "There are only %(n)d sections on which learners can write notes.",
                sections,
            )
            yield Obstacle(text % {"n": sections}, ("note_sections",))
        if self.is_about_part and not n:
            if rule.discussions:
                yield Obstacle(_("There is no lesson on which learners can start a discussion."), ("discussions",))
            threads = Thread.objects.filter(lesson__in=self._readable.values("pk"), state=Thread.State.SHOWN)
            threads = threads.filter(closed=False).exclude(audience=Thread.Audience.ME)
            if rule.replies and not threads.exists():
                yield Obstacle(_("There is no conversation in which learners can reply."), ("replies",))

    def _open_sections(self) -> int:
        """Return how many sections there are on which learners can write notes. Three queries."""
        revisions = self._readable.exclude(IS_OFF).values_list("current_revision", flat=True)
        return sum(map(len, sections_of(list(revisions)).values()))

    def _about_days(self) -> Iterator[Obstacle]:
        """Say that fewer days are left, from today or the first day on, than notes are still needed on."""
        rule, zone = self.rule, self.rule.course.zone
        if rule.due_at is None or not rule.note_days:
            return
        today = self.now.astimezone(zone).date()
        last = (rule.due_at - timedelta(microseconds=1)).astimezone(zone).date()
        left = (last - max(rule.starts_on or today, today)).days + 1
        if left >= rule.note_days:
            return
        before = copy(rule)
        before.due_at = datetime.combine(today, time(), zone)
        if left + max((done.note_days for done in self._amounts(before)), default=0) < rule.note_days:
            text = ngettext(
                "There is only %(n)d day left on which to write notes.",
                "There are only %(n)d days left on which to write notes.",
                left,
            )
            yield Obstacle(text % {"n": left}, ("note_days",))

    @cached_property
    def _done(self) -> list[Amounts]:
        return self._amounts(self.rule)

    def _amounts(self, rule: ParticipationRule) -> list[Amounts]:
        """Return what each learner has done, or the one who asks. Two queries; more for one that asks for sections."""
        if self.user:
            return [amounts_of(rule, self.user.pk)]
        members = Membership.objects.active().filter(course=rule.course_id, role=Membership.Role.LEARNER)
        learners = set(members.values_list("user", flat=True))
        amounts = recently_counted(rule, len(learners)).amounts
        return [Amounts(*done) for user, done in amounts.items() if user in learners]
