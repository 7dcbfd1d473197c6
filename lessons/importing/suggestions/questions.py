"""Suggest discussion questions: each quotes the sentence of the text that it asks about."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lessons.importing.suggestions.definitions.base import is_dangling, plain, standalone
from lessons.importing.suggestions.languages import Language
from lessons.importing.suggestions.question_texts import (
    CASE,
    CLAIM,
    CONSEQUENCE,
    CONTRAST,
    LIMIT,
    OBLIGATION,
    QUESTIONS,
    REASON,
    TERM,
)
from lessons.importing.suggestions.sentences import SourceSentence

MAX_QUESTIONS = 8
MAX_OF_KIND = 2
MIN_QUOTE, MAX_QUOTE = 45, 240
MIN_TERM_CONFIDENCE = 0.75

CUES = {
    "en": {
        CONTRAST: r"\b(?:whereas|in contrast to|unlike|on the one hand|as opposed to)\b|, while\b|, rather than\b",
        REASON: r"\bbecause\b(?! of\b)|, since\b",
        CONSEQUENCE: r"\b(?:leads? to|led to|results? in|resulted in|caused|gave rise to|brings? about|has made|"
            r"makes it)\b",
        OBLIGATION: r"\b(?:must|should|ought to|has to|have to)\b",
        LIMIT: r"\b(?:difficult to|difficult(?:y|ies)|obstacles?|drawbacks?|dangers?|threatens?|"
            r"at the expense of|risks? of)\b",
        CLAIM: r"\b(?:essential|crucial|the most|the only|never|always|the best|the worst|inevitabl[ey]|"
            r"more important than|argues? that|claims? that|nothing but|far more|depends? on)\b",
    },
    "fr": {
        CONTRAST: r"\b(?:tandis que|alors que|contrairement à|à la différence de|au lieu de|plutôt que|d’un côté)\b",
        REASON: r"\b(?:parce qu\w*|puisqu\w*)\b|, car\b|\ben raison d",
        CONSEQUENCE: r"\b(?:entraîn\w+|provoqu\w+|conduit à|conduisent à|mène à|aboutit|si bien que|de sorte que|"
            r"a pour effet|rend\b)",
        OBLIGATION: r"\b(?:doit|doivent|devrait|devraient|il faut|il convient)\b",
        LIMIT: r"\b(?:difficile de|difficultés?|obstacles?|inconvénients?|dangers?|menac\w+|au détriment d|"
            r"risques?)\b",
        CLAIM: r"\b(?:essentiel\w*|crucia\w+|la plus|le plus|les plus|le seul|la seule|jamais|toujours|"
            r"inévitable\w*|affirme que|soutient que|dépend\w* d\w+)\b",
    },
    "de": {
        CONTRAST: r", während\b|\b(?:im Gegensatz zu|anders als|anstatt|einerseits)\b|\bnicht "
            r"(?!nur\b)[^,]{3,60}, sondern\b",
        REASON: r"\bweil\b|, denn\b|, da\b",
        CONSEQUENCE: r"\b(?:führt(?:e|en)? zu\w*|sodass|so dass|bewirkt\w*|verursacht\w*|zur Folge)\b",
        OBLIGATION: r"\b(?:muss|müssen|soll|sollen|sollte|sollten|darf nicht|dürfen nicht)\b",
        LIMIT: r"\b(?:schwierig\w*|Hindernis\w*|Nachteile?n?|Gefahr\w*|bedroht|auf Kosten|Risik\w+)\b",
        CLAIM: r"\b(?:entscheidend\w*|am meisten|einzige\w*|niemals|nie|immer|unvermeidlich\w*|behauptet|hängt\b.* ab|"
        r"wichtigste\w*|größte\w*)\b",
    },
}  # fmt: skip
PATTERNS = {code: {kind: re.compile(cue) for kind, cue in cues.items()} for code, cues in CUES.items()}
WEIGHTS = {
    CONTRAST: 0.72,
    REASON: 0.7,
    CONSEQUENCE: 0.7,
    LIMIT: 0.65,
    OBLIGATION: 0.62,
    CLAIM: 0.6,
    CASE: 0.7,
    TERM: 0.5,
}
# Instructions for using a program or a book, which are not a subject for discussion.
INSTRUCTION = {
    "en": re.compile(
        r"\b(?:you|your|we|our|us|I|my|click|figure|table|chapter|section|menu|command|button|see|remember|note "
        r"that|let)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:vous|\w{3,}ez|votre|vos|nous|notre|nos|je|mon|cliquez|figure|tableau|chapitre|section|menu|voir)\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:Sie|Ihre?\w*|wir|uns|unser\w*|ich|mein\w*|klicken|Abbildung|Tabelle|Kapitel|Abschnitt|siehe|Menü)\b"
    ),
}
POINTING = {
    "en": re.compile(r"\b(?:this|these|that kind|he|she|him|her|it|they|them|their|his)\b"),
    "fr": re.compile(r"\b(?:ce|cet|cette|ces|il|ils|elle|elles|celui-ci|celle-ci|lui)\b"),
    "de": re.compile(r"\b(?:dies\w*|er|es|ihm|ihn|jene\w*|solche\w*)\b"),
}


# Ellipses, emphasis marks, and what looks like code or a list.
UNEVEN = re.compile(r"\.\s?\.|…|[*_=<>{}|\[\]\\/]|--|;.*;")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that can be asked about, with its function and a score."""

    text: str
    kind: str
    score: float
    source: SourceSentence
    term: str = ""


def suggest_questions(sources: list[SourceSentence], glossary: list[dict]) -> list[dict]:
    """Return at most MAX_QUESTIONS of `{"text", "evidence", "confidence", "section"}`, in the order of the text.

    They are spread over the sections and the functions of sentences: at most MAX_OF_KIND of each.
    """
    quotes = sorted(_quotes(sources, glossary), key=lambda quote: -quote.score)
    chosen = _spread(quotes)
    order = {id(source): n for n, source in enumerate(sources)}
    turns: Counter[tuple[str, str]] = Counter()
    questions = []
    for quote in sorted(chosen, key=lambda quote: order[id(quote.source)]):
        code = quote.source.language.code
        questions.append(_as_json(quote, turns[code, quote.kind]))
        turns[code, quote.kind] += 1
    return questions


def max_of_kind(kind: str) -> int:
    return 1 if kind == TERM else MAX_OF_KIND


def _spread(quotes: Iterable[Quote]) -> list[Quote]:
    """Return the best quotes: first one per section, then more."""
    ordered = list(quotes)
    chosen: list[Quote] = []
    kinds: Counter[str] = Counter()
    for most_of_section in (1, 2):
        sections = Counter(quote.source.section for quote in chosen)
        for quote in ordered:
            is_new = quote not in chosen and sections[quote.source.section] < most_of_section
            if len(chosen) < MAX_QUESTIONS and is_new and kinds[quote.kind] < max_of_kind(quote.kind):
                chosen.append(quote)
                kinds[quote.kind] += 1
                sections[quote.source.section] += 1
    return chosen


def _quotes(sources: list[SourceSentence], glossary: list[dict]) -> Iterable[Quote]:
    terms = {term["evidence"]: term["term"] for term in glossary if term["confidence"] >= MIN_TERM_CONFIDENCE}
    used: set[str] = set()
    for source in sources:
        text = standalone(plain(source.sentence), source.language)
        if text in used or not _is_quotable(text, source):
            continue
        used.add(text)
        term = terms.get(source.sentence, "")
        kind = TERM if term and term.casefold() in text.casefold() else _kind(text, source)
        if kind:
            yield Quote(text, kind, _score(text, kind, source), source, term)


def _is_quotable(text: str, source: SourceSentence) -> bool:
    """Return whether a sentence is comprehensible by itself, and needs no nested quotation marks."""
    language = source.language
    return (
        MIN_QUOTE <= len(text) <= MAX_QUOTE
        and text.endswith(".")
        and text[:1].isalpha()
        and source.block.type in ("paragraph", "quote", "list")
        and "<dt" not in source.block.html
        and not any(mark in text for mark in '“”„«»"')
        and not is_dangling(source.sentence, language)
        and not language.citation.search(text)
        and not INSTRUCTION[language.code].search(text)
        and text.count("(") == text.count(")")
        and not UNEVEN.search(text)
    )


def _kind(text: str, source: SourceSentence) -> str:
    for kind, pattern in PATTERNS[source.language.code].items():
        if pattern.search(text):
            return CASE if source.is_case_study and kind in (CLAIM, CONSEQUENCE) else kind
    return ""


def _score(text: str, kind: str, source: SourceSentence) -> float:
    score = WEIGHTS[kind]
    score -= 0.12 * len(POINTING[source.language.code].findall(text))
    score -= 0.1 if len(text) > 190 else 0.0
    score -= 0.05 if any(map(str.isdigit, text)) else 0.0
    return round(score + 0.1 * source.is_case_study + 0.05 * (60 < len(text) < 160), 2)


def _as_json(quote: Quote, turn: int) -> dict:
    language: Language = quote.source.language
    heading = quote.source.heading
    templates = [
        template for template in QUESTIONS[language.code][quote.kind] if heading or "{heading}" not in template
    ]
    template = templates[turn % len(templates)]
    return {
        "text": template.format(quote=quote.text, heading=heading, term=quote.term),
        "evidence": quote.source.sentence,
        "confidence": min(0.95, quote.score),
        "section": quote.source.section,
    }
