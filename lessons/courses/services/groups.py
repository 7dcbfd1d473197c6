"""Create, rename, delete and fill groups. What was written in a group stays with it: only memberships move."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, router, transaction
from django.db.models import RestrictedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.memberships import normalise_group_name
from lessons.courses.services.audit import record
from lessons.courses.services.memberships import lock_course


class GroupError(ValueError):
    """The group was not changed; the message says why."""


@transaction.atomic
def create_group(*, course: Course, name: str, by: User) -> ReadingGroup:
    """Create a group. Raise GroupError if the course already has one with this name."""
    group = _save(ReadingGroup(course=course, name=name))
    record(by=by, verb="create group", course=course, target=group, group=group.pk)
    return group


@transaction.atomic
def rename_group(*, group: ReadingGroup, name: str, by: User) -> ReadingGroup:
    """Rename the group, unless it has that name. Raise GroupError if the course has another with it."""
    if ReadingGroup.objects.filter(pk=group.pk, name=name).exists():
        return group
    group.name = name
    _save(group)
    record(by=by, verb="rename group", course=group.course, target=group, group=group.pk)
    return group


def _save(group: ReadingGroup) -> ReadingGroup:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        existing = group_named(group.course, group.name)
        raise GroupError(name_taken_message(existing.name if existing else group.name)) from None
    return group


def group_named(course: Course, name: str) -> ReadingGroup | None:
    """Return the course's group with this name, ignoring case and spacing."""
    return ReadingGroup.objects.filter(course=course, key=normalise_group_name(name)).first()


def name_taken_message(name: str) -> str:
    message = _("This course already has a group “%(name)s”. Choose a name that differs by more than capitals.")
    return message % {"name": name}


@transaction.atomic
def delete_group(*, group: ReadingGroup, by: User) -> None:
    """Delete the group and leave its members without one. Raise GroupError if anything was posted or noted in it."""
    check_deletable(group)
    lock_course(group.course_id)
    members, pk = member_count(group), group.pk
    group.delete()
    record(by=by, verb="delete group", course=group.course, target=group, group=pk, members=members)


def member_count(group: ReadingGroup) -> int:
    """Return how many active members the group has."""
    return group.memberships.filter(state=Membership.State.ACTIVE).count()


def check_deletable(group: ReadingGroup) -> None:
    """Raise GroupError if anything was posted or noted in the group."""
    try:
        Collector(using=router.db_for_write(ReadingGroup), origin=group).collect([group])
    except RestrictedError:
        raise GroupError(
            _(
                "“%(name)s” holds what its members wrote for each other, so it can’t be deleted. You can move its "
                "members and leave it empty."
            )
            % {"name": group.name}
        ) from None


class MembersMoved(GroupError):
    """Somebody else has moved the `memberships` to other groups."""

    def __init__(self, memberships: list[Membership]):
        names = ", ".join(f"{m.user.display_name} ({m.group.name if m.group else _('no group')})" for m in memberships)
        super().__init__(
            _("Somebody else has moved members since you opened the page: %(names)s. Nobody has been moved this time.")
            % {"names": names}
        )


@transaction.atomic
def move_members(
    *,
    course: Course,
    membership_ids: list[int],
    group: ReadingGroup | None,
    by: User,
    shown_groups: Mapping[int, int | None] = MappingProxyType({}),
) -> int:
    """Move members of the course into the group (None: out of any group); return how many moved.

    Memberships of other courses are ignored. `shown_groups` maps memberships to the groups that the editor saw, by id;
    raise MembersMoved if somebody is neither in that group nor in the new one.
    """
    lock_course(course.pk)
    memberships = Membership.objects.active().filter(course=course, pk__in=membership_ids)
    target = group and group.pk
    there = memberships.select_related("user", "group").order_by("handle")
    if moved_meanwhile := [m for m in there if m.group_id not in (shown_groups.get(m.pk, m.group_id), target)]:
        raise MembersMoved(moved_meanwhile)
    moving = memberships.filter(group__isnull=False) if group is None else memberships.exclude(group=group)
    moved = moving.update(group=group)
    if moved:
        record(by=by, verb="move members", course=course, target=group or "–", members=moved)
    return moved


@transaction.atomic
def apply_allocation(
    *, course: Course, allocations: list[tuple[ReadingGroup, list[int]]], by: User, seed: str
) -> None:
    """Move memberships, given by id, into their groups. Groups that are not saved yet are created.

    Raise GroupError if the name of a new group is taken.
    """
    lock_course(course.pk)
    counts: dict[str, Any] = {"groups": len(allocations), "members": sum(len(ids) for _group, ids in allocations)}
    for group, membership_ids in allocations:
        if group.pk is None:
            _save(group)
        Membership.objects.active().filter(course=course, pk__in=membership_ids).update(group=group)
    record(by=by, verb="allocate groups", course=course, target=course, seed=seed, **counts)
