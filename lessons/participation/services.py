"""Writing participation rules, and deciding whether learners have met them. Callers check permissions."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.audit_log_messages import UNDO
from lessons.courses.services import record
from lessons.participation.models import ParticipationDecision, ParticipationRule
from lessons.participation.table import standings

CONFIRM = "confirm participation"
VERBS = {
    ParticipationDecision.Outcome.COMPLETE: CONFIRM,
    ParticipationDecision.Outcome.INCOMPLETE: "refuse participation",
    ParticipationDecision.Outcome.COUNTED: "withdraw participation",
}


@transaction.atomic
def save_rule(*, rule: ParticipationRule, by: User) -> ParticipationRule:
    """Save a new or a changed rule. Decisions that were made under the rule as it was stay."""
    is_new = rule.pk is None
    rule.save()
    record_saved_rule(rule=rule, is_new=is_new, by=by)
    return rule


def record_saved_rule(*, rule: ParticipationRule, is_new: bool, by: User | None) -> None:
    """Record in the log that a rule was written or changed; by None for a command."""
    verb = "add participation rule" if is_new else "change participation rule"
    record(by=by, verb=verb, course=rule.course, target=rule, rule=rule.pk)


@transaction.atomic
def delete_rule(*, rule: ParticipationRule, by: User) -> None:
    """Delete the rule; `restore_rule` undoes it. Doing so twice changes nothing."""
    if ParticipationRule.objects.current().filter(pk=rule.pk).update(deleted_at=timezone.now()):
        record(by=by, verb="delete participation rule", course=rule.course, target=rule, rule=rule.pk)


@transaction.atomic
def restore_rule(*, rule: ParticipationRule, by: User) -> None:
    """Undo `delete_rule`, with the decisions that were made."""
    if ParticipationRule.objects.filter(pk=rule.pk).exclude(deleted_at=None).update(deleted_at=None):
        record(by=by, verb=f"{UNDO}delete participation rule", course=rule.course, target=rule, rule=rule.pk)


@transaction.atomic
def decide(*, rule: ParticipationRule, user: User, outcome: str, reason: str, by: User, batch: UUID) -> None:
    """Decide about one learner. The log says what was decided, not why: the reason is kept with the decision."""
    lock_rule(rule)
    ParticipationDecision.objects.create(
        rule=rule, user=user, outcome=outcome, reason=reason, decided_by=by, batch=batch
    )
    verb = VERBS[ParticipationDecision.Outcome(outcome)]
    record(by=by, verb=verb, course=rule.course, target=user, rule=rule.pk, batch=str(batch))


class Confirmed(NamedTuple):
    """How many learners were confirmed, and how many of those chosen are not complete."""

    number: int
    left_out: int


@transaction.atomic
def confirm_all(
    *,
    rule: ParticipationRule,
    by: User,
    batch: UUID,
    group: str = "",
    search: str = "",
    memberships: Collection[int] | None = None,
) -> Confirmed:
    """Confirm the learners who meet the rule and about whom nothing was decided: of a group, those who are found by a
    name, or those chosen by their memberships' ids.
    """
    lock_rule(rule)
    rows = standings(rule, group=group, search=search)
    if memberships is not None:
        rows = [row for row in rows if row.membership in memberships]
    users = [row.user for row in rows if row.is_unconfirmed]
    outcome, now = ParticipationDecision.Outcome.COMPLETE, timezone.now()
    ParticipationDecision.objects.bulk_create(
        [
            ParticipationDecision(rule=rule, user_id=user, outcome=outcome, decided_by=by, decided_at=now, batch=batch)
            for user in users
        ]
    )
    if users:
        _record_batch(f"{CONFIRM} of learners", rule, batch, len(users), by)
    return Confirmed(len(users), sum(not row.is_complete for row in rows))


def lock_rule(rule: ParticipationRule) -> None:
    """Let others who decide about this rule wait for the end of the transaction."""
    ParticipationRule.objects.select_for_update(of=["self"]).get(pk=rule.pk)


@transaction.atomic
def withdraw(*, rule: ParticipationRule, batch: UUID, by: User) -> int:
    """Undo the decisions of one form, so that those before it hold again; return how many. A second time it is 0."""
    rows = ParticipationDecision.objects.filter(rule=rule, batch=batch, withdrawn_at=None)
    count = rows.update(withdrawn_at=timezone.now())
    if count:
        _record_batch(f"{UNDO}{CONFIRM} of learners", rule, batch, count, by)
    return count


def _record_batch(verb: str, rule: ParticipationRule, batch: UUID, people: int, by: User) -> None:
    record(by=by, verb=verb, course=rule.course, target=rule, rule=rule.pk, people=people, batch=str(batch))
