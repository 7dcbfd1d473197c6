"""What the search box shows while somebody types: the best results of each kind, as a listbox."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from lessons.courses.course_by_slug import get_readable_course
from lessons.discussions.rendering.thread_list import labels
from lessons.indexing.models import TextEntry
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.search.filters import ALL, SearchFilter
from lessons.search.find import Found
from lessons.search.page import shown_count
from lessons.search.post_results import NoteResult, ThreadResult
from lessons.search.results import Results, suggest
from lessons.search.snippets import from_first_mark
from lessons.search.text_results import TextResult

MAX_SHOWN = 4
# So many characters before what was searched have room: in a line, and in a note, which has two.
LEAD, LONG_LEAD = 24, 80


class Suggestion(NamedTuple):
    """A result. `note` says beside its title what it is; `excerpt` is of its text."""

    url: str
    title: SafeString
    note: str
    excerpt: SafeString

    @property
    def is_found_by_title(self) -> bool:
        """Return whether its title shows already why it was found."""
        return "<mark>" in self.title


class Group(NamedTuple):
    """The suggestions of one kind. `has_excerpts` if theirs are shown even if the title shows why they were found."""

    name: str
    suggestions: list[Suggestion]
    has_excerpts: bool = False


@require_safe
@login_not_required
def suggestions(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the best results in a course for what has been typed, as HTML for the script of the search box."""
    course = get_readable_course(request.user, slug)
    filters = SearchFilter.from_query(request.GET)
    found, results = suggest(request.user, course, filters.text, few=MAX_SHOWN)
    groups = grouped(results)
    url = reverse("search:search_course", args=[course.slug])
    context = {
        "groups": groups,
        "status": _status(sum(len(group.suggestions) for group in groups)),
        "all_label": _all_label(found),
        "all_url": url + SearchFilter(text=filters.text).query_string(),
    }
    return render(request, "search/_suggestions.html", context)


def _status(count: int) -> str:
    return ngettext("%(n)d suggestion", "%(n)d suggestions", count) % {"n": count} if count else _("No results")


def _all_label(found: Found) -> str:
    label = ngettext("%(n)s result for “%(text)s”", "All %(n)s results for “%(text)s”", found.total)
    return label % {"n": shown_count(found, ALL), "text": found.text}


def grouped(results: Results) -> list[Group]:
    """Return the results by kind, those in the text first."""
    kinds = TextEntry.Kind
    groups = [
        Group(_("In the text"), list(text_suggestions(results.texts, kinds.LESSON)), has_excerpts=True),
        Group(_("Discussions"), [discussion_suggestion(result) for result in results.discussions]),
        Group(_("Notes"), [_note(result) for result in results.notes]),
        Group(_("Glossary"), [one._replace(note=_("Term")) for one in text_suggestions(results.texts, kinds.TERM)]),
        Group(_("Timeline"), [_event(result) for result in results.texts if result.kind == kinds.EVENT]),
    ]
    return [group for group in groups if group.suggestions]


def text_suggestions(results: Iterable[TextResult], *kinds: str) -> Iterator[Suggestion]:
    """Yield the results of these kinds, each with its first passage."""
    for result in results:
        if result.kind in kinds:
            excerpt = result.passages[0].html if result.passages else SafeString("")
            yield Suggestion(result.url, result.title, result.labels[0], from_first_mark(excerpt, LEAD))


def _event(result: TextResult) -> Suggestion:
    (event,) = text_suggestions([result], result.kind)
    return event._replace(note=result.labels[-1])


def discussion_suggestion(result: ThreadResult) -> Suggestion:
    """Return a discussion, with how many replies it has and whether it is an answered question."""
    parts = [labels()["status_labels"][result.status]] if result.status else []
    if result.reply_count is not None:
        parts.append(ngettext("%(n)d reply", "%(n)d replies", result.reply_count) % {"n": result.reply_count})
    return Suggestion(result.url, result.title, " · ".join(parts), from_first_mark(result.excerpt, LEAD))


def _note(result: NoteResult) -> Suggestion:
    text, quote = from_first_mark(result.text, LONG_LEAD), from_first_mark(result.quote, LEAD)
    return Suggestion(result.url, text, result.author.name, quote)
