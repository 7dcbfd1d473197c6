"""The viewer of a compiled query: the user's properties that change its SQL. See `db.compiled_queries`."""

from typing import NamedTuple

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, active_memberships, set_memberships
from lessons.db.compiled_queries import int_param


class QueryViewer(NamedTuple):
    """The properties of a user, in one course, that change the SQL of a query."""

    role: str | None
    has_group: bool
    is_administrator: bool

    @classmethod
    def for_user(cls, user: User, course: int) -> "QueryViewer":
        membership = active_memberships(user).get(course)
        if membership is None:
            return cls(None, False, user.is_superuser)
        return cls(membership.role, membership.group_id is not None, user.is_superuser)

    def placeholder(self) -> User:
        """Return a user with these properties, whose ids are placeholders."""
        user = User(pk=int_param("user"), is_superuser=self.is_administrator)
        group = int_param("group") if self.has_group else None
        set_memberships(user, {int_param("course"): ActiveMembership(self.role, group)} if self.role else {})
        return user


def viewer_params(user: User, course: int) -> dict[str, int | None]:
    """Return the values of the placeholders."""
    membership = active_memberships(user).get(course)
    return {"user": user.pk, "course": course, "group": membership and membership.group_id}


def course_placeholder() -> Course:
    """Return a course whose id is a placeholder."""
    return Course(pk=int_param("course"))
