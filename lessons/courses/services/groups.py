"""Groups of a course. What is said and noted in a group stays that group's: only seats move."""

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
    """The group stays as it is; the words say why."""


@transaction.atomic
def create_group(*, course: Course, name: str, by: User) -> ReadingGroup:
    """Raises GroupRefused where the course has one of this name."""
    group = _saved(ReadingGroup(course=course, name=name))
    record(by=by, verb="create group", course=course, target=group, group=group.pk)
    return group


@transaction.atomic
def rename_group(*, group: ReadingGroup, name: str, by: User) -> ReadingGroup:
    """Raises GroupRefused where the course has another of this name."""
    group.name = name
    _saved(group)
    record(by=by, verb="rename group", course=group.course, target=group, group=group.pk)
    return group


def _saved(group: ReadingGroup) -> ReadingGroup:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        there = ReadingGroup.objects.filter(course=group.course_id, key=normalise_group_name(group.name)).first()
        name = there.name if there else group.name
        words = _("There is a group “%(name)s” already. Choose a name that differs by more than capitals.")
        raise GroupError(words % {"name": name}) from None
    return group


@transaction.atomic
def delete_group(*, group: ReadingGroup, by: User) -> None:
    """Its members have no group then. Raises GroupRefused where something was said or noted in it."""
    check_deletable(group)
    lock_course(group.course_id)
    members, pk = member_count(group), group.pk
    group.delete()
    record(by=by, verb="delete group", course=group.course, target=group, group=pk, members=members)


def member_count(group: ReadingGroup) -> int:
    return group.memberships.filter(state=Membership.State.ACTIVE).count()


def check_deletable(group: ReadingGroup) -> None:
    """Raises GroupRefused where something was said or noted in the group."""
    try:
        Collector(using=router.db_for_write(ReadingGroup), origin=group).collect([group])
    except RestrictedError:
        raise GroupError(
            _("“%(name)s” keeps what its members wrote for each other. Move them elsewhere, and leave it empty.")
            % {"name": group.name}
        ) from None


@transaction.atomic
def move_members(*, course: Course, seats: list[int], group: ReadingGroup | None, by: User) -> int:
    """Puts members of the course into the group, or into none; how many moved.

    Seats of other courses are not found."""
    lock_course(course.pk)
    moving = Membership.objects.active().filter(course=course, pk__in=seats).exclude(group=group)
    if group is None:
        moving = Membership.objects.active().filter(course=course, pk__in=seats, group__isnull=False)
    moved = moving.update(group=group)
    if moved:
        record(by=by, verb="move members", course=course, target=group or "–", members=moved)
    return moved


@transaction.atomic
def apply_allocation(*, course: Course, hands: list[tuple[ReadingGroup, list[int]]], by: User, seed: str) -> None:
    """Puts the seats into their groups; a group without a primary key is made. Raises GroupRefused."""
    lock_course(course.pk)
    counts = {"groups": len(hands), "members": sum(len(seats) for _group, seats in hands)}
    for group, seats in hands:
        if group.pk is None:
            _saved(group)
        Membership.objects.active().filter(course=course, pk__in=seats).update(group=group)
    record(by=by, verb="allocate groups", course=course, target=course, seed=seed, **counts)
