"""Pure: figures by passage, from what each learner did. They count people, each once a passage."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lessons.insight.counted import CLEAR, FEW, ME_TOO, OPEN, Mark
from lessons.insight.passages import Passage


class PassageFigures(NamedTuple):
    """Of one passage: how many learners have read it, wrote a note on it that counts, and are confused by it."""

    readers: int = 0
    marked: int = 0
    confused: int = 0


class Confusion(NamedTuple):
    """What confuses learners in one passage: how many people, how many by label, how many questions wait for an
    answer, and how many people have found theirs clear since.

    annotations: ids of the notes, those that wait for an answer first; latest: the highest of them.
    """

    people: int
    by_label: dict[str, int]
    unanswered: int
    cleared: int
    annotations: list[int]
    latest: int


def by_passage(marks: Iterable[Mark], passages: Sequence[Passage]) -> dict[str, list[Mark]]:
    """Return the marks of each passage by its key: of the last one that begins before the mark does, or of the first
    one.
    """
    starts = [passage.start for passage in passages]
    found: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.start is not None and passages:
            found[passages[max(0, bisect_right(starts, mark.start) - 1)].key].append(mark)
    return found


def people_of(marks: Iterable[Mark]) -> tuple[int, int]:
    """Return how many people wrote a note, and how many are confused."""
    writers, confused = set(), set()
    for mark in marks:
        if mark.done != ME_TOO:
            writers.add(mark.person)
        if mark.is_confused:
            confused.add(mark.person)
    return len(writers), len(confused)


def confusion(marks: Sequence[Mark]) -> Confusion | None:
    """Return what confuses learners in the passage of these marks; None if nothing does."""
    confused = [mark for mark in marks if mark.is_confused]
    people = {mark.person for mark in confused}
    if not people:
        return None
    by_label: dict[str, set[int]] = defaultdict(set)
    for mark in confused:
        if mark.done != ME_TOO:
            by_label[mark.label].add(mark.person)
    waiting = {mark.annotation for mark in confused if mark.done == OPEN}
    annotations = {mark.annotation for mark in confused}
    return Confusion(
        people=len(people),
        by_label={label: len(who) for label, who in sorted(by_label.items(), key=lambda item: -len(item[1]))},
        unanswered=len(waiting),
        cleared=len({mark.person for mark in marks if mark.done == CLEAR} - people),
        annotations=sorted(annotations, key=lambda pk: (pk not in waiting, pk)),
        latest=max(annotations),
    )


def readers_by_passage(reached: Iterable[int], passages: Sequence[Passage]) -> list[int]:
    """Return how many learners have come to the end of each passage. `reached` has the furthest place of each."""
    counts = [0] * (len(passages) + 1)
    ends = [passage.end for passage in passages]
    for offset in reached:
        counts[bisect_right(ends, offset)] += 1
    readers, left = [], sum(counts)
    for count in counts[:-1]:
        left -= count
        readers.append(left)
    return readers


def furthest(
    rows: Iterable[tuple[int, int, int]], in_shown: Mapping[int, Sequence[tuple[int, int]]], shown: int
) -> dict[int, int]:
    """Return the furthest place of each person in the revision `shown`.

    rows: person, revision and offset. in_shown: for each other revision the end of each of its passages, and where
    that is in the one that is shown.
    """
    places: dict[int, int] = {}
    for person, revision, offset in rows:
        place = offset if revision == shown else _carried_over(offset, in_shown.get(revision, ()))
        if place > places.get(person, -1):
            places[person] = place
    return places


def _carried_over(offset: int, ends: Sequence[tuple[int, int]]) -> int:
    """Return where the last passage that was read is now."""
    read = bisect_right(ends, (offset, 2**62))
    return ends[read - 1][1] if read else -1


def people_text(number: int) -> str:
    """Return a number of people who wrote or answered as it is shown: never so exactly that it tells of a few."""
    return f"1–{FEW - 1}" if 0 < number < FEW else str(number)
