"""The sentences of a digest: who did what and when, what happened in a thread, and how much of everything."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_noop

from lessons.discussions.models import Thread
from lessons.discussions.notifications.digest_threads import (
    MESSAGES,
    ORDER,
    TITLE_LENGTH,
    Entry,
    Event,
    ThreadGroup,
    without_links,
)
from lessons.discussions.notifications.due_reminders import DueLesson
from lessons.discussions.selectors.rewritten_passages import RewrittenPassage
from lessons.mail.builder import single_line
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext

SENTENCES = {
    Event.MESSAGE: gettext_noop("{name} wrote to you about your post {when}."),
    Event.REPORT: gettext_noop("{name} reviewed your report {when}."),
    Event.ANSWER: gettext_noop("{name} answered {when}."),
    Event.MENTION: gettext_noop("{name} mentioned you {when}."),
    Event.REPLY_TO_READER: gettext_noop("{name} replied to you {when}."),
    Event.QUESTION: gettext_noop("{name} asked {when}."),
    Event.DISCUSSION: gettext_noop("{name} started this {when}."),
    Event.NOTE: gettext_noop("{name} wrote this note {when}."),
    Event.REPLY: gettext_noop("{name} replied {when}."),
}
SUBJECTS = {
    Event.ANSWER: gettext_noop("%(name)s answered %(title)s"),
    Event.MENTION: gettext_noop("%(name)s mentioned you in %(title)s"),
    Event.ANNOUNCEMENT: gettext_noop("Announcement: %(title)s"),
    Event.QUESTION: gettext_noop("%(name)s asked %(title)s"),
    Event.DISCUSSION: gettext_noop("%(name)s started %(title)s"),
    Event.NOTE: gettext_noop("%(name)s wrote %(title)s"),
    Event.REPLY: gettext_noop("%(name)s replied in %(title)s"),
}
COUNTS = {
    Event.MESSAGE: ("%(n)d message from staff", "%(n)d messages from staff"),
    Event.ANSWER: ("%(n)d answer", "%(n)d answers"),
    Event.MENTION: ("%(n)d mention", "%(n)d mentions"),
    Event.QUESTION: ("%(n)d question", "%(n)d questions"),
    Event.DISCUSSION: ("%(n)d discussion", "%(n)d discussions"),
    Event.NOTE: ("%(n)d note", "%(n)d notes"),
    Event.REPLY: ("%(n)d reply", "%(n)d replies"),
    Event.ANNOUNCEMENT: ("%(n)d announcement", "%(n)d announcements"),
    Event.REPORT: ("%(n)d reviewed report", "%(n)d reviewed reports"),
}


class Clock(NamedTuple):
    """Today, in the time zone in which an e-mail tells times."""

    today: date
    zone: ZoneInfo

    @classmethod
    def at(cls, now: datetime, zone: ZoneInfo) -> "Clock":
        return cls(now.astimezone(zone).date(), zone)

    @property
    def day(self) -> str:
        return date_format(self.today, "l j F Y")

    def when(self, moment: datetime) -> str:
        """Return “at 11:40”, “yesterday at 11:40”, “on Monday at 11:40” or “on 25 November”."""
        local = moment.astimezone(self.zone)
        time, days = f"{local:%H:%M}", (self.today - local.date()).days
        if days == 0:
            return _("at %(time)s") % {"time": time}
        if days == 1:
            return _("yesterday at %(time)s") % {"time": time}
        if 1 < days < 7:
            return _("on %(day)s at %(time)s") % {"day": date_format(local, "l"), "time": time}
        return _("on %(date)s") % {"date": date_format(local, "j F")}


def relation_of(group: ThreadGroup) -> str:
    """Return why the reader is told about the thread, unless the posts say it."""
    facts = group.facts
    if facts.thread_kind == Thread.Kind.ANNOUNCEMENT:
        return ""
    if facts.is_own_thread and not facts.quote:
        return _("You asked this.") if facts.thread_kind == Thread.Kind.QUESTION else _("You started this.")
    if group.unmailed_count and not facts.is_own_thread:
        return _("You follow this note.") if facts.quote else _("You follow this discussion.")
    return ""


def sentence_of(entry: Entry, clock: Clock) -> SafeString:
    """Return who did what, and when."""
    facts, is_message = entry.facts, entry.event == Event.MESSAGE
    title = _("staff") if facts.by_staff and not is_message else ""
    endorsed = _("Endorsed by %(name)s.") % {"name": without_links(facts.endorsed_by)} if facts.endorsed_by else ""
    return _sentence(_sentence_template(entry), entry.name, title, clock.when(entry.item.created_at), endorsed)


def _sentence(template: str, name: str, title: str, when: str, endorsed: str) -> SafeString:
    shown = format_html("<b><bdi>{}</bdi></b>", name)
    if title:
        shown = format_html("{} ({})", shown, title)
    sentence = format_html(template, name=shown, when=when)
    return format_html("{} {}", sentence, endorsed) if endorsed else sentence


def _sentence_template(entry: Entry) -> str:
    if entry.event == Event.ANSWER and Event.MENTION in entry.events:
        return _("{name} answered and mentioned you {when}.")
    if entry.event == Event.ANNOUNCEMENT:
        if entry.facts.audience == Thread.Audience.COURSE:
            return _("{name}, to everyone in the course, {when}")
        if entry.facts.audience == Thread.Audience.GROUP:
            return _("{name}, to your group, {when}")
        return _("{name}, to the staff, {when}")
    return _(SENTENCES[entry.event])


def what_happened(group: ThreadGroup) -> str:
    """Return what happened in a thread as one sentence without a full stop, for the subject."""
    entry, title = min(group.entries, key=lambda entry: ORDER[entry.event]), group.title
    values = {"name": entry.name, "title": title}
    if entry.event in MESSAGES:
        course = Truncator(single_line(entry.item.course)).chars(TITLE_LENGTH)
        if entry.event == Event.REPORT:
            return _("Your report in “%(course)s” has been reviewed") % {"course": course}
        return _("Message from the staff of “%(course)s”") % {"course": course}
    count = len(group.entries) + group.later_count
    if count > 1 and ORDER[entry.event] >= ORDER[Event.QUESTION]:
        return ngettext("%(n)d new post in %(title)s", "%(n)d new posts in %(title)s", count) % {
            "n": count,
            "title": title,
        }
    if entry.event == Event.REPLY_TO_READER or (entry.event == Event.REPLY and group.facts.is_own_thread):
        if group.is_note and group.facts.is_own_thread:
            return _("%(name)s replied to %(title)s") % values
        return _("%(name)s replied to you in %(title)s") % values
    if entry.event == Event.ANNOUNCEMENT:
        values["title"] = title.strip("“”")
    return _(SUBJECTS[entry.event]) % values


def counted(
    groups: Sequence[ThreadGroup], due: Sequence[DueLesson], passages: Sequence[RewrittenPassage] = ()
) -> list[str]:
    """Return how many of each kind there are, as “2 replies”."""
    counts = dict.fromkeys(Event, 0)
    for group in groups:
        for entry in group.entries:
            counts[entry.event] += 1
        counts[Event.REPLY] += group.later_count
    counts[Event.REPLY] += counts.pop(Event.REPLY_TO_READER)
    found = [
        ngettext(*forms, counts[event]) % {"n": counts[event]} for event, forms in COUNTS.items() if counts[event]
    ]
    if passages:
        count = len(passages)
        found.append(ngettext("%(n)d rewritten passage", "%(n)d rewritten passages", count) % {"n": count})
    if due:
        found.append(ngettext("%(n)d lesson due", "%(n)d lessons due", len(due)) % {"n": len(due)})
    return found


def rewritten_sentence(passage: RewrittenPassage) -> str:
    """Return what happened to the passage, for the subject."""
    lesson = Truncator(single_line(passage.lesson)).chars(TITLE_LENGTH)
    if passage.is_removed:
        return _("A passage you asked about in “%(lesson)s” was removed") % {"lesson": lesson}
    return _("A passage you asked about in “%(lesson)s” was rewritten") % {"lesson": lesson}


def due_sentence(lesson: DueLesson, now: datetime) -> str:
    """Return “Habits of consultation” is due on Wed 2 Dec at 18:00, for the subject."""
    title = Truncator(single_line(lesson.title)).chars(TITLE_LENGTH)
    return _("“%(title)s” is %(when)s") % {"title": title, "when": lesson.when(now)}
