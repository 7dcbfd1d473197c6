"""A learner of a course beside a rule: what they have done and lack, and what was decided."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.participation.counting import amounts_of
from lessons.participation.models import ParticipationDecision, ParticipationRule
from lessons.participation.requirements import HEADINGS, MEANINGS, REQUIREMENTS, Amounts, what_is_left

Outcome = ParticipationDecision.Outcome
MAX_NAMED = 100
"""How many people a query can name: a page of the table."""


class Decision(NamedTuple):
    """What holds of the decisions about one learner; `by` is empty for somebody whose account was erased."""

    outcome: str
    reason: str
    by: str
    at: datetime

    @property
    def label(self) -> str:
        return str(Outcome(self.outcome).label)


class Figure(NamedTuple):
    """How much somebody has done of one requirement, and how much is asked for."""

    label: str
    meaning: str
    done: int
    asked: int

    @property
    def is_met(self) -> bool:
        return self.done >= self.asked

    @property
    def counted(self) -> int:
        """Return how much of what is asked for is done: the length of a bar."""
        return min(self.done, self.asked)


class Standing(NamedTuple):
    """One learner beside a rule that asks for `asked`."""

    membership: int
    user: int
    name: str
    handle: str
    group: str
    asked: Amounts
    done: Amounts
    decision: Decision | None

    @property
    def is_met(self) -> bool:
        """Return whether what is counted meets the rule."""
        return self.done.meets(self.asked)

    @property
    def is_complete(self) -> bool:
        """Return what was decided or, where nothing was, what is counted."""
        return self.decision.outcome == Outcome.COMPLETE if self.decision else self.is_met

    @property
    def is_unconfirmed(self) -> bool:
        """Return whether what is counted meets the rule, and nobody has decided anything."""
        return self.is_met and self.decision is None

    @property
    def left(self) -> str:
        return what_is_left(self.done.left_of(self.asked))

    @property
    def figures(self) -> list[Figure]:
        """Return the figure of each requirement that is asked for."""
        rows = zip(REQUIREMENTS, self.done, self.asked, strict=True)
        return [Figure(str(HEADINGS[name]), str(MEANINGS[name]), *amounts) for name, *amounts in rows if amounts[1]]


def standing_of(rule: ParticipationRule, membership: Membership) -> Standing:
    """Return the standing of one member, in the queries of `amounts_of`, and one for what was decided."""
    group = membership.group.name if membership.group else ""
    standing = own_standing(rule, membership.user)
    return standing._replace(membership=membership.pk, handle=membership.handle, group=group)


def own_standing(rule: ParticipationRule, user: User) -> Standing:
    """Return the standing of somebody who looks at their own. The queries of `amounts_of`, and one."""
    decision = current_decisions(rule, [user.pk]).get(user.pk)
    return Standing(0, user.pk, user.display_name, "", "", rule.asked, amounts_of(rule, user.pk), decision)


def current_decisions(rule: ParticipationRule, users: Collection[int] | None = None) -> dict[int, Decision]:
    """Return what holds of the decisions, about these users, MAX_NAMED at most, or all, by user id. One query."""
    named = () if users is None else users
    slots = 0 if users is None else 1 if len(named) == 1 else MAX_NAMED
    params = {f"user{n}": 0 for n in range(slots)} | {f"user{n}": user for n, user in enumerate(named)}
    rows = fetch_rows(_decisions_query, slots, rule=rule.pk, **params)
    latest = {user: Decision(outcome, reason, by or "", at) for user, outcome, reason, by, at in rows}
    return {user: decision for user, decision in latest.items() if decision.outcome != Outcome.COUNTED}


def _decisions_query(slots: int) -> QuerySet:
    rows = _decisions()
    if slots:
        rows = rows.filter(user__in=[int_param(f"user{n}") for n in range(slots)])
    return rows.values_list("user", "outcome", "reason", "decided_by__display_name", "decided_at")


def current_outcomes(rule: ParticipationRule) -> dict[int, str]:
    """Return what holds of the decisions, without the reasons, by user id. One query."""
    latest = dict(fetch_rows(_outcomes_query, rule=rule.pk))
    return {user: outcome for user, outcome in latest.items() if outcome != Outcome.COUNTED}


def _outcomes_query() -> QuerySet:
    return _decisions().values_list("user", "outcome")


def _decisions() -> QuerySet[ParticipationDecision]:
    """Return the rule's decisions that were not withdrawn, the latest last."""
    return ParticipationDecision.objects.filter(rule=int_param("rule"), withdrawn_at=None).order_by("pk")
