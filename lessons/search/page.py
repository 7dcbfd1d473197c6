"""What the page of search results shows: sections, chips, and sentences about what was searched."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from lessons.courses.models import Course
from lessons.discussions.rendering.thread_list import labels
from lessons.markup.row_templates import render_rows
from lessons.markup.translations import gettext as _
from lessons.search import filters as kinds
from lessons.search.filters import SearchFilter
from lessons.search.find import Found
from lessons.search.narrowing import NarrowingOptions
from lessons.search.results import Results
from lessons.search.start import StartLessons


class Chip(NamedTuple):
    """A kind of results, with how many there are."""

    label: str
    url: str
    is_current: bool
    number: str


class EmptyState(NamedTuple):
    """What a page without results says."""

    title: str
    advice: str


class Tip(NamedTuple):
    """An operator, by an example. `url` searches for it, and is empty where the course need not have that."""

    example: str
    text: str
    url: str = ""


class Section(NamedTuple):
    """The results of one kind. `all_url` leads to all of them, and is empty where these are all."""

    id: str
    title: str
    html: SafeString
    all_url: str = ""
    all_label: str = ""


def page_context(
    filters: SearchFilter, found: Found, results: Results, options: NarrowingOptions, course: Course | None
) -> dict:
    """Return the context of the page. No query."""
    heading = _("Search this course") if course else _("Search all courses")
    options = options.with_tag(filters.tag)
    return {
        "course": course,
        "filters": filters,
        "heading": heading,
        "notice": _notice(filters, found),
        "chips": list(_chips(filters, found)),
        "sections": list(_sections(filters, found, results, shows_course=len(options.courses) > 1)),
        "options": options,
        "option_tags": _option_tags(filters, options),
        "kept_fields": _kept_fields(filters),
        "before": filters.query_string(page=filters.page - 1) if filters.page > 1 else "",
        "after": filters.query_string(page=filters.page + 1) if results.has_more else "",
        "clear_url": filters.without_narrowing().query_string() if filters.is_narrowed else "",
        "empty": _empty_state(filters, course),
    }


def start_context(
    filters: SearchFilter, lessons: StartLessons, options: NarrowingOptions, course: Course | None, *, is_user: bool
) -> dict:
    """Return the context of the page before anything is searched. No query."""
    context = page_context(filters, Found(), Results(), options, course)
    sections = _start_sections(lessons, shows_course=len(options.courses) > 1)
    return context | {"sections": list(sections), "tips": list(_tips(filters, options, is_user=is_user))}


def _start_sections(lessons: StartLessons, *, shows_course: bool) -> Iterator[Section]:
    recent = _("Latest lessons") if lessons.is_new else _("Read last")
    for name, title, shown in (("due", _("Due"), lessons.due), ("recent", recent, lessons.recent)):
        if shown:
            context = {"results": shown, "shows_course": shows_course, "more_url": ""}
            html = render_rows("search/texts.html", site_language=get_language(), **context)
            yield Section(f"{name}-lessons", title, html)


def _tips(filters: SearchFilter, options: NarrowingOptions, *, is_user: bool) -> Iterator[Tip]:
    """Yield the operators, those that name something with what there is to name."""
    yield Tip('"as it deems necessary"', _("Words side by side, in just this form"))
    yield Tip("treaty -trade", _("Without a word"))
    tag = next((name for _slug, name in options.tags), "")
    yield _named("tag", tag, _("Only what has this tag"), filters)
    module = next((title for _pk, title in options.modules), "")
    yield _named("in", module, _("Only this lesson or module"), filters)
    if is_user:
        yield _named("by", "me", _("Only what you have written; with a name, what somebody else has"), filters)


def _named(operator: str, name: str, text: str, filters: SearchFilter) -> Tip:
    if not name:
        return Tip(f"{operator}:…", text)
    example = f"{operator}:{name}" if name.isalnum() else f'{operator}:"{name}"'
    return Tip(example, text, filters.query_string(q=example))


def _empty_state(filters: SearchFilter, course: Course | None) -> EmptyState:
    if not (filters.text or filters.is_narrowed):
        where = _("Lessons, glossary, timeline, discussions and notes: everything here that you may read.")
        everywhere = _("Lessons, discussions and notes in all courses: everything that you may read.")
        return EmptyState(_("What are you looking for?"), where if course else everywhere)
    if filters.page > 1:
        return EmptyState(_("No more results"), _("You’ve seen them all."))
    if filters.is_narrowed or filters.kind != kinds.ALL:
        return EmptyState(_("Nothing matches here"), _("Try fewer words, or search everything."))
    return EmptyState(_("Nothing matches"), _("Check the spelling, or try fewer or more general words."))


def kind_labels() -> dict[str, str]:
    return {
        kinds.ALL: _("All"),
        kinds.TEXTS: _("In the text"),
        kinds.DISCUSSIONS: _("Discussions"),
        kinds.NOTES: _("Notes"),
        kinds.GLOSSARY: _("Glossary"),
        kinds.TIMELINE: _("Timeline"),
        kinds.MINE: _("Mine"),
    }


def shown_count(found: Found, kind: str) -> str:
    """Return how many there are of a kind as it is shown: counting stops at some hundreds."""
    is_uncounted = found.uncounted if kind == kinds.ALL else kind in found.uncounted
    number = found.total if kind == kinds.ALL else found.counts.get(kind, 0)
    return f"{number}+" if is_uncounted else str(number)


def _notice(filters: SearchFilter, found: Found) -> SafeString | str:
    """Return the sentences about what was searched in place of what was typed."""
    if found.is_corrected:
        typed = filters.query_string(exact=1)
        text = _("Showing results for {found}. {link}")
        label = _("Search for “%(text)s” instead") % {"text": filters.text}
        link = format_html('<a href="{}">{}</a>', typed, label)
        return format_html(text, found=format_html("<b><bdi>{}</bdi></b>", found.text), link=link)
    if found.suggestion:
        url = filters.query_string(q=found.suggestion, exact="")
        link = format_html('<a href="{}">{}</a>', url, found.suggestion)
        return format_html(_("Did you mean {text}?"), text=link)
    if found.match.is_partial and found.total:
        return _("Showing results with some of your words.")
    return ""


def _chips(filters: SearchFilter, found: Found) -> Iterator[Chip]:
    """Yield a chip for each kind that there is something of, and for the one that is shown."""
    if not found.total:
        return
    for kind, label in kind_labels().items():
        is_current = kind == filters.kind
        if kind == kinds.ALL or kind in found.counts or is_current:
            shown = "" if found.match.is_partial else shown_count(found, kind)
            yield Chip(label, filters.only(kind).query_string(), is_current, shown)


def _sections(filters: SearchFilter, found: Found, results: Results, *, shows_course: bool) -> Iterator[Section]:
    names, more_url = kind_labels(), filters.query_string(kind=kinds.TEXTS, lesson="")
    context = {"shows_course": shows_course, "more_url": more_url, "site_language": get_language(), **labels()}
    is_all = filters.kind in (kinds.ALL, kinds.MINE)
    rows = {
        kinds.TEXTS: ("texts", results.texts),
        kinds.DISCUSSIONS: ("threads", results.discussions),
        kinds.NOTES: ("notes", results.notes),
    }
    for kind, (template, shown) in rows.items():
        if not shown:
            continue
        html = render_rows(f"search/{template}.html", results=shown, **context)
        has_more = filters.kind == kinds.ALL and kind in results.longer
        title = names[filters.kind] if kind == kinds.TEXTS and not is_all else names[kind]
        label = "" if found.match.is_partial or kind not in found.counts else shown_count(found, kind)
        yield Section(
            f"found-{kind}",
            title,
            html,
            filters.only(kind).query_string() if has_more else "",
            _("All %(number)s") % {"number": label} if label else _("All"),
        )


def _option_tags(filters: SearchFilter, options: NarrowingOptions) -> dict[str, SafeString]:
    """Return the options of each field that narrows the results."""
    fields: dict[str, tuple[Sequence, object]] = {
        "course": (options.courses, filters.course),
        "module": (options.modules, filters.module),
        "tag": (options.tags, filters.tag),
        "written": (options.periods, filters.period),
    }
    return {
        name: render_rows("options.html", choices=choices, selected=str(selected))
        for name, (choices, selected) in fields.items()
    }


def _kept_fields(filters: SearchFilter) -> list[tuple[str, str | int]]:
    """Return the fields that a new search keeps: what it is narrowed to, but not the kind."""
    fields: dict[str, str | int] = {
        "course": filters.course,
        "module": filters.module,
        "by": filters.author,
        "tag": filters.tag,
        "written": filters.period,
    }
    return [(name, value) for name, value in fields.items() if value]
