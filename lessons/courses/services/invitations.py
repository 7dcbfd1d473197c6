"""Codes and links that seat whoever brings them."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    """The code seats nobody any more; the words say why."""


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User) -> Membership:
    """Seats the person as the invitation says, or asks the staff for it, and counts one use. A seat or a request that
    is there stays and uses nothing.

    Raises SeatRefused for somebody whom staff removed, InvitationRefused for a code that has expired or is used up,
    also where the last use went to somebody else this very moment.
    """
    course = invitation.course
    membership = membership_for_update(user, course)
    settled = (
        {Membership.State.ACTIVE, Membership.State.PENDING}
        if invitation.requires_approval
        else {Membership.State.ACTIVE}
    )
    if membership and membership.state in settled:
        return membership
    refuse_removed_member(membership, course)
    if not Invitation.objects.usable().filter(pk=invitation.pk).update(uses=F("uses") + 1):
        invitation.refresh_from_db()
        raise InvitationRefused(refusal_reason(invitation))
    if invitation.requires_approval:
        return request_to_join(user=user, course=course, group=invitation.group)
    group = invitation.group or (membership and membership.group)
    return enrol(user=user, course=course, role=invitation.role, group=group, by=user)


def refusal_reason(invitation: Invitation) -> str:
    """What to tell whoever brings a code that seats nobody; empty for a good one."""
    if invitation.course.is_closed:
        return _("The course it was for is closed: nobody joins it any more.")
    if invitation.is_expired:
        return _("This invitation has expired. Ask whoever gave it to you for a new one.")
    if invitation.is_used_up:
        return _("This invitation is used up. Ask whoever gave it to you for a new one.")
    return ""


@transaction.atomic
def create_invitation(*, invitation: Invitation, by: User) -> Invitation:
    """Saves a new invitation and writes it into the log, without its code. Raises SeatRefused in a closed course."""
    refuse_if_closed(invitation.course)
    invitation.created_by = by
    invitation.save()
    record(by=by, verb="invite", course=invitation.course, target=invitation.get_role_display(), role=invitation.role)
    return invitation


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """From now on the code seats nobody. Pressing twice changes nothing."""
    if Invitation.objects.usable().filter(pk=invitation.pk).update(expires_at=timezone.now()):
        record(by=by, verb="revoke invitation", course=invitation.course, target=invitation.get_role_display())
