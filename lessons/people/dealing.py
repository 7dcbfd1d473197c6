"""Dealing people into groups. Pure: the same people, groups, size and seed always give the same groups."""

from heapq import heapify, heappop, heappush
from math import ceil
from random import Random


def deal(people: list[int], seated: list[int], *, size: int, seed: str) -> list[list[int]]:
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
