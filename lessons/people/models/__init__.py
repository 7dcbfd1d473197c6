"""People, the courses they meet in, and the log of what staff did."""

from lessons.people.models.courses import Course, CourseQuerySet, readable
from lessons.people.models.log import AuditEntry
from lessons.people.models.seats import Invitation, Membership, ReadingGroup, invitation_code
from lessons.people.models.users import Seat, User, UserManager

__all__ = [
    "AuditEntry",
    "Course",
    "CourseQuerySet",
    "Invitation",
    "Membership",
    "ReadingGroup",
    "Seat",
    "User",
    "UserManager",
    "invitation_code",
    "readable",
]
