"""What dealing would make of a course's groups: shown before it is done."""

from hashlib import blake2b
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.people.dealing import deal
from lessons.people.models import Course, Membership, ReadingGroup
from lessons.people.names import group_key


class Hand(NamedTuple):
    """A group, made already or not, who sits there and stays, and who is dealt into it: seats and names."""

    group: ReadingGroup
    stay: int
    seats: list[int]
    names: list[str]


class Deal(NamedTuple):
    hands: list[Hand]
    seed: str
    digest: str

    @property
    def people(self) -> int:
        return sum(len(hand.seats) for hand in self.hands)


def deal_for(course: Course, *, whom: str, size: int, seed: str) -> Deal:
    """Two queries. `digest` changes with anything that would change the outcome."""
    seats = course.memberships.active().order_by("pk").values_list("pk", "group_id", "role", "user__display_name")
    rows, groups = list(seats), list(course.groups.all())
    learners = [row for row in rows if row[2] == Membership.Role.LEARNER]
    dealt = learners if whom == "everybody" else [row for row in learners if row[1] is None]
    moving = {pk for pk, *_row in dealt}
    stay = {group.pk: 0 for group in groups}
    for pk, group, _role, _name in rows:
        if group and pk not in moving:
            stay[group] += 1
    if whom == "everybody":
        # As many groups as are needed for even ones, of those there are first.
        needed = -(-len(dealt) // size)
        groups = groups[:needed] if needed < len(groups) else groups
    hands = deal([row[0] for row in dealt], [stay[group.pk] for group in groups], size=size, seed=seed)
    names = {row[0]: row[3] for row in dealt}
    groups += _new_groups(course, len(hands) - len(groups))
    found = [
        Hand(group, stay.get(group.pk, 0), seats, sorted(names[pk] for pk in seats))
        for group, seats in zip(groups, hands, strict=True)
    ]
    return Deal(found, seed, _digest(found))


def _new_groups(course: Course, count: int) -> list[ReadingGroup]:
    """Named by the first numbers that are free."""
    taken = set(course.groups.values_list("key", flat=True))
    names = (_("Group %s") % n for n in range(1, len(taken) + count + 1))
    free = [name for name in names if group_key(name) not in taken]
    return [ReadingGroup(course=course, name=name) for name in free[:count]]


def _digest(hands: list[Hand]) -> str:
    shown = [(hand.group.pk, hand.group.name, hand.stay, hand.seats) for hand in hands]
    return blake2b(repr(shown).encode(), digest_size=8).hexdigest()
