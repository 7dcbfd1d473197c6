"""The learners of a course beside a rule: what each has done and lacks, and what was decided."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.courses.models.memberships import has_name
from lessons.indexing.folded import folded_line
from lessons.participation.counting import amounts_by_user, amounts_of
from lessons.participation.models import ParticipationDecision, ParticipationRule
from lessons.participation.requirements import HEADINGS, MEANINGS, REQUIREMENTS, Amounts, what_is_left

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Outcome = ParticipationDecision.Outcome
NO_GROUP = "none"
MEMBER_FIELDS = ("pk", "user_id", "user__display_name", "handle", "group__name", "group__key")


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
    group_key: str
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


def standings(rule: ParticipationRule, *, group: str = "", search: str = "") -> list[Standing]:
    """Return the course's learners by handle, of one group, or whose name contains a text. Two queries, and those
    of `amounts_by_user`.

    group: an id, NO_GROUP, or empty for all.
    """
    members = Membership.objects.active().filter(course=rule.course_id, role=Membership.Role.LEARNER)
    if group:
        members = members.filter(group=None if group == NO_GROUP else int(group))
    if search:
        members = members.filter(has_name(folded_line(search.removeprefix("@"))))
    amounts, decisions = amounts_by_user(rule), current_decisions(rule)
    return [
        _standing(rule, member, amounts.get(member[1], Amounts()), decisions.get(member[1]))
        for member in members.order_by("handle").values_list(*MEMBER_FIELDS)
    ]


def standing_of(rule: ParticipationRule, membership: Membership) -> Standing:
    """Return the standing of one member, in the queries of `amounts_of`, and one for what was decided."""
    group = membership.group
    member = (
        membership.pk,
        membership.user_id,
        membership.user.display_name,
        membership.handle,
        group.name if group else None,
        group.key if group else None,
    )
    decision = current_decisions(rule, user=membership.user_id).get(membership.user_id)
    return _standing(rule, member, amounts_of(rule, membership.user_id), decision)


def own_standing(rule: ParticipationRule, user: User) -> Standing:
    """Return the standing of somebody who looks at their own. The queries of `amounts_of`, and one."""
    decision = current_decisions(rule, user=user.pk).get(user.pk)
    return _standing(rule, (0, user.pk, user.display_name, "", "", ""), amounts_of(rule, user.pk), decision)


def _standing(rule: ParticipationRule, member: tuple, done: Amounts, decision: Decision | None) -> Standing:
    membership, user, name, handle, group, key = member
    return Standing(membership, user, name, handle, group or "", key or "", rule.asked, done, decision)


def current_decisions(rule: ParticipationRule, **users) -> dict[int, Decision]:
    """Return what holds of the decisions, by user id. One query."""
    rows = ParticipationDecision.objects.filter(rule=rule.pk, withdrawn_at=None, **users).order_by("pk")
    columns = ("user", "outcome", "reason", "decided_by__display_name", "decided_at")
    latest = {
        user: Decision(outcome, reason, by or "", at) for user, outcome, reason, by, at in rows.values_list(*columns)
    }
    return {user: decision for user, decision in latest.items() if decision.outcome != Outcome.COUNTED}


class Selection(NamedTuple):
    """Some of the learners: what the filter says, and whether it keeps a row."""

    label: "StrOrPromise"
    keeps: Callable[[Standing], bool]


SELECTIONS = {
    "": Selection(_("Everybody"), lambda row: True),
    "complete": Selection(_("Complete"), lambda row: row.is_complete),
    "incomplete": Selection(_("Not complete"), lambda row: not row.is_complete),
    "unconfirmed": Selection(_("Not confirmed yet"), lambda row: row.is_unconfirmed),
    "decided": Selection(_("Decided by staff"), lambda row: row.decision is not None),
    "nothing": Selection(_("Nothing done yet"), lambda row: not any(row.done)),
}
LACKS = {f"lacks-{name}": n for n, name in enumerate(REQUIREMENTS)}
"""Who has less of a requirement than the rule asks for: by what the filter says, the place of it in Amounts."""


def selections_of(rule: ParticipationRule) -> list[tuple[str, str]]:
    """Return what the table of the rule can be filtered by, with labels."""
    asked = [(f"lacks-{name}", HEADINGS[name]) for name in REQUIREMENTS if getattr(rule, name)]
    lacking = [(value, gettext("Lacking: %(what)s") % {"what": heading}) for value, heading in asked]
    return [*((name, str(selection.label)) for name, selection in SELECTIONS.items()), *lacking]


def chosen(rows: Iterable[Standing], show: str) -> list[Standing]:
    """Return the rows of one of SELECTIONS or LACKS. Of those who lack something, none that staff have confirmed."""
    if show in LACKS:
        n = LACKS[show]
        return [row for row in rows if row.done[n] < row.asked[n] and not row.is_complete]
    return list(filter(SELECTIONS[show].keeps, rows))


def in_order(rows: list[Standing], sort: str) -> list[Standing]:
    """Return the rows by name, `group`, a requirement, or `left`, which puts first who lacks most; `-` reverses."""
    name = sort.removeprefix("-")
    return sorted(rows, key=lambda row: _sort_key(row, name), reverse=sort.startswith("-")) if name else rows


def _sort_key(row: Standing, name: str) -> tuple:
    if name == "group":
        return (not row.group_key, row.group_key)
    if name == "left":
        return (row.is_complete, -sum(row.done.left_of(row.asked)))
    return (getattr(row.done, name),)
