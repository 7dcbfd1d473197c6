"""Why nobody can meet a participation rule as the course is now: each reason as a sentence.

What somebody has done already is no longer in the way of anything: a rule that one learner meets can be met.
"""

from collections.abc import Iterator
from copy import copy
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.discussions.models import CommentPolicy, Thread
from lessons.models import Lesson
from lessons.participation.counting import amounts_by_user, amounts_of
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
    somebody can, or has. Three queries at most, and six if something may be in the way; more for one that asks for
    sections.
    """
    return [obstacle.sentence for obstacle in _Feasibility(rule, now, user).obstacles()]


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
        elif not self._lessons["n"] and (self.is_about_part or rule.notes or rule.lessons_read or rule.checks):
            in_lessons = tuple(name for name in REQUIREMENTS if name not in ("replies", "discussions"))
            sentence = _("There is no lesson that learners can read.")
            yield Obstacle(sentence, REQUIREMENTS if self.is_about_part else in_lessons)
        else:
            yield from self._about_lessons()
            yield from self._about_writing()
            yield from self._about_days()

    @cached_property
    def _readable(self):
        lessons = Lesson.objects.published().filter(module__course=self.rule.course_id).order_by()
        if self.rule.lesson_id:
            return lessons.filter(pk=self.rule.lesson_id)
        return lessons.filter(module=self.rule.module_id) if self.rule.module_id else lessons

    @cached_property
    def _lessons(self) -> dict[str, int]:
        """Return how many lessons learners can read, and on how many they can write. One query."""
        counts = self._readable.aggregate(n=Count("pk"), off=Count("pk", filter=IS_OFF))
        return {"n": counts["n"], "open": counts["n"] - counts["off"]}

    def _about_lessons(self) -> Iterator[Obstacle]:
        if self._lessons["n"] < self.rule.lessons_read:
            text = ngettext(
                "There is only %(n)d lesson that learners can read.",
                "There are only %(n)d lessons that learners can read.",
                self._lessons["n"],
            )
            yield Obstacle(text % {"n": self._lessons["n"]}, ("lessons_read",))
        checks = KnowledgeCheck.objects.filter(lesson__in=self._readable.values("pk"), published_version__isnull=False)
        if self.rule.checks and (n := checks.count()) < self.rule.checks:
            text = ngettext("There is only %(n)d check to answer.", "There are only %(n)d checks to answer.", n)
            yield Obstacle(text % {"n": n} if n else _("There is no check to answer."), ("checks",))

    def _about_writing(self) -> Iterator[Obstacle]:
        rule, n = self.rule, self._lessons["open"]
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
        return [done for user, done in amounts_by_user(rule).items() if user in learners]
