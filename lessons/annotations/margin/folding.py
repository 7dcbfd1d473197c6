"""Pure: marks without words that several people made on one paragraph, folded into one that counts them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from lessons.annotations.margin.places import ASKS, BARE, MINE


def folded(rows: list[tuple], starts: Sequence[int]) -> tuple[list[int], dict[int, int]]:
    """The ids to show of `rows` as of `places.page`, in order, and for how many marks one stands, by its id.

    `starts` are where paragraphs begin, in order. The reader's own marks are all shown, and the first of them stands
    for those of others; where there is none, the first of theirs.
    """
    marks = defaultdict(list)
    for pk, start, _end, label, flags, _posts in rows:
        if flags & BARE and flags & ASKS:
            marks[bisect_right(starts, start), label].append((pk, flags & MINE))
    counts, hidden = {}, set()
    for alike in marks.values():
        first = next((pk for pk, mine in alike if mine), alike[0][0])
        others = {pk for pk, mine in alike if not mine and pk != first}
        counts[first] = 1 + len(others)
        hidden |= others
    return [row[0] for row in rows if row[0] not in hidden], counts
