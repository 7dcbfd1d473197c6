"""Pure: time zones by their names, local times in them, and moments shown in them."""

from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _


class NonexistentTime(ValueError):
    """A local time that clocks skip; the message names the time zone."""


def site_time_zone() -> str:
    """Return the name of the site's time zone: the default of new courses."""
    return settings.TIME_ZONE


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless this machine knows a time zone with this name."""
    if name and name not in available_timezones():
        raise ValidationError(
            _("There is no time zone “%(zone)s”. Enter one such as Europe/Berlin or UTC.") % {"zone": name}
        )


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone; UTC if this machine no longer knows it."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return ZoneInfo("UTC")


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return this machine's time zones by region, as choices for `<optgroup>`."""
    outdated = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "posix/", "right/")
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(outdated))
    regions = groupby(names, key=lambda name: name.partition("/")[0])
    choices = [(region, [(name, _city(name)) for name in zones]) for region, zones in regions]
    return [("UTC", [("UTC", "UTC")]), *choices]


def _city(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", " – ")


def moment_at(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment of a naive local time, in UTC; of a time that clocks show twice, the later one.

    Raise NonexistentTime for a time that they skip.
    """
    moment = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        message = _("In %(zone)s the clocks go forward at that time, so it doesn’t exist. Enter another time.")
        raise NonexistentTime(message % {"zone": zone_label(zone)})
    return moment


class LocalDays:
    """The days on which moments fall in a time zone, faster for many moments of the same hours."""

    def __init__(self, zone: ZoneInfo):
        self.zone = zone
        self._of_hours: dict[str, str] = {}

    def of_minute(self, minute: str) -> str:
        """Return the day of a minute in UTC, `2026-11-30 19:05`, as `2026-11-30`."""
        hour = minute[:13]
        day = self._of_hours.get(hour)
        if day is None:
            day = self._of_hours[hour] = self._of_hour(hour)
        return day or self._local(minute).date().isoformat()

    def _of_hour(self, hour: str) -> str:
        """Return the day of all of the hour; empty if it has parts of two, or clocks are set in it."""
        first, last = self._local(f"{hour}:00"), self._local(f"{hour}:59")
        is_one = first.date() == last.date() and first.utcoffset() == last.utcoffset()
        return first.date().isoformat() if is_one else ""

    def _local(self, minute: str) -> datetime:
        return datetime.fromisoformat(f"{minute}+00:00").astimezone(self.zone)


def zone_label(zone: ZoneInfo) -> str:
    return zone.key.replace("_", " ")


def zone_time(zone: ZoneInfo) -> str:
    """Return which time clocks show there, as people say it: “Brussels time”, or “UTC”."""
    city = zone_label(zone).rpartition("/")[2]
    return city if city == "UTC" else _("%(zone)s time") % {"zone": city}


def format_moment(moment: datetime, zone: ZoneInfo) -> str:
    """Return “3 Dec 2026, 23:59 (Berlin time)”, in the active language.

    The hour that clocks show twice has the abbreviation of its time, too: “(Berlin time, CET)”.
    """
    local = moment.astimezone(zone)
    zone_text = zone_time(zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        zone_text = f"{zone_text}, {local.tzname()}"
    values = {"date": date_format(local, "DATE_FORMAT"), "time": time_format(local, "H:i"), "zone": zone_text}
    return _("%(date)s, %(time)s (%(zone)s)") % values
