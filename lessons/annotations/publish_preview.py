"""What publishing a draft would change for annotations, before anything is written."""

from hashlib import blake2b
from typing import NamedTuple

from django.db.models import QuerySet

from lessons.annotations.models import Placement
from lessons.annotations.services.publishing import ComputedPlacement, compute_placements
from lessons.markup import plain_text
from lessons.models import Lesson
from lessons.services import prepare_html

Span = tuple[int, int]
CHANGED = Placement.State.CHANGED


class AnnotationChange(NamedTuple):
    """An annotation that publishing affects: its span in the published text, `old`, and that in the draft, `new`, None
    where its passage is gone. Spans count code points.
    """

    annotation: int
    old: Span
    new: Span | None


class PublishPreview(NamedTuple):
    """The effect of publishing on the annotations that have a position in the published text.

    `digest` identifies the preview: it changes with the draft, and with the annotations that change or lose their
    passage. Annotations that are not affected do not change it, or nobody could publish while a class is annotating.
    """

    current_text: str
    current_html: str
    draft_html: str
    draft_text: str
    placements: list[ComputedPlacement]
    unchanged: int
    changed: list[AnnotationChange]
    orphaned: list[AnnotationChange]
    digest: str

    @property
    def is_harmless(self) -> bool:
        return not self.changed and not self.orphaned


def preview_publish(lesson: Lesson, annotations: QuerySet) -> PublishPreview:
    """Return what publishing the lesson's draft now would do to `annotations`. Four queries.

    Only what this publication does counts as a change: an annotation that lost its passage before, or whose passage
    changed before and stays as it is, is not among the changes.
    """
    draft_html, revision = prepare_html(lesson.body), lesson.current_revision
    draft_text = plain_text.plain_text(draft_html)
    current_text, current_html = (revision.text, revision.html) if revision else ("", "")
    annotations = annotations.filter(lesson=lesson)
    placements = compute_placements(annotations, draft_text, draft_html) if revision else []
    changed, orphaned, unchanged = _classify(placements, _current_spans(lesson, annotations), current_text, draft_text)
    digest = blake2b(repr((lesson.version, draft_html, changed, orphaned)).encode(), digest_size=12).hexdigest()
    return PublishPreview(
        current_text, current_html, draft_html, draft_text, placements, unchanged, changed, orphaned, digest
    )


def _current_spans(lesson: Lesson, annotations: QuerySet) -> dict[int, Span]:
    """Return the spans in the published text by annotation, without those that have none. One query."""
    placements = Placement.objects.filter(
        revision=lesson.current_revision_id, annotation__in=annotations.order_by(), start__isnull=False
    )
    rows = placements.values_list("annotation", "start", "end")
    return {annotation: (start, end) for annotation, start, end in rows if start is not None and end is not None}


def _classify(
    placements: list[ComputedPlacement], current: dict[int, Span], current_text: str, draft_text: str
) -> tuple[list[AnnotationChange], list[AnnotationChange], int]:
    """Return the changed and the orphaned ones in the order of the published text, and the count of the others."""
    changed, orphaned, unchanged = [], [], 0
    for annotation, state, start, end in placements:
        if annotation not in current:
            continue
        old = current[annotation]
        if start is None or end is None:
            orphaned.append(AnnotationChange(annotation, old, None))
        elif state == CHANGED and current_text[slice(*old)] != draft_text[start:end]:
            changed.append(AnnotationChange(annotation, old, (start, end)))
        else:
            unchanged += 1
    for changes in (changed, orphaned):
        changes.sort(key=lambda change: (change.old, change.annotation))
    return changed, orphaned, unchanged
