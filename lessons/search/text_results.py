"""Texts that a search has found, as its page shows them: lessons with the passages that match, terms and events."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from lessons.accounts.models import User
from lessons.courses.due_dates import DueDate, DueDates
from lessons.courses.models import Course, readable_by
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.json_rows import JSONRows, unpack_rows
from lessons.indexed_texts import CHECK_ANCHOR
from lessons.indexing.models import TextEntry
from lessons.markup.row_templates import url
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.models import GlossaryTerm, Lesson, Module, ModuleItem, TimelineEvent, lesson_url_slug
from lessons.search.passage_links import passage_link
from lessons.search.snippets import Matcher, Pattern, marked, sentence_end, snippet

Kind = TextEntry.Kind


class Passage(NamedTuple):
    """A passage with what was searched marked, and the address that opens the text there. `heading` is what it stands
    under, empty unless what was searched is in it; of a check, that it is one.
    """

    url: str
    html: SafeString
    heading: SafeString


class TextResult(NamedTuple):
    """A lesson, a term or an event. `labels` say what and where it is, `more` how many more passages match; `due` is
    None unless it is due soon or overdue.
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
    due: DueDate | None = None

    @property
    def more_label(self) -> str:
        text = ngettext("%(n)d more passage in this lesson", "%(n)d more passages in this lesson", self.more)
        return text % {"n": self.more}


class TextRow(NamedTuple):
    """A text that somebody may read, as it is selected. `slug` is that of the lesson, or of the course of a term
    or event; `number` counts lessons from one in each module.
    """

    kind: str
    pk: int
    slug: str
    number: int
    lesson_kind: str | None
    module_title: str
    course_title: str
    course_pk: int
    course_zone: str
    due_at: datetime | None
    is_completed: bool


class TextReader(NamedTuple):
    """The properties of a reader that change which texts a compiled query selects."""

    is_user: bool
    is_superuser: bool
    learner_view: tuple[int, int | None] | None

    @classmethod
    def of(cls, user) -> "TextReader":
        return cls(user.is_authenticated, user.is_superuser, user.learner_view if user.is_authenticated else None)

    def placeholder(self) -> User | AnonymousUser:
        """Return a reader with these properties, whose id is the placeholder `user`."""
        if not self.is_user:
            return AnonymousUser()
        reader = User(pk=int_param("user"), is_superuser=self.is_superuser)
        reader.learner_view = self.learner_view
        return reader


class FoundEntry(NamedTuple):
    """A row of the index that was found, with what `TextEntry` has of it."""

    pk: int
    number: int
    end: int
    anchor: str
    title: str
    heading: str
    text: str
    language: str


class FoundText(NamedTuple):
    """A text that the reader may read, and what was found in it, the best first."""

    row: TextRow
    entries: list[FoundEntry]


# So many rows of the index are looked at.
MAX_ENTRIES = 60


def readable_texts(user, pks: Sequence[int]) -> list[FoundText]:
    """Return the texts that the user may read of these rows of the index, MAX_ENTRIES at most, in the order of their
    first rows. One query, none without rows.
    """
    if not pks:
        return []
    place = {pk: n for n, pk in enumerate(pks)}
    ids = {f"entry{n}": 0 for n in range(MAX_ENTRIES)} | {f"entry{n}": pk for pk, n in place.items()}
    texts = []
    for *columns, packed in fetch_rows(_texts, TextReader.of(user), user=user.pk, **ids):
        entries = map(FoundEntry._make, unpack_rows(packed))
        in_order = sorted(entries, key=lambda entry: place[entry.pk])
        texts.append(FoundText(TextRow._make(columns), in_order))
    return sorted(texts, key=lambda text: place[text.entries[0].pk])


def text_results(
    user, texts: Iterable[FoundText], patterns: Sequence[Pattern], *, max_passages: int = 1
) -> list[TextResult]:
    """Return the results for the texts. No query."""
    now = timezone.now()
    results = []
    for row, entries in texts:
        matcher = Matcher(patterns, entries[0].language)
        if row.kind == Kind.LESSON:
            results.append(_lesson(row, entries, matcher, max_passages)._replace(due=pressing_date(row, user, now)))
        else:
            results.append(_item(row, entries[0], matcher))
    return results


def _lesson(row: TextRow, entries: list[FoundEntry], matcher: Matcher, max_passages: int) -> TextResult:
    address = url("reading:lesson", row.pk, lesson_url_slug(row.slug))
    passages = [_passage(address, entry, matcher) for entry in _best(entries, max_passages)]
    return TextResult(
        Kind.LESSON,
        row.pk,
        passages[0].url,
        marked(entries[0].title, matcher.matches(entries[0].title)),
        _labels(row),
        passages,
        row.course_title,
        entries[0].language,
        is_read=row.is_completed,
        more=len(entries) - len(passages),
    )


def lesson_result(row: TextRow, title: str, language: str, due: DueDate | None) -> TextResult:
    """Return a lesson for a list of lessons, without passages."""
    return TextResult(
        Kind.LESSON,
        row.pk,
        url("reading:lesson", row.pk, lesson_url_slug(row.slug)),
        conditional_escape(title),
        _labels(row),
        [],
        row.course_title,
        language,
        is_read=row.is_completed,
        due=due,
    )


def _labels(row: TextRow) -> list[str]:
    label = _("Case study") if row.lesson_kind == "case_study" else _("Lesson %(number)s") % {"number": row.number}
    return [label, row.module_title]


def due_date(row: TextRow, user, now: datetime) -> DueDate | None:
    """Return when the lesson is due."""
    if row.due_at is None:
        return None
    course = Course(pk=row.course_pk, time_zone=row.course_zone)
    return DueDates(course, user, now).show(row.due_at, is_done=row.is_completed)


def pressing_date(row: TextRow, user, now: datetime) -> DueDate | None:
    """Return when the lesson is due, if that is soon or past; for a learner of its course, as `DueDates` is."""
    due = due_date(row, user, now)
    return due if due and due.state else None


def _best(entries: list[FoundEntry], count: int) -> list[FoundEntry]:
    """Return the entries to show: passages of the text rather than the lesson as a whole, whose title is shown anyway.

    A few of them are in the order of the text.
    """
    shown = sorted(entries[: count + 1], key=lambda entry: not entry.end)[:count]
    return sorted(shown, key=lambda entry: entry.number)


def _passage(address: str, entry: FoundEntry, matcher: Matcher) -> Passage:
    part, in_heading = snippet(entry.text, matcher.matches(entry.text)), matcher.matches(entry.heading)
    if entry.anchor.startswith(CHECK_ANCHOR):
        return Passage(f"{address}#{entry.anchor}", part.html, conditional_escape(_("Check")))
    if entry.end:
        end = sentence_end(entry.text, part.end)
        address = passage_link(address, entry.anchor, entry.text[part.start : end])
    return Passage(address, part.html, marked(entry.heading if in_heading else "", in_heading))


def _item(row: TextRow, entry: FoundEntry, matcher: Matcher) -> TextResult:
    is_term = row.kind == Kind.TERM
    page, label = ("reading:glossary", _("Glossary")) if is_term else ("reading:timeline", _("Timeline"))
    address = f"{url(page, row.slug)}#{entry.anchor}"
    passage = Passage(address, snippet(entry.text, matcher.matches(entry.text)).html, mark_safe(""))
    return TextResult(
        row.kind,
        row.pk,
        address,
        marked(entry.title, matcher.matches(entry.title)),
        [label, *filter(None, [entry.heading])],
        [passage] if entry.text else [],
        row.course_title,
        entry.language,
    )


def _texts(text_reader: TextReader) -> QuerySet:
    """Select the texts of the rows of the index that are given, as TextRow has them, with these rows."""
    reader = text_reader.placeholder()
    by_kind = {
        Kind.LESSON: lessons_for(reader),
        Kind.TERM: _items(GlossaryTerm, Kind.TERM, reader),
        Kind.EVENT: _items(TimelineEvent, Kind.EVENT, reader),
    }
    first, *others = [_with_entries(texts, kind) for kind, texts in by_kind.items()]
    return first.union(*others, all=True)


def _with_entries(texts: QuerySet, kind: TextEntry.Kind) -> QuerySet:
    found = TextEntry.objects.filter(pk__in=[int_param(f"entry{n}") for n in range(MAX_ENTRIES)])
    own = JSONRows(found.filter(kind=kind, object_id=OuterRef("pk")), *FoundEntry._fields)
    # Without an index of kinds, or SQLite would look through all entries of the kind.
    of_kind = found.alias(its_kind=Coalesce("kind", Value(""))).filter(its_kind=kind)
    texts = texts.filter(pk__in=of_kind.values("object_id")).annotate(entries=own)
    return texts.values_list(*TextRow._fields, "entries")


def lessons_for(reader: User | AnonymousUser) -> QuerySet:
    """Select the lessons that the reader may read, with what TextRow has of them; `own` is the reader's progress."""
    is_before = Q(position__lt=OuterRef("position")) | Q(position=OuterRef("position"), pk__lte=OuterRef("pk"))
    before = Lesson.objects.published().filter(is_before, module=OuterRef("module")).order_by()
    lessons = Lesson.objects.visible_to(reader).order_by()
    is_completed: Any = Value(False)
    if reader.is_authenticated:
        lessons = lessons.annotate(own=FilteredRelation("progress", condition=Q(progress__user=reader.pk)))
        # Not the time itself: each would be read from its text.
        is_completed = ExpressionWrapper(Q(own__completed_at__isnull=False), BooleanField())
    return lessons.annotate(
        kind=Value(Kind.LESSON.value, CharField()),
        number=Subquery(before.values("module").annotate(n=Count("pk")).values("n")),
        lesson_kind=KeyTextTransform("kind", "current_revision__facts"),
        module_title=F("module__title"),
        course_title=F("module__course__title"),
        course_pk=F("module__course"),
        course_zone=F("module__course__time_zone"),
        is_completed=is_completed,
    )


def _items(model: type[ModuleItem], kind: TextEntry.Kind, reader: User | AnonymousUser) -> QuerySet:
    items = readable_by(model._default_manager.exclude(module__state=Module.State.DRAFT), reader, "module__course")
    return items.order_by().annotate(
        kind=Value(kind.value, CharField()),
        slug=F("module__course__slug"),
        number=Value(0),
        lesson_kind=Value(None, TextField()),
        module_title=F("module__title"),
        course_title=F("module__course__title"),
        course_pk=F("module__course"),
        course_zone=F("module__course__time_zone"),
        due_at=Value(None, DateTimeField()),
        is_completed=Value(False),
    )
