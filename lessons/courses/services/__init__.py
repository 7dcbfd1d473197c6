"""Writes of memberships, groups, invitations and the audit log. Callers have checked who may."""

from lessons.courses.services.audit import record
from lessons.courses.services.memberships import EnrolmentRefused, enrol, join, leave

__all__ = ["EnrolmentRefused", "enrol", "join", "leave", "record"]
