"""What dealing would make of a course's groups: shown before it is done."""

from hashlib import blake2b
from heapq import heapify, heappop, heappush
from math import ceil
from random import Random
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.memberships import normalise_group_name


class GroupAllocation(NamedTuple):
    """A group, made already or not, who sits there and stays, and who is dealt into it: seats and names."""

    group: ReadingGroup
    remaining: int
    membership_ids: list[int]
    names: list[str]


class AllocationPlan(NamedTuple):
    allocations: list[GroupAllocation]
    seed: str
    digest: str

    @property
    def people(self) -> int:
        return sum(len(hand.membership_ids) for hand in self.allocations)


def plan_allocation(course: Course, *, scope: str, size: int, seed: str) -> AllocationPlan:
    """Two queries. `digest` changes with anything that would change the outcome."""
    seats = course.memberships.active().order_by("pk").values_list("pk", "group_id", "role", "user__display_name")
    rows, groups = list(seats), list(course.groups.all())
    learners = [row for row in rows if row[2] == Membership.Role.LEARNER]
    dealt = learners if scope == "everybody" else [row for row in learners if row[1] is None]
    moving = {pk for pk, *_row in dealt}
    stay = {group.pk: 0 for group in groups}
    for pk, group, _role, _name in rows:
        if group and pk not in moving:
            stay[group] += 1
    if scope == "everybody":
        # As many groups as are needed for even ones, of those there are first.
        needed = -(-len(dealt) // size)
        groups = groups[:needed] if needed < len(groups) else groups
    hands = allocate([row[0] for row in dealt], [stay[group.pk] for group in groups], size=size, seed=seed)
    names = {row[0]: row[3] for row in dealt}
    groups += _new_groups(course, len(hands) - len(groups))
    found = [
        GroupAllocation(group, stay.get(group.pk, 0), seats, sorted(names[pk] for pk in seats))
        for group, seats in zip(groups, hands, strict=True)
    ]
    return AllocationPlan(found, seed, _digest(found))


def _new_groups(course: Course, count: int) -> list[ReadingGroup]:
    """Named by the first numbers that are free."""
    taken = set(course.groups.values_list("key", flat=True))
    names = (_("Group %s") % n for n in range(1, len(taken) + count + 1))
    free = [name for name in names if normalise_group_name(name) not in taken]
    return [ReadingGroup(course=course, name=name) for name in free[:count]]


def _digest(hands: list[GroupAllocation]) -> str:
    shown = [(hand.group.pk, hand.group.name, hand.remaining, hand.membership_ids) for hand in hands]
    return blake2b(repr(shown).encode(), digest_size=8).hexdigest()


def allocate(people: list[int], seated: list[int], *, size: int, seed: str) -> list[list[int]]:
    """Who comes into which group: first the groups there are, of which `seated` says how many sit in each, then as
    many new ones as are needed so that none grows over `size`. Sizes level out: the smallest group is served first.

    `people` are ids, in any order. Somebody sits in each new group. Raises ValueError for a size below one.
    """
    if size < 1:
        raise ValueError("A group has at least one member")
    free = sum(max(0, size - n) for n in seated)
    counts = [*seated, *[0] * ceil(max(0, len(people) - free) / size)]
    groups: list[list[int]] = [[] for _ in counts]
    smallest = [(n, i) for i, n in enumerate(counts) if n < size]
    heapify(smallest)
    shuffled = sorted(people)
    Random(seed).shuffle(shuffled)  # noqa: S311 (to be repeated by whoever knows the seed)
    for person in shuffled:
        n, i = heappop(smallest)
        groups[i].append(person)
        if n + 1 < size:
            heappush(smallest, (n + 1, i))
    return groups
