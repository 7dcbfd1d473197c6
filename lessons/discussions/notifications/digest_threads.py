"""The threads of a digest: new posts and notifications, each post once, whatever it is to the reader."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import TextChoices
from django.utils.text import Truncator

from lessons.discussions.models import Notification, Thread
from lessons.discussions.selectors.activity_items import ActivityItem, EmailFacts
from lessons.mail.builder import single_line
from lessons.markup.row_templates import url
from lessons.markup.translations import gettext as _

Kind = Notification.Kind
TITLE_LENGTH = 80


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
    REPORT = "report"


MESSAGES = (Event.MESSAGE, Event.REPORT)
"""What staff write to the reader, which says nothing about the thread."""
ORDER = {event: n for n, event in enumerate(Event)}
EVENT_OF_KIND = {
    Kind.MODERATION: Event.MESSAGE,
    Kind.REPORT: Event.REPORT,
    Kind.ANSWER: Event.ANSWER,
    Kind.MENTION: Event.MENTION,
    Kind.ANNOUNCEMENT: Event.ANNOUNCEMENT,
}


@dataclass(frozen=True)
class Entry:
    """A post in a digest, and everything that it is to the reader."""

    item: ActivityItem
    events: frozenset[Event]

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
        if not self.item.has_page:
            return url("discussions:forum", self.facts.course_slug)
        return url("discussions:post", self.item.post)


@dataclass(frozen=True)
class ThreadGroup:
    """The posts of a thread that a digest has, by number; `unmailed_count` counts those of a followed thread."""

    entries: tuple[Entry, ...]
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
        if self.event == Event.REPORT:
            return _("Your report")
        if self.facts.thread_kind == Thread.Kind.ANNOUNCEMENT:
            return _("Announcement: %(title)s") % {"title": single_line(self.first.item.title)}
        title = self.title
        if self.is_note and self.facts.lesson_title:
            return title[:1].upper() + title[1:]
        return single_line(self.first.item.title)


def group_by_thread(posts: Sequence[ActivityItem], notifications: Sequence[ActivityItem]) -> list[ThreadGroup]:
    """Return the threads, the most important first; each post once, whatever it is to the reader.

    A message from staff about a post is on its own, as is the outcome of a report: it says nothing about the thread.
    """
    on_their_own = [
        ThreadGroup((Entry(item, frozenset({EVENT_OF_KIND[Kind(item.kind)]})),))
        for item in reversed(notifications)
        if item.is_from_staff
    ]
    messages = [group for group in on_their_own if group.event == Event.MESSAGE]
    outcomes = [group for group in on_their_own if group.event == Event.REPORT]
    first_posts: dict[int, ActivityItem] = {}
    for item in posts:
        first_posts.setdefault(item.thread, item)
    entries: dict[int, list[Entry]] = {}
    for entry in sorted(_entries(posts, notifications), key=lambda entry: entry.item.seq):
        entries.setdefault(entry.item.thread, []).append(entry)
    groups = [_group(theirs, first_posts.get(thread)) for thread, theirs in entries.items()]
    groups.sort(key=lambda group: (ORDER[group.event], group.first.item.post))
    return messages + groups + outcomes


def _entries(posts: Iterable[ActivityItem], notifications: Iterable[ActivityItem]) -> Iterator[Entry]:
    """Yield each post once, with everything that it is to the reader."""
    found: dict[int, tuple[ActivityItem, set[Event]]] = {}
    for item in notifications:
        if not item.is_from_staff:
            found.setdefault(item.post, (item, set()))[1].add(EVENT_OF_KIND[Kind(item.kind)])
    for item in posts:
        found.setdefault(item.post, (item, set()))[1].add(_event_of_post(item))
    return (Entry(item, frozenset(events)) for item, events in found.values())


def _group(entries: Iterable[Entry], first_unmailed: ActivityItem | None) -> ThreadGroup:
    if first_unmailed is None:
        return ThreadGroup(tuple(entries))
    assert first_unmailed.facts is not None
    return ThreadGroup(tuple(entries), first_unmailed.seq, first_unmailed.facts.unmailed_count)


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


def without_links(name: str) -> str:
    """Return a display name that mail programs do not turn into a link."""
    return single_line(name).replace("://", " ").replace(".", "\u2024").replace("@", "(at)")
