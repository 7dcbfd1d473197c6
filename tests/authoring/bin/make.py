"""Things to delete, in tests."""

from lessons.annotations.models import Annotation
from lessons.authoring.bin.services import move_to_bin
from lessons.models import BinEntry


def binned(row, by) -> BinEntry:
    """Move the row to the bin and return its entry."""
    return move_to_bin(row=row, by=by)


def fresh(row):
    """Return the row as the database has it, whether it is in the bin or not."""
    return type(row).all_objects.filter(pk=row.pk).first()


def is_there(row) -> bool:
    """Return whether the row exists, and is not in the bin."""
    return type(row).objects.filter(pk=row.pk).exists()


def notes_on(lesson) -> int:
    return Annotation.objects.filter(lesson=lesson.pk).count()
