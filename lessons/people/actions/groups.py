"""Groups of a course. What is said and noted in a group stays that group's: only seats move."""

from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils.translation import gettext_lazy as _

from lessons.people.actions.log import record
from lessons.people.actions.seating import lock
from lessons.people.models import Course, Membership, ReadingGroup, User
from lessons.people.names import group_key


class GroupRefused(ValueError):
    """The group stays as it is; the words say why."""


def make_group(*, course: Course, name: str) -> ReadingGroup:
    """Raises GroupRefused where the course has one of this name."""
    return _saved(ReadingGroup(course=course, name=name))


def rename_group(*, group: ReadingGroup, name: str) -> ReadingGroup:
    """Raises GroupRefused where the course has another of this name."""
    group.name = name
    return _saved(group)


def _saved(group: ReadingGroup) -> ReadingGroup:
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        there = ReadingGroup.objects.filter(course=group.course_id, key=group_key(group.name)).first()
        name = there.name if there else group.name
        words = _("There is a group “%(name)s” already. Choose a name that differs by more than capitals.")
        raise GroupRefused(words % {"name": name}) from None
    return group


def remove_group(*, group: ReadingGroup) -> None:
    """Its members have no group then. Raises GroupRefused where something was said or noted in it."""
    try:
        with transaction.atomic():
            group.delete()
    except RestrictedError:
        raise GroupRefused(
            _("“%(name)s” keeps what its members wrote for each other. Move them elsewhere, and leave it empty.")
            % {"name": group.name}
        ) from None


@transaction.atomic
def move(*, course: Course, seats: list[int], group: ReadingGroup | None, by: User) -> int:
    """Puts members of the course into the group, or into none; how many moved.

    Seats of other courses are not found."""
    lock(course.pk)
    moving = Membership.objects.active().filter(course=course, pk__in=seats).exclude(group=group)
    if group is None:
        moving = Membership.objects.active().filter(course=course, pk__in=seats, group__isnull=False)
    moved = moving.update(group=group)
    if moved:
        record(by=by, verb="move members", course=course, target=group or "–", members=moved)
    return moved


@transaction.atomic
def seat_dealt(*, course: Course, hands: list[tuple[ReadingGroup, list[int]]], by: User, seed: str) -> None:
    """Puts the seats into their groups; a group without a primary key is made. Raises GroupRefused."""
    lock(course.pk)
    for group, seats in hands:
        if group.pk is None:
            _saved(group)
        Membership.objects.active().filter(course=course, pk__in=seats).update(group=group)
    record(by=by, verb="deal groups", course=course, target=course, groups=len(hands), seed=seed)
