"""Suggest the facts of case studies: place, beginning and end, parties. What is uncertain stays empty."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from lessons.importing.document import CASE_STUDY, Outline, Section
from lessons.importing.stemming import stems
from lessons.importing.suggestions.dates import DateMatch, find_date
from lessons.importing.suggestions.definitions.base import plain
from lessons.importing.suggestions.languages import Language
from lessons.importing.suggestions.names import clean_name, is_acronym, name_pattern
from lessons.importing.suggestions.sentences import ReadPart, SourceSentence, join_texts, split_sentences

MAX_PARTIES = 6
# Only the first ones get suggestions, since each is compared with every paragraph of its parent section.
MAX_CASE_STUDIES = 50
MAX_TOTAL = 20_000  # characters of a case study from which its facts are read
LOCATIVE = {
    "en": r"\b(?:in|at|near|around|outside|across) (?:the )?(?:(?:city|town|village|port|state|province|region|"
    r"island|county|district|capital|kingdom|republic) of )?",
    "fr": r"\b(?:à|au|aux|en|près de|dans)(?: (?:la |le |les |l’)?(?:ville|village|port|région|province|île|"
    r"capitale|département)(?: de| d’)?)? ",
    "de": r"\b(?:in|im|bei|nahe|um)(?: (?:der|dem) (?:Stadt|Gemeinde|Region|Provinz|Insel|Hauptstadt|Hafenstadt))? ",
}
ACTING = {
    "en": r"(?: (?:and|,) [A-Z][\w ]{0,30})? (?:\w+ly )?(?:signed|agreed|decided|founded|launched|refused|"
    r"demanded|invaded|led|joined|offered|sent|built|bought|sold|sued|paid|ran|financed|funded|opened|closed|"
    r"opposed|supported|negotiated|promised|accused|claimed|warned|announced|accepted|rejected|withdrew|intervened|"
    r"mediated|attacked|contributed|organi[sz]ed|invited|asked|gave|took|began|started|met|won|lost)\b",
    "fr": r" (?:a |ont |fut |avait )?(?:sign|décid|fond|lanc|refus|exig|envahi|dirig|rejoi|offert|envoy|constru|"
    r"achet|vend|pay|financ|ouvr|ferm|oppos|souten|négoci|promi|accus|averti|annonc|accept|rejet|retir|interven|"
    r"attaqu|organis|invit|demand)",
    "de": r" (?:unterzeichne|beschloss|gründe|starte|lehnte|forder|besetz|führt|schloss|bot|schick|sandte|baute|"
    r"kauf|verkauf|zahlte|finanzier|eröffne|unterstütz|verhandel|versprach|beschuldig|warnte|kündig|griff|"
    r"organisier|lud|bat|gab|nahm|begann|gewann|verlor|traf)",
}
BETWEEN = {"en": r"\bbetween ", "fr": r"\bentre ", "de": r"\bzwischen "}
AND = {
    "en": r"(?:, | and (?:the )?)",
    "fr": r"(?:, (?:la |le |les |l’)?| et (?:la |le |les |l’)?)",
    "de": r"(?:, | und (?:der |dem )?)",
}
ENDED = {
    "en": re.compile(
        r"\b(?:ended|came to an end|was (?:closed|completed|dissolved|abandoned|concluded)|until|finished|withdrew)\b"
    ),
    "fr": re.compile(
        r"\b(?:prit fin|prend fin|s’acheva|s’achève|se termin\w+|jusqu’en|fut (?:fermée?|achevée?|dissoute?))\b"
    ),
    "de": re.compile(r"\b(?:endete\w*|bis|wurde \w* ?(?:geschlossen|beendet|abgeschlossen|aufgelöst)|auslief)\b"),
}
NOT_PLACES = frozenset(
    "act agreement treaty charter congress parliament senate council committee court convention constitution "
    "university christianity islam summer winter spring autumn war crisis age era revolution renaissance christmas "
    "easter bible figure chapter table section appendix article part english french german latin greek north south "
    "east west loi traité conseil parlement sénat guerre crise révolution chapitre figure tableau anglais français "
    "allemand effet fait outre revanche général gesetz vertrag rat parlament bundestag krieg krise revolution "
    "kapitel abbildung tabelle jahr jahre sommer winter herbst frühjahr januar februar märz april mai juni juli "
    "august september oktober november dezember rahmen zuge "
    "laufe fall gegensatz folge anschluss bezug zeit deutsch englisch".split()
)


def suggest_facts(outline: Outline, parts: list[ReadPart], sources: list[SourceSentence]) -> list[dict]:
    """Return `{"section", "location", "began", "ended", "parties", "evidence", "confidence"}` for each case study."""
    by_section: dict[int | None, list[SourceSentence]] = {}
    for source in sources:
        by_section.setdefault(source.section, []).append(source)
    case_studies = (
        (n, section, parent)
        for n, (section, parent) in enumerate(_with_parents(outline))
        if section.kind == CASE_STUDY and by_section.get(n)
    )
    return [
        {"section": n, **_facts(section, by_section[n], _introduced_by_parent(section, parent))}
        for n, section, parent in islice(case_studies, MAX_CASE_STUDIES)
    ]


def _with_parents(outline: Outline) -> Iterator[tuple[Section, Section | None]]:
    last_of_level: dict[int, Section] = {}
    for section in outline.walk():
        last_of_level[section.level] = section
        yield section, last_of_level.get(section.level - 1)


def _introduced_by_parent(section: Section, parent: Section | None) -> list[str]:
    """Return the sentences of the parent's paragraphs about this case study."""
    heading = set(stems(section.heading))
    if not parent or not heading:
        return []
    paragraphs = [p for block in parent.blocks for p in block.paragraphs]
    related = [p for p in paragraphs if len(heading & set(stems(p))) >= 0.75 * len(heading)]
    return [sentence for text in join_texts(related, MAX_TOTAL) for sentence in split_sentences(text)]


def _facts(section: Section, sources: list[SourceSentence], introduction: list[str]) -> dict:
    language = sources[0].language
    own = join_texts(
        (plain(source.sentence) for source in sources if not language.citation.search(source.sentence)), MAX_TOTAL
    )
    began, ended, dated = _dates([*own, *introduction], language)
    location, located = _location(section.heading, own, introduction, language)
    parties = _parties(own, location, section.heading, language)
    evidence = [sentence for sentence in (dated, located) if sentence]
    return {
        "location": location,
        "began": began,
        "ended": ended,
        "parties": parties,
        "evidence": " ".join(dict.fromkeys(evidence)),
        "confidence": 0.8 if began and location else 0.6 if began or location else 0.2,
    }


def _dates(sentences: list[str], language: Language) -> tuple[str, str, str]:
    """Return (beginning, end, sentence that states them).

    That is the first range, or else the first date that is not a flashback, and the last one about the end.
    """
    dated = [
        (date, sentence)
        for sentence in sentences
        if (date := find_date(sentence, language)) and date.precision != "decade"
    ]
    if not dated:
        return "", "", ""
    ranges = [(date, sentence) for date, sentence in dated if "/" in date.date]
    beginnings = ranges or [(date, text) for date, text in dated if not _says_end(date, text, language)]
    began, _slash, ended = beginnings[0][0].date.partition("/") if beginnings else ("", "", "")
    endings = (_end(text, language) for text in reversed(sentences))
    ended = ended or next((end for end in endings if end > began), "")
    return began, ended, (beginnings or dated)[0][1]


def _says_end(date: DateMatch, sentence: str, language: Language) -> bool:
    match = ENDED[language.code].search(sentence)
    return match is not None and match.start() < date.start


def _end(sentence: str, language: Language) -> str:
    """Return the first date after the words in a sentence about the end of something."""
    match = ENDED[language.code].search(sentence)
    date = find_date(sentence[match.start() :], language) if match else None
    date = date or (find_date(sentence, language) if match else None)
    return date.date.rpartition("/")[2] if date else ""


def _location(heading: str, own: list[str], introduction: list[str], language: Language) -> tuple[str, str]:
    """Return (place of a case study, sentence that names it).

    That is the name that most often follows "in", "at" …; among names that do so once, one that is located more
    precisely ("in Lower Marwick, Devon") or is in the heading.
    """
    pattern = re.compile(LOCATIVE[language.code] + f"(?P<name>{name_pattern(language)})(?P<more>, [A-ZÀ-Þ]\\w+)?")
    counts: Counter[str] = Counter()
    evidence: dict[str, str] = {}
    for sentences in (own, introduction):
        for sentence in sentences:
            for match in pattern.finditer(sentence):
                name = clean_name(match["name"], language)
                if not name or is_acronym(name) or _is_other(name, sentences, language):
                    continue
                counts[name] += 1 + bool(match["more"]) + (name in heading) + (counts.total() == 0)
                evidence.setdefault(name, sentence)
        if counts:
            break
    best = counts.most_common(2)
    is_clear = best and best[0][1] > 1 and (len(best) == 1 or best[0][1] > best[1][1])
    return (best[0][0], evidence[best[0][0]]) if is_clear else ("", "")


def _is_other(name: str, sentences: list[str], language: Language) -> bool:
    """Return whether a name that follows "in" is not a place: a time, a work, an organisation that acts."""
    text = " ".join(sentences)
    if language.code == "de" and re.search(
        rf"\b(?:[Dd](?:er|ie|as|en|em|es)|[Ee]ine?\w?|[Kk]eine?\w?) {re.escape(name)}\b", text
    ):
        return True
    acting = re.search(rf"(?<!\w){re.escape(name)}{ACTING[language.code]}", text)
    return bool(acting) or name.split()[0].lower() in NOT_PLACES or name.split()[-1].lower() in NOT_PLACES


def _parties(sentences: list[str], location: str, heading: str, language: Language) -> list[str]:
    """Return the names that act ("X signed …") or are in "between X and Y"."""
    name = name_pattern(language)
    acting = re.compile(f"(?P<name>{name}){ACTING[language.code]}")
    between = re.compile(
        rf"{BETWEEN[language.code]}(?:the |la |le |les |l’|der |dem )?(?P<a>{name}){AND[language.code]}(?P<b>{name})"
    )
    counts: Counter[str] = Counter()
    for sentence in sentences:
        found = [match["name"] for match in acting.finditer(sentence)]
        found += [text for match in between.finditer(sentence) for text in (match["a"], match["b"])]
        counts.update(party for text in found if (party := clean_name(text, language)))
    own_names = (heading.casefold(), location.casefold())
    names = [
        party
        for party, _count in counts.most_common()
        if party.casefold() not in own_names
        and heading.casefold() not in party.casefold()
        and _is_party(party, language)
    ]
    return names[:MAX_PARTIES]


def _is_party(name: str, language: Language) -> bool:
    """Return whether a name can be a party's: in German, where all nouns are capitalised, it needs several words."""
    if language.code == "de":
        return is_acronym(name) or len(name.split()) > 1
    return name.lower() not in language.everyday_words
