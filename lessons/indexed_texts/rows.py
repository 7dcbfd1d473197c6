"""What the rows of the index say: of a lesson one for its facts and one for each passage, of other texts one each."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation

from lessons import dates
from lessons.courses.models import Course
from lessons.indexing import tokens
from lessons.indexing.models import TextEntry
from lessons.markup.passages import SEPARATOR, Passage, check_places, passages
from lessons.markup.sanitise import CHECK_ATTRIBUTE
from lessons.memo import memoized
from lessons.models import GlossaryTerm, Lesson, LessonTag, Module, ModuleItem, ModuleTag, TimelineEvent

Kind = TextEntry.Kind
ALL, PUBLIC = "xa", "xp"
CHECK_ANCHOR = "check-"
MIN_SEPARATORS = 2
"""So many between the items of a list, or the cells of a table, are in no paragraph."""
MAX_TEXT_LENGTH = 30_000
"""In characters, of a text that is one row however long it is. PostgreSQL indexes at most 1 MB of terms at once."""
PATH_SEPARATOR = " › "
FACT_SEPARATOR = " · "
MODULE_COLUMNS = ("module_id", "module__course_id", "module__course__language", "module__course__visibility")


class TextRow(NamedTuple):
    """A row of the index, by the names of the columns of `TextEntry`. scope: its tokens, separated by spaces."""

    kind: str
    object_id: int
    number: int
    start: int
    end: int
    anchor: str
    title: str
    heading: str
    text: str
    language: str
    scope: str


class _Place(NamedTuple):
    """The module of a text."""

    module: int
    course: int
    language: str
    visibility: str


CheckTexts = Mapping[int, Mapping[str, str]]
_check_texts: list[Callable[[Collection[int]], CheckTexts]] = []


def register_check_texts(texts_of: Callable[[Collection[int]], CheckTexts]) -> None:
    """Have the checks found that stand in lessons: an app above this one knows what readers see of them.

    texts_of: returns for the ids of lessons, by id, the texts of the published checks by their uids.
    """
    _check_texts.append(texts_of)


def lesson_rows(ids: Collection[int]) -> Iterator[TextRow]:
    """Yield the rows of those of the lessons that readers see. Three queries, and one if any of them has checks."""
    lessons = Lesson.objects.published().filter(pk__in=ids).order_by("pk")
    columns = ("pk", *MODULE_COLUMNS, "current_revision__title", "current_revision__facts", "current_revision__html")
    values = list(lessons.values_list(*columns))
    own_tags = _tags(LessonTag, [pk for pk, *_rest in values])
    module_tags = _tags(ModuleTag, {module for _pk, module, *_rest in values})
    checks = _texts_of_checks(pk for pk, *_rest, html in values if CHECK_ATTRIBUTE in html)
    for pk, module, course, language, visibility, title, facts, html in values:
        place = _Place(module, course, language, visibility)
        tags = own_tags[pk] | module_tags[module]
        scope = scope_of(tokens.LESSON_TEXT, place, tags, pk)
        found = with_checks(lesson_passages(html, facts, language), html, checks.get(pk, {}))
        in_pieces = " ".join(sorted([*scope.split(), tokens.IN_PIECES]))
        for number, passage in enumerate(found):
            span, heading = (passage.start, passage.end, passage.anchor), heading_path(passage)
            own = in_pieces if number and _is_in_pieces(passage) else scope
            yield TextRow(Kind.LESSON, pk, number, *span, title, heading, passage.text, language, own)


def lesson_passages(html: str, facts: dict[str, Any], language: str) -> list[Passage]:
    """Return the passages of a revision, after one of its facts, which is there even without any: it has the title."""
    return [Passage(0, 0, facts_text(facts, language)), *_passages(html)]


def _is_in_pieces(passage: Passage) -> bool:
    return passage.anchor.startswith(CHECK_ANCHOR) or passage.text.count(SEPARATOR) >= MIN_SEPARATORS


def _texts_of_checks(ids: Iterable[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if lessons := list(ids):
        for texts_of in _check_texts:
            for pk, texts in texts_of(lessons).items():
                found[pk] |= texts
    return found


def with_checks(found: list[Passage], html: str, texts: Mapping[str, str]) -> list[Passage]:
    """Return the passages of a lesson with those of its checks at their places: each begins and ends where it stands.

    Its anchor is the id that the check has on the lesson's page.
    """
    if not texts:
        return found
    facts, *others = found
    checks = [
        place._replace(end=max(place.end, 1), text=texts[uid], anchor=f"{CHECK_ANCHOR}{uid}")
        for uid, place in check_places(html).items()
        if uid in texts
    ]
    return [facts, *sorted([*checks, *others], key=lambda passage: passage.start)]


def heading_path(passage: Passage) -> str:
    return PATH_SEPARATOR.join(passage.headings)


@memoized
def _passages(html: str) -> list[Passage]:
    return passages(html)


def term_rows(ids: Collection[int]) -> Iterator[TextRow]:
    """Yield the rows of those of the terms that readers see. Two queries."""
    for pk, place, scope, (term, definition) in _items(GlossaryTerm, ids, tokens.GLOSSARY, "term", "definition"):
        text = definition[:MAX_TEXT_LENGTH]
        yield TextRow(Kind.TERM, pk, 0, 0, 0, f"term-{pk}", term, "", text, place.language, scope)


def event_rows(ids: Collection[int]) -> Iterator[TextRow]:
    """Yield the rows of those of the events that readers see. Two queries."""
    for pk, place, scope, (date, event, detail) in _items(
        TimelineEvent, ids, tokens.TIMELINE, "date", "event", "detail"
    ):
        when, text = date_text(date, place.language), detail[:MAX_TEXT_LENGTH]
        yield TextRow(Kind.EVENT, pk, 0, 0, 0, f"event-{pk}", event, when, text, place.language, scope)


def _items(
    model: type[ModuleItem], ids: Collection[int], kind: str, *columns: str
) -> Iterator[tuple[int, _Place, str, list[Any]]]:
    """Yield id, module, scope and `columns` of the items that readers see. They have the tags of their module.

    A lesson is only named in the scope of an item if readers see it.
    """
    items = model._default_manager.filter(pk__in=ids).exclude(module__state=Module.State.DRAFT).order_by("pk")
    lesson_columns = ("lesson_id", "lesson__state", "lesson__current_revision_id")
    values = list(items.values_list("pk", *lesson_columns, *MODULE_COLUMNS, *columns))
    tags = _tags(ModuleTag, {module for _pk, _lesson, _state, _revision, module, *_rest in values})
    for pk, lesson, state, revision, module, course, language, visibility, *texts in values:
        place = _Place(module, course, language, visibility)
        shown_lesson = lesson if state == Lesson.State.PUBLISHED and revision else None
        yield pk, place, scope_of(kind, place, tags[module], shown_lesson), texts


def _tags(through: type[LessonTag | ModuleTag], owners: Iterable[int]) -> dict[int, set[int]]:
    """Return the ids of the tags of each owner. One query, or none."""
    tags: dict[int, set[int]] = defaultdict(set)
    if owners := list(owners):
        rows = through._default_manager.filter(content_object__in=owners)
        for owner, tag in rows.values_list("content_object_id", "tag_id"):
            tags[owner].add(tag)
    return tags


def scope_of(kind: str, place: _Place, tags: Iterable[int], lesson: int | None) -> str:
    """Return the tokens of a text: who may read it, of what kind it is, where it is, and its tags."""
    found = {kind, tokens.course(place.course), tokens.module(place.module), *map(tokens.tag, tags)}
    if lesson:
        found.add(tokens.lesson(lesson))
    return " ".join(sorted(found | readers_of(place.course, place.visibility)))


def readers_of(course: int, visibility: str) -> frozenset[str]:
    """Return the permission tokens of a course's texts.

    An unlisted course is read by anybody who knows its address: a reader has its token only within that course.
    """
    readers = {ALL, member(course)}
    if visibility == Course.Visibility.PUBLIC:
        readers.add(PUBLIC)
    elif visibility == Course.Visibility.UNLISTED:
        readers.add(unlisted(course))
    return frozenset(readers)


def member(course: int) -> str:
    return f"xc{course}"


def unlisted(course: int) -> str:
    return f"xl{course}"


def facts_text(facts: dict[str, Any], language: str) -> str:
    """Return the summary of a lesson, and the facts of a case study, as one text."""
    period = "/".join(filter(None, (facts.get("began"), facts.get("ended"))))
    values = [
        facts.get("summary"),
        facts.get("location"),
        period and date_text(period, language),
        *facts.get("parties", ()),
        facts.get("outcome"),
        *facts.get("questions", ()),
    ]
    return FACT_SEPARATOR.join(" ".join(value.split()) for value in values if value)[:MAX_TEXT_LENGTH]


def date_text(date: str, language: str) -> str:
    """Return a date as readers see it who read the site in the language of the course."""
    try:
        known = translation.get_supported_language_variant(language)
    except LookupError:
        known = settings.LANGUAGE_CODE
    with translation.override(known):
        return str(dates.format_edtf(date))
