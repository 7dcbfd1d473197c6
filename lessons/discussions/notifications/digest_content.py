"""What the template of a digest shows: new posts and notifications by course and thread, lessons that are due, and how
much there is to review.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from lessons.accounts.models import User
from lessons.courses.due_dates import DueDates
from lessons.discussions.notifications.digest_threads import MESSAGES, Entry, Event, ThreadGroup, group_by_thread
from lessons.discussions.notifications.digest_wording import (
    Clock,
    counted,
    due_sentence,
    relation_of,
    rewritten_sentence,
    sentence_of,
    what_happened,
)
from lessons.discussions.notifications.due_reminders import DueLesson
from lessons.discussions.selectors.activity_items import ActivityItem
from lessons.discussions.selectors.rewritten_passages import RewrittenPassage
from lessons.mail.builder import single_line
from lessons.mail.parts.shorten import shorten
from lessons.markup.row_templates import render_rows
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.time_zones import zone_label, zone_named

MAX_THREADS = 10
"""How many threads of a course are shown with their posts; of the others only the titles are."""
MAX_PASSAGES = 10
"""How many rewritten passages of a course are shown; the others are only counted."""
MAX_COUNTS_IN_SUBJECT = 4


class ShownEntry(NamedTuple):
    """A post as the template shows it. `rest_url` is where a shortened one can be read in full, empty for others."""

    sentence: SafeString
    html: SafeString
    rest_url: str = ""


class ThreadSection(NamedTuple):
    """A thread as the template shows it."""

    heading: str
    quote: str
    relation: str
    entries: tuple[ShownEntry, ...]
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


class PassageRow(NamedTuple):
    """A passage that was rewritten, as the template shows it."""

    heading: str
    quote: str
    reason: str
    url: str
    is_first: bool


@dataclass
class CourseSection:
    """What is new in a course. `sections` are HTML of templates."""

    title: str
    zone: str
    sections: list[SafeString]
    others: list[OtherThread]
    passages: list[PassageRow]
    more_passages: int
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
    reviews: str
    reason: str


def make_digest(
    user: User,
    posts: Sequence[ActivityItem],
    notifications: Sequence[ActivityItem],
    due: Sequence[DueLesson],
    now: datetime,
    reason: str,
    *,
    passages: Sequence[RewrittenPassage] = (),
    review_count: int = 0,
) -> Digest:
    """Return the digest, in the active language. There must be something in it. review_count: of what is due for
    review.
    """
    groups = group_by_thread(posts, notifications)
    news: list[DueLesson | RewrittenPassage] = [*due, *passages]
    zone = zone_named(user.time_zone or next(iter(_zone_names(groups, news)), get_current_timezone_name()))
    clock = Clock.at(now, zone)
    courses = list(_course_sections(user, groups, due, passages, now, clock))
    heading = courses[0].title if courses else _("Review")
    if len(courses) > 1:
        heading = ngettext("%(n)d course", "%(n)d courses", len(courses)) % {"n": len(courses)}
    reviews = [_review_text(review_count)] if review_count else []
    counts = counted(groups, due, passages) + reviews
    sentences = [*map(what_happened, groups), *map(rewritten_sentence, passages)]
    sentences += [*(due_sentence(lesson, now) for lesson in due), *reviews]
    return Digest(
        subject=_subject(counts, sentences, to_do=bool(due) + bool(reviews)),
        preview=". ".join(sentences[:3]) + ".",
        day=clock.day,
        zone=zone_label(zone) if groups or passages else "",
        heading=heading,
        summary=", ".join(counts),
        courses=courses,
        reviews="".join(reviews),
        reason=reason,
    )


def _review_text(count: int) -> str:
    return ngettext("%(n)d question to review", "%(n)d questions to review", count) % {"n": count}


def _subject(counts: list[str], sentences: list[str], to_do: int) -> str:
    """Return the one thing that there is, or how many there are of some kinds: of the last `to_do` in any case."""
    if len(sentences) == 1:
        return sentences[0]
    last = len(counts) - to_do
    shown = counts[:last][: MAX_COUNTS_IN_SUBJECT - to_do] + counts[last:]
    return _("Course digest: %(summary)s") % {"summary": ", ".join(dict.fromkeys(shown))}


def _zone_names(groups: Iterable[ThreadGroup], others: Iterable[DueLesson | RewrittenPassage]) -> list[str]:
    return [group.facts.course_time_zone for group in groups] + [other.course.time_zone for other in others]


def _course_sections(
    user: User,
    groups: Sequence[ThreadGroup],
    due: Sequence[DueLesson],
    passages: Sequence[RewrittenPassage],
    now: datetime,
    clock: Clock,
) -> Iterable[CourseSection]:
    titles = {group.facts.course_id: group.first.item.course for group in groups}
    titles |= {passage.course.pk: passage.course.title for passage in passages}
    titles |= {lesson.course.pk: lesson.course.title for lesson in due}
    has_button = False
    for course, title in titles.items():
        theirs = [group for group in groups if group.facts.course_id == course]
        lessons = [lesson for lesson in due if lesson.course.pk == course]
        sections = []
        for group in theirs[:MAX_THREADS]:
            sections.append(_thread_html(group, clock, get_language(), is_first=not has_button))
            has_button = True
        rewritten = [passage for passage in passages if passage.course.pk == course]
        rows = [
            passage_row(passage, clock, is_first=not (has_button or n))
            for n, passage in enumerate(rewritten[:MAX_PASSAGES])
        ]
        has_button = has_button or bool(rows)
        yield CourseSection(
            title=single_line(title),
            zone=DueDates(lessons[0].course, user, now).zone_note if lessons else "",
            sections=sections,
            others=[
                OtherThread(group.heading, group.first.url, len(group.entries) + group.later_count)
                for group in theirs[MAX_THREADS:]
            ],
            passages=rows,
            more_passages=len(rewritten) - len(rows),
            due=[due_row(lesson, user, now) for lesson in lessons],
        )


# Cached because most who follow a conversation are told the same of it.
@lru_cache(maxsize=1024)
def _thread_html(group: ThreadGroup, clock: Clock, _language: str, *, is_first: bool) -> SafeString:
    return render_rows("emails/thread.html", section=thread_section(group, clock), is_first=is_first)


def thread_section(group: ThreadGroup, clock: Clock) -> ThreadSection:
    """Return the thread as the template shows it."""
    is_message, facts = group.event in MESSAGES, group.facts
    is_in_text = group.is_note and facts.lesson_url and not is_message
    if not group.first.item.has_page:
        action = _("Open the course’s discussions")
    elif group.event == Event.MESSAGE:
        action = _("Open your post")
    elif is_in_text:
        action = _("Open in the text")
    else:
        action = _("Open the announcement") if group.event == Event.ANNOUNCEMENT else _("Open the discussion")
    return ThreadSection(
        heading=group.heading,
        quote="" if is_message else single_line(facts.quote),
        relation="" if is_message else relation_of(group),
        entries=tuple(_shown(entry, clock) for entry in group.entries),
        later_count=group.later_count,
        url=facts.lesson_url if is_in_text else group.first.url,
        action=action,
    )


def _shown(entry: Entry, clock: Clock) -> ShownEntry:
    if entry.event in MESSAGES:
        return ShownEntry(sentence_of(entry, clock), format_html("<p>{}</p>", entry.item.message))
    html, is_shortened = shorten(entry.item.html)
    content = mark_safe(html)  # noqa: S308 - sanitised when the post was rendered
    return ShownEntry(sentence_of(entry, clock), content, entry.url if is_shortened else "")


def passage_row(passage: RewrittenPassage, clock: Clock, *, is_first: bool) -> PassageRow:
    """Return a passage that was rewritten as the template shows it: which one, and why the reader is told. `is_first`
    if it has the e-mail's button.
    """
    asked = {"lesson": single_line(passage.lesson), "when": clock.when(passage.asked_at)}
    heading = _("A passage you asked about was rewritten")
    if passage.is_removed:
        heading = _("A passage you asked about was removed")
    reason = _("In “%(lesson)s”. You are notified because you asked about it %(when)s. It was:") % asked
    return PassageRow(heading, single_line(passage.quote), reason, passage.url, is_first)


def due_row(lesson: DueLesson, user: User, now: datetime) -> DueRow:
    """Return a lesson as the template shows it: when it is due in the course's time zone, and in the reader's own."""
    date, is_overdue = lesson.date(user, now), lesson.is_overdue(now)
    label, own = (date.chip, "") if is_overdue else (capfirst(date.day), date.own)
    return DueRow(label, single_line(lesson.title), lesson.url, is_overdue, own)
