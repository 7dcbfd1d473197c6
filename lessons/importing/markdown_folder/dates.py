"""Days and times in files: a day alone means its end, and without an offset a time is in the course's time zone."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

from lessons.importing.markdown_folder.files import InvalidFolder
from lessons.time_zones import NonexistentTime, moment_at

END_OF_DAY = time(23, 59)


def moment_text(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment for a file, which `moment_in` and `moment_of` read as the same; empty for None."""
    if moment is None:
        return ""
    moment = moment.astimezone(zone)
    is_repeated = moment.utcoffset() != moment.replace(fold=1).utcoffset()
    if moment.second or moment.microsecond or is_repeated:
        return moment.isoformat(sep=" ")
    if moment.time() == END_OF_DAY:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M}"


def day_in(path: str, key: str, value: str) -> date | None:
    """Return the day, None for an empty value. Raise InvalidFolder."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        message = _("%(file)s: %(key)s is “%(value)s”; write a day such as 2026-12-03.")
        raise InvalidFolder(message % {"file": path, "key": key, "value": value}) from None


def moment_in(path: str, value: str) -> datetime | None:
    """Return when something is due, without a time zone unless the value has one. Raise InvalidFolder."""
    if not value:
        return None
    try:
        if len(value) == len("2026-12-03"):
            return datetime.combine(date.fromisoformat(value), END_OF_DAY)
        return datetime.fromisoformat(value)
    except ValueError:
        message = _("%(file)s: due is “%(value)s”; write 2026-12-03 or 2026-12-03 18:00, in the course’s time zone.")
        raise InvalidFolder(message % {"file": path, "value": value}) from None


def moment_of(moment: datetime | None, zone: ZoneInfo, path: str) -> datetime | None:
    """Return the moment in the course's time zone. Raise InvalidFolder for a time that clocks skip."""
    if moment is None or is_aware(moment):
        return moment
    try:
        return moment_at(moment, zone)
    except NonexistentTime as error:
        raise InvalidFolder(f"{path}: due: {error}") from None
