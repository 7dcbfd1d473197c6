"""What belongs to a module besides its lessons: tags, key terms, the beginning of its timeline, prompts."""

from typing import NamedTuple

from django.db.models import OuterRef

from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, LatestJSONRows, unpack_rows
from lessons.markup.folding import fold
from lessons.models import GlossaryTerm, Module, ModuleTag, Prompt, TimelineEvent

TIMELINE_PREVIEW = 6


class ModuleParts(NamedTuple):
    """Tags are pairs of name and slug, terms of id and term, events of date (EDTF) and event; `has_more_events` if
    there are more than these.
    """

    tags: tuple[tuple[str, str], ...]
    terms: tuple[tuple[int, str], ...]
    events: tuple[tuple[str, str], ...]
    has_more_events: bool
    prompts: tuple[str, ...]


def module_parts(module: int) -> ModuleParts:
    """Return the parts of the module with this id. One query."""
    tags, terms, events, prompts = map(unpack_rows, fetch_rows(_query, module=module)[0])
    return ModuleParts(
        tags=tuple((name, slug) for _key, name, slug in tags),
        terms=tuple(sorted(((pk, term) for pk, term in terms), key=lambda row: (fold(row[1]), row[0]))),
        events=tuple((date, event) for _sort_key, _pk, date, event in events[:TIMELINE_PREVIEW]),
        has_more_events=len(events) > TIMELINE_PREVIEW,
        prompts=tuple(text for _position, _pk, text in prompts),
    )


def _query():
    module = OuterRef("pk")
    events = TimelineEvent.objects.filter(module=module).order_by("sort_key", "pk")
    return Module.objects.filter(pk=int_param("module")).values_list(
        JSONRows(ModuleTag.objects.filter(content_object=module), "tag__key", "tag__name", "tag__slug"),
        JSONRows(GlossaryTerm.objects.filter(module=module), "pk", "term"),
        LatestJSONRows(events, "sort_key", "pk", "date", "event", limit=TIMELINE_PREVIEW + 1),
        JSONRows(Prompt.objects.filter(module=module), "position", "pk", "text"),
    )
