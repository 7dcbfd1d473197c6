"""The list of the notebook as HTML: notes and comments, by lesson."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import localtime

from lessons.markup.row_templates import date_text, render_rows
from lessons.markup.translations import ngettext
from lessons.notebook.entries import NotebookEntry

MAX_QUOTE = 1200


class EntryLine(NamedTuple):
    """An entry as the template shows it. `replies` says how many there are, empty if there are none."""

    entry: NotebookEntry
    quote: str
    html: SafeString
    replies: str
    day: str
    moment: str


class EntryGroup(NamedTuple):
    """What the user wrote on a lesson: notes on its passages, or comments on all of it."""

    key: str
    is_of_comments: bool
    course: str
    lesson: str
    lesson_url: str
    lines: list[EntryLine]


def render_entries(entries: Iterable[NotebookEntry]) -> SafeString:
    """Return the entries in their order, with a heading above those that follow each other on one lesson."""
    grouped = groupby(entries, lambda entry: (entry.is_lesson_comment, entry.lesson_id))
    groups = [_group(is_of_comments, list(of_lesson)) for (is_of_comments, _lesson), of_lesson in grouped]
    return render_rows("notebook/entries.html", groups=groups)


def _group(is_of_comments: bool, entries: list[NotebookEntry]) -> EntryGroup:
    first = entries[0]
    return EntryGroup(
        key=f"{'whole-' if is_of_comments else ''}lesson-{first.lesson_id}",
        is_of_comments=is_of_comments,
        course=first.course,
        lesson=first.lesson,
        lesson_url=first.lesson_url,
        lines=list(map(_line, entries)),
    )


def _line(entry: NotebookEntry) -> EntryLine:
    quote, n, local = entry.quote, entry.replies, localtime(entry.created_at)
    return EntryLine(
        entry=entry,
        quote=quote if len(quote) <= MAX_QUOTE else Truncator(quote).chars(MAX_QUOTE),
        html=entry.html,
        replies=ngettext("%(n)d reply", "%(n)d replies", n) % {"n": n} if n else "",
        day=date_text(local.date()),
        moment=local.isoformat(timespec="seconds"),
    )
