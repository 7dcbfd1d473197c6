"""Tags: the most frequent names and phrases, those of headings and of the glossary first."""

import math
import re
from collections import Counter

from lessons.importing.document import Outline
from lessons.importing.stemming import STOP_WORDS
from lessons.importing.suggestions.names import proper_names
from lessons.importing.suggestions.sentences import all_sentences

MAX_TAGS = 8
MAX_HEADINGS = 20_000  # characters
MIN_OCCURRENCES = 3
MIN_SCORE = 1.3
PHRASE = re.compile(r"(?=\b([a-z][a-z’-]{3,} [a-z][a-z’-]{3,})\b)")
NO_START = STOP_WORDS | set(
    "among across toward towards beyond against during such both well after before like".split()
)
VERBAL = re.compile(r"(?:[a-z]{5}ing|[a-z]{3}ed|[a-z]{3}ly|[a-z]{3}es)$")


def suggest_tags(outline: Outline, glossary: list[dict]) -> list[dict]:
    """Return at most MAX_TAGS of `{"name", "evidence", "confidence"}`."""
    sentences = [source.sentence for source in all_sentences(outline)]
    headings = " | ".join([outline.title, *(section.heading for section in outline.walk())])[:MAX_HEADINGS].lower()
    scores = _scores(sentences, headings, glossary)
    best = [name for name, score in scores.most_common() if score > MIN_SCORE]
    return [_as_json(name, scores[name], sentences) for name in _distinct(best)]


def _scores(sentences: list[str], headings: str, glossary: list[dict]) -> Counter:
    counts: Counter[str] = Counter()
    for sentence in sentences:
        counts.update(phrase for phrase in PHRASE.findall(sentence) if _is_subject(phrase))
    counts.update(proper_names(sentences))
    scores = Counter(
        {name: math.log(n) + 1.5 * (name.lower() in headings) for name, n in counts.items() if n >= MIN_OCCURRENCES}
    )
    for term in glossary:
        scores[term["term"]] += 2 * term["confidence"] if term["confidence"] >= 0.5 else 0
    return scores


def _is_subject(phrase: str) -> bool:
    """Return whether a pair of words can be a subject: neither is a stop word, nor the first a verb or adverb."""
    first, last = phrase.split()
    return not {first, last} & NO_START and not VERBAL.search(first)


def _distinct(names: list[str]) -> list[str]:
    """Return at most MAX_TAGS names, without those that contain an earlier, better one or are part of it."""
    distinct: list[str] = []
    for name in names:
        if len(distinct) == MAX_TAGS:
            break
        if not any(name.lower() in other.lower() or other.lower() in name.lower() for other in distinct):
            distinct.append(name)
    return distinct


def _as_json(name: str, score: float, sentences: list[str]) -> dict:
    evidence = next((sentence for sentence in sentences if name.lower() in sentence.lower()), "")
    return {"name": name, "evidence": evidence, "confidence": round(1 / (1 + math.exp(2.5 - score)), 2)}
