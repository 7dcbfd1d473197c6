"""Courses, memberships, groups, invitations and the audit log."""

from lessons.courses.models.audit import AuditEntry, AuditText
from lessons.courses.models.courses import Course, CourseQuerySet, readable_by
from lessons.courses.models.memberships import Invitation, Membership, ReadingGroup, generate_invitation_code

__all__ = [
    "AuditEntry",
    "AuditText",
    "Course",
    "CourseQuerySet",
    "Invitation",
    "Membership",
    "ReadingGroup",
    "generate_invitation_code",
    "readable_by",
]
