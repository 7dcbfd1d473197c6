"""Make database rows from a review's lessons and suggestions, for a new module or for one that is updated."""

from collections.abc import Container, Iterable, Mapping

from django.utils.safestring import SafeString

from lessons.importing.article_checks import with_uniform_checks
from lessons.importing.document import CASE_STUDY
from lessons.importing.models import ArticleImport, ImportedLesson
from lessons.importing.review import links
from lessons.importing.review.carry_over import SUGGESTION_FIELD, suggestion_key
from lessons.importing.review.sections import FACT_FIELDS
from lessons.importing.review.suggestions import accepted
from lessons.importing.review.texts import ReviewedLesson
from lessons.indexed_texts import index_modules
from lessons.markup.plain_text import text_digest
from lessons.models import CaseStudy, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.services import unique_slug
from lessons.tagging.models import without_blank

MAX_TITLE = 200
MAX_LENGTH = {"glossary": 120, "timeline": 300}


def lesson_fields(reviewed: ReviewedLesson) -> dict[str, str]:
    """Return the fields that the article sets: title, body, and the non-empty facts of a case study.

    The body has checks as code, see `article_checks`.
    """
    fields = {"title": reviewed.title[:MAX_TITLE], "body": with_uniform_checks(reviewed.html())}
    if reviewed.kind == CASE_STUDY:
        fields |= {name: reviewed.facts[name] for name in FACT_FIELDS if reviewed.facts[name]}
    return {name: value[:MAX_TITLE] if name == "location" else value for name, value in fields.items()}


def with_lesson_urls(body: str, lessons: Mapping[str, Lesson], coming: Container[str] = ()) -> str:
    """Return the body with its links to lessons replaced by their URLs, see `review.links`.

    lessons: by their sections. coming: the sections of lessons that are not created yet; links to them stay
    unchanged. A link to any other lesson becomes plain text.
    """

    def address(href: str) -> str | None:
        section, _colon, name = href.removeprefix(links.LESSON).partition(":")
        if not href.startswith(links.LESSON) or section in coming:
            return href
        lesson = lessons.get(section)
        return f"{lesson.get_absolute_url()}#{name}".rstrip("#") if lesson else None

    return links.with_links(SafeString(body), address) if links.LESSON in body else body


def write_lesson_urls(created: Iterable[Lesson], lessons: Mapping[str, Lesson]) -> None:
    """Write URLs into the links between the created lessons, once all of them exist. One query."""
    linked = [lesson for lesson in created if links.LESSON in lesson.body]
    for lesson in linked:
        lesson.body = with_lesson_urls(lesson.body, lessons)
    if linked:
        Lesson.objects.bulk_update([Lesson(pk=lesson.pk, body=lesson.body) for lesson in linked], ["body"])


def fingerprint(fields: Mapping[str, str]) -> dict[str, str]:
    """Return `fields` as an ImportedLesson stores them."""
    return {name: text_digest(value) if name == "body" else value for name, value in fields.items()}


def create_lesson(module: Module, reviewed: ReviewedLesson, *, position: int, taken: set[str]) -> Lesson:
    """Create the lesson or case study, and add its slug to `taken`.

    For a case study, return its Lesson, so that foreign keys to Lesson accept it.
    """
    slug = unique_slug(reviewed.title, taken)
    taken.add(slug)
    columns = {"module": module, "slug": slug, "position": position, **lesson_fields(reviewed)}
    if reviewed.kind == CASE_STUDY:
        return as_lesson(CaseStudy.objects.create(**columns))
    return Lesson.objects.create(**columns)


def as_lesson(lesson: Lesson) -> Lesson:
    """Return the Lesson behind a case study; a plain Lesson is returned unchanged."""
    return getattr(lesson, "lesson_ptr", lesson)


def save_imported_lessons(article: ArticleImport, lessons: Iterable[ImportedLesson]) -> None:
    """Store what each lesson was made from, in the given order.

    They replace the earlier records of the article, whose module may have been deleted since.
    """
    article.imported_lessons.all().delete()
    rows = list(lessons)
    for position, row in enumerate(rows):
        row.article, row.position = article, position
    ImportedLesson.objects.bulk_create(rows)


def module_item_keys(module: Module) -> dict[str, set[str]]:
    """Return the keys of the module's items, by kind of suggestion. Four queries."""
    rows = {
        "glossary": module.glossaryterms.values("term"),
        "timeline": module.timelineevents.values("event"),
        "tags": module.tags.values("name"),
        "prompts": module.prompts.values("text"),
    }
    return {kind: {suggestion_key(kind, row) for row in of_kind} for kind, of_kind in rows.items()}


def new_module_items(review: dict, existing: Mapping[str, set[str]]) -> dict[str, list[dict]]:
    """Return the accepted suggestions that are not in the module yet, without duplicates, cut to their fields."""
    return {kind: _new_items(kind, review, existing[kind]) for kind in SUGGESTION_FIELD}


def _new_items(kind: str, review: dict, existing: set[str]) -> list[dict]:
    column, items = SUGGESTION_FIELD[kind], {}
    for item in accepted(review, kind):
        item = {**item, column: item[column][: MAX_LENGTH.get(kind)]}
        items[suggestion_key(kind, item)] = item
    return [item for key, item in items.items() if key not in existing]


def add_module_items(module: Module, items: Mapping[str, list[dict]], lesson_of_section: Mapping[str, Lesson]) -> None:
    """Add `items`, as `new_module_items` returns them. lesson_of_section: the lesson that a section became part of."""
    if items["tags"]:
        module.tags.add(*without_blank(item["name"] for item in items["tags"]))
    for item in items["glossary"]:
        lesson = lesson_of_section.get(item["section"])
        GlossaryTerm.objects.create(module=module, lesson=lesson, term=item["term"], definition=item["definition"])
    for item in items["timeline"]:
        lesson = lesson_of_section.get(item["section"])
        event = TimelineEvent(module=module, lesson=lesson, date=item["date"], event=item["event"])
        event.clean()
        event.save()
    first_position = module.prompts.count()
    for position, item in enumerate(items["prompts"], first_position):
        lesson = lesson_of_section.get(item["section"])
        Prompt.objects.create(module=module, lesson=lesson, text=item["text"], position=position)
    index_modules([module.pk])
