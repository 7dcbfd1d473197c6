"""Events with a date, as EDTF: what happened when, by the sentences of the text; no citations, pages, life dates."""

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
    dated: DateMatch
    said: SourceSentence
    words: str
    matter: frozenset[str]


def suggest_events(outline: Outline) -> list[dict]:
    """At most MOST of `{"date", "precision", "event", "evidence", "confidence", "section"}`, as they are told."""
    found: list[EventCandidate] = []
    homes = {section.heading.casefold(): (at, section.level) for at, section in enumerate(outline.walk())}
    before: SourceSentence | None = None
    for said in all_sentences(outline):
        dated = find_date(said.sentence)
        if dated:
            _add(found, _event(dated, said, before, homes))
        if len(found) == MAX_EVENTS:
            break
        before = said
    return [_as_json(event) for event in found]


def find_date(sentence: str) -> DateMatch | None:
    """The first date of a sentence, brackets aside: a day, a month, a range, an ancient year, a year, a decade."""
    text = IN_BRACKETS.sub(" ", sentence)
    for read in (_day, _span, _month, _ancient, _year, _decade):
        dated = read(text)
        if dated:
            return dated
    return None


def _day(text: str) -> DateMatch | None:
    if found := DAY_FIRST.search(text):
        day, month, year = found.groups()
    elif found := MONTH_FIRST.search(text):
        month, day, year = found.groups()
    else:
        return None
    return DateMatch(f"{year}-{_number(month):02}-{int(day):02}", "day") if 1 <= int(day) <= 31 else None


def _month(text: str) -> DateMatch | None:
    found = MONTH_ALONE.search(text)
    return DateMatch(f"{found[2]}-{_number(found[1]):02}", "month") if found else None


def _number(month: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(month[:3]))


def _span(text: str) -> DateMatch | None:
    found = SPAN.search(text)
    if not found:
        return None
    first, last = (found[1], found[2]) if found[1] else (found[3], found[4])
    last = last if len(last) == 4 else first[:2] + last
    return DateMatch(f"{first}/{last}", "range") if first < last else None


def _ancient(text: str) -> DateMatch | None:
    """Years with their era; the year before 1 is 0 in EDTF, so 44 BCE is -0043."""
    found = ANCIENT.search(text)
    if not found or int(found[2]) == 0:
        return None
    year = int(found[2])
    date = (
        f"-{year - 1:04}" if found[3].startswith("B") and year > 1 else f"{0 if found[3].startswith('B') else year:04}"
    )
    return DateMatch(date + ("~" if found[1] else ""), "year")


def _year(text: str) -> DateMatch | None:
    for found in YEAR_ALONE.finditer(text):
        before = text[: found.start()]
        if ABOUT.search(before):
            return DateMatch(found[1] + "~", "year")
        if BEFORE_YEAR.search(before):
            return DateMatch(found[1], "year")
    return None


def _decade(text: str) -> DateMatch | None:
    found = DECADE.search(text)
    return DateMatch(f"{found[1]}X", "decade") if found else None


def _event(
    dated: DateMatch, said: SourceSentence, before: SourceSentence | None, homes: dict[str, tuple[int, int]]
) -> EventCandidate:
    """A sentence that leans on what stands before it gets the name it speaks of, and that name's section."""
    words = said.sentence
    if ANAPHORA.match(words):
        named = proper_names([before.sentence]) if before and before.section == said.section else {}
        about = next((name for name in named if " " in name), said.heading)
        words = f"{about}: {words}" if about else words
        section, level = homes.get(about.casefold(), (said.section, said.level))
        said = replace(said, section=section, level=level)
    return EventCandidate(dated, said, words, frozenset(stems(words)))


def _add(found: list[EventCandidate], event: EventCandidate) -> None:
    """Told twice, once in passing and once in its own section, an event is kept where it is at home."""
    for at, other in enumerate(found):
        if other.dated.date == event.dated.date and len(other.matter & event.matter) > 2:
            if event.said.level > other.said.level:
                found[at] = event
            return
    found.append(event)


def _as_json(event: EventCandidate) -> dict:
    words = event.words
    return {
        "date": event.dated.date,
        "precision": event.dated.precision,
        "event": words if len(words) <= MAX_EVENT else words[: MAX_EVENT - 1].rsplit(" ", 1)[0] + "…",
        "evidence": event.said.sentence,
        "confidence": CONFIDENCE[event.dated.precision],
        "section": event.said.section,
    }
