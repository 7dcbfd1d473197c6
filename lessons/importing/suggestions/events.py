"""Events with a date in EDTF, taken from sentences of the text; not citations, page numbers or lifespans."""

import re
from dataclasses import dataclass, replace

from lessons.importing.document import Outline
from lessons.importing.stemming import stems
from lessons.importing.suggestions.names import proper_names
from lessons.importing.suggestions.sentences import SourceSentence, all_sentences

MAX_EVENTS = 100
MAX_EVENT = 300
CONFIDENCE = {"day": 0.9, "month": 0.85, "range": 0.8, "year": 0.75, "decade": 0.5}
MONTHS = "January February March April May June July August September October November December".split()
MONTH = rf"(?:{'|'.join(MONTHS)}|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
YEAR = r"(?:1[0-9]|20)\d\d"
ERA = r"(?:BCE?|B\.C\.(?:E\.)?|CE|AD|A\.D\.|C\.E\.)"
IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({MONTH}),? ({YEAR})\b")
MONTH_FIRST = re.compile(rf"\b({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? ({YEAR})\b")
MONTH_ALONE = re.compile(rf"\b({MONTH}),? (?:of )?({YEAR})\b")
SPAN = re.compile(
    rf"\b(?:(?:from|between) (?:about |around )?({YEAR}) (?:to|and|until|through|till) ({YEAR})|"
    rf"({YEAR}) ?[–—-] ?({YEAR}|\d\d))\b(?! {ERA})",
    re.IGNORECASE,
)
DECADE = re.compile(r"\b(?:the |early |late |mid-?)((?:1[0-9]|20)\d)0s\b", re.IGNORECASE)
ANCIENT = re.compile(rf"\b(around |about |circa |c\. ?|ca\. ?)?(\d{{1,4}}) ({ERA})(?!\w)")
YEAR_ALONE = re.compile(
    rf"(?<![\w$€£#.,/–—-])(?<!\bp\. )(?<!\bpp\. )(?<!No\. )({YEAR})"
    r"(?![\w%]|[.,/]\d|[–—-]\d| (?:people|percent|per cent|men|women|km|miles|words|dollars|ships|troops)\b)"
)
BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|since|from|by|until|till|of|during|after|before|early|late|mid|around|about|circa|year|to|and|spring|"
    r"summer|autumn|fall|winter|between|on|through)[ -]|^|, |– |—)$",
    re.IGNORECASE,
)
# The longest of these phrases: only so much of the text before a year is looked at.
MAX_BEFORE_YEAR = 16
ABOUT = re.compile(r"(?:around|about|circa|c\.|approximately) $", re.IGNORECASE)
ANAPHORA = re.compile(
    r"(?:this|these|those|it|they|he|she|its|his|her|their|such|the latter|[A-Z][a-z]+(?:ed|d|n|t) in)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DateMatch:
    date: str
    precision: str


@dataclass(frozen=True, slots=True)
class EventCandidate:
    """An event: its date, the sentence it comes from, its text, and the stems of that."""

    when: DateMatch
    source: SourceSentence
    text: str
    stems: frozenset[str]


def suggest_events(outline: Outline) -> list[dict]:
    """Return at most MAX_EVENTS of `{"date", "precision", "event", "evidence", "confidence", "section"}`.

    They are in the order of the text.
    """
    events: list[EventCandidate] = []
    section_by_heading = {section.heading.casefold(): (n, section.level) for n, section in enumerate(outline.walk())}
    previous: SourceSentence | None = None
    for source in all_sentences(outline):
        when = find_date(source.sentence)
        if when:
            _add(events, _event(when, source, previous, section_by_heading))
        if len(events) == MAX_EVENTS:
            break
        previous = source
    return [_as_json(event) for event in events]


def find_date(sentence: str) -> DateMatch | None:
    """Return the date of a sentence, ignoring brackets: a day, a range, a month, an ancient year, a year, a decade."""
    text = IN_BRACKETS.sub(" ", sentence)
    for parse in (_day, _span, _month, _ancient, _year, _decade):
        date = parse(text)
        if date:
            return date
    return None


def _day(text: str) -> DateMatch | None:
    if match := DAY_FIRST.search(text):
        day, month, year = match.groups()
    elif match := MONTH_FIRST.search(text):
        month, day, year = match.groups()
    else:
        return None
    return DateMatch(f"{year}-{_month_number(month):02}-{int(day):02}", "day") if 1 <= int(day) <= 31 else None


def _month(text: str) -> DateMatch | None:
    match = MONTH_ALONE.search(text)
    return DateMatch(f"{match[2]}-{_month_number(match[1]):02}", "month") if match else None


def _month_number(month: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(month[:3]))


def _span(text: str) -> DateMatch | None:
    match = SPAN.search(text)
    if not match:
        return None
    first, last = (match[1], match[2]) if match[1] else (match[3], match[4])
    last = last if len(last) == 4 else first[:2] + last
    return DateMatch(f"{first}/{last}", "range") if first < last else None


def _ancient(text: str) -> DateMatch | None:
    """Parse a year with its era. The year before 1 is 0 in EDTF, so 44 BCE is -0043."""
    match = ANCIENT.search(text)
    if not match or int(match[2]) == 0:
        return None
    is_before_christ = match[3].startswith("B")
    year = 1 - int(match[2]) if is_before_christ else int(match[2])
    date = f"-{-year:04}" if year < 0 else f"{year:04}"
    return DateMatch(date + ("~" if match[1] else ""), "year")


def _year(text: str) -> DateMatch | None:
    for match in YEAR_ALONE.finditer(text):
        before = (max(0, match.start() - MAX_BEFORE_YEAR), match.start())
        if ABOUT.search(text, *before):
            return DateMatch(match[1] + "~", "year")
        if BEFORE_YEAR.search(text, *before):
            return DateMatch(match[1], "year")
    return None


def _decade(text: str) -> DateMatch | None:
    match = DECADE.search(text)
    return DateMatch(f"{match[1]}X", "decade") if match else None


def _event(
    when: DateMatch,
    source: SourceSentence,
    previous: SourceSentence | None,
    section_by_heading: dict[str, tuple[int, int]],
) -> EventCandidate:
    """Make an event from a sentence.

    If the sentence starts with "it", "this" …, the name that it refers to is put before it, and the event belongs to
    the section of that name.
    """
    text = source.sentence
    if ANAPHORA.match(text):
        names = proper_names([previous.sentence]) if previous and previous.section == source.section else {}
        subject = next((name for name in names if " " in name), source.heading)
        text = f"{subject}: {text}" if subject else text
        section, level = section_by_heading.get(subject.casefold(), (source.section, source.level))
        source = replace(source, section=section, level=level)
    return EventCandidate(when, source, text, frozenset(stems(text)))


def _add(events: list[EventCandidate], event: EventCandidate) -> None:
    """Add an event; of an event described twice, keep the sentence in the deeper section, probably its own."""
    for n, other in enumerate(events):
        if other.when.date == event.when.date and len(other.stems & event.stems) > 2:
            if event.source.level > other.source.level:
                events[n] = event
            return
    events.append(event)


def _as_json(event: EventCandidate) -> dict:
    text = event.text
    return {
        "date": event.when.date,
        "precision": event.when.precision,
        "event": text if len(text) <= MAX_EVENT else text[: MAX_EVENT - 1].rsplit(" ", 1)[0] + "…",
        "evidence": event.source.sentence,
        "confidence": CONFIDENCE[event.when.precision],
        "section": event.source.section,
    }
