"""What an import would write: the shapes of a plan."""

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from lessons.annotations.actions.making import Passage
from lessons.annotations.jsonld.reading import Item
from lessons.annotations.models import Kind
from lessons.models import Revision
from lessons.people.models import ReadingGroup


class Left(NamedTuple):
    """What is not taken, and why."""

    words: str
    why: str


class Words(NamedTuple):
    source: str
    html: str


class Existing(NamedTuple):
    """A note or reply that the lesson has. `post` is None for a note; `is_open` where replies may be added."""

    thread: int | None
    post: int | None
    is_open: bool


@dataclass
class NewNote:
    """`is_gone` where its words were deleted and its replies are not: a tombstone stands over these."""

    item: Item
    uid: UUID
    there: Passage
    kind: Kind
    words: Words | None
    is_own: bool
    audience: str
    group: ReadingGroup | None
    is_gone: bool = False

    @property
    def has_thread(self) -> bool:
        """A bare mark has no conversation."""
        return self.words is not None or self.is_gone


@dataclass
class NewReply:
    item: Item
    key: UUID
    words: Words
    is_own: bool
    answers: "NewNote | NewReply | Existing"


@dataclass
class Plan:
    """`here` were in the lesson already, `lost` are notes whose quotes are not in the text, `left` all else that is
    not taken."""

    revision: Revision
    notes: list[NewNote] = field(default_factory=list)
    replies: list[NewReply] = field(default_factory=list)
    here: int = 0
    lost: list[Left] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
