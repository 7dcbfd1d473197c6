"""Notes as the pages of publishing show them: who, the first words, and the passage before and after."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, labels_for
from lessons.annotations.publish_preview import AnnotationChange, PublishPreview
from lessons.authoring.publishing.passage_search import BlockText, diff_in_context, passage_in_context
from lessons.discussions.identity import display_identity
from lessons.models import Lesson

PAGE_SIZE = 50
FIELDS = "pk author_id author__display_name label exact thread_id thread__excerpt thread__alias__name".split()
Span = tuple[int, int]


@dataclass(frozen=True)
class AnnotationSummary:
    """`writer` is as the reader may know them, `said` the first words, empty for a bare mark."""

    pk: int
    writer: str
    label: str
    excerpt: str
    exact: str


@dataclass(frozen=True)
class ChangeRow:
    """A note that publishing changes. `is_decided` where somebody has said by hand what becomes of it, `is_placed`
    where that is a place."""

    note: AnnotationSummary
    before: SafeString
    after: SafeString | None
    is_decided: bool
    is_placed: bool


def change_rows(
    changes: Iterable[AnnotationChange],
    told: PublishPreview,
    decided: dict[int, Span | None],
    notes: dict[int, AnnotationSummary],
) -> list[ChangeRow]:
    """Those whose notes are in `notes`."""
    now, then = BlockText(told.current_text, told.current_html), BlockText(told.draft_text, told.draft_html)
    there = [change for change in changes if change.annotation in notes]
    return [_row(change, now, then, decided, notes[change.annotation]) for change in there]


def _row(
    change: AnnotationChange, now: BlockText, then: BlockText, decided: dict[int, Span | None], note: AnnotationSummary
) -> ChangeRow:
    by_hand = decided.get(change.annotation)
    after = None
    if by_hand:
        after = passage_in_context(then, by_hand)
    elif change.new:
        after = diff_in_context(now.text_between(*change.old), then, change.new)
    is_decided = change.annotation in decided
    return ChangeRow(note, passage_in_context(now, change.old), after, is_decided, by_hand is not None)


def annotation_summaries(pks: Iterable[int], lesson: Lesson, user: User) -> dict[int, AnnotationSummary]:
    """These notes of the lesson by their ids, as far as the person may read them. Two queries."""
    names = {kind.key: str(kind.name) for kind in labels_for(lesson.module.course)}
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
            "thread__excerpt",
            "thread__alias__name",
        )
    )
    return {row["pk"]: _note(row, names, user) for row in found}


def _note(row: dict, names: dict[str, str], user: User) -> AnnotationSummary:
    writer = display_identity(
        author=row["author_id"], name=row["author__display_name"], alias=row["thread__alias__name"], reader=user.pk
    )
    # Nobody's name stands at a mark without words, but one's own.
    name = writer.name if row["thread_id"] or writer.is_you else _("Somebody")
    label = names.get(row["label"], row["label"])
    return AnnotationSummary(row["pk"], name, label, row["thread__excerpt"] or "", row["exact"])
