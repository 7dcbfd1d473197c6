"""Why nobody can meet a participation rule as the course is now: each reason as a sentence."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.discussions.models import CommentPolicy
from lessons.models import Lesson
from lessons.participation.models import ParticipationRule
from lessons.practice.models import KnowledgeCheck


class Possible(NamedTuple):
    """What readers can see of what a rule is about: lessons, those on which they may write, and checks."""

    lessons: int
    open_lessons: int
    checks: int


def obstacles(rule: ParticipationRule) -> list[str]:
    """Return why nobody can meet the rule, none if somebody can. Two queries."""
    possible = _possible(rule)
    return [*_too_few_lessons(rule, possible), *_too_few_days(rule)]


def _possible(rule: ParticipationRule) -> Possible:
    lessons = Lesson.objects.published().filter(module__course=rule.course_id)
    if rule.lesson_id:
        lessons = lessons.filter(pk=rule.lesson_id)
    elif rule.module_id:
        lessons = lessons.filter(module=rule.module_id)
    is_off = Q(comment_policy__policy=CommentPolicy.Rule.OFF)
    counts = lessons.order_by().aggregate(n=Count("pk"), closed=Count("pk", filter=is_off))
    checks = KnowledgeCheck.objects.filter(lesson__in=lessons.values("pk"), published_version__isnull=False)
    return Possible(counts["n"], counts["n"] - counts["closed"], checks.count())


def _too_few_lessons(rule: ParticipationRule, possible: Possible) -> Iterator[str]:
    if possible.lessons < rule.lessons_read:
        text = ngettext(
            "There is only %(n)d lesson that learners can read.",
            "There are only %(n)d lessons that learners can read.",
            possible.lessons,
        )
        yield _none_or(text, possible.lessons, _("There is no lesson that learners can read."))
    if possible.open_lessons < max(rule.note_lessons, min(rule.notes, 1)):
        text = ngettext(
            "There is only %(n)d lesson on which learners can write notes.",
            "There are only %(n)d lessons on which learners can write notes.",
            possible.open_lessons,
        )
        yield _none_or(text, possible.open_lessons, _("There is no lesson on which learners can write notes."))
    if possible.checks < rule.checks:
        text = ngettext(
            "There is only %(n)d check to answer.", "There are only %(n)d checks to answer.", possible.checks
        )
        yield _none_or(text, possible.checks, _("There is no check to answer."))


def _none_or(text: str, n: int, none: str) -> str:
    return text % {"n": n} if n else none


def _too_few_days(rule: ParticipationRule) -> Iterator[str]:
    """Say that there are fewer days than those on which to write notes, if the rule has a last one."""
    if rule.due_at is None:
        return
    zone = rule.course.zone
    first = rule.starts_on or rule.course.created_at.astimezone(zone).date()
    days = ((rule.due_at - timedelta(microseconds=1)).astimezone(zone).date() - first).days + 1
    if days < rule.note_days:
        text = ngettext(
            "There is only %(n)d day on which to write notes.",
            "There are only %(n)d days on which to write notes.",
            max(days, 0),
        )
        yield text % {"n": max(days, 0)}
