"""The active memberships of a user, read once a request and kept on the user object."""

from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from lessons.accounts.models import User
from lessons.courses.models.memberships import Membership
from lessons.db.compiled_queries import fetch_rows, int_param


class ActiveMembership(NamedTuple):
    role: str
    group_id: int | None


def active_memberships(user: User) -> dict[int, ActiveMembership]:
    """Return the user's active memberships by course id. One query, once a request."""
    memberships: dict[int, ActiveMembership] | None = user._active_memberships
    if memberships is None:
        rows = fetch_rows(_active_memberships, user=user.pk)
        memberships = {course_id: ActiveMembership(role, group_id) for course_id, role, group_id in rows}
        set_memberships(user, memberships)
    return memberships


def _active_memberships() -> QuerySet:
    memberships = Membership.objects.active().filter(user=int_param("user")).order_by()
    return memberships.values_list("course_id", "role", "group_id")


def roles_by_course(user: User) -> dict[int, str]:
    """Return the user's role by course id. No query besides that of `active_memberships`."""
    return {course: membership.role for course, membership in active_memberships(user).items()}


def pending_course_titles(user: User) -> list[str]:
    """Return the titles of the courses to which the user has a pending request to join.

    One query, which loads the active memberships too. Staff viewing as a learner have no requests.
    """
    if user.learner_view:
        return []
    active, pending = Membership.State.ACTIVE, Membership.State.PENDING
    rows = fetch_rows(_memberships_in_states, (active, pending), user=user.pk)
    set_memberships(
        user,
        {
            course_id: ActiveMembership(role, group_id)
            for state, course_id, _title, role, group_id in rows
            if state == active
        },
    )
    return [title for state, _course_id, title, _role, _group_id in rows if state == pending]


def _memberships_in_states(states: tuple[str, ...]) -> QuerySet:
    memberships = Membership.objects.filter(user=int_param("user"), state__in=states).order_by("pk")
    return memberships.values_list("state", "course_id", "course__title", "role", "group_id")


def remember_membership(user: User | AnonymousUser, course_id: int, row) -> None:
    """Remember the membership that `readable_by` annotated on `row`, unless all memberships are already known."""
    if user.is_authenticated and user._active_memberships is None:
        role, group_id = row.membership_role, row.membership_group_id
        set_memberships(user, {course_id: ActiveMembership(role, group_id)} if role else {})


def set_memberships(user: User, memberships: dict[int, ActiveMembership]) -> None:
    """Set what `active_memberships` returns, without a query."""
    user._active_memberships = memberships


def forget_memberships(user: User) -> None:
    """Clear what is remembered, after memberships have changed: the next call queries the database."""
    user._active_memberships = None
