"""What importing the annotations of a file into a lesson would do: what it would create, and what not."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from lessons.annotations.models import Label
from lessons.annotations.passages import Passage
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Thread
from lessons.models import Revision
from lessons.webannotations.access import AUDIENCES_BY_SIZE
from lessons.webannotations.deserialize import IncomingAnnotation
from lessons.webannotations.existing_items import ExistingItem


class Skipped(NamedTuple):
    """Something that is not imported, and the reason."""

    excerpt: str
    reason: str


class ImportedText(NamedTuple):
    source: str
    html: str


@dataclass
class NewAnnotation:
    """An annotation to create. With `is_deleted` its comment was deleted and its replies were not: it becomes a
    tombstone."""

    item: IncomingAnnotation
    uid: UUID
    passage: Passage
    label: Label
    text: ImportedText | None
    is_own: bool
    audience: str
    group: ReadingGroup | None
    is_deleted: bool = False

    @property
    def has_thread(self) -> bool:
        """Return whether it is a note: a highlight has no thread."""
        return self.text is not None or self.is_deleted


@dataclass
class NewReply:
    item: IncomingAnnotation
    key: UUID
    text: ImportedText
    is_own: bool
    in_reply_to: "Target"


# What can be replied to.
Target = NewAnnotation | NewReply | ExistingItem


@dataclass
class ImportPlan:
    """What would be created; `already_present` items were in the lesson before, `unmatched` are annotations whose
    quotes are not in the text, `skipped` is all else that is not imported."""

    revision: Revision
    notes: list[NewAnnotation] = field(default_factory=list)
    replies: list[NewReply] = field(default_factory=list)
    already_present: int = 0
    unmatched: list[Skipped] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def audiences(self) -> list[tuple[str, int]]:
        """Return the name of each audience and the number of new notes that it will read, the widest first."""
        found = Counter((note.audience, note.group.name if note.group else "") for note in self.notes)
        order = sorted(found, key=lambda key: (-AUDIENCES_BY_SIZE.index(key[0]), key[1]))
        return [(key[1] or str(Thread.Audience(key[0]).label), found[key]) for key in order]
