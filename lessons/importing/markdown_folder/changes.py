"""What an import creates and changes, for reports and for the preview."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import models

from lessons.models import Asset, CaseStudy, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent


class Change(NamedTuple):
    """A row that is created or changed. model: its model's name, tags those of their owner."""

    model: str
    name: str
    is_new: bool


@dataclass(slots=True)
class Changes:
    """The changes of an import in order. published: how many lessons have a new revision. notices: sentences about
    what could not be done as the files say.
    """

    rows: list[Change] = field(default_factory=list)
    published: Counter[int] = field(default_factory=Counter)
    notices: list[str] = field(default_factory=list)

    def add(self, row: models.Model, *, is_new: bool) -> None:
        model = "lesson" if isinstance(row, CaseStudy) else row._meta.model_name or ""
        change = Change(model, str(row), is_new)
        if change not in self.rows and Change(model, str(row), True) not in self.rows:
            self.rows.append(change)

    @property
    def created(self) -> int:
        return sum(change.is_new for change in self.rows)

    @property
    def changed(self) -> int:
        return len(self.rows) - self.created

    def of(self, *models: type[models.Model]) -> list[Change]:
        names = {model._meta.model_name for model in models}
        return [change for change in self.rows if change.model in names]

    @property
    def modules(self) -> list[Change]:
        return self.of(Module)

    @property
    def lessons(self) -> list[Change]:
        return self.of(Lesson)

    @property
    def items(self) -> list[Change]:
        return self.of(GlossaryTerm, TimelineEvent, Prompt)

    @property
    def pictures(self) -> list[Change]:
        return self.of(Asset)
