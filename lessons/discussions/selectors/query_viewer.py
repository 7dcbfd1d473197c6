"""The viewer of a compiled query: the user's properties that change its SQL. See `db.compiled_queries`."""

from typing import NamedTuple

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, active_memberships, set_memberships
from lessons.db.compiled_queries import int_param

MAX_COURSES = 12
NO_GROUP = 0
"""The id of no group."""


class QueryViewer(NamedTuple):
    """The properties of a user, in one course, that change the SQL of a query. Whether they are in a group does not:
    without one, NO_GROUP is the value of its placeholder.
    """

    role: str | None
    is_administrator: bool

    @classmethod
    def for_user(cls, user: User, course: int) -> "QueryViewer":
        membership = active_memberships(user).get(course)
        if membership is None:
            return cls(None, user.is_superuser)
        return cls(membership.role, user.is_superuser)

    def placeholder(self) -> User:
        """Return a user with these properties, whose ids are placeholders."""
        user = User(pk=int_param("user"), is_superuser=self.is_administrator)
        membership = ActiveMembership(self.role or "", int_param("group"))
        set_memberships(user, {int_param("course"): membership} if self.role else {})
        return user


class MemberViewer(NamedTuple):
    """The properties of a user, in all their courses, that change the SQL of a query: the role in each, in order."""

    roles: tuple[str, ...]
    is_administrator: bool

    @classmethod
    def for_user(cls, user: User) -> "MemberViewer | None":
        """Return None for whom no query is compiled: members of more than MAX_COURSES courses, whose queries would
        hardly be those of anybody else, and staff who view a course as a learner.
        """
        if user.learner_view or len(active_memberships(user)) > MAX_COURSES:
            return None
        return cls(tuple(role for role, _course, _group in _in_order(user)), user.is_superuser)

    def placeholder(self) -> User:
        """Return a user with these properties, whose ids are placeholders."""
        user = User(pk=int_param("user"), is_superuser=self.is_administrator)
        memberships = {
            int_param(f"course {n}"): ActiveMembership(role, int_param(f"group {n}"))
            for n, role in enumerate(self.roles)
        }
        set_memberships(user, memberships)
        return user


def member_params(user: User) -> dict[str, int]:
    """Return the values of the placeholders of `MemberViewer`."""
    params = {"user": user.pk}
    for n, (_role, course, group) in enumerate(_in_order(user)):
        params |= {f"course {n}": course, f"group {n}": group}
    return params


def _in_order(user: User) -> list[tuple[str, int, int]]:
    """Return role, course and group of each membership, so that like memberships are in the same order."""
    memberships = active_memberships(user).items()
    return sorted((membership.role, course, group_param(membership)) for course, membership in memberships)


def viewer_params(user: User, course: int) -> dict[str, int]:
    """Return the values of the placeholders."""
    return {"user": user.pk, "course": course, "group": group_param(active_memberships(user).get(course))}


def group_param(membership: ActiveMembership | None) -> int:
    """Return the value of the placeholder of somebody's group."""
    return (membership and membership.group_id) or NO_GROUP


def course_placeholder() -> Course:
    """Return a course whose id is a placeholder."""
    return Course(pk=int_param("course"))
