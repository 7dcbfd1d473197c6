"""Write the rows of the index that differ from what readers see now."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from lessons.indexed_texts.rows import TextRow, event_rows, heading_path, lesson_passages, lesson_rows, term_rows
from lessons.indexing.entries import Entry, extract_terms
from lessons.indexing.indexes import TEXTS, batches
from lessons.indexing.models import TextEntry
from lessons.models import GlossaryTerm, Lesson, Module, TimelineEvent

Kind = TextEntry.Kind
MODELS: dict[str, type[Any]] = {Kind.LESSON: Lesson, Kind.TERM: GlossaryTerm, Kind.EVENT: TimelineEvent}
ROWS: dict[str, Callable[[Collection[int]], Iterator[TextRow]]] = {
    Kind.LESSON: lesson_rows,
    Kind.TERM: term_rows,
    Kind.EVENT: event_rows,
}
AT_ONCE: dict[str, int] = {Kind.LESSON: 50, Kind.TERM: 500, Kind.EVENT: 500}
"""How many texts are in memory, with their rows."""
TERMS = ("title", "heading", "text", "language")
COLUMNS = ("start", "end", "anchor", *TERMS, "scope")
LOCK = 0x5EA7 << 32
"""What is added to the id of a course for the key of PostgreSQL's advisory lock."""


@dataclass
class _Changed:
    """The ids of what has changed since the outermost `indexing_together` began, by kind; those of whole modules."""

    texts: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in MODELS})
    modules: set[int] = field(default_factory=set)


_changed: ContextVar[_Changed | None] = ContextVar("changed_texts", default=None)


@contextmanager
def indexing_together() -> Iterator[_Changed]:
    """Write the rows of everything that changes in the block once, when the outermost of these blocks ends.

    End it where the transaction ends: until then nobody else can write rows of the course.
    """
    outer = _changed.get()
    if outer is not None:
        yield outer
        return
    changed = _Changed()
    token = _changed.set(changed)
    try:
        yield changed
    finally:
        _changed.reset(token)
    _write(changed)


def index_lessons(ids: Iterable[int]) -> None:
    """Write the rows of these lessons, and of the terms and events that refer to them."""
    with indexing_together() as changed:
        changed.texts[Kind.LESSON].update(ids)


def index_items(model: type[Model], ids: Iterable[int]) -> None:
    """Write the rows of these terms or events. Discussion prompts, and other models, have none."""
    for kind in (Kind.TERM, Kind.EVENT):
        if model is MODELS[kind]:
            with indexing_together() as changed:
                changed.texts[kind].update(ids)


def index_modules(ids: Iterable[int]) -> None:
    """Write the rows of everything in these modules, in the bin or not."""
    with indexing_together() as changed:
        changed.modules.update(ids)


def index_course(pk: int) -> None:
    """Write the rows of everything in the course. One query more than for its modules."""
    index_modules(Module.all_objects.filter(course=pk).values_list("pk", flat=True))


@transaction.atomic(savepoint=False)
def remove_course(pk: int) -> None:
    """Remove the rows of everything in a course that is deleted in the same transaction."""
    for kind, model in MODELS.items():
        for ids in batches(model.all_objects.filter(module__course=pk).values_list("pk", flat=True)):
            remove_entries(TextEntry.objects.filter(kind=kind, object_id__in=ids).values_list("pk", flat=True))


def prepare_lesson(*, html: str, title: str, facts: dict[str, Any], language: str) -> None:
    """Do the slow part of indexing a text within `memoizing`, before the transaction that publishes it."""
    for passage in lesson_passages(html, facts, language):
        extract_terms(_indexed_title(title, heading_path(passage)), passage.text, language)


def prepare_row(row: TextRow) -> None:
    """Do the slow part of writing one row within `memoizing`, before the transaction."""
    extract_terms(_indexed_title(row.title, row.heading), row.text, row.language)


def prepare_lessons(lessons: QuerySet[Lesson], new_language: str = "") -> None:
    """Do for lessons that are to be shown, or get another language, what `prepare_lesson` does. One query.

    Leaves out those that were never published and, unless there is a `new_language`, those that have rows.
    """
    lessons = lessons.exclude(current_revision=None)
    if not new_language:
        lessons = lessons.exclude(pk__in=TextEntry.objects.filter(kind=Kind.LESSON, number=0).values("object_id"))
    columns = (f"current_revision__{name}" for name in ("html", "title", "facts"))
    for html, title, facts, language in lessons.values_list(*columns, "module__course__language"):
        prepare_lesson(html=html, title=title, facts=facts, language=new_language or language)


@transaction.atomic(savepoint=False)
def _write(changed: _Changed) -> None:
    lessons = changed.texts[Kind.LESSON]
    if changed.modules:
        lessons.update(Lesson.all_objects.filter(module__in=changed.modules).values_list("pk", flat=True))
    for item_kind in (Kind.TERM, Kind.EVENT):
        rows = MODELS[item_kind].all_objects
        if lessons:
            changed.texts[item_kind].update(rows.filter(lesson__in=lessons).values_list("pk", flat=True))
        if changed.modules:
            changed.texts[item_kind].update(rows.filter(module__in=changed.modules).values_list("pk", flat=True))
    lock_courses(changed.texts)
    for kind, ids in changed.texts.items():
        for batch in batches(sorted(ids), AT_ONCE[kind]):
            replace_rows(kind, batch)


def lock_courses(texts: Mapping[str, Collection[int]]) -> None:
    """Let one transaction at a time write rows of a course, as SQLite does anyway.

    Two that change what one row depends on, as a lesson and its module, must not both compute it from what was before
    the other. The lock is released with the transaction.
    """
    if connection.vendor != "postgresql":
        return
    courses: set[int] = set()
    for kind, ids in texts.items():
        if ids:
            courses.update(MODELS[kind].all_objects.filter(pk__in=ids).values_list("module__course", flat=True))
    with connection.cursor() as cursor:
        for pk in sorted(courses):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + pk])


def replace_rows(kind: str, ids: Collection[int], *, rewrite: bool = False) -> int:
    """Write the rows of at most AT_ONCE texts that differ, all of them to `rewrite`, and remove the others.

    Return how many rows the texts have.
    """
    saved = {(row.object_id, row.number): row for row in TextEntry.objects.filter(kind=kind, object_id__in=ids)}
    changed: list[TextEntry] = []
    written: list[TextEntry] = []
    moved: list[TextEntry] = []
    rows = list(ROWS[kind](ids))
    for row in rows:
        entry = saved.pop((row.object_id, row.number), None)
        differing = {name for name in COLUMNS if entry is None or getattr(entry, name) != getattr(row, name)}
        if differing:
            entry = TextEntry(pk=entry.pk if entry else None, **row._asdict())
            changed.append(entry)
        if entry and (rewrite or differing.intersection(TERMS)):
            written.append(entry)
        elif entry and "scope" in differing:
            moved.append(entry)
    remove_entries(entry.pk for entry in saved.values())
    TextEntry.objects.bulk_create(
        changed, batch_size=100, update_conflicts=True, unique_fields=["id"], update_fields=COLUMNS
    )
    TEXTS.write(map(index_entry, written))
    TEXTS.set_scopes({entry.pk: frozenset(entry.scope.split()) for entry in moved})
    return len(rows)


def remove_entries(pks: Iterable[int]) -> None:
    """Remove these rows from the index."""
    for batch in batches(pks):
        TEXTS.remove(batch)
        TextEntry.objects.filter(pk__in=batch).delete()


def index_entry(row: TextEntry) -> Entry:
    """Return what the index has of a row."""
    title = _indexed_title(row.title, row.heading)
    return Entry(row.pk, title, row.text, row.language, frozenset(row.scope.split()))


def _indexed_title(title: str, heading: str) -> str:
    return f"{title} {heading}".strip()
