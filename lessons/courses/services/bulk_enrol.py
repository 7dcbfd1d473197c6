"""Many people at once: what a roster would do, and doing it, in one transaction."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Course, Membership, ReadingGroup
from lessons.courses.models.memberships import normalise_group_name
from lessons.courses.roster_csv import RosterLine
from lessons.courses.services.audit import build_entry, record
from lessons.courses.services.memberships import (
    Letter,
    Role,
    State,
    first_free_handle,
    handle_base,
    lock_course,
    refuse_if_closed,
)

BATCH = 500


class RosterOutdated(ValueError):
    """A roster would do something else now than what was shown."""


@dataclass
class RosterRow:
    """A line and what it would do: `kind` is new, changed, same or invalid; `words` say what changes or is wrong."""

    line: RosterLine
    kind: str
    message: str = ""
    user: User | None = None
    membership: Membership | None = None

    @property
    def role(self) -> str:
        """The role to have: the line's; else as it is; else a learner's."""
        return self.line.role or (self.membership.role if self.membership else Role.LEARNER)

    @property
    def role_label(self) -> str:
        return Role(self.role).label

    @property
    def name(self) -> str:
        """Of somebody known here their own name, of others the line's, or made of the address."""
        if self.membership:
            return self.user.display_name
        return self.line.name or self.line.email.partition("@")[0].replace(".", " ").replace("_", " ").title()[:80]


@dataclass
class RosterPlan:
    """What a roster would do. `groups` are the names of those to be made."""

    entries: list[RosterRow]
    groups: list[str] = field(default_factory=list)

    def with_kind(self, kind: str) -> list[RosterRow]:
        return [entry for entry in self.entries if entry.kind == kind]

    @property
    def digest(self) -> str:
        """Changes with anything that would change what is done."""
        shown = [
            (e.line, e.kind, e.message, e.role, e.membership and e.membership.version_token) for e in self.entries
        ]
        return blake2b(repr((shown, self.groups)).encode(), digest_size=8).hexdigest()

    @property
    def new(self):
        return self.with_kind("new")

    @property
    def changed(self):
        return self.with_kind("changed")

    @property
    def same(self):
        return self.with_kind("same")

    @property
    def invalid(self):
        return self.with_kind("invalid")


def plan_roster(course: Course, lines: list[RosterLine]) -> RosterPlan:
    """Five queries, however many lines. Nobody learns from it who has an account here: only who has a seat."""
    emails = {line.email for line in lines if not line.error}
    users = {u.low: u for u in User.objects.annotate(low=Lower("email")).filter(low__in=emails)}
    seats = {seat.user_id: seat for seat in course.memberships.select_related("group")}
    there = dict(course.groups.values_list("key", "name"))
    entries = [_entry(line, users.get(line.email), seats) for line in _with_names(lines, there)]
    _keep_an_instructor(entries, course)
    wanted = {normalise_group_name(e.line.group): e.line.group for e in entries if e.kind != "invalid" and e.line.group}
    return RosterPlan(entries, [name for key, name in wanted.items() if key not in there])


def _with_names(lines: list[RosterLine], there: dict[str, str]) -> list[RosterLine]:
    """Each with its group called as it is called in the course, or where the roster names it first."""
    names = dict(there)
    return [line._replace(group=names.setdefault(normalise_group_name(line.group), line.group)) for line in lines]


def _entry(line: RosterLine, user: User | None, seats: dict[int, Membership]) -> RosterRow:
    if line.error:
        return RosterRow(line, "invalid", line.error)
    if user and not user.is_active:
        return RosterRow(line, "invalid", _("This person’s account is closed."))
    seat = seats.get(user.pk) if user else None
    if seat is None:
        return RosterRow(line, "new", user=user)
    changes = list(_changes(line, seat))
    return RosterRow(line, "changed" if changes else "same", "; ".join(changes), user, seat)


def _changes(line: RosterLine, seat: Membership):
    """In words, what the line would change of the seat."""
    if seat.state != State.ACTIVE:
        yield _("gets a seat again (was: %s)") % seat.get_state_display()
    if line.role and line.role != seat.role:
        yield _("%(before)s becomes %(now)s") % {"before": seat.get_role_display(), "now": Role(line.role).label}
    group = seat.group.name if seat.group else ""
    if line.group and normalise_group_name(line.group) != normalise_group_name(group):
        yield _("moves from %(before)s to %(now)s") % {"before": group or _("no group"), "now": line.group}


def _keep_an_instructor(entries: list[RosterRow], course: Course) -> None:
    """Lines that together would leave the course without an instructor are wrong."""
    seats = course.memberships.active().filter(role=Role.INSTRUCTOR, user__is_active=True)
    teaching = set(seats.values_list("user", flat=True))
    demoted = [e for e in entries if e.membership and e.membership.user_id in teaching and e.role != Role.INSTRUCTOR]
    made = any(e.kind in ("new", "changed") and e.role == Role.INSTRUCTOR for e in entries)
    if teaching and not made and len(demoted) == len(teaching):
        for entry in demoted:
            entry.kind, entry.message = "invalid", _("The course would have no instructor any more.")


@transaction.atomic
def bulk_enrol(*, course: Course, lines: list[RosterLine], by: User, expected_digest: str | None = None) -> RosterPlan:
    """Seats everybody of the roster whose line is not wrong; the plan it followed. Who has no account gets one without
    a password. Who is new is due a letter. The queries grow with the lines by batches only.

    `shown` is the digest of a plan that somebody has looked at: raises PeopleChanged where it would be another now.
    Raises SeatRefused where the course is closed."""
    refuse_if_closed(lock_course(course.pk))
    followed = plan_roster(course, lines)
    if expected_digest is not None and expected_digest != followed.digest:
        raise RosterOutdated(_("People have changed since this was shown. Nothing was done; look at it again."))
    groups = {g.key: g for g in course.groups.all()}
    made = ReadingGroup.objects.bulk_create([ReadingGroup(course=course, name=name) for name in followed.groups])
    groups |= {g.key: g for g in made}
    _make_accounts(followed.new)
    _create_memberships(course, followed.new, groups)
    _update_memberships(followed.changed, groups, course, by)
    counts = {kind: len(followed.with_kind(kind)) for kind in ("new", "changed", "invalid")}
    record(by=by, verb="import roster", course=course, target=course, **counts)
    return followed


def _make_accounts(entries: list[RosterRow]) -> None:
    without = [entry for entry in entries if entry.user is None]
    for entry in without:
        entry.user = User(email=entry.line.email, display_name=entry.name)
        entry.user.set_unusable_password()
    User.objects.bulk_create([entry.user for entry in without], batch_size=BATCH)


def _create_memberships(course: Course, entries: list[RosterRow], groups: dict[str, ReadingGroup]) -> None:
    taken = set(course.memberships.values_list("handle", flat=True))
    used: Counter[str] = Counter()
    seats = []
    for entry in entries:
        stem = handle_base(entry.user.display_name)
        handle = first_free_handle(stem, taken, first=max(2, used[stem] + 1))
        used[stem] += 1
        taken.add(handle)
        group = groups.get(normalise_group_name(entry.line.group))
        seat = {"role": entry.role, "group": group, "handle": handle, "pending_email": Letter.ENROLLED}
        seats.append(Membership(course=course, user=entry.user, **seat))
    Membership.objects.bulk_create(seats, batch_size=BATCH)


def _update_memberships(entries: list[RosterRow], groups: dict[str, ReadingGroup], course: Course, by: User) -> None:
    log = []
    for entry in entries:
        seat, before = entry.membership, entry.membership.role
        if seat.state != State.ACTIVE:
            seat.pending_email = Letter.ENROLLED
        seat.role, seat.state = entry.role, State.ACTIVE
        seat.group = groups[normalise_group_name(entry.line.group)] if entry.line.group else seat.group
        if before != seat.role:
            detail = {"before": before, "role": seat.role, "roster": True}
            log.append(build_entry(by=by, verb="change role", course=course, target=entry.user, detail=detail))
    seats = [entry.membership for entry in entries]
    Membership.objects.bulk_update(seats, ["role", "group", "state", "pending_email"], batch_size=BATCH)
    AuditEntry.objects.bulk_create(log, batch_size=BATCH)
