"""Suggest events with dates in EDTF: sentences about what happened, and the lines of a chronology.

Sentences about sources and pages, by-lines, forecasts, and mere mentions of a year are not events.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lessons.importing.document import Outline
from lessons.importing.stemming import stems
from lessons.importing.suggestions.dates import DateMatch, find_date, leading_date
from lessons.importing.suggestions.definitions.base import is_dangling, plain, standalone, with_previous
from lessons.importing.suggestions.languages import LANGUAGES, Language
from lessons.importing.suggestions.sentences import SourceSentence

MAX_EVENTS = 40
MAX_EVENT = 300
MIN_CONFIDENCE = 0.3
CONFIDENCE = {"day": 0.75, "month": 0.7, "range": 0.55, "year": 0.55, "decade": 0.35}
HAPPENED = {
    "en": re.compile(
        r"\b(?:founded|established|created|formed|born|died|elected|appointed|signed|ratified|declared|proclaimed|"
        r"invaded|conquered|captured|defeated|killed|assassinated|executed|launched|opened|closed|completed|built|"
        r"destroyed|invented|discovered|introduced|published|released|began|begun|started|ended|joined|left|won|"
        r"lost|fell|became|adopted|abolished|banned|passed|enacted|merged|dissolved|moved|arrived|landed|sailed|"
        r"erupted|collapsed|surrendered|agreed|met|invited|announced|approved|granted|received|awarded|gained|"
        r"seized|occupied|broke|crossed|divided|united|reached|split|resigned|succeeded|overthrew|overthrown|"
        r"married|crowned|arrested|exiled|expelled|withdrew|bombed|attacked|revolted|rebelled|struck|sank|burned|"
        r"flooded|named|renamed|organi[sz]ed|held|took|came|came into (?:force|effect|power)|entered|bought|sold|"
        r"acquired|wrote|proposed|developed|designed|changed|made|gave|conducted|[a-z]{3,}ed (?:in|on|from|by)|"
        r"brought|led|set up|took place|broke out|was (?:\w+ly )?\w+ed|were (?:\w+ly )?\w+ed)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:fond\w+|cré(?:e|a|ée?s?|èrent)|naît|naquit|née?s?|meurt|mourut|morte?|décède|élue?s?|nommée?s?|"
        r"sign(?:e|a|ée?s?|ent|èrent)|ratifi\w+|déclar\w+|proclam\w+|envahi\w*|conqui\w+|captur\w+|assassin\w+|"
        r"exécut\w+|lanc(?:e|é|ée|és|a)|ouvr\w+|ferm(?:e|a|é|ée)|achev\w+|construi\w+|détrui\w+|invent(?:e|a|é|ée|"
        r"és)|découv\w+|introdui\w+|publi(?:e|a|é|ée|és)|paraît|parut|sort|sortit|commenc(?:e|a|é)|débute?|débuta|"
        r"prend fin|prit fin|termin\w+|rejoin\w+|quitt\w+|gagn\w+|remport\w+|perd\w*|devient|devinrent|devint|"
        r"adopt\w+|aboli\w*|interdi\w+|vot(?:e|a|é|ée)|dissou\w+|arriv\w+|débarqu\w+|éclat\w+|capitul\w+|annonc\w+|"
        r"accord\w+|reçoi\w+|reçut|obtin\w+|obtient|occup\w+|démissionn\w+|succèd\w+|succéda|épous\w+|couronn\w+|"
        r"arrêt\w+|exil\w+|attaqu\w+|eut lieu|a lieu|entra|entre en|(?:fut|furent|a été|ont été|est|sont) \w+(?:é|"
        r"ée|és|ées|i|ie|is|it|ite|u|ue|us))\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:gegründet|gründete\w*|geschaffen|schuf|geboren|starb|gestorben|gewählt|wählte|ernannt|"
        r"unterzeichne\w+|ratifiziert|erklärte|erklärt|ausgerufen|besetzt\w*|erobert\w*|besiegt\w*|getötet|ermordet|"
        r"hingerichtet|eröffnet\w*|geschlossen|schloss|vollendet|erbaut|gebaut|baute|zerstört\w*|erfand|erfunden|"
        r"entdeckt\w*|eingeführt|führte|veröffentlicht\w*|erschien|begann\w*|begonnen|endete\w*|beendet\w*|trat\w*|"
        r"beigetreten|verließ|gewann|verlor|fiel|wurde\w*|verabschiedet|abgeschafft|verboten|verbot|beschloss\w*|"
        r"beschlossen|aufgelöst|zog|kam\w*|landete|ausgebrochen|brach|kapitulierte|einigten|traf\w*|lud|kündigte|"
        r"erhielt\w*|verlieh\w*|übernahm|teilte|erreichte|entstand\w*|folgte\w*|heiratete|gekrönt|verhaftet|"
        r"vertrieben|griff|sank|schrieb|entwickelt\w*|stellte|fand\w*|stattgefunden|ging\w*)\b",
        re.IGNORECASE,
    ),
}
NOT_PAST = {
    "en": re.compile(
        r"\b(?:will|shall|would be|could|should|may|might|if|plan(?:s|ned) to|expected to|is due|by the year|"
        r"let us|please)\b",
        re.I,
    ),
    "fr": re.compile(r"\b(?:sera|seront|devrait|devraient|pourrait|si|prévoit|prévue?s? pour|d’ici)\b", re.IGNORECASE),
    "de": re.compile(
        r"\b(?:soll|sollen|könnte|dürfte|falls|wenn|voraussichtlich|geplant|bis zum jahr)\b", re.IGNORECASE
    ),
}
MENTION = {
    "en": re.compile(r"\b(?:as of|as early as|as late as|dated|edition|version|since|prior to|figures|statistics|"
                     r"percent|per cent|suppose|assume|assuming|for example|for instance|e\.g\.|"
                     r"quoted|says|argues|writes|claims|according to|survey|estimated|population|"
                     r"the number of|average)\b|%"),
    "fr": re.compile(r"\b(?:depuis|édition|version|chiffres|statistiques|pour cent|par exemple|selon|d’après|"
                     r"sondage|estimée?s?|affirme|soutient|population)\b|%", re.IGNORECASE),
    "de": re.compile(r"\b(?:seit|Auflage|Version|Stand|Als Beispiel|Beispielhaft|angenommen|Statistik|Prozent|"
                     r"zum Beispiel|z\. ?B\.|laut|zufolge|Umfrage|geschätzt\w*|schreibt|behauptet|Einwohner)\b|%"),
}  # fmt: skip
BYLINE = re.compile(r"(?:by|par|von|from|de)\s+[A-ZÀ-Þ][\w.’-]+(?: [A-ZÀ-Þ][\w.’-]+){0,3}\s*[,|·–-]", re.IGNORECASE)
BRACKETED_NOTE = re.compile(
    r"\s?\((?:see|cf|vgl|siehe|voir|fig|figure|table|abb|p|pp|S)\b[^()]*\)|"
    r"\s?\([A-ZÀ-Þ][^()]{0,60}\d{4}[a-z]?[^()]{0,20}\)"
)
ARTICLE = re.compile(r"^(?:the|le|la|les|der|die|das) |^l’", re.IGNORECASE)
MAX_NAME_WORDS = 8
MIN_WORDS = 5
MIN_WORDS_OF_LINE = 3
PERSONAL = re.compile(r"(?:it|its|il|elle|son|sa|er|sie|es|sein|seine|ihr|ihre)\b", re.IGNORECASE)
SINCE = re.compile(r"\b(?:since|seit|depuis)(?: \w+){0,3}? $", re.IGNORECASE)
QUOTATION = re.compile(r"[“„«\"][^”“»\"]{40,}")


@dataclass(frozen=True, slots=True)
class EventCandidate:
    """An event: its date, its source, its text and the stems of it, and its confidence."""

    when: DateMatch
    source: SourceSentence
    text: str
    stems: frozenset[str]
    confidence: float


def suggest_events(outline: Outline, sources: Iterable[SourceSentence]) -> list[dict]:
    """Return at most MAX_EVENTS of `{"date", "precision", "event", "evidence", "confidence", "section"}`.

    The best are kept, in chronological order.
    """
    named = {section.heading.casefold(): (n, section.level) for n, section in enumerate(outline.walk())}
    by_date: dict[str, list[EventCandidate]] = {}
    for source in sources:
        event = _event(source, named)
        if event and event.confidence >= MIN_CONFIDENCE:
            _add(by_date.setdefault(event.when.date, []), event)
    events = [event for of_date in by_date.values() for event in of_date]
    best = sorted(events, key=lambda event: -event.confidence)[:MAX_EVENTS]
    return [_as_json(event) for event in sorted(best, key=lambda event: event.when.order)]


def _event(source: SourceSentence, named: dict[str, tuple[int, int]]) -> EventCandidate | None:
    sentence, language = plain(source.sentence), source.language
    if (
        any(each.citation.search(sentence) for each in LANGUAGES.values())
        or BYLINE.match(sentence)
        or sentence.endswith(("?", ":"))
    ):
        return None
    if lead := leading_date(sentence, language):
        when, text = lead
        is_line = len(text.split()) >= MIN_WORDS_OF_LINE and not is_dangling(text, language)
        return _candidate(when, source, text, 0.8) if is_line else None
    found = find_date(sentence, language)
    if not found or len(sentence.split()) < MIN_WORDS or not sentence.endswith((".", "!", "”", "»", '"', "“", ")")):
        return None
    text = _event_text(sentence, source, language)
    source = _in_own_section(text, source, named)
    confidence = _confidence(found, sentence, language)
    return _candidate(found, source, text, confidence) if text else None


def _in_own_section(text: str, source: SourceSentence, named: dict[str, tuple[int, int]]) -> SourceSentence:
    """Return the sentence, assigned to the section whose heading the text begins with, if there is one."""
    words = ARTICLE.sub("", text).casefold().split()[:MAX_NAME_WORDS]
    for length in range(len(words), 1, -1):
        section = named.get(" ".join(words[:length]).rstrip(",:"))
        if section:
            return replace(source, section=section[0], level=section[1])
    return source


def _event_text(sentence: str, source: SourceSentence, language: Language) -> str:
    """Return a text that is comprehensible by itself; empty if there is none.

    A sentence that starts with "it", "this" … is preceded by the previous one or, in a case study, by its name.
    """
    text = BRACKETED_NOTE.sub("", sentence)
    if not is_dangling(text, language):
        return standalone(text, language)
    joined = with_previous(text, BRACKETED_NOTE.sub("", plain(source.previous)), language)
    if joined and len(joined) <= MAX_EVENT and not find_date(source.previous, language):
        return joined
    is_named = source.is_case_study and (PERSONAL.match(text) or language.pronoun.match(text))
    return f"{source.heading}: {text}" if is_named else ""


def _confidence(when: DateMatch, sentence: str, language: Language) -> float:
    confidence = CONFIDENCE[when.precision] + 0.15 * (when.precision == "range" and when.date.count("-") > 1)
    confidence += 0.15 if HAPPENED[language.code].search(sentence) else -0.2
    confidence += 0.05 if when.start < 40 else 0.0
    confidence -= 0.35 if NOT_PAST[language.code].search(sentence) else 0.0
    confidence -= 0.15 if MENTION[language.code].search(sentence) else 0.0
    confidence -= 0.1 if when.count > 2 else 0.0
    confidence -= 0.3 if SINCE.search(sentence, 0, when.start + 1) else 0.0
    confidence -= 0.15 if len(sentence) > MAX_EVENT else 0.0
    confidence -= 0.15 if QUOTATION.search(sentence) else 0.0
    return round(max(0.0, min(0.95, confidence)), 2)


def _candidate(when: DateMatch, source: SourceSentence, text: str, confidence: float) -> EventCandidate:
    text = text[:1].upper() + text[1:]
    return EventCandidate(when, source, text, frozenset(stems(text)), confidence)


def _add(events: list[EventCandidate], event: EventCandidate) -> None:
    """Add an event. If it is described twice on one date, keep the one in the deeper section, probably its own."""
    for n, other in enumerate(events):
        if len(other.stems & event.stems) > 2:
            if event.source.level > other.source.level:
                events[n] = event
            return
    if len(events) < MAX_EVENTS:
        events.append(event)


def _as_json(event: EventCandidate) -> dict:
    text = event.text
    return {
        "date": event.when.date,
        "precision": event.when.precision,
        "event": text if len(text) <= MAX_EVENT else text[: MAX_EVENT - 1].rsplit(" ", 1)[0] + "…",
        "evidence": event.source.sentence,
        "confidence": event.confidence,
        "section": event.source.section,
    }
