"""When a lesson is due, and what that means now: overdue, due soon, or later."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.translation import get_language

from lessons.accounts.models import User
from lessons.courses.models import Course, Membership
from lessons.courses.models.active_memberships import active_memberships
from lessons.courses.moments import CourseMoment, course_moment
from lessons.markup.translations import gettext as _
from lessons.markup.translations import ngettext
from lessons.time_zones import zone_named, zone_time

# Days before the day itself on which a lesson is due soon.
SOON = 3


class DueDate(NamedTuple):
    """A due date as lists show it, in the course's time zone.

    `days` counts from today. `day` is `Fri 27 Nov`, `today` or `tomorrow`, for a sentence, with the time unless it is
    past; `short` is `27 Nov`. `state` is `overdue`, `due` (soon) or empty; `chip` says it: `3 days overdue`, `In 2
    days`. `own` is the moment in the reader's own time zone, empty where that is the same.
    """

    moment: CourseMoment
    days: int
    day: str
    short: str
    state: str
    chip: str
    own: str

    @property
    def title(self) -> str:
        """Return the whole date, also in the reader's own time zone."""
        return "; ".join(filter(None, (self.moment.text, self.moment.in_own_zone)))

    @property
    def sentence(self) -> str:
        """Return `Due Wed 2 Dec, 18:00`, or that it is overdue."""
        text = _("Overdue since %(day)s") if self.state == "overdue" else _("Due %(day)s")
        in_sentence = {0: (_("Today"), _("today")), 1: (_("Tomorrow"), _("tomorrow"))}
        return text % {"day": self.day.replace(*in_sentence.get(self.days, ("", "")))}

    @property
    def label(self) -> str:
        """Return the date with what it means, for a list of lessons: `Overdue: 27 Nov`, `Due 2 Dec`, `9 Dec`."""
        texts = {"overdue": _("Overdue: %(day)s"), "due": _("Due %(day)s")}
        return texts.get(self.state, "%(day)s") % {"day": self.short}


class DueDates:
    """Due dates of one course as one reader sees them at one moment. For all but learners they are only dates."""

    def __init__(self, course: Course, reader: User | AnonymousUser, now: datetime):
        membership = active_memberships(reader).get(course.pk) if isinstance(reader, User) else None
        self.is_learner = membership is not None and membership.role == Membership.Role.LEARNER
        self.course, self.reader, self.now, self.zone = course, reader, now, course.zone
        self.has_own_zone = isinstance(reader, User) and bool(reader.time_zone)
        self.own_zone = zone_named(reader.time_zone) if isinstance(reader, User) and reader.time_zone else self.zone
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
        local, is_past = due_at.astimezone(self.zone), due_at <= self.now
        days = (local.date() - self.today).days
        state = "overdue" if is_past else "due" if days <= SOON else ""
        if is_done or not self.is_learner:
            state = ""
        chip = "" if is_done or is_past and not state else self._chip(due_at, days)
        moment = course_moment(due_at, self.course, self.reader)
        own = self._in_own_zone(due_at) if moment.in_own_zone else ""
        return DueDate(moment, days, self._day(local, days, is_past), self._short(local), state, chip, own)

    def _day(self, local: datetime, days: int, is_past: bool) -> str:
        names = {0: _("today"), 1: _("tomorrow")}
        day = names.get(days) or f"{_formatted(local, 'D')} {self._short(local)}"
        return day if is_past and days else f"{day}, {_formatted(local, 'H:i')}"

    def _short(self, local: datetime) -> str:
        return _formatted(local, "j M" if local.year == self.today.year else "j M Y")

    def _chip(self, due_at: datetime, days: int) -> str:
        return _due_in(days) if due_at > self.now else _overdue_for(self.now - due_at, -days)

    def _in_own_zone(self, due_at: datetime) -> str:
        local = due_at.astimezone(self.own_zone)
        moment = f"{_formatted(local, 'D j M')}, {_formatted(local, 'H:i')}"
        return _("%(moment)s in your time zone") % {"moment": moment}


def _formatted(local: datetime, pattern: str) -> str:
    return _formatted_in(get_language(), local.replace(tzinfo=None), pattern)


@lru_cache(maxsize=4096)  # as in `moments`
def _formatted_in(_language: str | None, local: datetime, pattern: str) -> str:
    return date_format(local, pattern)


def _overdue_for(late: timedelta, days: int) -> str:
    if days:
        return ngettext("%(n)d day overdue", "%(n)d days overdue", days) % {"n": days}
    hours = int(late.total_seconds() // 3600)
    return ngettext("%(n)d hour overdue", "%(n)d hours overdue", hours) % {"n": hours} if hours else _("Overdue")


def _due_in(days: int) -> str:
    if days < 2:
        return (_("Due today"), _("Due tomorrow"))[days]
    return ngettext("In %(n)d day", "In %(n)d days", days) % {"n": days}
