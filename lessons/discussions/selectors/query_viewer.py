"""Who reads in a course, as far as it changes the SQL: so that queries compiled once (`queries`) serve everybody."""

from typing import NamedTuple

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, active_memberships, set_memberships
from lessons.db.compiled_queries import int_param


class QueryViewer(NamedTuple):
    """The shape of somebody who reads in one course: what of them changes the SQL."""

    role: str | None
    has_group: bool
    is_administrator: bool

    @classmethod
    def for_user(cls, user: User, course: int) -> "QueryViewer":
        seat = active_memberships(user).get(course)
        return cls(seat and seat.role, bool(seat and seat.group_id), user.is_superuser)

    def placeholder(self) -> User:
        """Somebody of this shape, whose ids are stand-ins."""
        user = User(pk=int_param("user"), is_superuser=self.is_administrator)
        group = int_param("group") if self.has_group else None
        set_memberships(user, {int_param("course"): ActiveMembership(self.role, group)} if self.role else {})
        return user


def viewer_params(user: User, course: int) -> dict:
    """What stands in the place of the reader's stand-ins."""
    seat = active_memberships(user).get(course)
    return {"user": user.pk, "course": course, "group": seat and seat.group_id}


def course_placeholder() -> Course:
    return Course(pk=int_param("course"))
