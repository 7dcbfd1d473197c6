"""Dates as EDTF strings (Library of Congress, ISO 8601-2): a year alone, a range, before the common era."""

import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from edtf import EDTFParseException, parse_edtf

MACHINE_READABLE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?")
SORT_INFINITY = 10_000_000_000
MAX_LENGTH = 64
# The `sort_key` of a larger year does not fit its column.
LARGEST_YEAR = 9_999_999_999


def validate_edtf(value: str) -> None:
    """Raise ValidationError with a message that shows how to write dates."""
    try:
        if len(value) > MAX_LENGTH:
            raise ValueError(value)
        sort_key(value)
    except ValueError:
        raise ValidationError(
            _(
                "“%(value)s” is not a date in a supported format. Write 1949, 1949-04 or 1949-04-04; "
                "1999-03-24/1999-06-10 for a range; 1949~ for about; -0431 for 432 BCE."
            )
            % {"value": value}
        ) from None


class EDTFField(models.CharField):
    """A date as an EDTF string, checked when a form or an importer cleans it."""

    default_validators = [validate_edtf]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": MAX_LENGTH, **kwargs})


def sort_key(value: str) -> int:
    """Return a number that orders EDTF strings by their first day; of two with the same first day, the longer first.

    It is years times 100,000,000 plus months and days, so that years may have ten digits. Raise ValueError.
    """
    first, last = date_bounds(value)
    days = (_number(last) if last else SORT_INFINITY) - _number(first)
    return _number(first) * 10_000 - min(days, 9_999)


@lru_cache(maxsize=1_000)  # the parser takes milliseconds, and a date is read both to validate and to sort it
def date_bounds(value: str) -> tuple[tuple[int, int, int], tuple[int, int, int] | None]:
    """Return first and last day as (year, month, day), the last None if the range is open; raise ValueError."""
    try:
        date = parse_edtf(value)
        first, last = tuple(date.lower_strict()[:3]), _last_day(date)
    except (EDTFParseException, TypeError, IndexError, AttributeError):
        raise ValueError(value) from None
    if any(abs(day[0]) > LARGEST_YEAR for day in (first, last) if day):
        raise ValueError(value)
    return first, last


def _last_day(date) -> tuple[int, int, int] | None:
    """Return the last day; None for an open end (`1994/..`), which is infinity to the parser."""
    last = date.upper_strict()
    return None if isinstance(last, float) else tuple(last[:3])


def _number(day: tuple[int, int, int]) -> int:
    return day[0] * 10_000 + day[1] * 100 + day[2]


def format_edtf(value: str) -> str:
    """Return `4 April 1949`, `about 1949`, `432 BCE`, `24 March 1999 – 10 June 1999`; else the string itself."""
    first, slash, last = value.partition("/")
    if slash:
        if last in ("..", ""):
            return _("since %(date)s") % {"date": format_edtf(first)}
        if first in ("..", ""):
            return _("until %(date)s") % {"date": format_edtf(last)}
        return f"{format_edtf(first)} – {format_edtf(last)}"
    about = value.endswith(("~", "?", "%"))
    plain = value.rstrip("~?%")
    text = _format_date(plain)
    return _("about %(date)s") % {"date": text} if about else text


def _format_date(value: str) -> str:
    if value.isascii() and value[:3].isdecimal() and value[3:] == "X":
        return _("the %(decade)s0s") % {"decade": value[:3]}
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    parts = digits.split("-")
    if (
        not value.isascii()
        or not all(p.isdecimal() for p in parts)
        or len(parts) > 3
        or (len(parts) > 1 and int(parts[1]) not in MONTHS)
    ):
        return value
    year = _("%(year)s BCE") % {"year": int(parts[0]) + 1} if sign or not int(parts[0]) else str(int(parts[0]))
    day = [str(int(parts[2]))] if len(parts) == 3 else []
    month = [str(MONTHS[int(parts[1])])] if len(parts) > 1 else []
    return " ".join([*day, *month, year])


def iso_date(value: str) -> str:
    """Return the first day in the format of HTML's `<time datetime>`; an empty string for years below 1."""
    first = value.partition("/")[0].rstrip("~?%")
    return first if MACHINE_READABLE.fullmatch(first) and not first.startswith("0000") else ""
