"""Render a course's notes in the order of its text as HTML."""

from typing import NamedTuple

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from lessons.annotations.course_notes import NotePage, NoteRow
from lessons.discussions.rendering.posts import url_of_id
from lessons.discussions.rendering.thread_list import ThreadLine, labels, thread_line
from lessons.markup.row_templates import render_rows, url
from lessons.models import lesson_url_slug


class NoteLine(NamedTuple):
    """What the template needs of a note. `quote` is empty if it is the same passage as that of the note before;
    `passage_url` leads to it in the lesson, and is empty if its annotation is gone.
    """

    line: ThreadLine
    quote: str
    passage_url: str


class NoteGroup(NamedTuple):
    """The notes of a lesson. Without `title` they are those whose passage is no longer in a published text."""

    title: str
    module_title: str
    lesson_url: str
    all_url: str
    notes: list[NoteLine]


def note_list(page: NotePage, *, reader: int, course_slug: str) -> SafeString:
    """Render a page of notes for the user `reader`; an empty string if there are none."""
    now = timezone.localtime()

    def lines(rows: list[NoteRow]) -> list[NoteLine]:
        quotes = [(row.start, row.end, row.thread.quote) for row in rows]
        return [
            NoteLine(
                thread_line(row.thread, reader, now),
                "" if n and row.start is not None and quotes[n] == quotes[n - 1] else row.thread.quote,
                url_of_id("annotations:annotation")(row.annotation) if row.annotation else "",
            )
            for n, row in enumerate(rows)
        ]

    groups = [
        NoteGroup(
            lesson.title,
            lesson.module_title,
            url("reading:lesson", lesson.pk, lesson_url_slug(lesson.slug)),
            url_of_id("discussions:lesson_comments")(lesson.pk),
            lines(rows),
        )
        for lesson, rows in page.by_lesson
    ]
    if page.rest:
        groups.append(NoteGroup("", "", "", "", lines(page.rest)))
    if not groups:
        return mark_safe("")
    return render_rows(
        "annotations/from_the_text.html",
        groups=groups,
        tags=page.tags,
        list_url=url("annotations:from_the_text", course_slug),
        **labels(),
    )
