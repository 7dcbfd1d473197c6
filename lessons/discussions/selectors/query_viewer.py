"""The viewer of a compiled query: the user's properties that change its SQL. See `db.compiled_queries`."""

from typing import NamedTuple

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.models.active_memberships import ActiveMembership, active_memberships, set_memberships
from lessons.db.compiled_queries import int_param

MAX_COURSES = 12


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


class MemberViewer(NamedTuple):
    """The properties of a user, in all their courses, that change the SQL of a query: for each course the role and
    whether they are in a group, in this order.
    """

    memberships: tuple[tuple[str, bool], ...]
    is_administrator: bool

    @classmethod
    def for_user(cls, user: User) -> "MemberViewer | None":
        """Return None for whom no query is compiled: members of more than MAX_COURSES courses, whose queries would
        hardly be those of anybody else, and staff who view a course as a learner.
        """
        if user.learner_view or len(active_memberships(user)) > MAX_COURSES:
            return None
        return cls(tuple((role, bool(group)) for role, group, _course in _in_order(user)), user.is_superuser)

    def placeholder(self) -> User:
        """Return a user with these properties, whose ids are placeholders."""
        user = User(pk=int_param("user"), is_superuser=self.is_administrator)
        memberships = {
            int_param(f"course {n}"): ActiveMembership(role, int_param(f"group {n}") if has_group else None)
            for n, (role, has_group) in enumerate(self.memberships)
        }
        set_memberships(user, memberships)
        return user


def member_params(user: User) -> dict[str, int | None]:
    """Return the values of the placeholders of `MemberViewer`."""
    params: dict[str, int | None] = {"user": user.pk}
    for n, (_role, group, course) in enumerate(_in_order(user)):
        params |= {f"course {n}": course, f"group {n}": group or None}
    return params


def _in_order(user: User) -> list[tuple[str, int, int]]:
    """Return role, group or 0, and course of each membership, so that like memberships are in the same order."""
    memberships = active_memberships(user).items()
    rows = [(membership.role, membership.group_id or 0, course) for course, membership in memberships]
    return sorted(rows, key=lambda row: (row[0], bool(row[1]), row[2]))


def viewer_params(user: User, course: int) -> dict[str, int | None]:
    """Return the values of the placeholders."""
    membership = active_memberships(user).get(course)
    return {"user": user.pk, "course": course, "group": membership and membership.group_id}


def course_placeholder() -> Course:
    """Return a course whose id is a placeholder."""
    return Course(pk=int_param("course"))
