"""What the staff took from the board: for everybody, or for a filter by group or label."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models.functions import Coalesce

from lessons.db.compiled_queries import int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.insight.counted import FigureFilter
from lessons.insight.figures import Confusion
from lessons.insight.models import DismissedPassage


class Dismissal(NamedTuple):
    """That a passage was taken from the board of a group and a label; 0 and empty for all. latest, latest_vote: see
    `DismissedPassage`.
    """

    group: int
    label: str
    latest: int
    latest_vote: int

    def covers(self, filters: FigureFilter) -> bool:
        """Return whether the board with this filter is the one it was taken from, or a part of that."""
        return self.group in (0, filters.group) and self.label in ("", filters.label)

    def holds_for(self, confusion: Confusion) -> bool:
        """Return whether nobody has marked the passage since, or asked the same."""
        return confusion.latest <= self.latest and confusion.latest_vote <= self.latest_vote


Dismissed = dict[tuple[int, str], list[Dismissal]]
"""What was dismissed, by lesson and passage: first for everybody, then for groups."""


def dismissed_column() -> JSONRows:
    """Return a column of a compiled query for `unpack_dismissed`. Placeholder: course."""
    rows = DismissedPassage.objects.filter(lesson__module__course=int_param("course"))
    return JSONRows(rows, Coalesce("group", 0), "label", "lesson", "passage", "latest", "latest_vote")


def unpack_dismissed(value: str) -> Dismissed:
    found: Dismissed = defaultdict(list)
    for group, label, lesson, passage, latest, latest_vote in unpack_rows(value):
        found[lesson, passage].append(Dismissal(group, label, latest, latest_vote))
    return found


def dismissal_of(dismissals: Sequence[Dismissal], filters: FigureFilter, confusion: Confusion) -> Dismissal | None:
    """Return which of the dismissals of a passage keeps it from the board with this filter: the widest, or None."""
    return next((one for one in dismissals if one.covers(filters) and one.holds_for(confusion)), None)
