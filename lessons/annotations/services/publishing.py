"""Publishing: the draft becomes a revision and every annotation gets its position in it, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from lessons.accounts.models import User
from lessons.annotations.anchoring import MappedSpan, reanchor
from lessons.annotations.models import Annotation, Placement
from lessons.annotations.services.rewriting import notify_askers
from lessons.courses.services import record
from lessons.indexed_texts import indexing_together, prepare_lesson
from lessons.markup.blocks import block_boundaries
from lessons.markup.formula_spans import FormulaSpan, formula_spans, widen_to_formulas
from lessons.markup.plain_text import plain_text
from lessons.memo import memoizing
from lessons.models import Lesson, Revision
from lessons.practice.publishing import draft_checks, freeze_checks, frozen_checks
from lessons.services import create_revision, create_revision_from_html, prepare_html

BATCH_SIZE = 1000
State = Placement.State


class ComputedPlacement(NamedTuple):
    """The position that an annotation would get; `start` and `end` in code points, None if its passage is gone."""

    annotation: int
    state: str
    start: int | None
    end: int | None


class TextWithBreaks(NamedTuple):
    """A text and the offsets at which a paragraph, a heading, an item or a row of a table begins or ends in it.

    formulas: the spans of its formulas, none of which is divided.
    """

    text: str
    breaks: list[int]
    formulas: tuple[FormulaSpan, ...] = ()


def prepare_publication(lesson: Lesson, body: str | None = None) -> None:
    """Do the slow part of publishing the draft, or `body`, within `memoizing`, before the transaction.

    lesson: unless it has a title, that of the draft is published.
    """
    columns = ("body", "title", "current_revision", "module__course__language")
    draft, title, revision, language = Lesson.objects.values_list(*columns).get(pk=lesson.pk)
    html = prepare_html(draft if body is None else body)
    text = plain_text(html)
    prepare_lesson(html=html, title=lesson.title or title, facts={}, language=language)
    if revision:
        compute_placements(Annotation.objects.filter(lesson=lesson), text, html)


def publish(
    *,
    lesson: Lesson,
    by: User | None,
    change_summary: str = "",
    manual_spans: Mapping[int, tuple[int, int]] | None = None,
) -> Revision:
    """Publish the draft as a new revision, and tell those who have asked about a passage that it rewrites. Raise
    NothingToPublish if it has not changed.

    `manual_spans` are positions that `by` chose: spans of the new text by annotation id. An annotation that has been
    deleted since is ignored.
    """
    with memoizing():
        prepare_publication(lesson)
        return _publish(lesson, by, change_summary, manual_spans or {})


@transaction.atomic
def _publish(lesson: Lesson, by: User | None, change_summary: str, spans: Mapping[int, tuple[int, int]]) -> Revision:
    body, before = Lesson.objects.select_for_update().values_list("body", "current_revision").get(pk=lesson.pk)
    checks = draft_checks(lesson.pk, body)
    is_changed = before is not None and checks != frozen_checks(before)
    with indexing_together():
        revision = create_revision(lesson=lesson, by=by, change_summary=change_summary, is_changed=is_changed)
        freeze_checks(revision, checks)
    _reanchor_annotations(lesson, revision)
    chosen = Annotation.objects.filter(pk__in=spans, lesson=lesson) if spans else []
    for annotation in chosen:
        place_manually(annotation=annotation, span=spans[annotation.pk], by=by)
    notify_askers(before=before, revision=revision, by=by)
    return revision


@transaction.atomic
def republish(*, lesson: Lesson, html: str, by: User, change_summary: str = "") -> Revision:
    """Publish the text of the current revision with different, sanitised `html`; the draft stays as it is."""
    before = Lesson.all_objects.values_list("current_revision", flat=True).get(pk=lesson.pk)
    with indexing_together():
        revision = create_revision_from_html(lesson=lesson, html=html, by=by, change_summary=change_summary)
        freeze_checks(revision, frozen_checks(before))
    _reanchor_annotations(lesson, revision)
    return revision


def _reanchor_annotations(lesson: Lesson, revision: Revision) -> None:
    """Place the annotations of earlier revisions in this one, if there are any."""
    if revision.number == 1:
        return
    annotations = Annotation.objects.filter(lesson=lesson).exclude(placements__revision=revision)
    _save_placements(revision, compute_placements(annotations, revision.text, revision.html))


def compute_placements(annotations: QuerySet, text: str, html: str) -> list[ComputedPlacement]:
    """Return the position of each annotation in the new `text`, that of `html`, from where it was made or last placed
    by hand. Two queries.

    CHANGED compares with the passage that was annotated: a manual position on another text stays CHANGED even if it is
    carried over exactly.
    """
    manual = Placement.objects.filter(annotation=OuterRef("pk"), state=State.MANUAL).order_by("-revision__number")
    columns = {"manual_revision": "revision", "manual_start": "start", "manual_end": "end"}
    rows = annotations.order_by("pk").annotate(
        **{name: Subquery(manual.values(column)[:1]) for name, column in columns.items()}
    )
    bases = defaultdict(list)
    for pk, exact, revision, start, end, manual_revision, *manual_span in rows.values_list(
        "pk", "exact", "revision", "start", "end", *columns
    ):
        span = (manual_span[0], manual_span[1]) if manual_revision else (start, end)
        bases[manual_revision or revision].append((pk, exact, span))
    placements: list[ComputedPlacement] = []
    if not bases:
        return placements
    new = _with_breaks(text, html)
    for pk, old_text, old_html in Revision.objects.filter(pk__in=bases).values_list("pk", "text", "html"):
        placements += _reanchor_spans(_with_breaks(old_text, old_html), new, bases[pk])
    return placements


def compare_texts(old: Revision, new: Revision) -> None:
    """Do the slow part of `compute_placements` from one revision to another, within `memoizing`."""
    list(_reanchor_spans(_with_breaks(old.text, old.html), _with_breaks(new.text, new.html), []))


def _with_breaks(text: str, html: str) -> TextWithBreaks:
    return TextWithBreaks(text, block_boundaries(html, whole_rows=True), formula_spans(html))


def _reanchor_spans(
    old: TextWithBreaks, new: TextWithBreaks, spans: list[tuple[int, str, tuple[int, int]]]
) -> Iterable[ComputedPlacement]:
    positions = [span for _pk, _exact, span in spans]
    mapped = reanchor(old.text, new.text, positions, old_breaks=old.breaks, new_breaks=new.breaks)
    for (pk, exact, _span), position in zip(spans, mapped, strict=True):
        if position is None:
            yield ComputedPlacement(pk, State.REMOVED, None, None)
        else:
            start, end = widen_to_formulas(new.formulas, position.start, position.end)
            state = _state(MappedSpan(start, end, position.state), exact, new.text)
            yield ComputedPlacement(pk, state, start, end)


def _state(position: MappedSpan, exact: str, text: str) -> str:
    if text[position.start : position.end] != exact:
        return State.CHANGED
    return State.MOVED if position.state == State.CHANGED else position.state


def unplaced() -> QuerySet[Annotation]:
    """Return the annotations without a position in the current revision of their lesson, or with one that is not what
    it says: another text than the one that was annotated, although it is called unchanged or moved.
    """
    current = Placement.objects.filter(annotation=OuterRef("pk"), revision=OuterRef("lesson__current_revision"))
    same_text = Substr(
        "revision__text", F("start") + 1, F("end") - F("start"), output_field=Annotation._meta.get_field("exact")
    )
    is_right = ~Q(state__in=(State.EXACT, State.MOVED)) | Q(found=OuterRef("exact"))
    right = current.annotate(found=same_text).filter(is_right)
    return Annotation.objects.exclude(lesson__current_revision=None).exclude(Exists(right))


def place_again(lesson: Lesson) -> int:
    """Compute the positions that `unplaced` misses in a lesson; return how many."""
    with memoizing():
        _computed_again(lesson)
        with transaction.atomic():
            lesson = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
            placements = _computed_again(lesson)
            if lesson.current_revision:
                wrong = [placement.annotation for placement in placements]
                Placement.objects.filter(revision=lesson.current_revision, annotation__in=wrong).delete()
                _save_placements(lesson.current_revision, placements)
            return len(placements)


def _computed_again(lesson: Lesson) -> list[ComputedPlacement]:
    revision = lesson.current_revision
    return compute_placements(unplaced().filter(lesson=lesson), revision.text, revision.html) if revision else []


def _save_placements(revision: Revision, placements: list[ComputedPlacement]) -> None:
    Placement.objects.bulk_create(
        [
            Placement(annotation_id=pk, revision=revision, state=state, start=start, end=end)
            for pk, state, start, end in placements
        ],
        batch_size=BATCH_SIZE,
    )


@transaction.atomic
def place_manually(*, annotation: Annotation, span: tuple[int, int], by: User | None) -> Placement:
    """Set the position of an annotation in the published revision; later revisions start from it. Raise ValueError
    where `span` is not in the text. Where it is placed by hand already, do nothing.
    """
    lesson = Lesson.objects.select_related("module__course", "current_revision").get(pk=annotation.lesson_id)
    revision = lesson.current_revision
    start, end = span
    if revision is None or not 0 <= start < end <= len(revision.text):
        length = len(revision.text) if revision else 0
        raise ValueError(f"{start}–{end} is not in a text of {length} characters")
    same = Placement.objects.filter(annotation=annotation, revision=revision, start=start, end=end, state=State.MANUAL)
    if placed := same.first():
        return placed
    placement, _is_new = Placement.objects.update_or_create(
        annotation=annotation,
        revision=revision,
        defaults={"start": start, "end": end, "state": State.MANUAL, "placed_by": by},
    )
    _record(annotation, lesson, revision.number, by)
    return placement


def _record(annotation: Annotation, lesson: Lesson, number: int, by: User | None) -> None:
    """Write to the audit log, which the course's staff read: of a private note, only that it exists."""
    thread = annotation.thread
    is_private = thread is None or thread.audience == Annotation.Audience.ME
    detail: dict[str, Any] = {"note": annotation.pk, "revision": number}
    if thread and not is_private:
        detail["thread"] = thread.pk
    target = lesson if is_private else thread
    record(by=by, verb="place annotation", course=lesson.module.course, target=target, **detail)
