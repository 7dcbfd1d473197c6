"""Texts that a search has found, as its page shows them: lessons with the passages that match, terms and events."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons import dates
from lessons.courses.models import readable_by
from lessons.indexing.models import TextEntry
from lessons.markup.row_templates import url
from lessons.models import GlossaryTerm, Lesson, Module, TimelineEvent, lesson_url_slug
from lessons.search.passage_links import passage_link
from lessons.search.snippets import Matcher, Pattern, marked, snippet

Kind = TextEntry.Kind


class Passage(NamedTuple):
    """A passage of a text with what was searched marked, and the address that opens the text there."""

    url: str
    html: SafeString


class TextResult(NamedTuple):
    """A lesson, a term or an event. `labels` say what and where it is; `passages` are the best ones of a lesson.

    `more` counts the other passages of the lesson that match.
    """

    kind: str
    pk: int
    url: str
    title: SafeString
    labels: list[str]
    passages: list[Passage]
    course_title: str
    language: str
    is_read: bool = False
    more: int = 0

    @property
    def more_label(self) -> str:
        text = ngettext("%(n)d more passage in this lesson", "%(n)d more passages in this lesson", self.more)
        return text % {"n": self.more}


class LessonRow(NamedTuple):
    """A published lesson, in the order of LESSON_COLUMNS."""

    pk: int
    slug: str
    number: int
    title: str
    text: str
    kind: str | None
    summary: str | None
    location: str | None
    outcome: str | None
    module_title: str
    course_title: str
    language: str
    completed_at: datetime | None


FACTS = tuple(KeyTextTransform(key, "current_revision__facts") for key in ("kind", "summary", "location", "outcome"))
LESSON_COLUMNS = (
    "pk",
    "slug",
    "number_in_module",
    "current_revision__title",
    "current_revision__text",
    *FACTS,
    "module__title",
    "module__course__title",
    "module__course__language",
    "completed_at",
)
ITEM_COLUMNS = ("module__course__slug", "module__course__title", "module__course__language")


def text_entries(pks: Sequence[int]) -> list[TextEntry]:
    """Return the entries of these rows of the index, in this order. One query, none without rows."""
    entries = TextEntry.objects.in_bulk(pks) if pks else {}
    return [entries[pk] for pk in pks if pk in entries]


def entries_by_text(entries: Iterable[TextEntry]) -> list[list[TextEntry]]:
    """Return the entries of each text together, the texts in the order of their first entries."""
    by_text: dict[tuple[str, int], list[TextEntry]] = {}
    for entry in entries:
        by_text.setdefault((entry.kind, entry.object_id), []).append(entry)
    return list(by_text.values())


def text_results(
    user, texts: Sequence[list[TextEntry]], patterns: Sequence[Pattern], *, max_passages: int = 1
) -> list[TextResult]:
    """Return the results for those of the texts that the user may read. At most a query a kind."""
    makers = {Kind.LESSON: _lesson_results, Kind.TERM: _term_results, Kind.EVENT: _event_results}
    results: dict[tuple[str, int], TextResult] = {}
    for kind, make in makers.items():
        of_kind = {entries[0].object_id: entries for entries in texts if entries[0].kind == kind}
        if of_kind:
            results |= {(kind, result.pk): result for result in make(user, of_kind, patterns, max_passages)}
    keys = [(entries[0].kind, entries[0].object_id) for entries in texts]
    return [results[key] for key in keys if key in results]


def _lesson_results(user, entries_by_lesson, patterns, max_passages) -> Iterable[TextResult]:
    for row in map(LessonRow._make, _lessons(user, list(entries_by_lesson))):
        matcher, entries = Matcher(patterns, row.language), entries_by_lesson[row.pk]
        passages = [_passage(row, entry, matcher) for entry in _best(entries, max_passages)]
        label = _("Case study") if row.kind == "case_study" else _("Lesson %(number)s") % {"number": row.number}
        yield TextResult(
            Kind.LESSON,
            row.pk,
            passages[0].url,
            marked(row.title, matcher.matches(row.title)),
            [label, row.module_title],
            passages,
            row.course_title,
            row.language,
            is_read=row.completed_at is not None,
            more=len(entries) - len(passages),
        )


def _best(entries: list[TextEntry], count: int) -> list[TextEntry]:
    """Return the entries to show: passages of the text rather than the lesson as a whole, whose title is shown anyway.

    A few of them in the order of the text.
    """
    shown = sorted(entries[: count + 1], key=lambda entry: not entry.end)[:count]
    return sorted(shown, key=lambda entry: entry.number)


def _lessons(user, pks: list[int]) -> QuerySet:
    before = Lesson.objects.published().filter(module=OuterRef("module"))
    before = before.filter(
        Q(position__lt=OuterRef("position")) | Q(position=OuterRef("position"), pk__lte=OuterRef("pk"))
    )
    number = Subquery(before.order_by().values("module").annotate(n=Count("pk")).values("n"))
    lessons = Lesson.objects.visible_to(user).filter(pk__in=pks).annotate(number_in_module=number)
    if user.is_authenticated:
        own = FilteredRelation("progress", condition=Q(progress__user=user))
        lessons = lessons.annotate(own=own).annotate(completed_at=F("own__completed_at"))
    else:
        lessons = lessons.annotate(completed_at=Value(None))
    return lessons.order_by().values_list(*LESSON_COLUMNS)


def _passage(row: LessonRow, entry: TextEntry, matcher: Matcher) -> Passage:
    address = url("reading:lesson", row.pk, lesson_url_slug(row.slug))
    if not entry.end:
        text = " · ".join(filter(None, (row.summary, row.location, row.outcome))) or " ".join(row.text[:600].split())
        return Passage(address, snippet(text, matcher.matches(text)).html)
    text = " ".join(row.text[entry.start : entry.end].split())
    part = snippet(text, matcher.matches(text))
    return Passage(passage_link(address, entry.anchor, text[part.start : part.end], row.text), part.html)


def _term_results(user, entries_by_term, patterns, _max_passages) -> Iterable[TextResult]:
    terms = _readable_items(GlossaryTerm.objects.filter(pk__in=list(entries_by_term)), user)
    for pk, term, definition, slug, course, language in terms.values_list("pk", "term", "definition", *ITEM_COLUMNS):
        matcher, address = Matcher(patterns, language), f"{url('reading:glossary', slug)}#term-{pk}"
        yield TextResult(
            Kind.TERM,
            pk,
            address,
            marked(term, matcher.matches(term)),
            [_("Glossary")],
            [_item_passage(address, definition, matcher)],
            course,
            language,
        )


def _event_results(user, entries_by_event, patterns, _max_passages) -> Iterable[TextResult]:
    events = _readable_items(TimelineEvent.objects.filter(pk__in=list(entries_by_event)), user)
    columns = ("pk", "date", "event", "detail", *ITEM_COLUMNS)
    for pk, date, event, detail, slug, course, language in events.values_list(*columns):
        matcher, address = Matcher(patterns, language), f"{url('reading:timeline', slug)}#event-{pk}"
        yield TextResult(
            Kind.EVENT,
            pk,
            address,
            marked(event, matcher.matches(event)),
            [_("Timeline"), dates.format_edtf(date)],
            [_item_passage(address, detail, matcher)] if detail else [],
            course,
            language,
        )


def _readable_items(items: QuerySet, user) -> QuerySet:
    return readable_by(items.exclude(module__state=Module.State.DRAFT), user, "module__course").order_by()


def _item_passage(address: str, text: str, matcher: Matcher) -> Passage:
    line = " ".join(text.split())
    return Passage(address, snippet(line, matcher.matches(line)).html)
