"""What stands beside a lesson's text: its tags, its prompts, and the terms of its module, in one query."""

from typing import NamedTuple

from django.db.models import CharField, F, Value

from lessons.models import GlossaryTerm, Lesson, LessonTag, Prompt
from lessons.reading.contents.marking import Term
from lessons.reading.contents.prepared import Prepared


class Beside(NamedTuple):
    """Tags are pairs of name and slug. Terms are all of the module's, whether the text uses them or not."""

    tags: tuple[tuple[str, str], ...]
    prompts: tuple[str, ...]
    terms: tuple[Term, ...]


def beside(lesson: Lesson) -> Beside:
    rows = sorted(ROWS.rows(lesson=lesson.pk, module=lesson.module_id))
    return Beside(
        tags=tuple((name, more) for kind, _n, _key, _pk, name, more in rows if kind == "tag"),
        prompts=tuple(words for kind, _n, _key, _pk, words, _more in rows if kind == "prompt"),
        terms=tuple(Term(pk, name, more) for kind, _n, _key, pk, name, more in rows if kind == "term"),
    )


def _build(lesson: int, module: int):
    """Rows of one shape: kind, number and words to sort by, id, words, more words."""
    tagged = LessonTag.objects.filter(content_object=lesson)
    tags = _shaped(tagged, "tag", Value(0), "tag__key", "tag__name", "tag__slug")
    prompts = _shaped(Prompt.objects.filter(lesson=lesson), "prompt", F("position"), "text", "text", "text")
    terms = _shaped(GlossaryTerm.objects.filter(module=module), "term", Value(0), "term", "term", "definition")
    return tags.union(prompts, terms, all=True)


def _shaped(queryset, kind: str, number, key: str, words: str, more: str):
    return queryset.order_by().values_list(Value(kind, CharField()), number, F(key), F("pk"), F(words), F(more))


ROWS = Prepared(_build, "lesson", "module")
