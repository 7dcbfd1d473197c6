"""What the staff inbox and the staff's home show of a question, in words, and the rows of the inbox."""

from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from lessons.discussions.identity import Identity, display_identity
from lessons.discussions.selectors.inbox import QuestionRow
from lessons.markup.row_templates import render_rows, url
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.models.texts import lesson_url_slug

DUE_AFTER, OVERDUE_AFTER = timedelta(hours=12), timedelta(hours=24)


class Age(NamedTuple):
    """How long something has waited, and the chip's class: it gets more pressing with time."""

    text: str
    chip: str
    moment: datetime

    @property
    def iso(self) -> str:
        return timezone.localtime(self.moment).isoformat(timespec="seconds")

    @property
    def full(self) -> str:
        return date_format(timezone.localtime(self.moment), "DATETIME_FORMAT")


def age(moment: datetime, now: datetime | None = None) -> Age:
    waited = (now or timezone.now()) - moment
    minutes, days = max(1, int(waited.total_seconds() // 60)), waited.days
    if days:
        text = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    else:
        text = _("%(n)d min") % {"n": minutes} if minutes < 60 else _("%(n)d h") % {"n": minutes // 60}
    chip = "" if waited < DUE_AFTER else "due" if waited < OVERDUE_AFTER else "open"
    return Age(text, chip, moment)


class QuestionLine(NamedTuple):
    """A question that waits. `excerpt` is empty where the title says the same."""

    row: QuestionRow
    author: Identity
    age: Age
    title: str
    excerpt: str
    url: str
    lesson_url: str


def question_lines(rows: list[QuestionRow], reader: int) -> list[QuestionLine]:
    now = timezone.now()
    return [_question_line(row, reader, now) for row in rows]


def _question_line(row: QuestionRow, reader: int, now: datetime) -> QuestionLine:
    author = display_identity(author=row.author_id, name=row.author_name, alias=row.alias_name, reader=reader)
    title, lesson_url = row.display_title, ""
    if row.lesson_id and row.lesson_title:
        lesson_url = url("reading:lesson", row.lesson_id, lesson_url_slug(row.lesson_slug or ""))
        lesson_url += f"#{row.lesson_anchor}" if row.lesson_anchor else ""
    return QuestionLine(
        row=row,
        author=author,
        age=age(row.created_at, now),
        title=title,
        excerpt="" if title == row.excerpt else row.excerpt,
        url=url("discussions:thread", row.pk),
        lesson_url=lesson_url,
    )


def _labels() -> dict[str, str]:
    """Return the texts of every row, which are looked up once for all rows."""
    return {
        "answer_label": _("Answer"),
        "mark_label": _("Mark a reply as the answer"),
        "merge_label": _("Merge"),
        "to_staff_label": _("To the staff"),
        "note_label": _("Note on"),
        "on_label": _("On"),
    }


class QuestionHTML(NamedTuple):
    """The list of questions: the rows above and below the opened one, and the lines of text and links of that one."""

    above: SafeString
    below: SafeString
    opened: QuestionLine | None
    opened_meta: SafeString
    opened_links: SafeString


def render_questions(
    lines: list[QuestionLine], *, opened: int, shows_replies: bool, group: int, here: str
) -> QuestionHTML:
    """Return the list, in which the question with the id `opened` is open, with its replies or the form to answer it.
    `group` is the id of the chosen group or 0, `here` the address of the page.
    """
    at = next((n for n, line in enumerate(lines) if line.row.pk == opened), len(lines))
    shared = _labels() | {"group_query": f"group={group}&" if group else "", "here": quote(here)}
    line = lines[at] if at < len(lines) else None
    return QuestionHTML(
        above=render_rows("discussions/inbox_questions.html", lines=lines[:at], **shared),
        below=render_rows("discussions/inbox_questions.html", lines=lines[at + 1 :], **shared),
        opened=line,
        opened_meta=render_rows("discussions/question_meta.html", line=line, **shared) if line else SafeString(),
        opened_links=render_rows(
            "discussions/question_links.html",
            line=line,
            can_open=shows_replies,
            can_show_replies=line.row.reply_count > 0 and not shows_replies,
            **shared,
        )
        if line
        else SafeString(),
    )
