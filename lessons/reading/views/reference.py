"""What one looks up: the glossary and the timeline of a course, and what a tag joins."""

from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from lessons import dates
from lessons.courses.models import Course
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.db.pagination import Position
from lessons.models import GlossaryTerm, Lesson, Module, TimelineEvent
from lessons.reading.links import lesson_url
from lessons.reading.rendering import cached_fragment
from lessons.reading.selectors.tag_contents import KEYSET, SECTIONS, related_tags, tagged_page
from lessons.reading.views.courses import get_course
from lessons.tagging.models import Tag

LESSON_COLUMNS = (
    "module_id",
    "module__title",
    "lesson_id",
    "lesson__slug",
    "lesson__state",
    "lesson__current_revision__title",
)


class GlossaryRow(NamedTuple):
    pk: int
    term: str
    definition: str
    address: str | None
    lesson: str | None
    module: str | None


class TimelineRow(NamedTuple):
    """`when` is for people, `datetime` for machines."""

    pk: int
    when: str
    datetime: str
    event: str
    detail: str
    address: str | None
    lesson: str | None
    module: str | None


@login_not_required
def glossary(request, slug):
    course = get_course(request.user, slug)
    found = _with_lesson_link(fetch_rows(_terms, course=course.pk))
    terms = sorted((GlossaryRow(*row) for row in found), key=lambda t: t.term.casefold())
    shown = cached_fragment("reading/_terms.html", terms=tuple(terms)) if terms else ""
    return render(request, "reading/glossary.html", _page(request, course, shown))


@login_not_required
def timeline(request, slug):
    course = get_course(request.user, slug)
    found = _with_lesson_link(fetch_rows(_events, course=course.pk))
    events = tuple(TimelineRow(pk, dates.format_edtf(date), dates.iso_date(date), *rest) for pk, date, *rest in found)
    shown = cached_fragment("reading/_events.html", events=events) if events else ""
    return render(request, "reading/timeline.html", _page(request, course, shown))


@login_not_required
def tag(request, slug):
    """What the reader may see under the tag, of listed courses and of the one that `course` names: the newest A_PAGE
    of each kind, or with `more` and `before` the next of one. Five queries at most, however many rows."""
    tag = get_object_or_404(Tag, slug=slug)
    named, more, before = _requested_section(request.GET)
    found = {name: tagged_page(name, tag, request.user, named, before) for name in ([more] if more else SECTIONS)}
    shown = {name: page.rows for name, page in found.items()}
    if not any(shown.values()):
        raise Http404
    page = shown | {
        "tag": tag,
        "more": {name: _more_url(named, name, page.next_cursor) for name, page in found.items() if page.next_cursor},
        "whole": _more_url(named) if more else "",
        "related": [] if more else related_tags(tag, shown, named),
        "canonical": _canonical(request),
    }
    return render(request, "reading/tag.html", page)


def _requested_section(query) -> tuple[str, str, Position | None]:
    """The course's address, the kind of which more is wanted, and the id that was the last; without nonsense."""
    more, before = query.get("more", ""), KEYSET.parse_cursor(query.get("before"))
    named = query.get("course", "")
    return (named, more, before) if more in SECTIONS and before else (named, "", None)


def _more_url(named: str, more: str = "", before: str = "") -> str:
    asked = {"course": named, "more": more, "before": before}
    return "?" + urlencode({name: value for name, value in asked.items() if value})


def _page(request, course: Course, shown: str) -> dict:
    return {"course": course, "shown": shown, "canonical": _canonical(request)}


def _terms():
    return _module_items(GlossaryTerm, "term", "definition").order_by("pk")


def _events():
    return _module_items(TimelineEvent, "date", "event", "detail").order_by("sort_key", "pk")


def _module_items(model, *columns: str):
    """Of a course's modules that are not drafts: id, `columns` and PLACE."""
    belonging = model.objects.filter(module__course=int_param("course")).exclude(module__state=Module.State.DRAFT)
    return belonging.values_list("pk", *columns, *LESSON_COLUMNS)


def _with_lesson_link(found: list[tuple]):
    """The rows, in the place of PLACE the address and title of the lesson, None where readers do not see it, and the
    module's title where there are several."""
    are_several = len({module for *_columns, module, _title, _lesson, _slug, _state, _name in found}) > 1
    for *own, _module, module_title, lesson, slug, state, title in found:
        is_shown = title and state == Lesson.State.PUBLISHED
        place = (lesson_url(lesson, slug), title) if is_shown else (None, None)
        yield (*own, *place, module_title if are_several else None)


def _canonical(request) -> str:
    return request.build_absolute_uri(request.path)
