"""The active memberships of a user, read once a request and kept on the user object."""

from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from lessons.accounts.models import User
from lessons.courses.models.memberships import Membership


class ActiveMembership(NamedTuple):
    role: str
    group_id: int | None


def active_memberships(user: User) -> dict[int, ActiveMembership]:
    """Map the id of each course to the user's active membership in it. One query, once a request."""
    memberships: dict[int, ActiveMembership] | None = user._active_memberships
    if memberships is None:
        rows = user.memberships.active().values_list("course_id", "role", "group_id")
        memberships = {course_id: ActiveMembership(role, group_id) for course_id, role, group_id in rows}
        set_memberships(user, memberships)
    return memberships


def roles_by_course(user: User) -> dict[int, str]:
    """Map the id of each course to the user's role in it. No query besides that of `active_memberships`."""
    return {course: membership.role for course, membership in active_memberships(user).items()}


def pending_course_titles(user: User) -> list[str]:
    """Return the titles of the courses the user has asked to join and waits for an answer.

    One query, which brings the active memberships along. Staff viewing as a learner have asked for nothing.
    """
    if user.learner_view:
        return []
    active, pending = Membership.State.ACTIVE, Membership.State.PENDING
    memberships = user.memberships.filter(state__in=[active, pending]).order_by("pk")
    rows = list(memberships.values_list("state", "course_id", "course__title", "role", "group_id"))
    set_memberships(
        user,
        {
            course_id: ActiveMembership(role, group_id)
            for state, course_id, _title, role, group_id in rows
            if state == active
        },
    )
    return [title for state, _course_id, title, _role, _group_id in rows if state == pending]


def remember_membership(user: User | AnonymousUser, course_id: int, row) -> None:
    """Keep the membership that a page's own query (`readable_by`) has brought along in `row`, unless all are known."""
    if user.is_authenticated and user._active_memberships is None:
        role, group_id = row.membership_role, row.membership_group_id
        set_memberships(user, {course_id: ActiveMembership(role, group_id)} if role else {})


def set_memberships(user: User, memberships: dict[int, ActiveMembership]) -> None:
    """Set what `active_memberships` returns, without a query."""
    user._active_memberships = memberships


def forget_memberships(user: User) -> None:
    """Ask the database again the next time, after memberships have changed."""
    user._active_memberships = None
