"""Texts that a search has found, as its page shows them: lessons with the passages that match, terms and events."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, DateTimeField, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lessons.courses.models import readable_by
from lessons.indexing.models import TextEntry
from lessons.markup.row_templates import url
from lessons.models import GlossaryTerm, Lesson, Module, ModuleItem, TimelineEvent, lesson_url_slug
from lessons.search.passage_links import passage_link
from lessons.search.snippets import Matcher, Pattern, marked, sentence_end, snippet

Kind = TextEntry.Kind


class Passage(NamedTuple):
    """A passage with what was searched marked, and the address that opens the text there. `heading` is what it stands
    under, empty unless what was searched is in it.
    """

    url: str
    html: SafeString
    heading: SafeString


class TextResult(NamedTuple):
    """A lesson, a term or an event. `labels` say what and where it is, `more` how many more passages match."""

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
    """A published lesson, in the order of LESSON_COLUMNS. `number` counts from one in its module."""

    pk: int
    slug: str
    number: int
    kind: str | None
    module_title: str
    course_title: str
    completed_at: datetime | None


LESSON_COLUMNS = (
    "pk",
    "slug",
    "number_in_module",
    KeyTextTransform("kind", "current_revision__facts"),
    "module__title",
    "module__course__title",
    "completed_at",
)
ITEM_COLUMNS = ("pk", "module__course__slug", "module__course__title")


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

    def of_kind(kind: str) -> dict[int, list[TextEntry]]:
        return {entries[0].object_id: entries for entries in texts if entries[0].kind == kind}

    results = {
        (result.kind, result.pk): result
        for made in (
            _lesson_results(user, of_kind(Kind.LESSON), patterns, max_passages),
            _item_results(user, GlossaryTerm, of_kind(Kind.TERM), patterns),
            _item_results(user, TimelineEvent, of_kind(Kind.EVENT), patterns),
        )
        for result in made
    }
    keys = [(entries[0].kind, entries[0].object_id) for entries in texts]
    return [results[key] for key in keys if key in results]


def _lesson_results(user, by_lesson: dict, patterns: Sequence[Pattern], max_passages: int) -> Iterator[TextResult]:
    for row in map(LessonRow._make, _lessons(user, list(by_lesson)) if by_lesson else []):
        entries: list[TextEntry] = by_lesson[row.pk]
        matcher, address = (
            Matcher(patterns, entries[0].language),
            url("reading:lesson", row.pk, lesson_url_slug(row.slug)),
        )
        passages = [_passage(address, entry, matcher) for entry in _best(entries, max_passages)]
        label = _("Case study") if row.kind == "case_study" else _("Lesson %(number)s") % {"number": row.number}
        yield TextResult(
            Kind.LESSON,
            row.pk,
            passages[0].url,
            marked(entries[0].title, matcher.matches(entries[0].title)),
            [label, row.module_title],
            passages,
            row.course_title,
            entries[0].language,
            is_read=row.completed_at is not None,
            more=len(entries) - len(passages),
        )


def _best(entries: list[TextEntry], count: int) -> list[TextEntry]:
    """Return the entries to show: passages of the text rather than the lesson as a whole, whose title is shown anyway.

    A few of them are in the order of the text.
    """
    shown = sorted(entries[: count + 1], key=lambda entry: not entry.end)[:count]
    return sorted(shown, key=lambda entry: entry.number)


def _lessons(user, pks: list[int]) -> QuerySet:
    is_before = Q(position__lt=OuterRef("position")) | Q(position=OuterRef("position"), pk__lte=OuterRef("pk"))
    before = Lesson.objects.published().filter(is_before, module=OuterRef("module")).order_by()
    lessons = Lesson.objects.visible_to(user).filter(pk__in=pks).order_by()
    lessons = lessons.annotate(number_in_module=Subquery(before.values("module").annotate(n=Count("pk")).values("n")))
    if not user.is_authenticated:
        return lessons.annotate(completed_at=Value(None, DateTimeField())).values_list(*LESSON_COLUMNS)
    own = FilteredRelation("progress", condition=Q(progress__user=user))
    return lessons.annotate(own=own, completed_at=F("own__completed_at")).values_list(*LESSON_COLUMNS)


def _passage(address: str, entry: TextEntry, matcher: Matcher) -> Passage:
    part, in_heading = snippet(entry.text, matcher.matches(entry.text)), matcher.matches(entry.heading)
    if entry.end:
        end = sentence_end(entry.text, part.end)
        address = passage_link(address, entry.anchor, entry.text[part.start : end])
    return Passage(address, part.html, marked(entry.heading if in_heading else "", in_heading))


def _item_results(
    user, model: type[ModuleItem], by_item: dict[int, list[TextEntry]], patterns: Sequence[Pattern]
) -> Iterator[TextResult]:
    if not by_item:
        return
    is_term = model is GlossaryTerm
    page, label = ("reading:glossary", _("Glossary")) if is_term else ("reading:timeline", _("Timeline"))
    items = model._default_manager.filter(pk__in=list(by_item)).exclude(module__state=Module.State.DRAFT)
    for pk, slug, course in readable_by(items, user, "module__course").order_by().values_list(*ITEM_COLUMNS):
        entry = by_item[pk][0]
        matcher, address = Matcher(patterns, entry.language), f"{url(page, slug)}#{entry.anchor}"
        passage = Passage(address, snippet(entry.text, matcher.matches(entry.text)).html, mark_safe(""))
        yield TextResult(
            entry.kind,
            pk,
            address,
            marked(entry.title, matcher.matches(entry.title)),
            [label, *filter(None, [entry.heading])],
            [passage] if entry.text else [],
            course,
            entry.language,
        )
