"""Rows out of a review's texts and suggestions, for a new module and for one that is updated."""

from collections.abc import Iterable, Mapping

from lessons.importing.document import CASE_STUDY
from lessons.importing.models import ArticleImport, ImportedLesson
from lessons.importing.review.carry_over import SUGGESTION_FIELD, suggestion_key
from lessons.importing.review.sections import FACT_FIELDS
from lessons.importing.review.suggestions import accepted
from lessons.importing.review.texts import ReviewedLesson
from lessons.markup.plain_text import text_digest
from lessons.models import CaseStudy, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.services import unique_slug

MAX_TITLE = 200
MAX_LENGTH = {"glossary": 120, "timeline": 300}


def lesson_fields(text: ReviewedLesson) -> dict[str, str]:
    """The columns that the text fills: title, body, and the facts of a case study that are not empty."""
    fields = {"title": text.title[:MAX_TITLE], "body": text.html()}
    if text.kind == CASE_STUDY:
        fields |= {name: text.facts[name] for name in FACT_FIELDS if text.facts[name]}
    return {name: value[:MAX_TITLE] if name == "location" else value for name, value in fields.items()}


def fingerprint(fields: Mapping[str, str]) -> dict[str, str]:
    """`fields` as an ImportedText remembers them."""
    return {name: text_digest(value) if name == "body" else value for name, value in fields.items()}


def create_lesson(module: Module, text: ReviewedLesson, *, position: int, taken: set[str]) -> Lesson:
    """The lesson itself also where it is a case study, so that foreign keys to Lesson take it. Adds to `taken`."""
    kind = CaseStudy if text.kind == CASE_STUDY else Lesson
    slug = unique_slug(text.title, taken)
    taken.add(slug)
    made = kind.objects.create(module=module, slug=slug, position=position, **lesson_fields(text))
    return made.lesson_ptr if kind is CaseStudy else made


def save_imported_lessons(article: ArticleImport, texts: Iterable[ImportedLesson]) -> None:
    """Keeps what each lesson was made of, in the order given, instead of what the article made before: a module that
    was deleted since."""
    article.imported_lessons.all().delete()
    rows = list(texts)
    for position, row in enumerate(rows):
        row.article, row.position = article, position
    ImportedLesson.objects.bulk_create(rows)


def module_item_keys(module: Module) -> dict[str, set[str]]:
    """By kind of suggestion, the keys of what the module has. Four queries."""
    rows = {
        "glossary": module.glossaryterms.values("term"),
        "timeline": module.timelineevents.values("event"),
        "tags": module.tags.values("name"),
        "prompts": module.prompts.values("text"),
    }
    return {kind: {suggestion_key(kind, row) for row in found} for kind, found in rows.items()}


def new_module_items(state: dict, there: Mapping[str, set[str]]) -> dict[str, list[dict]]:
    """The accepted suggestions that the module does not have yet, each once, cut to their columns."""
    return {kind: _new(kind, state, there[kind]) for kind in SUGGESTION_FIELD}


def _new(kind: str, state: dict, there: set[str]) -> list[dict]:
    column, found = SUGGESTION_FIELD[kind], {}
    for item in accepted(state, kind):
        item = {**item, column: item[column][: MAX_LENGTH.get(kind)]}
        found[suggestion_key(kind, item)] = item
    return [item for key, item in found.items() if key not in there]


def add_module_items(module: Module, new: Mapping[str, list[dict]], lesson_of: Mapping[str, Lesson]) -> None:
    """new: as `additions` gives it. lesson_of: by the id of a section, the lesson it stands in."""
    if new["tags"]:
        module.tags.add(*(item["name"] for item in new["tags"]))
    for item in new["glossary"]:
        lesson = lesson_of.get(item["section"])
        GlossaryTerm.objects.create(module=module, lesson=lesson, term=item["term"], definition=item["definition"])
    for item in new["timeline"]:
        lesson = lesson_of.get(item["section"])
        event = TimelineEvent(module=module, lesson=lesson, date=item["date"], event=item["event"])
        event.clean()
        event.save()
    last = module.prompts.count()
    for position, item in enumerate(new["prompts"], last):
        lesson = lesson_of.get(item["section"])
        Prompt.objects.create(module=module, lesson=lesson, text=item["text"], position=position)
