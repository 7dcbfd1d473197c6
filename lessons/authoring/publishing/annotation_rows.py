"""Notes as the publishing pages show them: the author, an excerpt, and the passage before and after."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, labels_for
from lessons.annotations.publish_preview import AnnotationChange, PublishPreview, preview_publish
from lessons.authoring.publishing.passage_search import BlockText, Span, diff_in_context, passage_in_context
from lessons.discussions.identity import display_identity
from lessons.models import Lesson

PAGE_SIZE = 50
COLUMNS = "pk author_id author__display_name label exact thread_id thread__excerpt thread__alias__name".split()


@dataclass(frozen=True)
class AnnotationSummary:
    """A note. author_name: as far as the reader may know it. excerpt: of its comment, empty for a highlight."""

    pk: int
    author_name: str
    label: str
    excerpt: str
    exact: str


@dataclass(frozen=True)
class ChangeRow:
    """A note that publishing changes.

    is_decided: somebody has decided by hand what happens to it. is_placed: they have given it a passage.
    """

    annotation: AnnotationSummary
    before: SafeString
    after: SafeString | None
    is_decided: bool
    is_placed: bool


def preview_for(lesson: Lesson, user: User) -> PublishPreview:
    """Preview what publishing the draft does to the notes that the user may read; others are not counted."""
    return preview_publish(lesson, Annotation.objects.visible_to(user).displayed())


def change_rows(
    changes: Iterable[AnnotationChange],
    preview: PublishPreview,
    placements: dict[int, Span | None],
    summaries: dict[int, AnnotationSummary],
) -> list[ChangeRow]:
    """Return a row for each change whose annotation is in `summaries`."""
    current = BlockText(preview.current_text, preview.current_html)
    draft = BlockText(preview.draft_text, preview.draft_html)
    return [
        _row(change, current, draft, placements, summaries[change.annotation])
        for change in changes
        if change.annotation in summaries
    ]


def _row(
    change: AnnotationChange,
    current: BlockText,
    draft: BlockText,
    placements: dict[int, Span | None],
    summary: AnnotationSummary,
) -> ChangeRow:
    manual_span = placements.get(change.annotation)
    after = None
    if manual_span:
        after = passage_in_context(draft, manual_span)
    elif change.new:
        after = diff_in_context(current.text_between(*change.old), draft, change.new)
    is_decided = change.annotation in placements
    return ChangeRow(summary, passage_in_context(current, change.old), after, is_decided, manual_span is not None)


def annotation_summaries(pks: Iterable[int], lesson: Lesson, user: User) -> dict[int, AnnotationSummary]:
    """Return those annotations of the lesson that the user may read, by their ids. Two queries."""
    labels = {label.key: str(label.name) for label in labels_for(lesson.module.course)}
    rows = Annotation.objects.visible_to(user).filter(pk__in=list(pks), lesson=lesson).values(*COLUMNS)
    return {row["pk"]: _summary(row, labels, user) for row in rows}


def _summary(row: dict, labels: dict[str, str], user: User) -> AnnotationSummary:
    author = display_identity(
        author=row["author_id"], name=row["author__display_name"], alias=row["thread__alias__name"], reader=user.pk
    )
    # Highlights without a comment show no name but the user's own.
    name = author.name if row["thread_id"] or author.is_you else _("Somebody")
    label = labels.get(row["label"], row["label"])
    return AnnotationSummary(row["pk"], name, label, row["thread__excerpt"] or "", row["exact"])
