"""Publishing: the draft is frozen and every note finds its place in it, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from lessons.accounts.models import User
from lessons.annotations.anchoring import MappedSpan as Found
from lessons.annotations.anchoring import reanchor
from lessons.annotations.models import Annotation, Placement
from lessons.courses.services import record
from lessons.models import Lesson, Revision
from lessons.services import create_revision, create_revision_from_html

BATCH_SIZE = 1000
State = Placement.State


class ComputedPlacement(NamedTuple):
    """Where an annotation would stand; `start` and `end` in code points, None if it is removed."""

    annotation: int
    state: str
    start: int | None
    end: int | None


@transaction.atomic
def publish(
    *, lesson: Lesson, by: User, note: str = "", manual_spans: dict[int, tuple[int, int]] | None = None
) -> Revision:
    """Freezes the draft as a revision and shows it; an unchanged draft makes none. Raises NothingToPublish.

    `placed` are the places that `by` gave by hand: spans of the new text by the annotation's id. One that is deleted
    meanwhile is passed over.
    """
    revision = create_revision(lesson=lesson, by=by, change_summary=note)
    _reanchor_annotations(lesson, revision)
    for annotation in Annotation.objects.filter(pk__in=manual_spans or {}, lesson=lesson):
        place_manually(annotation=annotation, span=manual_spans[annotation.pk], by=by)
    return revision


@transaction.atomic
def republish(*, lesson: Lesson, html: str, by: User, note: str = "") -> Revision:
    """Shows the words of the current revision in other, sanitised `html`; the draft stays as it is."""
    revision = create_revision_from_html(lesson=lesson, html=html, by=by, change_summary=note)
    _reanchor_annotations(lesson, revision)
    return revision


def _reanchor_annotations(lesson: Lesson, revision: Revision) -> None:
    notes = Annotation.objects.filter(lesson=lesson).exclude(placements__revision=revision)
    _save_placements(revision, compute_placements(notes, revision.text))


def compute_placements(notes: QuerySet, new: str) -> list[ComputedPlacement]:
    """The place of each annotation in the text `new`, computed from where it was made or last placed by hand.

    What is changed is so against the words as they were marked: a place by hand that is carried on exactly is not
    exact for who reads the note.
    """
    by_hand = Placement.objects.filter(annotation=OuterRef("pk"), state=State.MANUAL).order_by("-revision__number")
    names = ("pk", "exact", "revision", "start", "end", "hand", "hand_start", "hand_end")
    hand = {"hand": "revision", "hand_start": "start", "hand_end": "end"}
    rows = notes.order_by("pk").annotate(
        **{name: Subquery(by_hand.values(column)[:1]) for name, column in hand.items()}
    )
    bases = defaultdict(list)
    for pk, exact, revision, start, end, hand_revision, hand_start, hand_end in rows.values_list(*names):
        span = (hand_start, hand_end) if hand_revision else (start, end)
        bases[hand_revision or revision].append((pk, exact, span))
    texts = dict(Revision.objects.filter(pk__in=bases).values_list("pk", "text"))
    return [place for base, spans in bases.items() for place in _moved(texts[base], new, spans)]


def _moved(old: str, new: str, notes: list[tuple[int, str, tuple[int, int]]]) -> Iterable[ComputedPlacement]:
    found = reanchor(old, new, [span for _pk, _exact, span in notes])
    for (pk, exact, _span), place in zip(notes, found, strict=True):
        if place is None:
            yield ComputedPlacement(pk, State.REMOVED, None, None)
        else:
            yield ComputedPlacement(pk, _state(place, exact, new), place.start, place.end)


def _state(place: Found, exact: str, new: str) -> str:
    if new[place.start : place.end] != exact:
        return State.CHANGED
    return State.MOVED if place.state == State.CHANGED else place.state


def _save_placements(revision: Revision, found: list[ComputedPlacement]) -> None:
    Placement.objects.bulk_create(
        [
            Placement(annotation_id=pk, revision=revision, state=state, start=start, end=end)
            for pk, state, start, end in found
        ],
        batch_size=BATCH_SIZE,
    )


@transaction.atomic
def place_manually(*, annotation: Annotation, span: tuple[int, int], by: User) -> Placement:
    """Puts a note where a person says, in the revision on show; later revisions go by that, and the log says who did
    it. Raises ValueError where the span is not in the text."""
    lesson = Lesson.objects.select_related("module__course", "current_revision").get(pk=annotation.lesson_id)
    revision = lesson.current_revision
    start, end = span
    if not 0 <= start < end <= len(revision.text):
        raise ValueError(f"{start}–{end} is not in a text of {len(revision.text)} characters")
    place, _new = Placement.objects.update_or_create(
        annotation=annotation,
        revision=revision,
        defaults={"start": start, "end": end, "state": State.MANUAL, "placed_by": by},
    )
    _log(annotation, lesson, by)
    return place


def _log(annotation: Annotation, lesson: Lesson, by: User) -> None:
    """The course's staff read the log: of a note for its author alone it says no more than that there is one."""
    thread, detail = annotation.thread, {"note": annotation.pk, "revision": lesson.current_revision.number}
    if thread and thread.audience != Annotation.Audience.ME:
        detail["thread"] = thread.pk
    target = thread if "thread" in detail else lesson
    record(by=by, verb="place annotation", course=lesson.module.course, target=target, **detail)
