"""Write memberships, groups, invitations and the audit log. Callers check permissions."""

from lessons.courses.services.audit import record
from lessons.courses.services.memberships import EnrolmentRefused, enrol, join, leave

__all__ = ["EnrolmentRefused", "enrol", "join", "leave", "record"]
