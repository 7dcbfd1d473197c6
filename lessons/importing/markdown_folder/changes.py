"""What an import creates and changes, for reports and for the preview."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import models

from lessons.models import CaseStudy


class Change(NamedTuple):
    """A row that is created or changed. model: its model's name; tags are changes of their owner. file: the path of
    the file that says so, empty for an image.
    """

    model: str
    name: str
    is_new: bool
    file: str = ""


@dataclass(slots=True)
class Changes:
    """The changes of an import in order. published: how many lessons have a new revision. notices: sentences about
    what could not be done as the files say.
    """

    rows: list[Change] = field(default_factory=list)
    published: Counter[int] = field(default_factory=Counter)
    notices: list[str] = field(default_factory=list)
    _seen: set[tuple[str, int]] = field(default_factory=set)

    def add(self, row: models.Model, *, is_new: bool, file: str = "") -> None:
        """Add a change of a row, once."""
        model = "lesson" if isinstance(row, CaseStudy) else row._meta.model_name or ""
        key = (model, row.pk)
        if key not in self._seen:
            self._seen.add(key)
            self.rows.append(Change(model, str(row), is_new, file))

    @property
    def created(self) -> int:
        return sum(change.is_new for change in self.rows)

    @property
    def changed(self) -> int:
        return len(self.rows) - self.created

    def status_of(self, file: str) -> str:
        """Return what happens to the row of a module's or a lesson's file: "new", "changed" or "same"."""
        found = next((change for change in self.rows if change.file == file), None)
        return "same" if found is None else "new" if found.is_new else "changed"

    def count(self, *models: type[models.Model], is_new: bool) -> int:
        """Return how many rows of these models are created, or changed."""
        names = {model._meta.model_name for model in models}
        return sum(change.model in names and change.is_new is is_new for change in self.rows)
