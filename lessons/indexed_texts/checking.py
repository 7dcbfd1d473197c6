"""Compare the rows of texts with what readers see now, and write all of them again."""

from collections.abc import Collection, Iterator

from django.db import transaction

from lessons.indexed_texts.writing import (
    AT_ONCE,
    COLUMNS,
    MODELS,
    ROWS,
    index_entry,
    lock_courses,
    prepare_row,
    replace_rows,
)
from lessons.indexing.differences import Differences
from lessons.indexing.entries import row_of
from lessons.indexing.indexes import TEXTS
from lessons.indexing.models import TextEntry
from lessons.memo import memoizing


def text_batches() -> Iterator[tuple[str, list[int]]]:
    """Yield the ids of all texts, by kind, with those of texts that are gone but have rows. Two queries a batch."""
    for kind, model in MODELS.items():
        last: int | None = 0
        while last is not None:
            ids = list(
                model.all_objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: AT_ONCE[kind]]
            )
            entries = TextEntry.objects.filter(kind=kind, object_id__gt=last)
            last = ids[-1] if ids else None
            entries = entries.filter(object_id__lte=last) if last else entries
            if batch := sorted({*ids, *entries.order_by().values_list("object_id", flat=True)}):
                yield kind, batch


def rewrite_texts(kind: str, ids: Collection[int]) -> int:
    """Write the rows of these texts, whether they differ or not; return how many there are."""
    with memoizing():
        for row in ROWS[kind](ids):
            prepare_row(row)
        with transaction.atomic():
            lock_courses({kind: ids})
            return replace_rows(kind, ids, rewrite=True)


def compare_texts(kind: str, ids: Collection[int]) -> Differences:
    """Return how the rows of these texts differ from what readers see. Up to six queries."""
    expected = {(row.object_id, row.number): row for row in ROWS[kind](ids)}
    saved = {(row.object_id, row.number): row for row in TextEntry.objects.filter(kind=kind, object_id__in=ids)}
    stored = TEXTS.read(entry.pk for entry in saved.values())
    missing = len(expected.keys() - saved.keys())
    outdated = 0
    for key in expected.keys() & saved.keys():
        row, entry = expected[key], saved[key]
        is_same = all(getattr(row, name) == getattr(entry, name) for name in COLUMNS)
        missing += entry.pk not in stored
        outdated += entry.pk in stored and not (is_same and stored[entry.pk] == row_of(index_entry(entry)))
    return Differences(len(expected), missing, outdated, len(saved.keys() - expected.keys()))


def rows_of_nothing() -> list[int]:
    """Return the numbers of rows of the index that belong to no passage. A query for every thousand rows."""
    found: list[int] = []
    last = 0
    while rows := TEXTS.read_after(last):
        pks = [row.pk for row in rows]
        known = set(TextEntry.objects.filter(pk__in=pks).values_list("pk", flat=True))
        found += [pk for pk in pks if pk not in known]
        last = pks[-1]
    return found
