"""Write one user's membership. A lock on the course serialises writes to its memberships."""

from itertools import chain, count

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses import emails
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.active_memberships import forget_memberships
from lessons.courses.services.audit import record
from lessons.markup.mentions import HANDLE_LENGTH, mention_handle

Role, State = Membership.Role, Membership.State


class EnrolmentRefused(ValueError):
    """The membership was not changed; the message says why."""


class MembershipChanged(ValueError):
    """Somebody else has changed the membership since it was shown."""


@transaction.atomic
def enrol(
    *,
    user: User,
    course: Course,
    role: str = Role.LEARNER,
    group: ReadingGroup | None = None,
    by: User,
    notify: bool = False,
) -> Membership:
    """Give the user an active membership with this role. A former member's old one is reactivated.

    With `notify` they get an e-mail. Raise EnrolmentRefused if this would demote the last instructor.
    """
    membership = membership_for_update(user, course) or Membership(course=course, user=user)
    if role != Role.INSTRUCTOR:
        require_other_instructor(membership)
    was_active = bool(membership.pk) and membership.state == State.ACTIVE
    before = membership.role, membership.group_id
    membership.role, membership.group, membership.state = role, group, State.ACTIVE
    membership.handle = membership.handle or unique_handle(course, user)
    membership.save()
    if notify:
        emails.queue(emails.enrolled_email, [membership])
    forget_memberships(user)
    if was_active:
        _record_change(membership, *before, by)
    else:
        record(by=by, verb="enrol", course=course, target=user, role=role)
    return membership


def _record_change(membership: Membership, role: str, group_id: int | None, by: User) -> None:
    """Record a changed role and a changed group, as one entry each. `role` and `group_id` are the old values."""
    course, user = membership.course, membership.user
    if role != membership.role:
        record(by=by, verb="change role", course=course, target=user, before=role, role=membership.role)
    if group_id != membership.group_id:
        record(by=by, verb="change group", course=course, target=user, before=group_id, group=membership.group_id)


@transaction.atomic
def begin_course(*, course: Course, by: User) -> Membership:
    """Make the user the instructor of a course that they have just created."""
    record(by=by, verb="create course", course=course, target=course)
    return enrol(user=by, course=course, role=Role.INSTRUCTOR, by=by)


@transaction.atomic
def join(*, user: User, course: Course) -> Membership:
    """Enrol the user in an open course as a learner. An active membership keeps its role. Idempotent.

    Raise EnrolmentRefused for a user whom staff removed.
    """
    membership = membership_for_update(user, course)
    if membership and membership.state == State.ACTIVE:
        return membership
    refuse_removed_member(membership, course)
    return enrol(user=user, course=course, group=membership.group if membership else None, by=user)


@transaction.atomic
def request_to_join(*, user: User, course: Course, group: ReadingGroup | None = None) -> Membership:
    """Ask staff to enrol the user as a learner, in the group if one is given. Idempotent.

    Instructors get an e-mail. Raise EnrolmentRefused for a user whom staff removed or rejected before.
    """
    membership = membership_for_update(user, course) or Membership(course=course, user=user)
    refuse_removed_member(membership, course, is_request=True)
    if membership.pk is None or membership.state == State.LEFT:
        if membership.pk is None:
            _notify_instructors(course)
        membership.role, membership.state = Role.LEARNER, State.PENDING
        membership.group = group or membership.group
        membership.handle = membership.handle or unique_handle(course, user)
        membership.save()
    return membership


def _notify_instructors(course: Course) -> None:
    """Queue an e-mail to the instructors, unless an earlier request still waits for their decision."""
    if not Membership.objects.filter(course=course, state=State.PENDING).exists():
        instructors = Membership.objects.active().filter(course=course, role=Role.INSTRUCTOR)
        emails.queue(emails.join_requests_email, instructors.select_related("user"))


@transaction.atomic
def decide_request(*, membership: Membership, approve: bool, by: User) -> Membership:
    """Enrol the user who asked, or reject them. They get an e-mail.

    Raise MembershipChanged if the request has already been decided or withdrawn, EnrolmentRefused if the course is
    closed.
    """
    current = _locked(membership)
    if current.state != State.PENDING:
        raise MembershipChanged(_("This request has already been decided or withdrawn."))
    if approve:
        refuse_if_closed(current.course)
        return enrol(
            user=current.user,
            course=current.course,
            group=current.group,
            by=by,
            notify=True,
        )
    current.state = State.REJECTED
    current.save(update_fields=["state"])
    emails.queue(emails.rejection_email, [current])
    record(by=by, verb="reject request", course=current.course, target=current.user)
    return current


@transaction.atomic
def change_membership(
    *, membership: Membership, version_token: str, role: str, group: ReadingGroup | None, by: User
) -> Membership:
    """Set role and group of an active membership that is still at `version_token`.

    Raise MembershipChanged or EnrolmentRefused.
    """
    current = _check_version(membership, version_token)
    if current.state != State.ACTIVE:
        raise EnrolmentRefused(_("This person isn’t enrolled. Enrol them first."))
    if role != Role.INSTRUCTOR:
        require_other_instructor(current)
    before = current.role, current.group_id
    current.role, current.group = role, group
    current.save(update_fields=["role", "group"])
    _record_change(current, *before, by)
    return current


@transaction.atomic
def remove_member(*, membership: Membership, version_token: str, by: User) -> Membership:
    """Remove a member; their work stays theirs. Raise MembershipChanged or EnrolmentRefused."""
    current = _check_version(membership, version_token)
    require_other_instructor(current)
    current.state = State.REMOVED
    current.save(update_fields=["state"])
    record(by=by, verb="remove", course=current.course, target=current.user, role=current.role)
    return current


@transaction.atomic
def reinstate(*, membership: Membership, version_token: str, by: User) -> Membership:
    """Enrol a former member again, with role and group as before. Raise MembershipChanged or EnrolmentRefused."""
    current = _check_version(membership, version_token)
    refuse_if_closed(current.course)
    return enrol(
        user=current.user,
        course=current.course,
        role=current.role,
        group=current.group,
        by=by,
        notify=True,
    )


@transaction.atomic
def leave(*, user: User, course: Course) -> None:
    """End the user's own membership or withdraw their request; the row stays. Idempotent.

    Raise EnrolmentRefused for the last instructor.
    """
    membership = membership_for_update(user, course)
    if membership is None or membership.state not in (State.ACTIVE, State.PENDING):
        return
    require_other_instructor(membership)
    membership.state = State.LEFT
    membership.save(update_fields=["state"])
    forget_memberships(user)
    record(by=user, verb="leave", course=course, target=user)


def refuse_removed_member(membership: Membership | None, course: Course, *, is_request: bool = False) -> None:
    """Raise EnrolmentRefused if the user cannot join by themselves: nobody can join a closed course."""
    if course.is_closed:
        raise EnrolmentRefused(_("This course is closed. You can read it, but nobody can join it."))
    refuse_rejected_applicant(membership, is_request=is_request)


def refuse_rejected_applicant(membership: Membership | None, *, is_request: bool) -> None:
    """Raise EnrolmentRefused for a user whom staff removed or, if this is a request, rejected before."""
    if membership and membership.state == State.REMOVED:
        raise EnrolmentRefused(_("The course’s staff removed you from it. Ask them to re-enrol you."))
    if is_request and membership and membership.state == State.REJECTED:
        raise EnrolmentRefused(
            _("The course’s staff have rejected your request. If you think this is a mistake, contact them.")
        )


def refuse_if_closed(course: Course) -> None:
    """Raise EnrolmentRefused if the course is closed: staff can only change and remove members there."""
    if course.is_closed:
        raise EnrolmentRefused(_("This course is closed, so nobody can be enrolled. Reopen it first."))


def require_other_instructor(membership: Membership) -> None:
    """Raise EnrolmentRefused if this is the course's only instructor. Call it with the course locked."""
    if membership.role != Role.INSTRUCTOR or membership.state != State.ACTIVE:
        return
    instructors = Membership.objects.active().filter(
        course=membership.course_id, role=Role.INSTRUCTOR, user__is_active=True
    )
    if not instructors.exclude(pk=membership.pk).exists():
        raise EnrolmentRefused(
            _("A course needs an instructor, and this is the last one. Make somebody else an instructor first.")
        )


def lock_course(course_id: int) -> Course:
    """Lock and return the course. Until the transaction ends, nobody else writes its memberships.

    Locking membership rows is not enough: two new members have no rows yet and may want the same handle, and the last
    two instructors may leave at the same time.
    """
    return Course.objects.select_for_update(no_key=True).get(pk=course_id)


def membership_for_update(user: User, course: Course) -> Membership | None:
    """Lock the course and return the user's membership, to change it."""
    lock_course(course.pk)
    return Membership.objects.filter(course=course, user=user).first()


def _locked(membership: Membership) -> Membership:
    lock_course(membership.course_id)
    return Membership.objects.select_related("course", "user", "group").get(pk=membership.pk)


def _check_version(membership: Membership, version_token: str) -> Membership:
    current = _locked(membership)
    if current.version_token != version_token:
        group = current.group.name if current.group else str(_("no group"))
        now = ", ".join([current.get_role_display(), group, current.get_state_display()])
        raise MembershipChanged(
            _("Somebody else has changed this membership. It is now: %(now)s. Nothing was saved; check and try again.")
            % {"now": now}
        )
    return current


def unique_handle(course: Course, user: User) -> str:
    """Return a handle derived from the user's name that nobody in the course has. One query."""
    base = handle_base(user.display_name)
    taken = set(course.memberships.filter(handle__startswith=base).values_list("handle", flat=True))
    return first_free_handle(base, taken)


def handle_base(name: str) -> str:
    """Return the handle derived from a name, with room for a number; a mention finds it in any case."""
    return mention_handle(slugify(name, allow_unicode=True))[: HANDLE_LENGTH - 6] or "reader"


def first_free_handle(base: str, taken: set[str], first: int = 2) -> str:
    """Return the base if it is free, else with the first free number from `first` on."""
    numbered = (f"{base}-{n}" for n in count(first))
    return next(handle for handle in chain([base], numbered) if handle not in taken)
