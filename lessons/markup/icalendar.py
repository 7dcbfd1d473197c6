"""Pure: calendars in the format of RFC 5545, well-formed whatever their texts contain."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from lessons.markup.characters import clean_text

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Commonplace//Due dates//EN"
MAX_OCTETS = 75
"""Of a line, without its end; what follows stands on lines that begin with a space."""
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class Event(NamedTuple):
    """A moment in a calendar. `uid` and `sequence` let programs recognise it, and its newer versions."""

    uid: str
    sequence: int
    changed_at: datetime
    moment: datetime
    summary: str
    description: str = ""
    url: str = ""
    is_cancelled: bool = False


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """Return a calendar of these events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"]
    for event in events:
        lines += _event_lines(event)
    lines.append("END:VCALENDAR")
    return b"".join(folded + b"\r\n" for line in lines for folded in _fold(line))


def _event_lines(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTAMP:{_utc(event.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(event.changed_at)}"
    yield f"DTSTART:{_utc(event.moment)}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Return a text value, without the control characters that a line cannot hold."""
    lines = clean_text(value).splitlines()
    return "\n".join(line.replace("\t", " ") for line in lines).translate(ESCAPES)


def _fold(line: str) -> Iterator[bytes]:
    """Yield the line in pieces of at most MAX_OCTETS, each of whole characters. Linear in its length."""
    octets, start = line.encode(), 0
    space = b""
    while start < len(octets) or not start:
        end = min(len(octets), start + MAX_OCTETS - len(space))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:
            end -= 1
        yield space + octets[start:end]
        start, space = end, b" "
