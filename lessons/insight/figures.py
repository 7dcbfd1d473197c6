"""Pure: figures by passage, from what each learner did. They count people, each once a passage."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from lessons.insight.counted import CLEAR, FEW, ME_TOO, NOTE, OPEN, Mark
from lessons.insight.passages import Passage

MAX_LOOKED_AT = 40
"""Of how many notes on a passage the words are read."""


class PassageFigures(NamedTuple):
    """Of one passage: how many learners have read it, wrote a note on it that counts, and are confused by it."""

    readers: int = 0
    marked: int = 0
    confused: int = 0


class Confusion(NamedTuple):
    """What confuses learners in one passage: how many people, how many by label, how many questions wait for an
    answer, and how many people have found theirs clear since.

    annotations: ids of MAX_LOOKED_AT notes at most, those that wait for an answer first. latest: the highest of all,
    latest_vote: the highest id of a vote, 0 without one.
    """

    people: int
    by_label: dict[str, int]
    unanswered: int
    cleared: int
    annotations: list[int]
    latest: int
    latest_vote: int = 0


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
        annotations=sorted(annotations, key=lambda pk: (pk not in waiting, pk))[:MAX_LOOKED_AT],
        latest=max(annotations),
        latest_vote=max(mark.vote for mark in confused),
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


def places_by_revision(
    rows: Iterable[tuple[int, int, int]], in_shown: Mapping[int, Sequence[tuple[int, int]]], shown: int
) -> dict[int, dict[int, int]]:
    """Return for each revision how far each person came in it, as a place in the revision `shown`; -1 where that is
    gone.

    rows: person, revision and offset. in_shown: for each other revision the end of each of its passages, and where
    that is in the one that is shown.
    """
    return {
        revision: {
            person: offset if revision == shown else _carried_over(offset, in_shown.get(revision, ()))
            for person, _revision, offset in of_revision
        }
        for revision, of_revision in groupby(sorted(rows, key=itemgetter(1)), key=itemgetter(1))
    }


def furthest(places: Mapping[int, Mapping[int, int]]) -> dict[int, int]:
    """Return the furthest place of each person in any revision; none of those whose places are all gone."""
    found: dict[int, int] = {}
    for of_revision in places.values():
        for person, place in of_revision.items():
            if place > found.get(person, -1):
                found[person] = place
    return found


def _carried_over(offset: int, ends: Sequence[tuple[int, int]]) -> int:
    """Return where the last passage that was read is now."""
    read = bisect_right(ends, (offset, 2**62))
    return ends[read - 1][1] if read else -1


class RevisionFigures(NamedTuple):
    """Of one passage while a revision was published: how many of those who read it there were confused by it."""

    number: int
    confused: int
    readers: int


def confused_by_revision(
    marks: Iterable[Mark], places: Mapping[int, Mapping[int, int]], numbers: Mapping[int, int], end: int
) -> list[RevisionFigures]:
    """Return how confusing a passage was in each revision: to those who had asked about it and had not yet found it
    clear, of those who came to its `end` in that revision.

    places: for each revision, how far each person came in it, as a place in the one that is shown. numbers: of these
    revisions, by their ids.
    """
    questions = [mark for mark in marks if mark.done != NOTE]
    found = []
    for revision, number in numbers.items():
        readers = {person for person, place in places.get(revision, {}).items() if place >= end}
        confused = {
            mark.person
            for mark in questions
            if numbers.get(mark.made_in, number + 1) <= number
            and not (mark.done == CLEAR and numbers.get(mark.cleared_in or 0, number + 1) <= number)
        }
        found.append(RevisionFigures(number, len(confused & readers), len(readers)))
    return found


def people_text(number: int) -> str:
    """Return a number of people who wrote or answered as it is shown: never so exactly that it tells of a few."""
    return f"1–{FEW - 1}" if 0 < number < FEW else str(number)
