"""Levels of headings in a text without markup, by the numbers before them or by capitals."""

import re
from bisect import bisect_left
from dataclasses import dataclass

from lessons.importing.readers.list_markers import HAN_DIGITS, han_value
from lessons.importing.readers.numbered_labels import (
    HAN_LABELLED,
    LABELLED,
    LABELS,
    LETTER_VALUES,
    NUMBER_FIRST,
    ORDINAL_FIRST,
    ORDINALS,
)
from lessons.markup.roman_numerals import roman_value

HAN_RANKS = {"部編编卷篇부편": 0, "章课課回講讲幕장과": 1, "节節条條場场절조": 2}
DECIMAL = re.compile(
    r"((?:\d{1,3}|[A-Z])(?:\.\d{1,3})+)[.):]?\s+\S|(\d{1,2}(?:[-－]\d{1,2})+)[．、]?\s*[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)
FIRST_WORD = re.compile(r"([^\W\d_][^\s\d_.,:;()]{2,})\s+(\d{1,3}|[IVXLC]{1,7})\b")
DIGIT = re.compile(r"(\(?)(\d{1,3})([.)]?)\s+\S|([（(]?)([\d０-９]{1,3})([．、）])\s*\S")
HAN = re.compile(rf"([（(]?)([{HAN_DIGITS}]{{1,3}})([、．）)])\s*\S")
ROMAN = re.compile(r"(\(?)([IVXLC]{1,7}|[ivxlc]{1,7})([.)])\s+\S|()([IVX]{2,5})()\s+[A-ZÀ-Þ]")
LETTER = re.compile(r"(\(?)([A-Za-z])([.)])\s+\S")
LONE = re.compile(r"(?:[IVXLC]{1,7}|\d{1,3})\.?")
LETTERS_AFTER = 1000  # "A.1", of an appendix, comes after any number
MIN_SHARE = 0.6
MIN_LABELLED = 2
MIN_SERIES = 3
CHAPTER_RANK = 1


@dataclass(frozen=True, slots=True)
class Marker:
    """The number of a heading. style: below the same heading, numbers of one style are of one level.

    values: 1.2 is (1, 2). rank: 0 for parts, 1 for chapters, 2 for sections; None for numbers without a word.
    """

    style: str
    values: tuple[int, ...]
    rank: int | None = None


def markers(heading: str) -> list[Marker]:
    """Return the ways to read the start of a heading as a number: "I." as a Roman numeral or as a letter."""
    if labelled := _labelled(heading):
        return [labelled]
    if LONE.fullmatch(heading) and (value := _lone_value(heading)):
        return [Marker(f"lone {'digit' if heading[0].isdigit() else 'roman'}", (value,))]
    if match := DECIMAL.match(heading):
        parts = match[1].split(".") if match[1] else re.split("[-－]", match[2])
        decimal = tuple(int(part) if part.isdecimal() else LETTERS_AFTER + ord(part) for part in parts)
        return [Marker(f"decimal {len(decimal)}", decimal)]
    found = []
    if match := DIGIT.match(heading):
        opening, digits, closing = match[1] or match[4] or "", match[2] or match[5], match[3] or match[6] or ""
        found.append(Marker(f"digit {opening}{closing}", (int(digits),)))
    if match := HAN.match(heading):
        found.append(Marker(f"han {match[1]}{match[3]}", (han_value(match[2]),)))
    if (match := ROMAN.match(heading)) and (value := roman_value(match[2] or match[5])):
        case = "upper" if (match[2] or match[5]).isupper() else "lower"
        found.append(Marker(f"roman {case} {match[1] or ''}{match[3] or ''}", (value,)))
    if match := LETTER.match(heading):
        case = "upper" if match[2].isupper() else "lower"
        found.append(Marker(f"letter {case} {match[1]}{match[3]}", (ord(match[2].lower()) - ord("a") + 1,)))
    return found


def _labelled(heading: str) -> Marker | None:
    """Read "Chapter 3", "PART ONE", "Second Part", "§ 4", "第三章"."""
    if match := HAN_LABELLED.match(heading):
        label = match["label"] or match["unit"] or match["bare_unit"]
        rank = next(rank for labels, rank in HAN_RANKS.items() if label in labels)
        value = match["value"] or match["korean"] or match["bare"]
        return Marker(f"label {label}", (int(value) if value.isdecimal() else han_value(value),), rank)
    match = LABELLED.match(heading) or ORDINAL_FIRST.match(heading) or NUMBER_FIRST.match(heading)
    if not match:
        return None
    label, value = match["label"].lower(), match["value"].lower()
    rank = next(n for n, words in enumerate(LABELS) if label.replace(".", "\\.") in words.split("|"))
    return Marker(f"label {label}", (_word_value(value),), rank)


def _word_value(value: str) -> int:
    """Return the value of digits, a word such as "first", a numeral or a letter, in lower case."""
    if value.isdecimal():
        return int(value)
    if value[0] in LETTER_VALUES or value.startswith("στ"):
        return sum(LETTER_VALUES.get(c, 0) for c in value.replace("στ", "ϛ"))
    if value in ("d", "m"):  # "Part D" is the fourth rather than the five hundredth
        return ord(value) - 96
    return ORDINALS.get(value) or roman_value(value) or ord(value[0]) - 96


def _label_match(heading: str) -> re.Match[str] | None:
    return LABELLED.match(heading) or HAN_LABELLED.match(heading) or NUMBER_FIRST.match(heading)


def is_label_only(heading: str) -> bool:
    """Return whether a heading is only a word and a number, such as "CHAPTER I"; its title is on the next line."""
    match = _label_match(heading)
    return match is not None and not heading[match.end() :].strip(" .:–—-")


def lone_numerals(texts: list[str]) -> list[int]:
    """Return the indexes of the texts that are only chapter numbers: I, II, III or 1, 2, 3."""
    found = [n for n, text in enumerate(texts) if len(text) < 9 and LONE.fullmatch(text)]
    values = [(n, _lone_value(texts[n])) for n in found]
    chain: list[int] = []
    for n, value in values:
        if value == len(chain) + 1:
            chain.append(n)
    return chain if len(chain) > 1 and 2 * len(chain) > len(values) else []


def _lone_value(text: str) -> int:
    number = text.rstrip(".")
    return int(number) if number.isdecimal() else roman_value(number)


def without_number(heading: str) -> str:
    """Return a heading without its number, or unchanged if it has nothing else."""
    if match := _label_match(heading):
        return heading[match.end() :].lstrip(" .:–—-　") or heading
    for pattern in (DECIMAL, DIGIT, HAN, ROMAN, LETTER):
        if match := pattern.match(heading):
            return heading[match.end() - 1 :]
    return heading


def is_numbered_like(heading: str, others: list[str]) -> bool:
    """Return whether the numbers of the other headings continue that of a heading."""
    if 0 in _series([heading, *others]):
        return True
    for marker in markers(heading):
        for other in others:
            for after in markers(other):
                goes_on = after.style == marker.style and after.values > marker.values
                if goes_on or after.values[: len(marker.values)] == marker.values != after.values:
                    return True
    return False


def numbered_levels(headings: list[str]) -> list[int] | None:
    """Return the level of each heading, 1 for the top; None if the headings do not show their levels."""
    return _by_number(headings) or _by_capitals(headings)


def _by_number(headings: list[str]) -> list[int] | None:
    """Return levels by numbers: those of one style are siblings, a style that begins below another is nested in it.

    Headings without a number are below the last numbered one, or on the top level at the beginning and the end.
    """
    series = _series(headings)
    read = _ascending(_chosen([series[n] if n in series else markers(text) for n, text in enumerate(headings)]))
    numbered = [marker for marker in read if marker]
    labelled = sum(marker.rank is not None for marker in numbered)
    is_certain = labelled >= MIN_LABELLED or _is_count(numbered)
    if len(numbered) < 2 or (len(numbered) < MIN_SHARE * len(headings) and not is_certain):
        return None
    if not _starts_low(numbered):
        return None
    last_of = {marker.style: n for n, marker in enumerate(read) if marker}
    last = max(last_of.values())
    levels: list[int] = []
    stack: list[Marker] = []
    seen: set[str] = set()
    for n, marker in enumerate(read):
        if marker:
            is_late = marker.style not in seen and bool(stack) and last_of[stack[0].style] < n and marker.rank is None
            stack = [marker] if is_late and _is_capital(marker) else [*_above(stack, marker), marker]
            seen.add(marker.style)
            levels.append(len(stack))
        else:
            levels.append(1 if n > last or not stack else len(stack) + 1)
    return levels


def _is_count(numbered: list[Marker]) -> bool:
    """Return whether the numbers are simply 1, 2, 3 and so on."""
    values = [marker.values for marker in numbered]
    return len(values) >= MIN_SERIES and values == [(n,) for n in range(1, len(values) + 1)]


def _is_capital(marker: Marker) -> bool:
    """Return whether the number is a capital letter, which after other numbers means an appendix."""
    return "upper" in marker.style


def _series(headings: list[str]) -> dict[int, list[Marker]]:
    """Return numbers after an unlisted word that recurs with consecutive numbers, such as "Amendment I"."""
    found: dict[str, list[tuple[int, int]]] = {}
    for n, heading in enumerate(headings):
        match = None if _labelled(heading) else FIRST_WORD.match(heading)
        value = (int(match[2]) if match[2].isdecimal() else roman_value(match[2])) if match else 0
        if match and value:
            found.setdefault(match[1].lower(), []).append((n, value))
    series: dict[int, list[Marker]] = {}
    for word, places in found.items():
        values = [value for _n, value in places]
        if len(values) >= MIN_SERIES and values == sorted(set(values)):
            series |= {n: [Marker(f"label {word}", (value,), CHAPTER_RANK)] for n, value in places}
    return series


def _chosen(readings: list[list[Marker]]) -> list[Marker | None]:
    """Return for each heading the reading of its number that best continues the numbers before it."""
    decimals = [marker for read in readings for marker in read if marker.style.startswith("decimal")]
    has_letters = any(marker.values[0] > LETTERS_AFTER for marker in decimals)
    latest: dict[str, Marker] = {}
    chosen: list[Marker | None] = []
    for read in readings:
        if decimals:
            read = [_as_decimal(marker, has_letters) for marker in read]
        best = max(read, key=lambda marker: _continuity(marker, latest), default=None)
        if best:
            latest[best.style] = best
        chosen.append(best)
    return chosen


def _as_decimal(marker: Marker, has_letters: bool) -> Marker:
    """Read "1." as the number above "1.1", and "A." as the one above "A.1"."""
    if marker.style in ("digit ", "digit ."):
        return Marker("decimal 1", marker.values)
    if has_letters and marker.style == "letter upper .":
        return Marker("decimal 1", (LETTERS_AFTER + ord("A") - 1 + marker.values[0],))
    return marker


def _continuity(marker: Marker, latest: dict[str, Marker]) -> int:
    """Rate how well a reading continues: 3 for the next number, 2 for a first one, 1 for a later one, else 0."""
    before = latest.get(marker.style)
    if before and marker.values[-1] == before.values[-1] + 1:
        return 3
    if marker.values[-1] == 1:
        return 2
    return 1 if before and marker.values > before.values else 0


def _above(stack: list[Marker], marker: Marker) -> list[Marker]:
    """Return the headings of the stack that are above the one with this number."""
    if marker.style.startswith("decimal"):
        return [one for one in stack if not one.style.startswith("decimal") or len(one.values) < len(marker.values)]
    for n, one in enumerate(stack):
        is_wider = marker.rank is not None and one.rank is not None and marker.rank < one.rank
        if one.style == marker.style or is_wider or (marker.rank is not None and one.rank is None):
            return stack[:n]
    return stack


def _ascending(read: list[Marker | None]) -> list[Marker | None]:
    """Return the numbers without those that do not fit: of decimal ones, keep the longest ascending series."""
    decimals = [(n, marker) for n, marker in enumerate(read) if marker and marker.style.startswith("decimal")]
    kept = longest_ascending([marker.values for _n, marker in decimals])
    dropped = {n for place, (n, _marker) in enumerate(decimals) if place not in kept}
    latest: dict[str, tuple[int, ...]] = {}
    for n, marker in enumerate(read):
        if not marker or marker.style.startswith("decimal"):
            continue
        before = latest.get(marker.style)
        if marker.rank is not None:
            latest.clear()
        elif before and marker.values <= before and marker.values[-1] > 1:
            dropped.add(n)
            continue
        latest[marker.style] = marker.values
    return [None if n in dropped else marker for n, marker in enumerate(read)]


def longest_ascending(values: list[tuple[int, ...]]) -> set[int]:
    """Return the indexes of the longest ascending subsequence."""
    ends: list[tuple[int, ...]] = []
    places: list[int] = []
    before: list[int] = []
    for n, value in enumerate(values):
        at = bisect_left(ends, value)
        before.append(places[at - 1] if at else -1)
        ends[at : at + 1] = [value]
        places[at : at + 1] = [n]
    found: set[int] = set()
    n = places[-1] if places else -1
    while n >= 0:
        found.add(n)
        n = before[n]
    return found


def _starts_low(numbered: list[Marker]) -> bool:
    """Return whether numbers without a word start at 3 or less, unlike years and quantities."""
    first: dict[str, int] = {}
    for marker in numbered:
        first.setdefault(marker.style, marker.values[0])
    has_depth = any(marker.style.startswith("decimal") and len(marker.values) > 1 for marker in numbered)
    return has_depth or all(value <= 3 for style, value in first.items() if style.startswith(("digit", "decimal")))


def _by_capitals(headings: list[str]) -> list[int] | None:
    """Put headings IN CAPITALS above the others. Short ones do not count: they may be acronyms."""
    capitals = [heading.isupper() and len(heading) > 5 for heading in headings]
    if sum(capitals) < 2 or len(capitals) - sum(capitals) < 2 or not capitals[0]:
        return None
    return [1 if is_upper else 2 for is_upper in capitals]
