"""Pure: figures by passage, from what each learner did. They count people, each once a passage."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from lessons.insight.counted import CLEAR, FEW, NOTE, OPEN, Mark
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


class Tally:
    """Who did what in one passage: people who wrote a note, and who are confused, those by label; people who found a
    question clear; notes that confused people wrote or voted for, and those of them that wait for an answer.
    """

    __slots__ = ("annotations", "by_label", "cleared", "confused", "latest_vote", "waiting", "writers")

    def __init__(self) -> None:
        self.writers: set[int] = set()
        self.confused: set[int] = set()
        self.by_label: dict[str, set[int]] = {}
        self.cleared: set[int] = set()
        self.annotations: set[int] = set()
        self.waiting: set[int] = set()
        self.latest_vote = 0

    @property
    def confusion(self) -> Confusion | None:
        """Return what confuses learners in the passage; None if nothing does."""
        people = self.confused
        if not people:
            return None
        labels = sorted(self.by_label.items(), key=lambda item: -len(item[1]))
        first = sorted(self.waiting)[:MAX_LOOKED_AT]
        others = sorted(self.annotations - self.waiting)[: MAX_LOOKED_AT - len(first)]
        return Confusion(
            people=len(people),
            by_label={label: len(who) for label, who in labels},
            unanswered=len(self.waiting),
            cleared=len(self.cleared - people),
            annotations=first + others,
            latest=max(self.annotations),
            latest_vote=self.latest_vote,
        )


NOTHING = Tally()
"""The tally of a passage on which nobody did anything."""


def tallies(marks: Iterable[Mark], passages: Sequence[Passage]) -> dict[str, Tally]:
    """Return the tally of each passage with marks by its key. A mark is in the last passage that begins before it
    does, or in the first one. There are tens of thousands of marks, so each is looked at once; they may be rows.
    """
    found: dict[str, Tally] = {}
    by_start: dict[int | None, Tally] = {}
    starts = [passage.start for passage in passages]
    for _revision, start, person, done, label, annotation, _made, _cleared, voter, vote in marks if passages else ():
        tally = by_start.get(start)
        if tally is None:
            if start is None:
                continue
            key = passages[max(0, bisect_right(starts, start) - 1)].key
            tally = by_start[start] = found.setdefault(key, Tally())
        if voter is not None:
            tally.confused.add(voter)
            tally.annotations.add(annotation)
            if vote is not None and vote > tally.latest_vote:
                tally.latest_vote = vote
        if person is None:
            continue
        tally.writers.add(person)
        if done == CLEAR:
            tally.cleared.add(person)
        elif done != NOTE:
            tally.confused.add(person)
            tally.annotations.add(annotation)
            tally.by_label.setdefault(label, set()).add(person)
            if done == OPEN:
                tally.waiting.add(annotation)
    return found


def by_passage(marks: Iterable[Mark], passages: Sequence[Passage]) -> dict[str, list[Mark]]:
    """Return the marks of each passage by its key, as `tallies` does."""
    starts = [passage.start for passage in passages]
    found: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.start is not None and passages:
            found[passages[max(0, bisect_right(starts, mark.start) - 1)].key].append(mark)
    return found


class NoteCounts(NamedTuple):
    """How many notes there are in a revision, by how many people, how many of them are open questions, and how many
    are on passages that are gone.
    """

    notes: int
    writers: int
    open_questions: int
    removed: int


def count_notes(marks: Iterable[Mark]) -> NoteCounts:
    """Count the notes among the marks of one revision, in which each has one place."""
    writers, starts, open_questions = {}, {}, set()
    for _revision, start, person, done, _label, annotation, *_others in marks:
        if person is None:
            continue
        writers[annotation], starts[annotation] = person, start
        if done == OPEN:
            open_questions.add(annotation)
    removed = sum(start is None for start in starts.values())
    return NoteCounts(len(writers), len(set(writers.values())), len(open_questions), removed)


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
    marks: Iterable[Mark],
    places: Mapping[int, Mapping[int, int]],
    in_order: Mapping[int, Sequence[int]],
    numbers: Mapping[int, int],
    end: int,
) -> list[RevisionFigures]:
    """Return how confusing a passage was in each revision: to those who had asked about it and had not yet found it
    clear, of those who came to its `end` in that revision.

    places: for each revision, how far each person came in it, as a place in the one that is shown. in_order: these
    places, sorted: thousands, which are not looked at for each passage. numbers: of these revisions, by their ids.
    """
    questions = [mark for mark in marks if mark.done != NOTE]
    found = []
    for revision, number in numbers.items():
        reached, sorted_places = places.get(revision, {}), in_order.get(revision, ())
        readers = len(sorted_places) - bisect_left(sorted_places, end)
        confused = set()
        for mark in questions:
            if numbers.get(mark.made_in, number + 1) <= number:
                is_clear = mark.done == CLEAR and numbers.get(mark.cleared_in or 0, number + 1) <= number
                confused |= {mark.voter} if is_clear else {mark.voter, mark.person}
        number_confused = sum(person is not None and reached.get(person, -1) >= end for person in confused)
        found.append(RevisionFigures(number, number_confused, readers))
    return found


def people_text(number: int) -> str:
    """Return a number of people who wrote or answered as it is shown: never so exactly that it tells of a few."""
    return f"1–{FEW - 1}" if 0 < number < FEW else str(number)
