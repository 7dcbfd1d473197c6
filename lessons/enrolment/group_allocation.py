"""Assign learners to groups at random: plan it first, so that it can be previewed."""

from hashlib import blake2b
from heapq import heapify, heappop, heappush
from math import ceil
from random import Random
from typing import NamedTuple

from django.utils.translation import gettext as _

from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.courses.models.memberships import normalise_group_name

UNGROUPED, ALL_LEARNERS = "ungrouped", "all"


class GroupAllocation(NamedTuple):
    """A group, saved or not, the number of members who stay in it, and the memberships and names assigned to it."""

    group: ReadingGroup
    remaining: int
    membership_ids: list[int]
    names: list[str]


class AllocationPlan(NamedTuple):
    """What an allocation would do. `digest` changes with anything that would change the outcome."""

    allocations: list[GroupAllocation]
    seed: str
    digest: str

    @property
    def learner_count(self) -> int:
        return sum(len(allocation.membership_ids) for allocation in self.allocations)


def plan_allocation(course: Course, *, scope: str, size: int, seed: str) -> AllocationPlan:
    """Return how learners (`scope`: UNGROUPED or ALL_LEARNERS) would be assigned to groups of `size`.

    Two queries, and one more where new groups are needed.
    """
    memberships = course.memberships.active().order_by("pk")
    rows = list(memberships.values_list("pk", "group_id", "role", "user__display_name"))
    groups = list(course.groups.all())
    learners = [row for row in rows if row[2] == Membership.Role.LEARNER]
    assigned = learners if scope == ALL_LEARNERS else [row for row in learners if row[1] is None]
    names = {pk: name for pk, _group, _role, name in assigned}
    remaining = {group.pk: 0 for group in groups}
    for pk, group_id, _role, _name in rows:
        if group_id and pk not in names:
            remaining[group_id] += 1
    if scope == ALL_LEARNERS:
        # Use only as many of the existing groups as are needed, in their order.
        groups = groups[: ceil(len(assigned) / size)]
    group_sizes = [remaining[group.pk] for group in groups]
    ids_by_group = allocate(list(names), group_sizes, size=size, seed=seed)
    groups += _new_groups(course, len(ids_by_group) - len(groups))
    allocations = [
        GroupAllocation(group, remaining.get(group.pk, 0), ids, sorted(names[pk] for pk in ids))
        for group, ids in zip(groups, ids_by_group, strict=True)
    ]
    return AllocationPlan(allocations, seed, _digest(allocations))


def _new_groups(course: Course, count: int) -> list[ReadingGroup]:
    """Return unsaved groups, named by the first numbers that are free."""
    if count <= 0:
        return []
    taken = set(course.groups.values_list("key", flat=True))
    names = (_("Group %s") % n for n in range(1, len(taken) + count + 1))
    free = [name for name in names if normalise_group_name(name) not in taken]
    return [ReadingGroup(course=course, name=name) for name in free[:count]]


def _digest(allocations: list[GroupAllocation]) -> str:
    content = [(a.group.pk, a.group.name, a.remaining, a.membership_ids) for a in allocations]
    return blake2b(repr(content).encode(), digest_size=8).hexdigest()


def allocate(membership_ids: list[int], group_sizes: list[int], *, size: int, seed: str) -> list[list[int]]:
    """Return the ids to add to each group: first the existing groups, which already have `group_sizes` members, then
    as many new ones as are needed so that none exceeds `size`. Smaller groups are filled first.

    The ids may come in any order; the same seed gives the same groups. No new group stays empty. Raise ValueError for
    a size below one.
    """
    if size < 1:
        raise ValueError("A group has at least one member")
    free_slots = sum(max(0, size - n) for n in group_sizes)
    counts = [*group_sizes, *[0] * ceil(max(0, len(membership_ids) - free_slots) / size)]
    groups: list[list[int]] = [[] for _ in counts]
    smallest = [(n, i) for i, n in enumerate(counts) if n < size]
    heapify(smallest)
    shuffled = sorted(membership_ids)
    Random(seed).shuffle(shuffled)  # noqa: S311 (to be repeated by whoever knows the seed)
    for membership_id in shuffled:
        n, i = heappop(smallest)
        groups[i].append(membership_id)
        if n + 1 < size:
            heappush(smallest, (n + 1, i))
    return groups
