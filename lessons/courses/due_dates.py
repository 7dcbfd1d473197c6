"""When a lesson is due, and what that means now: overdue, due soon, or later."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.translation import get_language

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import active_memberships
from lessons.courses.moments import CourseMoment, course_moment, moment_in_zones
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.time_zones import zone_named, zone_time

# Days before the day itself on which a lesson is due soon.
SOON = 3


class DueDate(NamedTuple):
    """A due date as lists show it, in the course's time zone.

    `days` counts from today. `day` is `Fri 27 Nov`, `today` or `tomorrow`, for a sentence, with the time unless it is
    past; `short` is `27 Nov`. `state` is `overdue`, `due` (soon) or empty; `chip` says it: `3 days overdue`, `In 2
    days`. `own` is the moment in the reader's own time zone, empty where that is the same. `title` is the whole date,
    also in the reader's own time zone; `sentence` is `Due Wed 2 Dec, 18:00`, or that it is overdue; `label` is the
    date with what it means, for a list of lessons: `Overdue: 27 Nov`, `Due 2 Dec`, `9 Dec`.
    """

    moment: CourseMoment
    days: int
    day: str
    short: str
    state: str
    chip: str
    own: str
    title: str
    sentence: str
    label: str


class _Shown(NamedTuple):
    """Everything that decides what a due date looks like. `hours` since then are only told on the day itself."""

    due_at: datetime
    is_past: bool
    hours: int
    today: date
    zone: ZoneInfo
    own_zone: ZoneInfo
    language: str | None
    has_state: bool
    is_done: bool


class DueDates:
    """Due dates of one course as one reader sees them at one moment. For all but learners they are only dates."""

    def __init__(self, course: Course, reader: User | AnonymousUser, now: datetime):
        membership = active_memberships(reader).get(course.pk) if isinstance(reader, User) else None
        self.is_learner = membership is not None and membership.role == Membership.Role.LEARNER
        self.course, self.reader, self.now, self.zone = course, reader, now, course.zone
        self.has_own_zone = isinstance(reader, User) and bool(reader.time_zone)
        self.own_zone = zone_named(reader.time_zone) if isinstance(reader, User) and reader.time_zone else self.zone
        self.language = get_language()
        self.today = now.astimezone(self.zone).date()
        self.shown: dict[tuple[datetime, bool], DueDate] = {}

    @property
    def zone_note(self) -> str:
        """Return which time zone a list is in, `Brussels time (your time zone)`: it is named once, above."""
        name = zone_time(self.zone)
        if self.has_own_zone and not course_moment(self.now, self.course, self.reader).in_own_zone:
            return _("%(time)s (your time zone)") % {"time": name}
        return name

    def show(self, due_at: datetime, *, is_done: bool = False) -> DueDate:
        """Return the due date for a list; what is done is neither overdue nor due soon. Formatted once."""
        key = due_at, is_done
        if key not in self.shown:
            self.shown[key] = self._show(due_at, is_done=is_done)
        return self.shown[key]

    def _show(self, due_at: datetime, *, is_done: bool) -> DueDate:
        due_at = due_at.astimezone(UTC)  # as in `course_moment`
        is_past = due_at <= self.now
        is_today = due_at.astimezone(self.zone).date() == self.today
        hours = int((self.now - due_at).total_seconds() // 3600) if is_past and is_today else 0
        has_state = self.is_learner and not is_done
        return _due_date(
            _Shown(due_at, is_past, hours, self.today, self.zone, self.own_zone, self.language, has_state, is_done)
        )


@lru_cache(maxsize=4096)  # the pages of a course show the same few due dates again and again
def _due_date(shown: _Shown) -> DueDate:
    local = shown.due_at.astimezone(shown.zone)
    days = (local.date() - shown.today).days
    state = "overdue" if shown.is_past else "due" if days <= SOON else ""
    state = state if shown.has_state else ""
    chip = "" if shown.is_done or shown.is_past and not state else _chip(shown, days)
    moment = moment_in_zones(shown.due_at, shown.zone, shown.own_zone, shown.language)
    own = _in_own_zone(shown) if moment.in_own_zone else ""
    short = date_format(local, "j M" if local.year == shown.today.year else "j M Y")
    day = {0: _("today"), 1: _("tomorrow")}.get(days) or f"{date_format(local, 'D')} {short}"
    day = day if shown.is_past and days else f"{day}, {date_format(local, 'H:i')}"
    title = "; ".join(filter(None, (moment.text, moment.in_own_zone)))
    label = {"overdue": _("Overdue: %(day)s"), "due": _("Due %(day)s")}.get(state, "%(day)s") % {"day": short}
    return DueDate(moment, days, day, short, state, chip, own, title, _sentence(day, days, state), label)


def _sentence(day: str, days: int, state: str) -> str:
    text = _("Overdue since %(day)s") if state == "overdue" else _("Due %(day)s")
    in_sentence = {0: (_("Today"), _("today")), 1: (_("Tomorrow"), _("tomorrow"))}
    return text % {"day": day.replace(*in_sentence.get(days, ("", "")))}


def _chip(shown: _Shown, days: int) -> str:
    return _overdue_for(shown.hours, -days) if shown.is_past else _due_in(days)


def _in_own_zone(shown: _Shown) -> str:
    local = shown.due_at.astimezone(shown.own_zone)
    moment = f"{date_format(local, 'D j M')}, {date_format(local, 'H:i')}"
    return _("%(moment)s in your time zone") % {"moment": moment}


def _overdue_for(hours: int, days: int) -> str:
    if days:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", days) % {"n": days}
    return ngettext("%(n)d hour overdue", "%(n)d hours overdue", hours) % {"n": hours} if hours else _("Overdue")


def _due_in(days: int) -> str:
    if days < 2:
        return (_("Due today"), _("Due tomorrow"))[days]
    return ngettext("In %(n)d day", "In %(n)d days", days) % {"n": days}
