"""A learner's own participation on the home of a course: the rule that ends next, and what is left of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.moments import CourseMoment, course_moment
from lessons.db.json_rows import LatestJSONRows, parse_datetime, unpack_rows
from lessons.participation.counting import amounts_of
from lessons.participation.models import ParticipationDecision, ParticipationRule, rule_to_show
from lessons.participation.requirements import REQUIREMENTS
from lessons.participation.standings import Decision, Outcome, Standing

MAX_RULES = 30
RULE_FIELDS = ("pk", "name", "module_id", "lesson_id", *REQUIREMENTS)


def rule_rows(course: Course, user: User) -> LatestJSONRows:
    """Return the course's rules, with what was decided about the user, as a column of another query."""
    decisions = ParticipationDecision.objects.filter(rule=OuterRef("pk"), user=user, withdrawn_at=None)
    rules: QuerySet = ParticipationRule.objects.current().filter(course=course).order_by("pk")
    rules = rules.annotate(outcome=Subquery(decisions.order_by("-pk").values("outcome")[:1]))
    return LatestJSONRows(rules, *RULE_FIELDS, "starts_on", "due_at", "outcome", limit=MAX_RULES)


class OwnParticipation(NamedTuple):
    """The rule that ends next, and how its reader stands; `due` is its end, None if it has none."""

    rule: ParticipationRule
    standing: Standing
    due: CourseMoment | None


def own_participation(rows: str, course: Course, user: User, now: datetime) -> OwnParticipation | None:
    """Return what the home shows of the `rows` of `rule_rows`; None without a rule. The queries of
    `amounts_of` if there is one.
    """
    outcomes = {rule.pk: (rule, outcome) for rule, outcome in _rules(rows, course)}
    rule = rule_to_show([rule for rule, _outcome in outcomes.values()], now)
    if rule is None:
        return None
    outcome = outcomes[rule.pk][1]
    decision = None if outcome in (None, Outcome.COUNTED) else Decision(outcome, "", "", now)
    done = amounts_of(rule, user.pk)
    standing = Standing(0, user.pk, user.display_name, "", "", rule.asked, done, decision)
    return OwnParticipation(rule, standing, course_moment(rule.due_at, course, user) if rule.due_at else None)


def _rules(rows: str, course: Course) -> Iterator[tuple[ParticipationRule, str | None]]:
    for *fields, starts_on, due_at, outcome in unpack_rows(rows):
        rule = ParticipationRule(course=course, **dict(zip(RULE_FIELDS, fields, strict=True)))
        rule.starts_on = date.fromisoformat(starts_on) if starts_on else None
        rule.due_at = parse_datetime(due_at)
        yield rule, outcome
