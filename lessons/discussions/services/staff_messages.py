"""Messages from a course's staff to a learner, by e-mail. The audit log keeps who wrote to whom, and what."""

from django.db import transaction

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Membership
from lessons.courses.services import record
from lessons.discussions.selectors.inactive_learners import MESSAGE_VERB
from lessons.mail.builder import build_email
from lessons.mail.kinds import BuiltEmail, email_kind
from lessons.mail.services import Recipient, queue_emails


@transaction.atomic
def message_learner(*, membership: Membership, by: User, message: str) -> AuditEntry:
    """Send an e-mail to a member, who is loaded with user and course and has an address."""
    user = membership.user
    entry = record(by=by, verb=MESSAGE_VERB, course=membership.course, target=user, reason=message)
    queue_emails(staff_message_email, [Recipient(user.email or "", user.pk, entry.pk)])
    return entry


@email_kind("staff_message")
def staff_message_email(entry_id: int, site_url: str) -> BuiltEmail | None:
    """Build the message, unless the learner has left the course or is erased, or the text has been removed."""
    entry = AuditEntry.objects.filter(pk=entry_id).select_related("actor", "affected_user", "course", "text").first()
    if entry is None or entry.course is None or entry.affected_user is None or not entry.reason:
        return None
    user, course = entry.affected_user, entry.course
    if not user.is_active or not user.email or not course.memberships.active().filter(user=user).exists():
        return None
    context = {"course": course, "sender": entry.actor, "message": entry.reason}
    email = build_email(
        "emails/message_from_staff.html", to=user.email, language=user.language, site_url=site_url, context=context
    )
    return BuiltEmail(email)
