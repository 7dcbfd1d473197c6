"""What stands beside a lesson's text: tags, prompts and the terms of its module. Comes with the lesson's own row."""

from typing import NamedTuple

from django.db.models import OuterRef

from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.models import GlossaryTerm, LessonTag, Prompt
from lessons.reading.enrichment import Term

TAGS = LessonTag.objects.filter(content_object=OuterRef("pk"))
PROMPTS = Prompt.objects.filter(lesson=OuterRef("pk"))
TERMS = GlossaryTerm.objects.filter(module=OuterRef("module"))
# For `annotate` on lessons; each row begins with what it is sorted by.
SIDEBAR_COLUMNS = {
    "beside_tags": JSONRows(TAGS, "tag__key", "tag__name", "tag__slug"),
    "beside_prompts": JSONRows(PROMPTS, "position", "text"),
    "beside_terms": JSONRows(TERMS, "term", "pk", "definition"),
}


class Sidebar(NamedTuple):
    """Tags are pairs of name and slug. Terms are all of the module's, whether the text uses them or not."""

    tags: tuple[tuple[str, str], ...]
    prompts: tuple[str, ...]
    terms: tuple[Term, ...]

    @classmethod
    def from_json(cls, tags: str, prompts: str, terms: str) -> "Sidebar":
        """From the values of BESIDE."""
        return cls(
            tags=tuple((name, slug) for _key, name, slug in unpack_rows(tags)),
            prompts=tuple(words for _position, words in unpack_rows(prompts)),
            terms=tuple(Term(pk, term, definition) for term, pk, definition in unpack_rows(terms)),
        )
