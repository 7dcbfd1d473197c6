"""Notes as the pages of publishing show them: who, the first words, and the passage before and after."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, kinds_of
from lessons.annotations.publish_preview import Change, Forecast
from lessons.authoring.publishing.passage_search import Prose, changed_in_context, in_context
from lessons.discussions.identity import identify
from lessons.models import Lesson

A_PAGE = 50
FIELDS = "pk author_id author__display_name label exact thread_id thread__opening thread__alias__name".split()
Span = tuple[int, int]


@dataclass(frozen=True)
class Note:
    """`writer` is as the reader may know them, `said` the first words, empty for a bare mark."""

    pk: int
    writer: str
    label: str
    said: str
    exact: str


@dataclass(frozen=True)
class Row:
    """A note that publishing changes. `is_decided` where somebody has said by hand what becomes of it, `is_placed`
    where that is a place."""

    note: Note
    before: SafeString
    after: SafeString | None
    is_decided: bool
    is_placed: bool


def rows(
    changes: Iterable[Change], told: Forecast, decided: dict[int, Span | None], notes: dict[int, Note]
) -> list[Row]:
    """Those whose notes are in `notes`."""
    now, then = Prose(told.before, told.html_before), Prose(told.text, told.html)
    there = [change for change in changes if change.annotation in notes]
    return [_row(change, now, then, decided, notes[change.annotation]) for change in there]


def _row(change: Change, now: Prose, then: Prose, decided: dict[int, Span | None], note: Note) -> Row:
    by_hand = decided.get(change.annotation)
    after = None
    if by_hand:
        after = in_context(then, by_hand)
    elif change.new:
        after = changed_in_context(now.words(*change.old), then, change.new)
    is_decided = change.annotation in decided
    return Row(note, in_context(now, change.old), after, is_decided, by_hand is not None)


def described(pks: Iterable[int], lesson: Lesson, user: User) -> dict[int, Note]:
    """These notes of the lesson by their ids, as far as the person may read them. Two queries."""
    names = {kind.key: str(kind.name) for kind in kinds_of(lesson.module.course)}
    found = (
        Annotation.objects.visible_to(user)
        .filter(pk__in=list(pks), lesson=lesson)
        .values(
            "pk",
            "author_id",
            "author__display_name",
            "label",
            "exact",
            "thread_id",
            "thread__opening",
            "thread__alias__name",
        )
    )
    return {row["pk"]: _note(row, names, user) for row in found}


def _note(row: dict, names: dict[str, str], user: User) -> Note:
    writer = identify(
        author=row["author_id"], name=row["author__display_name"], alias=row["thread__alias__name"], reader=user.pk
    )
    # Nobody's name stands at a mark without words, but one's own.
    name = writer.name if row["thread_id"] or writer.is_you else _("Somebody")
    label = names.get(row["label"], row["label"])
    return Note(row["pk"], name, label, row["thread__opening"] or "", row["exact"])
