"""Move something to the bin, and restore it. Callers have checked that the user may edit the course.

Locks are always taken in this order: course, lessons, module, entries, the row. Publishing locks lessons before their
module, too.
"""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.courses.services import record
from lessons.indexed_texts import index_items, index_lessons, index_modules, indexing_together, prepare_lessons
from lessons.memo import memoizing
from lessons.models import BinEntry, GlossaryTerm, Lesson, Module, ModuleItem, Prompt, SoftDeletable, TimelineEvent
from lessons.services import unique_slug
from lessons.tagging.models import normalise_tag

Row = Module | Lesson | ModuleItem

ITEM_MODELS: tuple[type[ModuleItem], ...] = (GlossaryTerm, TimelineEvent, Prompt)
PART_MODELS: tuple[type[Any], ...] = (Lesson, *ITEM_MODELS)
MODELS: dict[str, type[Any]] = {
    BinEntry.Kind.MODULE: Module,
    BinEntry.Kind.LESSON: Lesson,
    BinEntry.Kind.TERM: GlossaryTerm,
    BinEntry.Kind.EVENT: TimelineEvent,
    BinEntry.Kind.PROMPT: Prompt,
}
DRAFT = "draft"
# The state of lessons and modules while they are in the bin, unless they are drafts.
HIDDEN: dict[type[SoftDeletable], str] = {Lesson: Lesson.State.WITHDRAWN, Module: Module.State.DRAFT}


class NotInBin(ValueError):
    """The entry is no longer in the bin."""

    def __init__(self):
        super().__init__(_("This is no longer in the bin: somebody has restored it or deleted it for good."))


class TermTaken(ValueError):
    """The module now has an `other` term of this name."""

    def __init__(self, term: GlossaryTerm, other: GlossaryTerm):
        super().__init__(_("The module now has another term “%(term)s”.") % {"term": other.term})
        self.term, self.other = term, other


@dataclass
class Restored:
    """A row that was restored; `module`: if it had to be restored too; the new addresses of those that need one."""

    row: Row
    new_slug: str = ""
    module: Module | None = None
    module_slug: str = ""


@transaction.atomic
def move_to_bin(*, row: Row, by: User) -> BinEntry:
    """Delete the row; a module with everything in it. Return the entry; that of the first call if called again."""
    return _module_to_bin(row, by) if isinstance(row, Module) else _part_to_bin(row, by)


def _module_to_bin(module: Module, by: User) -> BinEntry:
    list(Lesson.objects.select_for_update().filter(module=module.pk).order_by("pk").values_list("pk"))
    # Not `no_key`: whoever adds something to the module meanwhile is waited for, or waits.
    module = Module.all_objects.select_for_update().get(pk=module.pk)
    if module.bin_entry:
        return module.bin_entry
    entry = _create_entry(module, module.course, by)
    counts = {}
    for model in PART_MODELS:
        counts[model] = model._default_manager.filter(module=module).update(bin_entry=entry)
    index_modules([module.pk])
    record(by=by, verb="bin module", course=module.course, target=module, lessons=counts[Lesson])
    return entry


def _part_to_bin(row: Lesson | ModuleItem, by: User) -> BinEntry:
    model = MODELS[kind_of(row)]
    row = model.all_objects.select_for_update(of=["self"]).select_related("module__course").get(pk=row.pk)
    if row.bin_entry:
        return row.bin_entry
    entry = _create_entry(row, row.module.course, by)
    _index(row)
    record(by=by, verb=f"bin {entry.kind}", course=row.module.course, target=row)
    return entry


def _index(row: Row) -> None:
    if isinstance(row, Module):
        index_modules([row.pk])
    elif isinstance(row, Lesson):
        index_lessons([row.pk])
    else:
        index_items(type(row), [row.pk])


def _create_entry(row: Row, course: Course, by: User) -> BinEntry:
    state = getattr(row, "state", "")
    entry = BinEntry.objects.create(course=course, kind=kind_of(row), title=str(row)[:300], state=state, deleted_by=by)
    hidden = {"state": HIDDEN[type(row)]} if state and state != DRAFT else {}
    type(row).all_objects.filter(pk=row.pk).update(bin_entry=entry, **hidden)
    return entry


def kind_of(row: Row) -> str:
    """Return the kind of the row's entry. A case study is a lesson."""
    return next(kind for kind, model in MODELS.items() if isinstance(row, model))


def row_of(entry: BinEntry) -> Row:
    """Return the row that was deleted, with its module and course. Raise NotInBin."""
    model = MODELS[entry.kind]
    path = "course" if model is Module else "module__course"
    row = model.all_objects.select_related(path).filter(bin_entry=entry.pk).first()
    if row is None:
        raise NotInBin
    return row


def restore(*, entry: BinEntry, by: User, new_name: str = "", replaces: bool = False) -> Restored:
    """Take the row out of the bin, and its module if that is in the bin too.

    An address that was taken meanwhile is replaced with a free one. A term whose name was taken comes back by
    `new_name`, or `replaces` the other one, which goes to the bin. Raise TermTaken and NotInBin.
    """
    with memoizing():
        row = row_of(entry)
        within = {"pk": row.pk} if isinstance(row, Lesson) else {"module": row.pk if isinstance(row, Module) else None}
        prepare_lessons(Lesson.all_objects.filter(**within))
        return _restore(entry, by, new_name, replaces)


@transaction.atomic
def _restore(entry: BinEntry, by: User, new_name: str, replaces: bool) -> Restored:
    entry, row = lock(entry)
    if isinstance(row, Module):
        return _restore_module(row, entry, by)
    with indexing_together():
        _index(row)
        return _restore_part(row, entry, by, new_name, replaces)


def _restore_part(row: Lesson | ModuleItem, entry: BinEntry, by: User, new_name: str, replaces: bool) -> Restored:
    restored = Restored(row)
    if row.module.bin_entry:
        restored.module = row.module
        restored.module_slug = _restore_module(row.module, row.module.bin_entry, by).new_slug
    if isinstance(row, GlossaryTerm):
        _resolve_taken_name(row, by, new_name, replaces)
    elif isinstance(row, Lesson):
        restored.new_slug = _restore_lesson_columns(row, entry)
    try:
        with transaction.atomic():
            type(row).all_objects.filter(pk=row.pk).update(bin_entry=None)
    except IntegrityError:  # added since we looked
        raise _term_taken(row) from None
    entry.delete()
    row.bin_entry = None
    record(by=by, verb="restore from bin", course=row.module.course, target=row)
    return restored


def lock(entry: BinEntry) -> tuple[BinEntry, Row]:
    """Lock course, module and entry; return the entry and its row. Raise NotInBin."""
    row = row_of(entry)
    module = row if isinstance(row, Module) else row.module
    Course.objects.select_for_update(no_key=True).get(pk=module.course_id)
    list(Module.all_objects.select_for_update(no_key=True).filter(pk=module.pk).values_list("pk"))
    locked = BinEntry.objects.select_for_update(no_key=True).filter(pk=entry.pk).first()
    if locked is None:
        raise NotInBin
    return locked, row_of(locked)


def _restore_module(module: Module, entry: BinEntry, by: User) -> Restored:
    """Restore the module with what was deleted with it."""
    old_slug = module.slug
    try:
        with transaction.atomic():
            _restore_columns(module, entry)
    except IntegrityError:  # another module got this address since we looked
        _restore_columns(module, entry)
    for model in PART_MODELS:
        model.all_objects.filter(bin_entry=entry).update(bin_entry=None)
    entry.delete()
    index_modules([module.pk])
    record(by=by, verb="restore from bin", course=module.course, target=module)
    return Restored(module, module.slug if module.slug != old_slug else "")


def _restore_columns(module: Module, entry: BinEntry) -> None:
    taken = set(Module.objects.filter(course=module.course_id).values_list("slug", flat=True))
    module.slug = unique_slug(module.slug, taken) if module.slug in taken else module.slug
    module.state, module.bin_entry = entry.state, None
    module.save(update_fields=["slug", "state", "bin_entry"])


def _restore_lesson_columns(lesson: Lesson, entry: BinEntry) -> str:
    """Give the lesson its state and a free address; return the address if it is another one."""
    taken = set(Lesson.objects.filter(module=lesson.module_id).values_list("slug", flat=True))
    new_slug = unique_slug(lesson.slug, taken) if lesson.slug and lesson.slug in taken else ""
    lesson.slug, lesson.state = new_slug or lesson.slug, entry.state
    Lesson.all_objects.filter(pk=lesson.pk).update(slug=lesson.slug, state=lesson.state)
    return new_slug


def _resolve_taken_name(term: GlossaryTerm, by: User, new_name: str, replaces: bool) -> None:
    """Make the term's name unique in its module, as the user has chosen. Raise TermTaken."""
    if new_name:
        term.term, term.key = new_name, normalise_tag(new_name)
        GlossaryTerm.all_objects.filter(pk=term.pk).update(term=term.term, key=term.key)
    other = GlossaryTerm.objects.filter(module=term.module_id, key=term.key).first()
    if other and not replaces:
        raise TermTaken(term, other)
    if other:
        move_to_bin(row=other, by=by)


def _term_taken(row: models.Model) -> Exception:
    if not isinstance(row, GlossaryTerm):
        return NotInBin()
    return TermTaken(row, GlossaryTerm.objects.get(module=row.module_id, key=row.key))
