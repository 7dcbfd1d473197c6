"""Save rows where the files differ from them, and note what is created and changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models

from lessons.importing.markdown_folder.changes import Changes
from lessons.importing.markdown_folder.files import InvalidFolder
from lessons.models import Lesson, Module, nonblank_lines
from lessons.tagging.models import normalise_tag, without_blank

LINES = {"parties", "questions"}


@dataclass(slots=True)
class RowWriter:
    """Saves rows. changes: what was created and changed so far."""

    changes: Changes

    def save(self, row: models.Model, fields: dict, file: str, version_field: str = "") -> bool:
        """Save a row that is new or differs from `fields`, and return whether it is and does.

        An old row's `version_field` is raised by one.
        """
        is_new = row.pk is None
        if not is_new and all(is_equal(name, getattr(row, name), value) for name, value in fields.items()):
            return False
        for name, value in fields.items():
            setattr(row, name, value)
        if version_field and not is_new:
            setattr(row, version_field, getattr(row, version_field) + 1)
        validate(row, file)
        row.save()
        self.changes.add(row, is_new=is_new, file=file)
        return True

    def tag(self, row: Module | Lesson, tags: Iterable[str], file: str) -> None:
        """Give the row exactly the tags that the file names."""
        if {normalise_tag(name) for name in tags} - {""} != {tag.key for tag in row.tags.all()}:
            row.tags.set(without_blank(tags))
            self.changes.add(row, is_new=False, file=file)


def is_equal(name: str, old: object, new: object) -> bool:
    """Return whether two values say the same: browsers send other line ends than files have."""
    if not isinstance(old, str) or not isinstance(new, str):
        return old == new
    if name in LINES:
        return nonblank_lines(old) == nonblank_lines(new)
    return old.replace("\r\n", "\n") == new.replace("\r\n", "\n")


def validate(row: models.Model, file: str) -> None:
    """Raise InvalidFolder, with the name of the file in front, if a field of the row is not valid."""
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
        raise InvalidFolder(f"{file}: {errors}") from None
