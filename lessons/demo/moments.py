"""Moments in the files of the demo: `12 days ago 18:30`, in the course's time zone, or `3 hours ago`."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = re.compile(r"(\d+) days ago (\d\d):(\d\d)")
HOURS = re.compile(r"(\d+) (hours?|minutes?) ago")


class InvalidMoment(ValueError):
    """The text is not a moment."""


def moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment that `text` means for a class loaded at `now`; it is before `now`. Raise InvalidMoment.

    A time of day goes with two days ago or more, so that at any time of loading it is before every number of hours, of
    which there are at most 24.
    """
    if (match := DAYS.fullmatch(text)) and int(match[1]) >= 2:
        return on_day(now, -int(match[1]), f"{match[2]}:{match[3]}", zone)
    if match := HOURS.fullmatch(text):
        ago = timedelta(hours=int(match[1])) if match[2].startswith("hour") else timedelta(minutes=int(match[1]))
        if ago <= timedelta(days=1):
            return now - ago
    raise InvalidMoment(
        f"“{text}” is neither “2 days ago 18:30”, or more days, nor “3 hours ago”, or “40 minutes ago”."
    )


def on_day(now: datetime, days: int, clock: str, zone: ZoneInfo) -> datetime:
    """Return that time of the day that is `days` after that of `now` in the zone."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=days), time.fromisoformat(clock), tzinfo=zone)
