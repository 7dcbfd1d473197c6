"""What publishing a draft would do to notes, before anything is written."""

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
    """A note that publishing does something to: `old`, its place in the text on show, and `new`, that in the draft,
    None if its words are gone. Spans count code points."""

    annotation: int
    old: Span
    new: Span | None


class PublishPreview(NamedTuple):
    """Of notes that stand in the text on show. `before` is that text, `text` the draft's, as they are published, each
    with its html.

    `seen` is by what one tells whether somebody looks at the same: another draft has another, and so have other notes
    that change or lose their words. Notes that nothing happens to do not count in it, or nobody could publish while a
    class reads.
    """

    current_text: str
    current_html: str
    draft_html: str
    draft_text: str
    places: list[ComputedPlacement]
    unchanged: int
    changed: list[AnnotationChange]
    orphaned: list[AnnotationChange]
    digest: str

    @property
    def is_harmless(self) -> bool:
        return not self.changed and not self.orphaned


def preview_publish(lesson: Lesson, notes: QuerySet) -> PublishPreview:
    """What would become of `notes` if the lesson's draft were published now. Four queries, however many notes.

    Only what this revision does is a change: a note that lost its words before, or whose words changed before and stay
    as they are, is not told of again.
    """
    html, shown = prepare_html(lesson.body), lesson.current_revision
    before, new = shown.text if shown else "", plain_text.plain_text(html)
    html_before = shown.html if shown else ""
    notes = notes.filter(lesson=lesson)
    there = compute_placements(notes, new) if shown else []
    changed, lost, unchanged = _classify(there, _current_spans(lesson, notes), before, new)
    seen = blake2b(repr((lesson.version, html, changed, lost)).encode(), digest_size=12).hexdigest()
    return PublishPreview(before, html_before, html, new, there, unchanged, changed, lost, seen)


def _current_spans(lesson: Lesson, notes: QuerySet) -> dict[int, Span]:
    """Where notes stand in the text on show, by their id; without those that stand nowhere. One query."""
    placed = Placement.objects.filter(revision=lesson.current_revision_id, annotation__in=notes.order_by())
    found = placed.exclude(start=None).values_list("annotation", "start", "end")
    return {annotation: (start, end) for annotation, start, end in found}


def _classify(
    there: list[ComputedPlacement], now: dict[int, Span], before: str, new: str
) -> tuple[list[AnnotationChange], list[AnnotationChange], int]:
    """Changed and lost ones by their place in the text on show, and how many are neither."""
    changed, lost, unchanged = [], [], 0
    for note, state, start, end in there:
        if note not in now:
            continue
        if start is None:
            lost.append(AnnotationChange(note, now[note], None))
        elif state == CHANGED and before[slice(*now[note])] != new[start:end]:
            changed.append(AnnotationChange(note, now[note], (start, end)))
        else:
            unchanged += 1
    for some in (changed, lost):
        some.sort(key=lambda change: (change.old, change.annotation))
    return changed, lost, unchanged
