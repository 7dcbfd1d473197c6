"""The tags, prompts and terms shown beside a lesson's text, read with the lesson's own row."""

from typing import NamedTuple

from django.db.models import OuterRef

from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.models import GlossaryTerm, LessonTag, Prompt
from lessons.reading.enrichment import Term

TAGS = LessonTag.objects.filter(content_object=OuterRef("pk"))
PROMPTS = Prompt.objects.filter(lesson=OuterRef("pk"))
TERMS = GlossaryTerm.objects.filter(module=OuterRef("module"))
# Annotations for lessons; each row begins with what it is sorted by.
SIDEBAR_COLUMNS = {
    "sidebar_tags": JSONRows(TAGS, "tag__key", "tag__name", "tag__slug"),
    "sidebar_prompts": JSONRows(PROMPTS, "position", "text"),
    "sidebar_terms": JSONRows(TERMS, "term", "pk", "definition"),
}


class Sidebar(NamedTuple):
    """Tags are pairs of name and slug. Terms are all of the module's, whether the text uses them or not."""

    tags: tuple[tuple[str, str], ...]
    prompts: tuple[str, ...]
    terms: tuple[Term, ...]

    @classmethod
    def from_json(cls, tags: str, prompts: str, terms: str) -> "Sidebar":
        """Read the values of SIDEBAR_COLUMNS."""
        return cls(
            tags=tuple((name, slug) for _key, name, slug in unpack_rows(tags)),
            prompts=tuple(text for _position, text in unpack_rows(prompts)),
            terms=tuple(Term(pk, term, definition) for term, pk, definition in unpack_rows(terms)),
        )
