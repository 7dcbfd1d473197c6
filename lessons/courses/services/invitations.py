"""Create, accept and revoke invitations."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Invitation, Membership
from lessons.courses.services.audit import record
from lessons.courses.services.memberships import (
    enrol,
    membership_for_update,
    refuse_if_closed,
    refuse_removed_member,
    request_to_join,
)


class InvitationRefused(ValueError):
    """The invitation is no longer valid; the message says why."""


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """Enrol the user as the invitation says, or request to join if it requires approval, and count one use.

    An active membership stays as it is and counts no use; so does a pending request, if approval is required. Raise
    EnrolmentRefused for a user whom staff removed, InvitationRefused if the invitation has expired or is used up, even
    if somebody else took the last use at the same moment.
    """
    course = invitation.course
    membership = membership_for_update(user, course)
    unchanged = {Membership.State.ACTIVE}
    if invitation.requires_approval:
        unchanged.add(Membership.State.PENDING)
    if membership and membership.state in unchanged:
        return membership
    refuse_removed_member(membership, course)
    if not Invitation.objects.usable().filter(pk=invitation.pk).update(uses=F("uses") + 1):
        invitation.refresh_from_db()
        raise InvitationRefused(refusal_reason(invitation))
    if invitation.requires_approval:
        return request_to_join(user=user, course=course, group=invitation.group)
    group = invitation.group or (membership.group if membership else None)
    return enrol(user=user, course=course, role=invitation.role, group=group, by=user)


def refusal_reason(invitation: Invitation) -> str:
    """Return a message why the invitation cannot be used; empty if it is valid."""
    if invitation.course.is_closed:
        return _("The course is closed, so nobody can join it.")
    if invitation.is_expired:
        return _("This invitation has expired. Ask whoever gave it to you for a new one.")
    if invitation.is_used_up:
        return _("This invitation has already been used. Ask whoever gave it to you for a new one.")
    return ""


@transaction.atomic
def create_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Save a new invitation and record it, without its code. Raise EnrolmentRefused in a closed course."""
    refuse_if_closed(invitation.course)
    invitation.created_by = by
    invitation.save()
    record(by=by, verb="invite", course=invitation.course, target=invitation.get_role_display(), role=invitation.role)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """Make the invitation invalid from now on. Idempotent."""
    # Locked before it is compared with the time: an update that waited for another would use the time from before.
    locked = Invitation.objects.select_for_update(of=["self"]).get(pk=invitation.pk)
    if not locked.is_expired and not locked.is_used_up:
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
        record(by=by, verb="revoke invitation", course=invitation.course, target=invitation.get_role_display())
