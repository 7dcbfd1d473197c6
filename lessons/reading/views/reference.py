"""The glossary and the timeline of a course, and the page of a tag."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from lessons import dates
from lessons.courses.course_by_slug import get_readable_course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.pagination import Position
from lessons.indexing.folded import folded_line
from lessons.models import GlossaryTerm, Lesson, Module, ModuleItem, TimelineEvent
from lessons.reading.links import lesson_url
from lessons.reading.rendering import cached_fragment
from lessons.reading.selectors.tag_contents import KEYSET, SECTIONS, related_tags, tagged_page
from lessons.tagging.models import Tag

LESSON_COLUMNS = (
    "module_id",
    "module__title",
    "module__position",
    "lesson__position",
    "lesson_id",
    "lesson__slug",
    "lesson__state",
    "lesson__current_revision__title",
)


class GlossaryRow(NamedTuple):
    """`place` is that of its lesson in the course, to sort by."""

    pk: int
    term: str
    definition: str
    url: str | None
    lesson: str | None
    place: tuple[int, ...]
    module: str | None


class TimelineRow(NamedTuple):
    """`when` is for people, `datetime` for machines. `place` is that of its lesson in the course, to sort by."""

    pk: int
    when: str
    datetime: str
    event: str
    detail: str
    url: str | None
    lesson: str | None
    place: tuple[int, ...]
    module: str | None


class LinkedLesson(NamedTuple):
    url: str
    title: str
    rows: int


@login_not_required
def glossary(request, slug):
    course = get_readable_course(request.user, slug)
    rows = fetch_rows(_terms, course=course.pk)
    terms = sorted((GlossaryRow(*row) for row in _with_lesson_link(rows)), key=lambda t: t.term.casefold())
    context = {
        "course": course,
        "terms_html": cached_fragment("reading/_terms.html", terms=tuple(terms)) if terms else "",
        "lessons": _linked_lessons(terms),
        "canonical": _canonical(request),
    }
    return render(request, "reading/glossary.html", context)


@login_not_required
def timeline(request, slug):
    course = get_readable_course(request.user, slug)
    rows = _with_lesson_link(fetch_rows(_events, course=course.pk))
    events = tuple(TimelineRow(pk, dates.format_edtf(date), dates.iso_date(date), *rest) for pk, date, *rest in rows)
    context = {
        "course": course,
        "events_html": cached_fragment("reading/_events.html", events=events) if events else "",
        "lessons": _linked_lessons(events),
        "canonical": _canonical(request),
    }
    return render(request, "reading/timeline.html", context)


@login_not_required
def tag(request, slug):
    """Show what has the tag in listed courses and in the one that `course` names: the newest of each section.

    With `more` and `before` in the query, the next of one section. Five queries at most, however many rows. An address
    typed with other accents leads to that of the tag.
    """
    tag = Tag.objects.filter(slug=slug).first() or _tag_with_name(slug)
    course_slug, section, before = _requested_section(request.GET)
    sections = [section] if section else SECTIONS
    pages = {name: tagged_page(name, tag, request.user, course_slug, before) for name in sections}
    rows = {name: page.rows for name, page in pages.items()}
    if not any(rows.values()):
        raise Http404
    if tag.slug != slug:
        return redirect(f"{reverse('reading:tag', args=[tag.slug])}?{request.GET.urlencode()}".removesuffix("?"))
    context = rows | {
        "tag": tag,
        "more": {
            name: _more_url(course_slug, name, page.next_cursor) for name, page in pages.items() if page.next_cursor
        },
        "all_url": _more_url(course_slug) if section else "",
        "related": [] if section else related_tags(tag, rows, course_slug),
        "canonical": _canonical(request),
    }
    return render(request, "reading/tag.html", context)


def _tag_with_name(slug: str) -> Tag:
    tag = Tag.objects.named(slug, folded_line(slug.replace("-", " "))).first()
    if tag is None:
        raise Http404
    return tag


def _requested_section(query) -> tuple[str, str, Position | None]:
    """Return the course's slug, the section of which more is requested, and the position of the last row shown.

    Section and position are empty if either is invalid.
    """
    course_slug, section = query.get("course", ""), query.get("more", "")
    before = KEYSET.parse_cursor(query.get("before"))
    return (course_slug, section, before) if section in SECTIONS and before else (course_slug, "", None)


def _more_url(course_slug: str, section: str = "", before: str = "") -> str:
    query = {"course": course_slug, "more": section, "before": before}
    return "?" + urlencode({name: value for name, value in query.items() if value})


def _terms():
    return _module_items(GlossaryTerm, "term", "definition").order_by("pk")


def _events():
    return _module_items(TimelineEvent, "date", "event", "detail").order_by("sort_key", "pk")


def _module_items(model: type[ModuleItem], *columns: str):
    """Return id, `columns` and LESSON_COLUMNS of the items of a course's modules that are not drafts."""
    items = model._default_manager.filter(module__course=int_param("course"))
    return items.exclude(module__state=Module.State.DRAFT).values_list("pk", *columns, *LESSON_COLUMNS)


def _with_lesson_link(rows: list[tuple]) -> Iterator[tuple]:
    """Yield the rows with URL, title and place of the lesson, and title of the module, instead of LESSON_COLUMNS.

    URL and title are None where readers do not see the lesson; the module is None where all rows are of one.
    """
    are_several = len({row[-len(LESSON_COLUMNS)] for row in rows}) > 1
    for *columns, module, module_title, module_position, position, lesson, slug, state, title in rows:
        is_published = title and state == Lesson.State.PUBLISHED
        link = (lesson_url(lesson, slug), title) if is_published else (None, None)
        place = (module_position, module, position, lesson) if is_published else ()
        yield (*columns, *link, place, module_title if are_several else None)


def _linked_lessons(rows: Iterable[GlossaryRow | TimelineRow]) -> list[LinkedLesson]:
    """Return the lessons that the rows link to, in the order of the course."""
    counts = Counter((row.place, row.url, row.lesson) for row in rows if row.url and row.lesson)
    return [LinkedLesson(url, title, count) for (_place, url, title), count in sorted(counts.items())]


def _canonical(request) -> str:
    return request.build_absolute_uri(request.path)
