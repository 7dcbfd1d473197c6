"""Which week of a course it is. Weeks begin on Monday, by the course's clock."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format

from lessons.courses.models import Course
from lessons.markup.translations import gettext as _


def course_week(course: Course, now: datetime) -> str:
    """Return “Week 4 of 10”, or on which day the course begins or has ended; empty if no first day is set."""
    first, last, today = course.starts_on, course.ends_on, now.astimezone(course.zone).date()
    if first is None or course.is_closed:
        return ""
    if today < first:
        return _("Begins on %(day)s") % {"day": _day(first, today)}
    if last is None:
        return _("Week %(n)d") % {"n": _weeks(first, today)}
    if today > last:
        return _("Ended on %(day)s") % {"day": _day(last, today)}
    return _("Week %(n)d of %(last)d") % {"n": _weeks(first, today), "last": _weeks(first, last)}


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(first: date, day: date) -> int:
    """Return the number of the week of `day`; that of the first day is 1."""
    return (monday_of(day) - monday_of(first)).days // 7 + 1


def _day(day: date, today: date) -> str:
    return date_format(day, "j F" if day.year == today.year else "j F Y")
