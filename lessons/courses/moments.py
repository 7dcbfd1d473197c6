"""Due dates and other moments of a course: entered in its time zone, and shown in it and in the reader's own."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.time_zones import NonexistentTime, format_moment, moment_at, zone_label, zone_named


class CourseMoment(NamedTuple):
    """A moment as a page shows it: in the course's time zone, and in the reader's, empty if that is the same."""

    iso: str
    text: str
    in_own_zone: str = ""


def course_moment(moment: datetime, course: Course, reader: User | AnonymousUser) -> CourseMoment:
    """Return the moment for this reader. Somebody who has chosen no time zone sees only that of the course."""
    own_zone = zone_named(reader.time_zone) if isinstance(reader, User) and reader.time_zone else course.zone
    # In UTC, because of two moments in the hour that clocks show twice, Python says that they are equal.
    return moment_in_zones(moment.astimezone(UTC), course.zone, own_zone, get_language())


@lru_cache(maxsize=4096)  # the pages of a course show the same few due dates again and again
def moment_in_zones(moment: datetime, zone: ZoneInfo, own_zone: ZoneInfo, _language: str | None) -> CourseMoment:
    """Return a moment, which is given in UTC, for a course and a reader in these time zones."""
    differs = moment.astimezone(own_zone).utcoffset() != moment.astimezone(zone).utcoffset()
    iso = moment.astimezone(zone).isoformat(timespec="minutes")
    own = _("in your time zone: %(moment)s") % {"moment": format_moment(moment, own_zone)} if differs else ""
    return CourseMoment(iso, format_moment(moment, zone), own)


class LocalDateTimeInput(forms.DateTimeInput):
    """The browser's own picker of date and time: one field, where Django's admin has two and a script."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class CourseDateTimeField(forms.DateTimeField):
    """A date and time in a course's time zone, which its help text names.

    Give it the course with `use_course`. A form that edits a row keeps the stored moment if what is shown of it is
    unchanged: its seconds, and which of two hours it is when clocks go back, cannot be typed.
    """

    zone = zone_named("UTC")

    def use_course(self, course: Course, help_text: str = "") -> None:
        """Use the course's time zone, and name it in the help text."""
        self.zone = course.zone
        in_zone = _("In the course’s time zone, %(zone)s.") % {"zone": zone_label(self.zone)}
        self.help_text = f"{in_zone} {help_text}".strip()

    def prepare_value(self, value):
        return value.astimezone(self.zone).replace(tzinfo=None) if self._is_moment(value) else value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        local = value if isinstance(value, datetime) else self._parse(str(value).strip())
        if timezone.is_aware(local):
            return local
        try:
            return moment_at(local, self.zone)
        except NonexistentTime as error:
            raise ValidationError(str(error)) from None
        except OverflowError:  # before or after every day that a datetime can hold
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def _parse(self, text: str) -> datetime:
        """Return the date and time. Raise ValidationError."""
        try:
            moment = parse_datetime(text)
        except ValueError:  # of the right form, but there is no such day or hour
            moment = None
        if moment is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment

    def has_changed(self, initial, data):
        shown = self.widget.format_value(self.prepare_value(initial)) if self._is_moment(initial) else ""
        return not self.disabled and (data or "").strip()[: len(shown) or None] != shown

    @staticmethod
    def _is_moment(value) -> bool:
        return isinstance(value, datetime) and timezone.is_aware(value)
