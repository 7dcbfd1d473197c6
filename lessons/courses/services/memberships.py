"""One person's seat: given, asked for, changed, given up. Seats of a course are written one after the other."""

from itertools import chain, count

from django.db import transaction
from django.db.models import Exists
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import forget_memberships
from lessons.courses.services.audit import record

HANDLE_LENGTH = 40
Role, State, Letter = Membership.Role, Membership.State, Membership.PendingEmail


class EnrolmentRefused(ValueError):
    """The seat stays as it is; the words say why."""


class MembershipChanged(ValueError):
    """Somebody else has changed the seat since it was shown."""


@transaction.atomic
def enrol(
    *,
    user: User,
    course: Course,
    role: str = Role.LEARNER,
    group: ReadingGroup | None = None,
    by: User,
    letter: str = Letter.NONE,
) -> Membership:
    """Gives the person an active seat with this role; a former member gets the old seat back. Raises SeatRefused where
    this takes the role from the last instructor."""
    membership = membership_for_update(user, course) or Membership(course=course, user=user)
    if role != Role.INSTRUCTOR:
        require_other_instructor(membership)
    is_seated, before = membership.pk and membership.state == State.ACTIVE, (membership.role, membership.group_id)
    membership.role, membership.group, membership.state = role, group, State.ACTIVE
    membership.handle = membership.handle or unique_handle(course, user)
    membership.pending_email = letter
    membership.save()
    forget_memberships(user)
    if is_seated:
        _log_change(membership, *before, by)
    else:
        record(by=by, verb="seat", course=course, target=user, role=role)
    return membership


def _log_change(seat: Membership, role: str, group: int | None, by: User) -> None:
    """A line for another role than before, and one for another group."""
    to = {"by": by, "course": seat.course, "target": seat.user}
    if role != seat.role:
        record(verb="change role", before=role, role=seat.role, **to)
    if group != seat.group_id:
        record(verb="change group", before=group, group=seat.group_id, **to)


@transaction.atomic
def join(*, user: User, course: Course) -> Membership:
    """Joins an open course as a learner. A seat that is there keeps its role; pressing twice changes nothing.

    Raises SeatRefused for somebody whom staff removed.
    """
    membership = membership_for_update(user, course)
    if membership and membership.state == State.ACTIVE:
        return membership
    refuse_removed_member(membership, course)
    return enrol(user=user, course=course, group=membership and membership.group, by=user)


@transaction.atomic
def request_to_join(*, user: User, course: Course, group: ReadingGroup | None = None) -> Membership:
    """Asks staff for a learner's seat, in the group if there is one. Pressing twice changes nothing. The instructors
    are due a letter. Raises SeatRefused for who was removed or refused before."""
    membership = membership_for_update(user, course) or Membership(course=course, user=user)
    refuse_removed_member(membership, course, asks=True)
    if membership.pk is None or membership.state == State.LEFT:
        if membership.pk is None:
            _tell_instructors(course)
        membership.role, membership.state = Role.LEARNER, State.PENDING
        membership.group = group or membership.group
        membership.handle = membership.handle or unique_handle(course, user)
        membership.save()
    return membership


def _tell_instructors(course: Course) -> None:
    """Only where nobody waits yet: who is told of one sees them all. One query."""
    waiting = Membership.objects.filter(course=course, state=State.PENDING)
    teaching = Membership.objects.active().filter(course=course, role=Role.INSTRUCTOR, pending_email=Letter.NONE)
    teaching.filter(~Exists(waiting)).update(pending_email=Letter.JOIN_REQUEST)


@transaction.atomic
def decide_request(*, membership: Membership, approve: bool, by: User) -> Membership:
    """Seats who asked, or refuses; the asker is due a letter. Raises SeatChanged where another of the staff was
    faster, or the asker withdrew, SeatRefused where the course is closed."""
    found = _locked(membership)
    if found.state != State.PENDING:
        raise MembershipChanged(_("This request is answered or withdrawn already."))
    if approve:
        refuse_if_closed(found.course)
        return enrol(user=found.user, course=found.course, group=found.group, by=by, letter=Letter.ENROLLED)
    found.state, found.pending_email = State.REJECTED, Letter.REJECTED
    found.save(update_fields=["state", "pending_email"])
    record(by=by, verb="refuse request", course=found.course, target=found.user)
    return found


@transaction.atomic
def change_membership(
    *, membership: Membership, version_token: str, role: str, group: ReadingGroup | None, by: User
) -> Membership:
    """Another role or group for an active seat that stands as `shown`. Raises SeatChanged, SeatRefused."""
    found = _check_version(membership, version_token)
    if found.state != State.ACTIVE:
        raise EnrolmentRefused(_("They have no seat now. Give them one first."))
    if role != Role.INSTRUCTOR:
        require_other_instructor(found)
    before = found.role, found.group_id
    found.role, found.group = role, group
    found.save(update_fields=["role", "group"])
    _log_change(found, *before, by)
    return found


@transaction.atomic
def remove_member(*, membership: Membership, version_token: str, by: User) -> Membership:
    """Takes the seat away; the person's work stays theirs. Raises SeatChanged, SeatRefused."""
    found = _check_version(membership, version_token)
    require_other_instructor(found)
    found.state = State.REMOVED
    found.save(update_fields=["state"])
    record(by=by, verb="remove", course=found.course, target=found.user, role=found.role)
    return found


@transaction.atomic
def reinstate(*, membership: Membership, version_token: str, by: User) -> Membership:
    """Gives a former member the old seat back, as it was. Raises SeatChanged, SeatRefused."""
    found = _check_version(membership, version_token)
    refuse_if_closed(found.course)
    return enrol(
        user=found.user, course=found.course, role=found.role, group=found.group, by=by, letter=Letter.ENROLLED
    )


@transaction.atomic
def leave(*, user: User, course: Course) -> None:
    """Gives up one's seat, or withdraws one's request; the seat stays as that of a former member. Pressing twice
    changes nothing. Raises SeatRefused for the last instructor."""
    found = membership_for_update(user, course)
    if found is None or found.state not in (State.ACTIVE, State.PENDING):
        return
    require_other_instructor(found)
    found.state = State.LEFT
    found.save(update_fields=["state"])
    forget_memberships(user)
    record(by=user, verb="leave", course=course, target=user)


def refuse_removed_member(membership: Membership | None, course: Course, *, asks: bool = False) -> None:
    """Nor does anybody come into a closed course by themselves."""
    if course.is_closed:
        raise EnrolmentRefused(_("This course is closed: it can be read, but nobody joins it any more."))
    refuse_rejected_applicant(membership, asks=asks)


def refuse_rejected_applicant(membership: Membership | None, *, asks: bool) -> None:
    """Raises SeatRefused for whom staff removed; where one asks, also for whom they refused before."""
    if membership and membership.state == State.REMOVED:
        raise EnrolmentRefused(_("The course's staff removed you from it. Ask them to seat you again."))
    if asks and membership and membership.state == State.REJECTED:
        raise EnrolmentRefused(_("The course's staff have refused your request. Write to them if that was a mistake."))


def refuse_if_closed(course: Course) -> None:
    """Raises SeatRefused: nor do staff give seats in a closed course. They take them and change them."""
    if course.is_closed:
        raise EnrolmentRefused(_("This course is closed, so nobody gets a seat in it any more. Open it again first."))


def require_other_instructor(membership: Membership) -> None:
    """Raises SeatRefused if this is the only instructor's seat. To be asked with the course locked."""
    if membership.role != Role.INSTRUCTOR or membership.state != State.ACTIVE:
        return
    others = Membership.objects.active().filter(
        course=membership.course_id, role=Role.INSTRUCTOR, user__is_active=True
    )
    if not others.exclude(pk=membership.pk).exists():
        raise EnrolmentRefused(
            _("A course needs an instructor, and this is the last one. Make somebody else an instructor first.")
        )


def lock_course(course_id: int) -> Course:
    """The course as it is now. Until the transaction ends, nobody else writes seats of it: two new ones have no row to
    wait for, and may want the same handle; two last instructors may leave at once."""
    return Course.objects.select_for_update(no_key=True).get(pk=course_id)


def membership_for_update(user: User, course: Course) -> Membership | None:
    """The person's seat, to be written."""
    lock_course(course.pk)
    return Membership.objects.filter(course=course, user=user).first()


def _locked(membership: Membership) -> Membership:
    lock_course(membership.course_id)
    return Membership.objects.select_related("course", "user", "group").get(pk=membership.pk)


def _check_version(membership: Membership, version_token: str) -> Membership:
    found = _locked(membership)
    if found.version_token != version_token:
        group = found.group.name if found.group else str(_("no group"))
        now = ", ".join([found.get_role_display(), group, found.get_state_display()])
        raise MembershipChanged(
            _("While you looked, somebody changed this seat. It is now: %(now)s. Nothing was saved; decide again.")
            % {"now": now}
        )
    return found


def unique_handle(course: Course, user: User) -> str:
    """A handle from the person's name that nobody in the course has. One query."""
    stem = handle_base(user.display_name)
    taken = set(course.memberships.filter(handle__startswith=stem).values_list("handle", flat=True))
    return first_free_handle(stem, taken)


def handle_base(name: str) -> str:
    return slugify(name, allow_unicode=True)[: HANDLE_LENGTH - 6] or "reader"


def first_free_handle(stem: str, taken, first: int = 2) -> str:
    """The stem, or with the first number from `first` that is not taken."""
    numbered = (f"{stem}-{n}" for n in count(first))
    return next(handle for handle in chain([stem], numbered) if handle not in taken)
