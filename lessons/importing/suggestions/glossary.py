"""Suggest glossary terms with definitions: at most MAX_TERMS from sentences, and those of the text's own glossary.

The evidence for a term adds up as log odds: the rule by which it was found, whether it is in a heading or
emphasised, how often it occurs; its confidence is the resulting probability.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lessons.importing.document import Outline
from lessons.importing.suggestions.acronyms import find_acronyms
from lessons.importing.suggestions.definitions import FoundDefinition, find_definitions
from lessons.importing.suggestions.definitions.base import (
    TOKEN,
    is_everyday,
    is_term,
    key_of,
    phrases_of,
    plain,
    singular,
    standalone,
    tokens_of,
)
from lessons.importing.suggestions.definitions.document import OwnTerm, own_terms, shortened
from lessons.importing.suggestions.languages import Language
from lessons.importing.suggestions.names import is_acronym
from lessons.importing.suggestions.sentences import ReadPart, SourceSentence

MAX_TERMS = 12
MAX_OWN_TERMS = 100
# In a text with more sentences, a defined term is expected to recur.
LONG_TEXT = 60
MIN_CONFIDENCE = 0.3
ARTICLE = re.compile(r"^(?:the|an?|le|la|les|une?|der|die|das|eine?) |^l[’']", re.IGNORECASE)
VERB_AFTER = {
    "en": re.compile(r"s? (?:(?:is|are|can|may|means)|[a-z]{3,}(?<!s)s) "),
    "fr": re.compile(r"s? (?:est|sont|peut|peuvent|[a-zé]{3,}(?:e|ent|it)) "),
    "de": re.compile(r"\w{0,2} (?:ist|sind|kann|wird|werden|[a-zäöü]{3,}t) "),
}
HEADED = -0.7
MAX_HEADING_WORDS = 4
# A rule of at least this weight is sufficient evidence of a definition. What a rule without weight finds is not
# accepted by default.
CLEAR, CLEAR_ENOUGH, VAGUE = 0.5, 0.2, -0.1
DEFINED = 1.6
LONG_DEFINITION = 320
END = "|"
MAX_COUNTED_WORDS = 3
EMPHASIS = re.compile(r"<(em|i|strong|b|dfn)>([^<>]{2,60})</\1>")
IN_QUOTES = re.compile(r"[“«„\"]\s?([^”»“\"]{2,50}?)\s?[”»“\"]")
QUOTE_MARKS = re.compile(r"[“”\"«»]")
SCHOLARLY = re.compile(r"(?:isms?|olog(?:y|ies)|osis|stasis|cracy|graphy|nomy|ismus|ologie|isme)$")


@dataclass(slots=True)
class TermCandidate:
    """The definitions found for one term. That of the strongest rule is used."""

    found: list[tuple[FoundDefinition, SourceSentence]] = field(default_factory=list)
    score: float = 0.0

    @property
    def best(self) -> tuple[FoundDefinition, SourceSentence]:
        return max(self.found, key=lambda pair: pair[0].weight)


class TermText:
    """The words of all sentences, for counting terms; each form of a word counts as its singular."""

    def __init__(self, outline: Outline, sources: list[SourceSentence]):
        sentences = [tokens_of(source.sentence) for source in sources]
        tokens = [token for sentence in sentences for token in (*sentence, END)]
        self._spellings = set(tokens)
        self._within = {token for sentence in sentences for token in sentence[1:]}
        self.is_long = len(sources) > LONG_TEXT
        self._text = " ".join(source.sentence.lower() for source in sources)
        words = [singular(token) for token in tokens]
        self._counts: Counter[tuple[str, ...]] = Counter()
        for length in range(1, MAX_COUNTED_WORDS + 1):
            self._counts.update(zip(*(words[n:] for n in range(length)), strict=False))
        self._headings = phrases_of([outline.title, *(section.heading for section in outline.walk())])
        blocks = {id(source.block): source.block for source in sources}.values()
        self._emphasised = {key_of(match[2]) for block in blocks for match in EMPHASIS.finditer(block.html)}
        self._emphasised |= {key_of(match[1]) for source in sources for match in IN_QUOTES.finditer(source.sentence)}

    def count(self, phrase: str) -> int:
        """Return how often a phrase occurs; for a long one, how often its first words do."""
        return self._counts[tuple(key_of(phrase).split()[:MAX_COUNTED_WORDS])]

    def is_in_heading(self, key: str) -> bool:
        return key in self._headings

    def is_emphasised(self, key: str) -> bool:
        return key in self._emphasised

    def form(self, term: str, language: Language) -> str:
        """Return the term in its dictionary form: singular and lower case, if these occur in the text."""
        if language.code == "de":
            return term
        *head, last = term.split(" ")
        one = " ".join([*head, last[:1] + singular(last)[1:]])
        if last[1:].islower() and self._occurs(one):
            last = one.rpartition(" ")[2]
        if len(head) > 1 and head[1] == "of" and head[0][1:].islower():
            head[0] = head[0][0] + singular(head[0])[1:]
        first, *rest = [*head, last]
        if self.is_lower(first) and not any(word[:1].isupper() for word in rest):
            first = first.lower()
        return " ".join([first, *rest])

    def is_lower(self, word: str) -> bool:
        """Return whether a word also occurs in lower case."""
        return word[1:].islower() and word.lower() in self._spellings

    def is_name(self, word: str) -> bool:
        """Return whether a word is capitalised within sentences and never in lower case."""
        return word[:1].isupper() and word in self._within and not self.is_lower(word)

    def is_capital_by_place(self, term: str) -> bool:
        """Return whether a word is capitalised only at the start of sentences, where every word is."""
        return self.is_long and " " not in term and term not in self._within

    def _occurs(self, phrase: str) -> bool:
        return any(f" {phrase.lower()}{end}" in self._text for end in (" ", ".", ",", ";", "”", ")"))


def suggest_terms(outline: Outline, parts: list[ReadPart], sources: list[SourceSentence]) -> list[dict]:
    """Return `{"term", "definition", "evidence", "confidence", "section"}`: own terms first, then the best others."""
    own = _own(parts, outline.definitions)
    taken = {key_of(term.term) for term in own}
    text = TermText(outline, sources)
    candidates = {key: term for key, term in _candidates(text, sources).items() if key not in taken}
    best = sorted(candidates.values(), key=lambda term: -term.score)[:MAX_TERMS]
    found = [_as_json(term, text) for term in best if _probability(term.score) >= MIN_CONFIDENCE]
    return [_own_json(term) for term in own] + found


def _own(parts: list[ReadPart], definitions: Iterable[tuple[str, str]]) -> list[OwnTerm]:
    """Return the document's own terms: for each name, the strongest."""
    has_language = any(part.blocks for part in parts)
    marked = [
        OwnTerm(term, shortened(text), None, 3.0) for term, text in definitions if has_language and term and text
    ]
    best: dict[str, OwnTerm] = {}
    for term in [*marked, *own_terms(parts)]:
        key = key_of(term.term)
        if key not in best or best[key].weight < term.weight:
            best[key] = term
    return list(best.values())[:MAX_OWN_TERMS]


def _candidates(text: TermText, sources: list[SourceSentence]) -> dict[str, TermCandidate]:
    candidates: dict[str, TermCandidate] = defaultdict(TermCandidate)
    for source in sources:
        for found in find_definitions(source.sentence, source.previous, source.language, text.count):
            candidates[key_of(found.term)].found.append((found, source))
    for found, source in headed_definitions(sources):
        candidates[key_of(found.term)].found.append((found, source))
    for acronym, expansion, source in find_acronyms(sources):
        key, long_key = key_of(acronym), key_of(expansion)
        if long_key in candidates:
            candidates.pop(key, None)
        elif key not in candidates:
            definition = expansion[:1].upper() + expansion[1:] + "."
            candidates[key].found.append((FoundDefinition(acronym, definition, 0.5), source))
    for key, candidate in candidates.items():
        candidate.score = _score(key, candidate, text)
    return candidates


def headed_definitions(sources: Iterable[SourceSentence]) -> Iterator[tuple[FoundDefinition, SourceSentence]]:
    """Yield headings defined in their section: a sentence begins with the heading and a defining verb."""
    done: set[int | None] = set()
    for source in sources:
        heading = ARTICLE.sub("", source.heading)
        if source.section in done or not heading or len(heading.split()) > MAX_HEADING_WORDS:
            continue
        start = source.sentence[: len(heading) + 8].casefold().find(singular(heading))
        if not 0 <= start <= 5 or not is_term(heading, source.language):
            continue
        rest = source.sentence[start + len(singular(heading)) :]
        if VERB_AFTER[source.language.code].match(rest):
            done.add(source.section)
            term = source.sentence[start : start + len(heading)].rstrip(" ,.")
            if is_term(term, source.language):
                yield FoundDefinition(term, standalone(plain(source.sentence), source.language), HEADED), source


def _score(key: str, candidate: TermCandidate, text: TermText) -> float:
    found, source = candidate.best
    language = source.language
    count = text.count(found.term)
    words = found.term.lower().split()
    bonus = 0.3 * (len(candidate.found) > 1) + 0.7 * text.is_in_heading(key) + 0.7 * text.is_emphasised(key)
    bonus += 0.4 * bool(SCHOLARLY.search(key)) + (min(0.6, 0.25 * math.log(count)) if count > 1 else 0.0)
    score = found.weight + (bonus if found.weight >= CLEAR else 0.5 * bonus) - 0.6 * (count < 2 and text.is_long)
    score -= _everyday_penalty(words, found.weight, language)
    score -= 0.5 * (len(words) > 3) + 0.9 * (len(found.definition) > LONG_DEFINITION)
    score -= 0.5 * (len(QUOTE_MARKS.findall(found.definition)) > 2) + 1.0 * (" and " in found.term and count < 3)
    if (
        language.code != "de"
        and not SCHOLARLY.search(key)
        and not is_acronym(found.term)
        and _is_name(found.term, text)
    ):
        score -= 3.0 if _is_person(found.predicate, language) or found.weight < 0 else 0.9
    elif language.code == "de" and found.weight < DEFINED and text.is_capital_by_place(found.term):
        score -= 1.2
    elif _is_person(found.predicate, language):
        score -= 0.7
    return min(score, VAGUE) if found.weight < CLEAR_ENOUGH else score


def _everyday_penalty(words: list[str], weight: float, language: Language) -> float:
    """Return the penalty for a term of everyday words: a single one must be defined by the strongest rules."""
    if not all(is_everyday(word, language) or word in language.function_words for word in words):
        return 0.0
    return 0.5 if len(words) > 1 else 2.0 if weight >= DEFINED else 4.0


def _is_name(term: str, text: TermText) -> bool:
    """Return whether each word of a term is always capitalised."""
    words = [word for word in TOKEN.findall(term) if len(word) > 3] or [term]
    return all(map(text.is_name, words)) or (len(words) > 1 and all(word[:1].isupper() for word in words))


def _is_person(predicate: str, language: Language) -> bool:
    return any(word.lower() in language.person_words for word in TOKEN.findall(predicate[:80])[:7])


def _probability(score: float) -> float:
    return round(1 / (1 + math.exp(-score)), 2)


def _as_json(candidate: TermCandidate, text: TermText) -> dict:
    found, source = candidate.best
    return {
        "term": text.form(found.term, source.language),
        "definition": shortened(found.definition),
        "evidence": source.sentence,
        "confidence": _probability(candidate.score),
        "section": source.section,
    }


def _own_json(term: OwnTerm) -> dict:
    return {
        "term": term.term,
        "definition": term.definition,
        "evidence": f"{term.term}: {term.definition}",
        "confidence": _probability(term.weight),
        "section": term.section,
    }
