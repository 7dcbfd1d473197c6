"""Enrol many people at once: plan what a roster would do, and do it in one transaction."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses import emails
from lessons.courses.models import AuditEntry, Course, Membership, ReadingGroup
from lessons.courses.models.memberships import normalise_group_name
from lessons.courses.roster_csv import RosterLine
from lessons.courses.services.audit import build_entry, record
from lessons.courses.services.memberships import (
    Role,
    State,
    first_free_handle,
    handle_base,
    lock_course,
    refuse_if_closed,
)

BATCH_SIZE = 500


class RosterOutdated(ValueError):
    """A roster would now do something other than what was previewed."""


@dataclass
class RosterRow:
    """A line and what it would do: `kind` is new, changed, same or invalid; `message` says what changes or why."""

    line: RosterLine
    kind: str
    message: str = ""
    user: User | None = None
    membership: Membership | None = None

    @property
    def role(self) -> str:
        """Return the role to give: the line's, else the current one, else learner."""
        return self.line.role or (self.membership.role if self.membership else Role.LEARNER)

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)

    @property
    def name(self) -> str:
        """Return a member's own display name, else the line's name, else one derived from the address."""
        if self.membership:
            return self.membership.user.display_name
        return self.line.name or self.line.email.partition("@")[0].replace(".", " ").replace("_", " ").title()[:80]


@dataclass
class RosterPlan:
    """What a roster would do. `groups` are the names of the groups to create."""

    rows: list[RosterRow]
    groups: list[str] = field(default_factory=list)

    def with_kind(self, kind: str) -> list[RosterRow]:
        return [row for row in self.rows if row.kind == kind]

    @property
    def digest(self) -> str:
        """Return a hash of everything that determines what the import does."""
        content = [
            (row.line, row.kind, row.message, row.role, row.membership and row.membership.version_token)
            for row in self.rows
        ]
        return blake2b(repr((content, self.groups)).encode(), digest_size=8).hexdigest()

    @property
    def new(self) -> list[RosterRow]:
        return self.with_kind("new")

    @property
    def changed(self) -> list[RosterRow]:
        return self.with_kind("changed")

    @property
    def same(self) -> list[RosterRow]:
        return self.with_kind("same")

    @property
    def invalid(self) -> list[RosterRow]:
        return self.with_kind("invalid")


def plan_roster(course: Course, lines: list[RosterLine]) -> RosterPlan:
    """Return what the lines would do. Five queries, however many lines there are.

    The plan does not reveal who has an account on this site, only who is or was a member.
    """
    emails = {line.email for line in lines if not line.error}
    users = {user.email: user for user in User.objects.filter(email__in=emails)}
    memberships = {row.user_id: row for row in course.memberships.select_related("group", "user")}
    group_names = dict(course.groups.values_list("key", "name"))
    rows = [_plan_row(line, users.get(line.email), memberships) for line in _with_group_names(lines, group_names)]
    _invalidate_loss_of_instructors(rows, course)
    valid = [row.line.group for row in rows if row.kind != "invalid" and row.line.group]
    needed = {normalise_group_name(group): group for group in valid}
    return RosterPlan(rows, [name for key, name in needed.items() if key not in group_names])


def _with_group_names(lines: list[RosterLine], group_names: dict[str, str]) -> list[RosterLine]:
    """Return the lines with each group spelled as in the course, or as on its first line in the roster."""
    names = dict(group_names)
    return [line._replace(group=names.setdefault(normalise_group_name(line.group), line.group)) for line in lines]


def _plan_row(line: RosterLine, user: User | None, memberships: dict[int, Membership]) -> RosterRow:
    if line.error:
        return RosterRow(line, "invalid", line.error)
    if user and not user.is_active:
        return RosterRow(line, "invalid", _("This person’s account is closed."))
    membership = memberships.get(user.pk) if user else None
    if membership is None:
        return RosterRow(line, "new", user=user)
    changes = list(_changes(line, membership))
    return RosterRow(line, "changed" if changes else "same", "; ".join(changes), user, membership)


def _changes(line: RosterLine, membership: Membership) -> Iterator[str]:
    """Yield a phrase for each change that the line would make to the membership."""
    if membership.state != State.ACTIVE:
        yield _("is re-enrolled (was: %s)") % membership.get_state_display()
    if line.role and line.role != membership.role:
        labels = {"before": membership.get_role_display(), "now": Role(line.role).label}
        yield _("%(before)s becomes %(now)s") % labels
    group = membership.group.name if membership.group else ""
    if line.group and normalise_group_name(line.group) != normalise_group_name(group):
        yield _("moves from %(before)s to %(now)s") % {"before": group or _("no group"), "now": line.group}


def _invalidate_loss_of_instructors(rows: list[RosterRow], course: Course) -> None:
    """Mark as invalid the rows that together would leave the course without an instructor."""
    instructors = course.memberships.active().filter(role=Role.INSTRUCTOR, user__is_active=True)
    user_ids = set(instructors.values_list("user", flat=True))
    demoted = [
        row for row in rows if row.membership and row.membership.user_id in user_ids and row.role != Role.INSTRUCTOR
    ]
    has_another = any(row.kind in ("new", "changed") and row.role == Role.INSTRUCTOR for row in rows)
    if user_ids and not has_another and len(demoted) == len(user_ids):
        for row in demoted:
            row.kind, row.message = "invalid", _("The course would have no instructor.")


@transaction.atomic
def bulk_enrol(*, course: Course, lines: list[RosterLine], by: User, expected_digest: str | None = None) -> RosterPlan:
    """Enrol everybody whose line is valid, and return the plan that was carried out.

    People without an account get one without a password, and new members get an e-mail. Queries run once per
    batch of lines. `expected_digest` is that of the plan that was previewed: raise RosterOutdated if the plan has
    changed since. Raise EnrolmentRefused if the course is closed.
    """
    refuse_if_closed(lock_course(course.pk))
    plan = plan_roster(course, lines)
    if expected_digest is not None and expected_digest != plan.digest:
        raise RosterOutdated(
            _("Members or columns have changed since this preview. Nothing was imported: review the new preview.")
        )
    groups = {group.key: group for group in course.groups.all()}
    created = ReadingGroup.objects.bulk_create([ReadingGroup(course=course, name=name) for name in plan.groups])
    groups |= {group.key: group for group in created}
    _create_memberships(course, _with_accounts(plan.new), groups)
    _update_memberships(plan.changed, groups, course, by)
    counts: dict[str, Any] = {kind: len(plan.with_kind(kind)) for kind in ("new", "changed", "invalid")}
    record(by=by, verb="import roster", course=course, target=course, **counts)
    return plan


def _with_accounts(rows: list[RosterRow]) -> list[tuple[RosterRow, User]]:
    """Return each row with its user; create the accounts that are missing."""
    created = []
    for row in rows:
        if row.user is None:
            row.user = User(email=row.line.email, display_name=row.name)
            row.user.set_unusable_password()
            created.append(row.user)
    User.objects.bulk_create(created, batch_size=BATCH_SIZE)
    return [(row, row.user) for row in rows if row.user]


def _create_memberships(course: Course, rows: list[tuple[RosterRow, User]], groups: dict[str, ReadingGroup]) -> None:
    taken = set(course.memberships.values_list("handle", flat=True))
    used: Counter[str] = Counter()
    memberships = []
    for row, user in rows:
        base = handle_base(user.display_name)
        handle = first_free_handle(base, taken, first=max(2, used[base] + 1))
        used[base] += 1
        taken.add(handle)
        memberships.append(
            Membership(
                course=course,
                user=user,
                role=row.role,
                group=groups.get(normalise_group_name(row.line.group)),
                handle=handle,
            )
        )
    Membership.objects.bulk_create(memberships, batch_size=BATCH_SIZE)
    emails.queue(emails.enrolled_email, memberships)


def _update_memberships(rows: list[RosterRow], groups: dict[str, ReadingGroup], course: Course, by: User) -> None:
    entries, memberships, reinstated = [], [], []
    for row in rows:
        membership = row.membership
        if membership is None:
            continue
        if membership.state != State.ACTIVE:
            reinstated.append(membership)
        if row.role != membership.role:
            detail = {"before": membership.role, "role": row.role, "roster": True}
            entries.append(build_entry(by=by, verb="change role", course=course, target=row.user, detail=detail))
        membership.role, membership.state = row.role, State.ACTIVE
        if row.line.group:
            membership.group = groups[normalise_group_name(row.line.group)]
        memberships.append(membership)
    Membership.objects.bulk_update(memberships, ["role", "group", "state"], batch_size=BATCH_SIZE)
    emails.queue(emails.enrolled_email, reinstated)
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH_SIZE)
