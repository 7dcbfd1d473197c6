"""Find dates in English, French and German sentences, as EDTF, ignoring quantities, citations and page numbers."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from lessons.importing.suggestions.languages import Language

YEAR = r"(?:1[0-9]|20)\d\d"
IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
DAY = {
    "en": r"(?P<{p}d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<{p}m>{months})\.?,? (?P<{p}y>{year})|"
    r"(?P<{p}m2>{months})\.? (?P<{p}d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<{p}y2>{year})",
    "fr": r"(?P<{p}d>\d{{1,2}})(?:er)? (?P<{p}m>{months})\.? (?P<{p}y>{year})",
    "de": r"(?P<{p}d>\d{{1,2}})\. ?(?P<{p}m>{months})\.? (?P<{p}y>{year})|"
    r"(?P<{p}d2>\d{{1,2}})\. ?(?P<{p}m2>\d{{1,2}})\. ?(?P<{p}y2>{year})",
}
# Days of one year or one month: "from 24 July to 5 August 2018", "from 24 to 30 July 2011".
SHORT_SPAN = {
    "en": r"\b(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: (?P<m>{months})\.?)? ?(?:{to}|–|-) ?(?P<d2>\d{{1,2}})(?:st|"
    r"nd|rd|th)? (?P<m2>{months})\.?,? (?P<y>{year})|(?P<m3>{months})\.? (?P<d3>\d{{1,2}})(?:st|nd|rd|th)? ?(?:{to}|"
    r"–|-) ?(?:(?P<m4>{months})\.? )?(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y3>{year}))\b",
    "fr": r"\b(?P<d>\d{{1,2}})(?:er)?(?: (?P<m>{months})\.?)? ?(?:{to}|–|-) ?(?P<d2>\d{{1,2}})(?:er)? "
    r"(?P<m2>{months})\.? (?P<y>{year})\b",
    "de": r"\b(?P<d>\d{{1,2}})\.(?: ?(?P<m>{months})\.?)? ?(?:{to}|–|-)(?: zum)? ?(?P<d2>\d{{1,2}})\. "
    r"?(?P<m2>{months})\.? (?P<y>{year})\b",
}
TO = {"en": r"(?:to|and|until|through|till)", "fr": r"(?:à|au|et|jusqu[’'](?:en|à|au))", "de": r"(?:bis|und)"}
FROM = {"en": r"(?:from|between)", "fr": r"(?:de|du|entre)", "de": r"(?:von|vom|zwischen)"}
ABOUT = {
    "en": r"(?:around|about|circa|c\.|ca\.|approximately)",
    "fr": r"(?:vers|environ|autour de|aux alentours de)",
    "de": r"(?:um|etwa|ungefähr|ca\.|circa|gegen)",
}
ERA = {
    "en": r"(?:(?P<bc>BCE?|B\.C\.(?:E\.)?)|CE|AD|A\.D\.|C\.E\.)",
    "fr": r"(?:(?P<bc>(?:av\.|avant) (?:J\.?-?C\.?|Jésus-Christ|notre ère))|(?:apr?\.|après) (?:J\.?-?C\.?|"
    r"Jésus-Christ)|de notre ère)",
    "de": r"(?:(?P<bc>v\. ?(?:Chr|u\. ?Z)\.?|vor (?:Christus|unserer Zeit(?:rechnung)?))|n\. ?Chr\.?|nach Christus)",
}
DECADE = {
    "en": r"\b(?:the |early |late |mid-?)(?P<decade>(?:1[0-9]|20)\d)0s\b",
    "fr": r"\bannées (?P<decade>(?:1[0-9]|20)\d)0\b",
    "de": r"\b(?P<decade>(?:1[0-9]|20)\d)0er(?:n|[- ]Jahren?)?\b",
}
BEFORE_YEAR = {
    "en": r"(?:\b(?:in|since|from|by|until|till|of|during|after|before|early|late|mid|around|about|circa|year|to|and|"
    r"spring|summer|autumn|fall|winter|between|on|through|c\.)[ -]|^)$",
    "fr": r"(?:\b(?:en|depuis|dès|vers|avant|après|jusqu[’']en|fin|début|année|an|de|à|et|printemps|été|automne|hiver|"
    r"environ|mi-?)[ -]|^|l[’']an )$",
    "de": r"(?:\b(?:im|in|seit|ab|von|bis|um|vor|nach|anfang|ende|mitte|jahr|jahre|jahres|und|gegen|etwa|frühjahr|"
    r"frühling|sommer|herbst|winter|zwischen|ca\.)[ -]|^)$",
}
# Words after a number that make it a quantity or part of something else.
AFTER_YEAR = {
    "en": r"(?![\w%°’'\"”]|[.,/:]\d|[–—-]\d| (?:people|percent|per cent|men|women|million|thousand|"
    "[a-z]{2,}s(?<!was)(?<!has)"
    r"(?<!is)(?<!its)(?<!his)(?<!as)(?<!this)(?<!across)(?<!does)(?<!perhaps)(?<!towards)(?<!besides)(?<!us)|km|"
    r"feet|of)\b)",
    "fr": r"(?![\w%°’'\"”]|[.,/:]\d|[–—-]\d| ?%| "
    "(?:[a-zà-ÿ]{3,}s(?<!dans)(?<!puis)(?<!sous)(?<!vers)(?<!plus)(?<!après)(?<!dès)"
    r"(?<!des)(?<!les)(?<!mais)(?<!alors)(?<!lors)(?<!depuis)(?<!ces)(?<!ses)|km|mots|hommes|francs|euros|"
    r"personnes)\b)",
    "de": r"(?![\w%°’'\"“]|[.,/:]\d|[–—-]\d| ?%| [A-ZÄÖÜ]\w+| (?:km|bis zu)\b)",
}
NOT_PAGE = r"(?<!\bp\. )(?<!\bpp\. )(?<!No\. )(?<!Nr\. )(?<!n° )(?<!\bS\. )(?<!page )(?<!pages )(?<!Seite )"
NOT_BEFORE = rf"(?<![\w$€£#.,/–—:-]){NOT_PAGE}"
# The length of the longest pattern before a year.
MAX_BEFORE = 18
# A sentence with more is a table or a list of numbers.
MAX_DIGITS = 60
LATEST_YEAR = 2049


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date in EDTF. start: its offset in the sentence. count: the minimum number of dates in the sentence."""

    date: str
    precision: str
    start: int = 0
    count: int = 1

    @property
    def order(self) -> tuple[int, str]:
        """Return the key for chronological order: the first day of a range."""
        first = self.date.partition("/")[0].rstrip("~").replace("X", "0")
        sign, digits = (-1, first[1:]) if first.startswith("-") else (1, first)
        return sign * int(digits[:4]), digits[4:]


@dataclass(frozen=True, slots=True)
class DateRules:
    """The patterns of one language."""

    code: str
    months: dict[str, int]
    day: re.Pattern[str]
    day_span: re.Pattern[str]
    short_span: re.Pattern[str]
    month_span: re.Pattern[str]
    month: re.Pattern[str]
    span: re.Pattern[str]
    ancient: re.Pattern[str]
    ancient_span: re.Pattern[str]
    decade: re.Pattern[str]
    year: re.Pattern[str]
    before_year: re.Pattern[str]
    about: re.Pattern[str]
    lead: re.Pattern[str]


@cache
def _rules(language: Language) -> DateRules:
    code = language.code
    months = "|".join(sorted(map(re.escape, language.months), key=len, reverse=True))
    day = DAY[code]
    one, first, last = (day.format(p=p, months=months, year=YEAR) for p in ("", "a", "b"))
    flags = re.IGNORECASE
    about, era = ABOUT[code], ERA[code]
    return DateRules(
        code,
        language.months,
        re.compile(rf"\b(?:{one})\b", flags),
        re.compile(rf"\b(?:{first}) ?(?:{TO[code]}|–|—|-) (?:the |le |dem |zum )?(?:{last})\b", flags),
        re.compile(SHORT_SPAN[code].format(months=months, year=YEAR, to=TO[code]), flags),
        re.compile(
            rf"\b(?P<m>{months})\.?(?: (?P<y>{YEAR}))? ?(?:{TO[code]}|–|—|-) ?(?P<m2>{months})\.?,? "
            rf"(?P<y2>{YEAR})\b",
            flags,
        ),
        re.compile(rf"\b(?P<m>{months})\.?,? (?:of |de )?(?P<y>{YEAR})\b", flags),
        re.compile(
            rf"(?:\b{FROM[code]} (?:{about} )?(?P<a>{YEAR}) {TO[code]} (?P<b>{YEAR})|"
            rf"{NOT_PAGE}(?<![\w.,/–—-])(?P<c>{YEAR})(?: ?[–—-] ?| bis )(?P<d>{YEAR}|\d\d))\b(?![\w–—-]|[.,]\d)",
            flags,
        ),
        re.compile(rf"(?<![\w.,–—-])(?P<about>{about} )?(?P<y>\d{{1,4}}) {era}(?!\w)"),
        re.compile(rf"(?<![\w.,])(?P<a>\d{{1,4}})(?: ?[–—-] ?| {TO[code]} )(?P<b>\d{{1,4}}) {era}(?!\w)"),
        re.compile(DECADE[code], flags),
        re.compile(rf"{NOT_BEFORE}(?P<y>{YEAR}){AFTER_YEAR[code]}"),
        re.compile(BEFORE_YEAR[code], flags),
        re.compile(rf"{about} $", flags),
        re.compile(
            rf"(?P<date>(?:(?:in|im|en|am|le|on) )?(?:(?:{one})|(?:{months})\.? {YEAR}|{YEAR}(?: ?[–—-] ?(?:{YEAR}|"
            rf"\d\d))?|(?:{about} )?\d{{1,4}} {era}))(?:\s*[:|]|\s+[–—-]|\.\s*[–—])\s+(?P<text>\S.+)",
            flags,
        ),
    )


def find_date(sentence: str, language: Language) -> DateMatch | None:
    """Return the most precise date of a sentence, or the first of equally precise ones, ignoring brackets."""
    text = IN_BRACKETS.sub(lambda match: " " * len(match[0]), sentence)
    if not 0 < sum(map(str.isdigit, text)) <= MAX_DIGITS:
        return None
    rules = _rules(language)
    for parse in PARSERS:
        date = parse(text, rules)
        if date:
            count = sum(1 for _match in rules.year.finditer(text)) + sum(1 for _match in rules.ancient.finditer(text))
            return replace(date, count=max(1, count))
    return None


def leading_date(line: str, language: Language) -> tuple[DateMatch, str] | None:
    """Return (date, text) of a line of a chronology: the date is followed by a colon, a dash or a table's bar."""
    if not any(map(str.isdigit, line[:24])):
        return None
    match = _rules(language).lead.fullmatch(line)
    date = find_date(f"{match['date']} ", language) if match else None
    if date and match and any(c.isalpha() for c in match["text"]):
        return date, match["text"].replace(" | ", ": ", 1)
    return None


def _number(month: str, rules: DateRules) -> int:
    return int(month) if month.isdecimal() else rules.months[month.lower()]


def _edtf_day(match: re.Match[str], prefix: str, rules: DateRules) -> str:
    """Return a day; empty if there is no such day in the calendar."""
    groups = match.groupdict()
    day, month, year = (groups.get(prefix + n) or groups.get(prefix + n + "2") for n in "dmy")
    return _valid_day(str(day), str(month), str(year), rules)


def _valid_day(day: str, month: str, year: str, rules: DateRules) -> str:
    number = _number(month, rules)
    if not 1 <= number <= 12 or not 1 <= int(day) <= monthrange(int(year), number)[1]:
        return ""
    return f"{year}-{number:02}-{int(day):02}"


def _day_span(text: str, rules: DateRules) -> DateMatch | None:
    if match := rules.day_span.search(text):
        first, last = _edtf_day(match, "a", rules), _edtf_day(match, "b", rules)
        if first and last and first < last:
            return DateMatch(f"{first}/{last}", "range", match.start())
    return None


def _short_span(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.short_span.search(text)
    if not match:
        return None
    groups = {name: text or "" for name, text in match.groupdict().items()}
    year = groups["y"] or groups.get("y3", "")
    last_month = groups["m2"] or groups.get("m4", "") or groups.get("m3", "")
    first_month = groups["m"] or groups.get("m3", "") or last_month
    begin = _valid_day(groups["d"] or groups.get("d3", ""), first_month, year, rules)
    end = _valid_day(groups["d2"] or groups.get("d4", ""), last_month, year, rules)
    return DateMatch(f"{begin}/{end}", "range", match.start()) if begin and end and begin < end else None


def _month_span(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.month_span.search(text)
    if not match:
        return None
    first, last = (
        f"{year}-{_number(month, rules):02}"
        for month, year in ((match["m"], match["y"] or match["y2"]), (match["m2"], match["y2"]))
    )
    return DateMatch(f"{first}/{last}", "range", match.start()) if first < last else None


def _day(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.day.search(text)
    date = _edtf_day(match, "", rules) if match else ""
    return DateMatch(date, "day", match.start()) if match and date else None


def _month(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.month.search(text)
    return DateMatch(f"{match['y']}-{_number(match['m'], rules):02}", "month", match.start()) if match else None


def _span(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.span.search(text)
    if not match:
        return None
    first, last = match["a"] or match["c"], match["b"] or match["d"]
    last = last if len(last) == 4 else first[:2] + last
    return DateMatch(f"{first}/{last}", "range", match.start()) if first < last else None


def _astronomical(year: str, is_before_christ: bool) -> str:
    """Return a year in EDTF, where year 0 precedes year 1: 44 BCE is -0043."""
    number = 1 - int(year) if is_before_christ else int(year)
    return f"-{-number:04}" if number < 0 else f"{number:04}"


def _ancient_span(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.ancient_span.search(text)
    if not match or not int(match["a"]) or not int(match["b"]):
        return None
    is_before_christ = bool(match["bc"])
    if (int(match["a"]) > int(match["b"])) != is_before_christ or match["a"] == match["b"]:
        return None
    first, last = (_astronomical(match[name], is_before_christ) for name in "ab")
    return DateMatch(f"{first}/{last}", "range", match.start())


def _ancient(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.ancient.search(text)
    if not match or not int(match["y"]):
        return None
    date = _astronomical(match["y"], bool(match["bc"]))
    return DateMatch(date + ("~" if match["about"] else ""), "year", match.start())


def _year(text: str, rules: DateRules) -> DateMatch | None:
    for match in rules.year.finditer(text):
        before = (max(0, match.start() - MAX_BEFORE), match.start())
        if int(match["y"]) > LATEST_YEAR:
            continue
        if rules.about.search(text, *before):
            return DateMatch(match["y"] + "~", "year", match.start())
        if rules.before_year.search(text, *before):
            return DateMatch(match["y"], "year", match.start())
    return None


def _decade(text: str, rules: DateRules) -> DateMatch | None:
    match = rules.decade.search(text)
    return DateMatch(f"{match['decade']}X", "decade", match.start()) if match else None


PARSERS: tuple[Callable[[str, DateRules], DateMatch | None], ...] = (
    _day_span,
    _short_span,
    _day,
    _month_span,
    _span,
    _month,
    _ancient_span,
    _ancient,
    _year,
    _decade,
)
