"""Save the rows of a table. Callers have checked permissions, and validated the forms while the module was locked."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from lessons import dates
from lessons.accounts.models import User
from lessons.authoring.bin.services import move_to_bin
from lessons.authoring.tables.columns import ItemTable
from lessons.authoring.tables.forms import RowForm
from lessons.courses.services import record
from lessons.indexed_texts import index_items, indexing_together
from lessons.models import GlossaryTerm, Module, TimelineEvent
from lessons.tagging.models import normalise_tag

BATCH = 100


class Saved(NamedTuple):
    """How many rows were added, changed and moved to the bin."""

    added: int
    changed: int
    deleted: int


def lock_table(table: ItemTable, module: Module) -> None:
    """Lock the module and the rows of its table, so that nobody changes them after they were read."""
    Module.objects.select_for_update(no_key=True).get(pk=module.pk)
    rows = table.model._default_manager.select_for_update(no_key=True).filter(module=module).order_by("pk")
    list(rows.values_list("pk"))


@transaction.atomic
def save_rows(
    *,
    table: ItemTable,
    module: Module,
    added: Iterable[RowForm] = (),
    changed: Iterable[tuple[Any, RowForm]] = (),
    deleted: Sequence[Any] = (),
    by: User,
) -> Saved:
    """Save what the valid forms say, and move what is deleted to the bin.

    The number of queries does not depend on the number of rows added or changed.
    """
    with indexing_together():
        for row in deleted:
            move_to_bin(row=row, by=by)
        new_rows = [_filled(table.model(module=module), form) for form in added]
        changed_rows = [_filled(row, form) for row, form in changed]
        _update(table, changed_rows)
        table.model._default_manager.bulk_create(new_rows, batch_size=BATCH)
        index_items(table.model, [row.pk for row in (*new_rows, *changed_rows)])
    saved = Saved(len(new_rows), len(changed_rows), len(deleted))
    if any(saved):
        counts: dict[str, Any] = {"new": saved.added, "changed": saved.changed, "deleted": saved.deleted}
        record(by=by, verb=f"edit {table.name}", course=module.course, target=module, **counts)
    return saved


def _filled(row: Any, form: RowForm) -> Any:
    form.save_to(row)
    if isinstance(row, TimelineEvent):
        row.sort_key = dates.sort_key(row.date)
    elif isinstance(row, GlossaryTerm):
        row.key = normalise_tag(row.term)
    row.updated_at = timezone.now()
    return row


def _update(table: ItemTable, rows: list[Any]) -> None:
    """Update the rows. Two terms may exchange their names: the keys, which are unique, make room first."""
    if not rows:
        return
    manager = table.model._default_manager
    derived = ["key"] if table.model is GlossaryTerm else ["sort_key"]
    if table.model is GlossaryTerm:
        keys = [row.key for row in rows]
        for row in rows:
            row.key = f" {row.pk}"  # no key begins with a space
        manager.bulk_update(rows, ["key"], batch_size=BATCH)
        for row, key in zip(rows, keys, strict=True):
            row.key = key
    columns = [column.name for column in table.columns]
    manager.bulk_update(rows, [*columns, *derived, "updated_at"], batch_size=BATCH)
