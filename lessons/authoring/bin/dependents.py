"""What depends on something that is to be deleted: what goes with it, and which texts link to it."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lessons.annotations.models import Annotation
from lessons.authoring.bin.links import LinkPlace, lessons_with_term, links_to
from lessons.authoring.bin.services import ITEM_MODELS, PART_MODELS, Row
from lessons.discussions.models import Post, Thread
from lessons.models import BinEntry, GlossaryTerm, Lesson, Module, ModuleItem, Prompt, TimelineEvent
from lessons.practice.models import Answer
from lessons.progress.models import Progress

KINDS: dict[type[ModuleItem], Promise] = {
    GlossaryTerm: _("Glossary terms"),
    TimelineEvent: _("Events"),
    Prompt: _("Discussion prompts"),
}


class Conversations(NamedTuple):
    """What learners and staff have written about lessons, in numbers.

    `notes` are theirs, private ones included; `discussions` are comments on the lessons as a whole; `people` have
    written either. `readers` have progress in the lessons, `answered` have answered their checks. `linked` are
    discussions of the forum about the lessons.
    """

    notes: int
    discussions: int
    people: int
    readers: int
    linked: int
    answered: int


class DependentItem(NamedTuple):
    """A term, event or prompt; `kind` is the name of all of its kind."""

    kind: str
    name: str


class Dependents(NamedTuple):
    """`lessons` and `items` are deleted with a module; `linked_items` refer to a lesson and stay, without the link.

    `binned` is the number of those that were in the bin before, and will be deleted for good with their module;
    `explained_in` are the lessons that use a term.
    """

    lessons: list[Lesson]
    items: list[DependentItem]
    linked_items: list[DependentItem]
    conversations: Conversations
    links: list[LinkPlace]
    binned: int
    explained_in: list[Lesson]

    @property
    def is_empty(self) -> bool:
        return not any((*self[:3], any(self.conversations), *self[4:]))


def find_dependents(row: Row, host: str) -> Dependents:
    """Return what depends on the row, whether it is in the bin or not. host: the site's name in whole addresses."""
    is_module = isinstance(row, Module)
    lessons = [] if isinstance(row, ModuleItem) else list(lessons_of(row).defer("body").order_by("position", "pk"))
    items = _items(Q(module=row, bin_entry=row.bin_entry)) if isinstance(row, Module) else []
    linked_items = _items(Q(lesson=row, bin_entry=None)) if isinstance(row, Lesson) else []
    parts = [model.all_objects.filter(module=row.pk) for model in PART_MODELS] if is_module else []
    binned = sum(part.exclude(bin_entry=None).exclude(bin_entry=row.bin_entry).count() for part in parts)
    return Dependents(
        lessons=[lesson for lesson in lessons if is_module and lesson.bin_entry_id == row.bin_entry_id],
        items=items,
        linked_items=linked_items,
        conversations=count_conversations([lesson.pk for lesson in lessons]),
        links=links_to(row, lessons, host),
        binned=binned,
        explained_in=lessons_with_term(row) if isinstance(row, GlossaryTerm) else [],
    )


def _items(condition: Q) -> list[DependentItem]:
    return [
        DependentItem(str(KINDS[model]), str(item))
        for model in ITEM_MODELS
        for item in model.all_objects.filter(condition)
    ]


def lessons_of(row: Row) -> QuerySet[Lesson]:
    """Return the lessons that are deleted for good with the row: all of a module, whether in the bin before or not."""
    if isinstance(row, Module):
        return Lesson.all_objects.filter(module=row)
    return Lesson.all_objects.filter(pk=row.pk) if isinstance(row, Lesson) else Lesson.all_objects.none()


def entries_within(row: Row) -> QuerySet[BinEntry]:
    """Return the entries of the row and, for a module, of what was deleted from it before."""
    ids = {row.bin_entry_id}
    if isinstance(row, Module):
        for model in PART_MODELS:
            ids |= set(model.all_objects.filter(module=row).values_list("bin_entry", flat=True))
    return BinEntry.objects.filter(pk__in=[pk for pk in ids if pk])


def count_conversations(lessons: list[int]) -> Conversations:
    """Count what was written about the lessons. Six queries, none without lessons."""
    if not lessons:
        return Conversations(0, 0, 0, 0, 0, 0)
    notes = Annotation.objects.filter(lesson__in=lessons)
    comments = comments_on(lessons)
    authors = set(notes.order_by().values_list("author", flat=True).distinct())
    authors |= set(Post.objects.filter(thread__in=threads_of(lessons)).order_by().values_list("author", flat=True))
    linked = Thread.objects.filter(lesson__in=lessons, merged_into=None).exclude(pk__in=threads_of(lessons))
    return Conversations(
        notes=notes.count(),
        discussions=comments.filter(merged_into=None).count(),
        people=len(authors - {None}),
        readers=Progress.objects.filter(lesson__in=lessons).order_by().values("user").distinct().count(),
        linked=linked.count(),
        answered=Answer.objects.filter(question__lesson__in=lessons).order_by().values("user").distinct().count(),
    )


def comments_on(lessons: Iterable[int]) -> QuerySet[Thread]:
    """Return the comments on lessons as a whole. Discussions of the forum have a title, even if moved to a lesson."""
    return Thread.objects.filter(lesson__in=lessons, annotation=None, title="", hidden_title="").order_by()


def threads_of(lessons: Iterable[int]) -> QuerySet[Thread]:
    """Return comments on the lessons and on their passages, unless they were moved to the forum or another lesson."""
    of_notes = Q(annotation__lesson__in=lessons, lesson__in=lessons)
    whole = Q(lesson__in=lessons, annotation=None, title="", hidden_title="")
    return Thread.objects.filter(of_notes | whole).order_by()
