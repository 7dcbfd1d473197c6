"""What SQLite's FTS5 keeps of removed rows, and of every write until later: its segments. PostgreSQL needs none of it.

Removed words stay in the segments that were written with them, until these are merged. Each write adds a segment, and
a query looks into all.
"""

from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from lessons.db.sqlite import truncate_wal
from lessons.indexing.indexes import INDEXES
from lessons.jobs.models import JobState

JOB = "merge_search_index"
PAGES = 200
"""How many pages a step writes: other writers wait for it, for about 50 ms."""


def merge(is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Merge the segments of each index into one, so that nothing is left of removed rows; return the number of steps.

    Each step is a transaction. If it stops before the end, the next call goes on.
    """
    if connection.vendor != "sqlite":
        return 0
    steps = 0
    for index in INDEXES:
        # A negative number makes FTS5 begin to merge all segments, a positive one makes it go on.
        pages = -PAGES
        while not is_stopping() and _has_merged(index.table, pages):
            steps, pages = steps + 1, PAGES
    truncate_wal()
    return steps


def merge_soon() -> None:
    """Have the job run within a minute, after an erasure. One query, in the caller's transaction."""
    if connection.vendor == "sqlite":
        JobState.objects.filter(name=JOB).update(due_at=timezone.now())


def _has_merged(table: str, pages: int) -> bool:
    """Do a step, and return whether there was anything to do: the rows that FTS5 has changed say so."""
    with transaction.atomic(), connection.cursor() as cursor:
        before = _total_changes(cursor)
        cursor.execute(f'INSERT INTO "{table}" ("{table}", rank) VALUES (\'merge\', %s)', [pages])
        return _total_changes(cursor) - before >= 2


def _total_changes(cursor) -> int:
    return cursor.execute("SELECT total_changes()").fetchone()[0]
