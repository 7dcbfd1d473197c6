"""What a digest says: new posts and notifications by course and thread, each once, and lessons that are due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lessons.accounts.models import User
from lessons.courses.due_dates import DueDates
from lessons.discussions.models import Notification, Thread
from lessons.discussions.notifications.due_reminders import DueLesson
from lessons.discussions.selectors.activity import ActivityItem, EmailFacts
from lessons.mail.builder import single_line
from lessons.mail.parts.shorten import shorten
from lessons.markup.row_templates import render_rows, url
from lessons.time_zones import zone_label, zone_named

Kind = Notification.Kind
MAX_THREADS = 10
"""How many threads of a course are shown with their posts; of the others only the titles are."""
TITLE_LENGTH = 80
MAX_COUNTS_IN_SUBJECT = 4


class Event(TextChoices):
    """What happened, the most important first."""

    MESSAGE = "message"
    ANSWER = "answer"
    MENTION = "mention"
    REPLY_TO_READER = "reply_to_reader"
    ANNOUNCEMENT = "announcement"
    QUESTION = "question"
    DISCUSSION = "discussion"
    NOTE = "note"
    REPLY = "reply"


ORDER = {event: n for n, event in enumerate(Event)}
EVENT_OF_KIND = {
    Kind.MODERATION: Event.MESSAGE,
    Kind.ANSWER: Event.ANSWER,
    Kind.MENTION: Event.MENTION,
    Kind.ANNOUNCEMENT: Event.ANNOUNCEMENT,
}


SENTENCES = {
    Event.MESSAGE: gettext_lazy("{name} wrote to you about your post {when}."),
    Event.ANSWER: gettext_lazy("{name} answered {when}."),
    Event.MENTION: gettext_lazy("{name} mentioned you {when}."),
    Event.REPLY_TO_READER: gettext_lazy("{name} replied to you {when}."),
    Event.QUESTION: gettext_lazy("{name} asked {when}."),
    Event.DISCUSSION: gettext_lazy("{name} started this {when}."),
    Event.NOTE: gettext_lazy("{name} wrote this note {when}."),
    Event.REPLY: gettext_lazy("{name} replied {when}."),
}
SUBJECTS = {
    Event.ANSWER: gettext_lazy("%(name)s answered %(title)s"),
    Event.MENTION: gettext_lazy("%(name)s mentioned you in %(title)s"),
    Event.ANNOUNCEMENT: gettext_lazy("Announcement: %(title)s"),
    Event.QUESTION: gettext_lazy("%(name)s asked %(title)s"),
    Event.DISCUSSION: gettext_lazy("%(name)s started %(title)s"),
    Event.NOTE: gettext_lazy("%(name)s wrote %(title)s"),
    Event.REPLY: gettext_lazy("%(name)s replied in %(title)s"),
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
}


class Clock(NamedTuple):
    """Now, in the time zone in which an e-mail tells times."""

    now: datetime
    zone: ZoneInfo

    @property
    def day(self) -> str:
        return date_format(self.now.astimezone(self.zone), "l j F Y")

    def when(self, moment: datetime) -> str:
        """Return “at 11:40”, “yesterday at 11:40”, “on Monday at 11:40” or “on 25 November”."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone).date()
        time, days = date_format(local, "H:i"), (today - local.date()).days
        if days == 0:
            return _("at %(time)s") % {"time": time}
        if days == 1:
            return _("yesterday at %(time)s") % {"time": time}
        if 1 < days < 7:
            return _("on %(day)s at %(time)s") % {"day": date_format(local, "l"), "time": time}
        return _("on %(date)s") % {"date": date_format(local, "j F")}


@dataclass
class Entry:
    """A post in a digest, and everything that it is to the reader."""

    item: ActivityItem
    events: set[Event]

    @property
    def event(self) -> Event:
        return min(self.events, key=ORDER.__getitem__)

    @property
    def facts(self) -> EmailFacts:
        assert self.item.facts is not None
        return self.item.facts

    @cached_property
    def name(self) -> str:
        return without_links(self.item.name)

    @property
    def url(self) -> str:
        return url("discussions:post", self.item.post)


@dataclass
class ThreadGroup:
    """The posts of a thread that a digest has, by number; `unmailed_count` counts those of a followed thread."""

    entries: list[Entry] = field(default_factory=list)
    first_unmailed_seq: int = 0
    unmailed_count: int = 0

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def facts(self) -> EmailFacts:
        return self.first.facts

    @property
    def event(self) -> Event:
        return min((entry.event for entry in self.entries), key=ORDER.__getitem__)

    @property
    def later_count(self) -> int:
        """Return how many more new posts the thread has."""
        if not self.unmailed_count:
            return 0
        return self.unmailed_count - sum(entry.item.seq >= self.first_unmailed_seq for entry in self.entries)

    @property
    def is_note(self) -> bool:
        return bool(self.facts.quote)

    @property
    def title(self) -> str:
        """Return what the thread is called in a sentence."""
        title, lesson = Truncator(single_line(self.first.item.title)).chars(TITLE_LENGTH), self.facts.lesson_title
        if self.is_note and lesson:
            values = {"lesson": Truncator(single_line(lesson)).chars(TITLE_LENGTH)}
            if self.facts.is_own_thread:
                return _("your note in “%(lesson)s”") % values
            return _("a note in “%(lesson)s”") % values
        return title if title.startswith("“") else f"“{title}”"

    @property
    def heading(self) -> str:
        if self.event == Event.MESSAGE:
            return _("Message from the staff")
        if self.facts.thread_kind == Thread.Kind.ANNOUNCEMENT:
            return _("Announcement: %(title)s") % {"title": single_line(self.first.item.title)}
        title = self.title
        if self.is_note and self.facts.lesson_title:
            return title[:1].upper() + title[1:]
        return single_line(self.first.item.title)


class ShownEntry(NamedTuple):
    """A post as the template shows it."""

    sentence: SafeString
    html: SafeString
    url: str
    is_shortened: bool


class ThreadSection(NamedTuple):
    """A thread as the template shows it."""

    heading: str
    quote: str
    relation: str
    entries: list[ShownEntry]
    later_count: int
    url: str
    action: str


class OtherThread(NamedTuple):
    heading: str
    url: str
    post_count: int


class DueRow(NamedTuple):
    label: str
    title: str
    url: str
    is_overdue: bool
    in_own_zone: str


@dataclass
class CourseSection:
    """What is new in a course. `sections` are HTML of templates."""

    title: str
    zone: str
    sections: list[SafeString]
    others: list[OtherThread]
    due: list[DueRow]


class Digest(NamedTuple):
    """Everything that the template of a digest shows."""

    subject: str
    preview: str
    day: str
    zone: str
    heading: str
    summary: str
    courses: list[CourseSection]
    reason: str


def make_digest(
    user: User,
    posts: Sequence[ActivityItem],
    notifications: Sequence[ActivityItem],
    due: Sequence[DueLesson],
    now: datetime,
    reason: str,
) -> Digest:
    """Return the digest, in the active language. There must be something in it."""
    groups = group_by_thread(posts, notifications)
    zone = zone_named(user.time_zone or _zone_names(groups, due)[0])
    clock = Clock(now, zone)
    courses = list(_course_sections(user, groups, due, clock))
    heading = courses[0].title
    if len(courses) > 1:
        heading = ngettext("%(n)d course", "%(n)d courses", len(courses)) % {"n": len(courses)}
    counts = counted(groups, due)
    sentences = [_happened(group) for group in groups] + [due_sentence(lesson, clock) for lesson in due]
    in_subject = counts[: MAX_COUNTS_IN_SUBJECT - bool(due)] + counts[-1:] if due else counts[:MAX_COUNTS_IN_SUBJECT]
    subject = _("Course digest: %(summary)s") % {"summary": ", ".join(dict.fromkeys(in_subject))}
    return Digest(
        subject=sentences[0] if len(sentences) == 1 else subject,
        preview=". ".join(sentences[:3]) + ".",
        day=clock.day,
        zone=zone_label(zone) if groups else "",
        heading=heading,
        summary=", ".join(counts),
        courses=courses,
        reason=reason,
    )


def _zone_names(groups: Iterable[ThreadGroup], due: Iterable[DueLesson]) -> list[str]:
    return [group.facts.course_time_zone for group in groups] + [lesson.course.time_zone for lesson in due]


def group_by_thread(posts: Sequence[ActivityItem], notifications: Sequence[ActivityItem]) -> list[ThreadGroup]:
    """Return the threads, the most important first; each post once, whatever it is to the reader.

    A message from staff about a post is on its own: it says nothing about the thread.
    """
    messages = [ThreadGroup([Entry(item, {Event.MESSAGE})]) for item in reversed(notifications) if item.is_from_staff]
    entries: dict[int, Entry] = {}
    for item in notifications:
        if not item.is_from_staff:
            entries.setdefault(item.post, Entry(item, set())).events.add(EVENT_OF_KIND[Kind(item.kind)])
    groups: dict[int, ThreadGroup] = {}
    for item in posts:
        entries.setdefault(item.post, Entry(item, set())).events.add(_event_of_post(item))
        group = groups.setdefault(item.thread, ThreadGroup(first_unmailed_seq=item.seq))
        assert item.facts is not None
        group.unmailed_count = item.facts.unmailed_count
    for entry in sorted(entries.values(), key=lambda entry: entry.item.seq):
        groups.setdefault(entry.item.thread, ThreadGroup()).entries.append(entry)
    ordered = sorted(groups.values(), key=lambda group: (ORDER[group.event], group.first.item.post))
    return messages + ordered


def _event_of_post(item: ActivityItem) -> Event:
    """Return what a post in a followed thread is."""
    facts = item.facts
    assert facts is not None
    if item.seq > 1:
        return Event.REPLY_TO_READER if facts.is_reply_to_reader else Event.REPLY
    if facts.thread_kind == Thread.Kind.ANNOUNCEMENT:
        return Event.ANNOUNCEMENT
    if facts.thread_kind == Thread.Kind.QUESTION:
        return Event.QUESTION
    return Event.NOTE if facts.quote else Event.DISCUSSION


def _course_sections(
    user: User, groups: Sequence[ThreadGroup], due: Sequence[DueLesson], clock: Clock
) -> Iterable[CourseSection]:
    titles = {group.facts.course_id: group.first.item.course for group in groups}
    titles |= {lesson.course.pk: lesson.course.title for lesson in due}
    has_button = False
    for course, title in titles.items():
        theirs = [group for group in groups if group.facts.course_id == course]
        lessons = [lesson for lesson in due if lesson.course.pk == course]
        sections = []
        for group in theirs[:MAX_THREADS]:
            section = thread_section(group, clock)
            sections.append(render_rows("emails/thread.html", section=section, is_first=not has_button))
            has_button = True
        yield CourseSection(
            title=single_line(title),
            zone=DueDates(lessons[0].course, user, clock.now).zone_note if lessons else "",
            sections=sections,
            others=[
                OtherThread(group.heading, group.first.url, len(group.entries) + group.later_count)
                for group in theirs[MAX_THREADS:]
            ],
            due=[due_row(lesson, user, clock) for lesson in lessons],
        )


def thread_section(group: ThreadGroup, clock: Clock) -> ThreadSection:
    """Return the thread as the template shows it."""
    is_message, facts = group.event == Event.MESSAGE, group.facts
    is_in_text = group.is_note and facts.lesson_url and not is_message
    if is_message:
        action = _("Open your post")
    elif is_in_text:
        action = _("Open in the text")
    else:
        action = _("Open the announcement") if group.event == Event.ANNOUNCEMENT else _("Open the discussion")
    return ThreadSection(
        heading=group.heading,
        quote="" if is_message else single_line(facts.quote),
        relation="" if is_message else _relation(group),
        entries=[_shown(entry, clock) for entry in group.entries],
        later_count=group.later_count,
        url=facts.lesson_url if is_in_text else group.first.url,
        action=action,
    )


def _relation(group: ThreadGroup) -> str:
    """Return why the reader is told about the thread, unless the posts say it."""
    facts = group.facts
    if facts.thread_kind == Thread.Kind.ANNOUNCEMENT:
        return ""
    if facts.is_own_thread and not facts.quote:
        return _("You asked this.") if facts.thread_kind == Thread.Kind.QUESTION else _("You started this.")
    if group.unmailed_count and not facts.is_own_thread:
        return _("You follow this note.") if facts.quote else _("You follow this discussion.")
    return ""


def _shown(entry: Entry, clock: Clock) -> ShownEntry:
    if entry.event == Event.MESSAGE:
        return ShownEntry(_sentence(entry, clock), format_html("<p>{}</p>", entry.item.message), entry.url, False)
    html, is_shortened = shorten(entry.item.html)
    content = mark_safe(html)  # noqa: S308 - sanitised when the post was rendered
    return ShownEntry(_sentence(entry, clock), content, entry.url, is_shortened)


def _sentence(entry: Entry, clock: Clock) -> SafeString:
    """Return who did what, and when."""
    facts, name = entry.facts, format_html("<b><bdi>{}</bdi></b>", entry.name)
    if facts.by_staff and entry.event != Event.MESSAGE:
        name = format_html("{} ({})", name, _("staff"))
    sentence = format_html(_sentence_template(entry), name=name, when=clock.when(entry.item.created_at))
    if facts.endorsed_by:
        endorsed = _("Endorsed by %(name)s.") % {"name": without_links(facts.endorsed_by)}
        sentence = format_html("{} {}", sentence, endorsed)
    return sentence


def _sentence_template(entry: Entry) -> str:
    if entry.event == Event.ANSWER and Event.MENTION in entry.events:
        return _("{name} answered and mentioned you {when}.")
    if entry.event == Event.ANNOUNCEMENT:
        if entry.facts.audience == Thread.Audience.COURSE:
            return _("{name}, to everyone in the course, {when}")
        if entry.facts.audience == Thread.Audience.GROUP:
            return _("{name}, to your group, {when}")
        return _("{name}, to the staff, {when}")
    return str(SENTENCES[entry.event])


def _happened(group: ThreadGroup) -> str:
    """Return what happened in a thread as one sentence without a full stop, for the subject."""
    entry, title = min(group.entries, key=lambda entry: ORDER[entry.event]), group.title
    values = {"name": entry.name, "title": title}
    if entry.event == Event.MESSAGE:
        course = Truncator(single_line(entry.item.course)).chars(TITLE_LENGTH)
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
    return str(SUBJECTS[entry.event]) % values


def counted(groups: Sequence[ThreadGroup], due: Sequence[DueLesson]) -> list[str]:
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
    if due:
        found.append(ngettext("%(n)d lesson due", "%(n)d lessons due", len(due)) % {"n": len(due)})
    return found


def due_row(lesson: DueLesson, user: User, clock: Clock) -> DueRow:
    """Return a lesson as the template shows it: when it is due in the course's time zone, and in the reader's own."""
    date, is_overdue = lesson.date(user, clock.now), lesson.is_overdue(clock.now)
    label, own = (date.chip, "") if is_overdue else (capfirst(date.day), date.own)
    return DueRow(label, single_line(lesson.title), lesson.url, is_overdue, own)


def due_sentence(lesson: DueLesson, clock: Clock) -> str:
    """Return “Habits of consultation” is due on Wed 2 Dec at 18:00, for the subject."""
    title = Truncator(single_line(lesson.title)).chars(TITLE_LENGTH)
    return _("“%(title)s” is %(when)s") % {"title": title, "when": lesson.when(clock.now)}


def without_links(name: str) -> str:
    """Return a display name that mail programs do not turn into a link."""
    return single_line(name).replace("://", " ").replace(".", "\u2024").replace("@", "(at)")
