"""Terms that a text defines or is about, each with the sentence that best explains it.

Scores add up the evidence for a term: it is defined ("X refers to …"), introduced ("called X", "X, the view that …"),
part of a heading, or frequent. The weights were set by hand; they are not measured probabilities.
"""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from lessons.importing.document import Outline
from lessons.importing.stemming import STOP_WORDS
from lessons.importing.suggestions.glossary_patterns import DEFINITION_PATTERNS, EXPLANATION_PATTERNS, NAMING_PATTERNS
from lessons.importing.suggestions.sentences import all_sentences

MAX_TERMS = 20
MAX_WORDS = 5
MIN_SCORE = 1.2
MAX_COUNTED_WORDS = 3
# A longer heading names no term; its parts would be looked for with patterns that take the square of its length.
MAX_HEADING_LENGTH = 200
DEFINITION_SCORE = 2.1
TRAILING_WORDS = set(
    "in within among between for as with by from to at on into is are was were which that who has have had not "
    "because when where while but than then also however thus can may will would could should do does if there".split()
)
VAGUE_WORDS = set(
    "one it this that these those he she they we you i his her their our its your what who another other others "
    "some many most such each all both first second third last next example examples way ways thing things "
    "problem problems question questions answer case cases point part idea concept view notion term terms word "
    "words fact facts result reason people person someone anyone everything nothing something here there it’s "
    "that’s same kind type form goal aim figure section chapter book important key main new best several more "
    "less few any no only following latter former two three four perhaps although though since yes so essay "
    "article text paper work works line purpose relationship difference world time now below above look note "
    "today men women philosophers scientists researchers authors scholars critics others challenges responses "
    "theories problem role importance nature history use uses lesson words aspects objects names value values".split()
)
NEVER_TERMS = {
    "term",
    "called",
    "known",
    "use",
    "uses",
    "say",
    "says",
    "said",
    "believe",
    "believes",
    "argue",
    "argues",
}
NEVER_TERMS |= {"think", "thinks", "holds", "claims that", "named", "labeled", "termed", "aforementioned", "refers"}
NOT_FIRST = (
    STOP_WORDS
    | VAGUE_WORDS
    | {"very", "well", "often", "then", "even", "just", "much", "after", "before", "sometimes", "always"}
)
NOT_LAST = STOP_WORDS | {
    "own",
    "very",
    "first",
    "second",
    "new",
    "other",
    "often",
    "further",
    "broadly",
    "themselves",
    "today",
}
NOT_LAST |= set("aims seeks focuses concerns leads serves helps plays makes gives takes".split())
SCHOLARLY = re.compile(r"(?:isms?|olog(?:y|ies)|ics|osis|stasis|cracy|ness|graphy|nomy)$")
TOKEN = re.compile(r"[\w’'-]+")
WITHIN_SENTENCE = re.compile(r"(?<=[a-z,] )[\w’'-]+")
JOINT = re.compile(r"(?<=\w)[’'-]")
ASIDE = re.compile(r"\([^)]*\)|[“”\"]")

TermKey = tuple[str, ...]


@dataclass(slots=True)
class TermCandidate:
    """The evidence for one term. best: the weight of the strongest pattern, in the sentence `evidence`."""

    score: float = 0.0
    forms: Counter = field(default_factory=Counter)
    best: float = 0.0
    evidence: str = ""
    in_heading: bool = False


class TermCollector:
    """Collect the terms of one text from its sentences. A candidate's key is the tuple of its singular words."""

    def __init__(self, sentences: list[str]):
        self.sentences = sentences
        self.text = " | ".join(sentences)
        self.candidates: dict[TermKey, TermCandidate] = defaultdict(TermCandidate)
        self.singular_words = [singular_text(sentence) for sentence in sentences]
        self._within_sentences = _names_within_sentences(self.text)
        self._counts: Counter[TermKey] = Counter()
        for words in self.singular_words:
            for length in range(1, MAX_COUNTED_WORDS + 1):
                self._counts.update(zip(*(words[n:] for n in range(length)), strict=False))

    def count(self, key: TermKey) -> int:
        """Return how often a term occurs; of a long one, how often its first words do."""
        return self._counts[key[:MAX_COUNTED_WORDS]]

    def read(self, sentence: str) -> None:
        """Score each term that the sentence defines or introduces by the strongest pattern that matches."""
        hits: dict[TermKey, tuple[float, str]] = {}
        for patterns, trim in (
            (DEFINITION_PATTERNS, leading_term),
            (NAMING_PATTERNS, leading_term),
            (EXPLANATION_PATTERNS, self.trailing_term),
        ):
            for weight, pattern in patterns:
                for match in pattern.finditer(sentence):
                    words = trim(match["term"])
                    key = tuple(map(singular, words))
                    if words and hits.get(key, (0.0,))[0] < weight:
                        hits[key] = (weight, " ".join(words))
        for key, (weight, form) in hits.items():
            candidate = self.candidates[key]
            candidate.score += weight - candidate.best if weight > candidate.best else 0.0
            candidate.score += 0.4 if candidate.best else 0.0
            candidate.forms[form] += 1
            if weight > candidate.best:
                candidate.best, candidate.evidence = weight, sentence

    def trailing_term(self, text: str) -> list[str]:
        """Return the last words before an explanation: at most three that occur together twice, otherwise one."""
        words = TOKEN.findall(text)
        cut = max((n for n, word in enumerate(words) if word.lower() in TRAILING_WORDS | STOP_WORDS), default=-1)
        phrases = [words[-length:] for length in (3, 2, 1) if length <= len(words) - cut - 1]
        frequent = [phrase for phrase in phrases if self.count(tuple(map(singular, phrase))) > 1] or phrases[-1:]
        return frequent[0] if frequent and is_term(frequent[0]) else []

    def read_heading(self, heading: str) -> None:
        """Score the terms of a short heading: all of it, and each side of "and" or "vs."."""
        for name in _names_in(heading) if len(heading) <= MAX_HEADING_LENGTH else ():
            words = TOKEN.findall(name)
            key = tuple(map(singular, words))
            is_complete = not any(word.lower() in TRAILING_WORDS - {"to"} for word in words)
            if len(words) > 4 or not is_term(words) or not is_complete or not self.count(key):
                continue
            candidate = self.candidates[key]
            candidate.score += 1.7 if len(words) < 3 else 1.5
            candidate.in_heading = True
            candidate.forms[" ".join(words)] += 1

    def weigh(self) -> None:
        """Add scores for frequency and form; subtract for everyday words, loose phrases and names."""
        for key, candidate in self.candidates.items():
            form = candidate.forms.most_common(1)[0][0]
            scholarly = bool(SCHOLARLY.search(form.lower()))
            candidate.score += 0.5 * math.log(max(1, self.count(key))) + 0.9 * scholarly + 0.3 * (len(key) == 2)
            if self._is_name(form) and not scholarly:
                candidate.score -= 2.0
            if candidate.best < DEFINITION_SCORE:
                candidate.score -= self._penalty(key, candidate, form, scholarly)

    def _penalty(self, key: TermKey, candidate: TermCandidate, form: str, scholarly: bool) -> float:
        """Return what counts against a term that no strong pattern introduces."""
        if len(key) == 1:
            return 0.0 if candidate.in_heading or scholarly else 0.9
        penalty = 1.0 if form.split()[0].endswith("ing") else 0.0
        if not candidate.in_heading:
            penalty += 1.2 if len(key) > 2 else 0.6 if self.count(key) < 2 else 0.0
        return penalty

    def _is_name(self, form: str) -> bool:
        """Recognise a name: capitals on every word, also within sentences, and never in lower case."""
        if f" {form.lower()}" in self.text or not form[:1].isupper():
            return False
        words = [word for word in form.split() if word not in STOP_WORDS]
        return all(word[0].isupper() for word in words) and (len(words) > 1 or form in self._within_sentences)


def _names_within_sentences(text: str) -> set[str]:
    """Return the words that follow a lower-case word or a comma, also without what a hyphen or apostrophe adds."""
    words = set(WITHIN_SENTENCE.findall(text))
    return words | {word[: match.start()] for word in words for match in JOINT.finditer(word)}


def suggest_terms(outline: Outline) -> list[dict]:
    """Return at most MAX_TERMS of `{"term", "definition", "evidence", "confidence", "section"}`, the best first."""
    sources = list(all_sentences(outline))
    section_of = {source.sentence: source.section for source in reversed(sources)}
    collector = TermCollector([source.sentence for source in sources])
    for sentence in collector.sentences:
        collector.read(sentence)
    for heading in (outline.title, *(section.heading for section in outline.walk())):
        collector.read_heading(heading)
    collector.weigh()
    best = sorted(collector.candidates.items(), key=lambda pair: -pair[1].score)
    terms = [_as_json(key, term, collector) for key, term in best[:MAX_TERMS] if term.score > MIN_SCORE]
    return [term | {"section": section_of.get(term["evidence"])} for term in terms]


def leading_term(text: str) -> list[str]:
    """Return the words of a term without its article and the clause after it; empty if it is not a term."""
    words = TOKEN.findall(text)
    words = words[: next((n for n, word in enumerate(words) if word.lower() in TRAILING_WORDS), len(words))]
    while words and words[0].lower() in ("a", "an", "the"):
        words = words[1:]
    return words if is_term(words) else []


def is_term(words: list[str]) -> bool:
    """Return whether the words could be a term: not too many or too long, and none of the excluded ones."""
    if not words or len(words) > MAX_WORDS or any(len(word) > 40 for word in words):
        return False
    lower = [word.lower() for word in words]
    if (
        lower[0] in NOT_FIRST
        or lower[-1] in NOT_LAST
        or NEVER_TERMS & set(lower)
        or (len(words) == 1 and lower[0] in VAGUE_WORDS)
    ):
        return False
    return len("".join(words)) > 1 and not any(word[0].isdigit() for word in words)


def _names_in(heading: str) -> list[str]:
    """Return what a heading could name: all of it before a colon, and each side of "and", "or", "vs."."""
    main = ASIDE.sub(" ", heading).split(":")[0]
    sides = re.split(r"\s+(?:and|vs\.?|versus|or)\s+|,\s+(?:and\s+)?", main)
    names = [main, *sides] if len(sides) > 1 else [main]
    if len(sides) == 2 and len(sides[0].split()) == 1 < len(sides[1].split()):
        names.append(f"{sides[0]} {sides[1].split(maxsplit=1)[1]}")
    ends = r"^(?:the|an?)\s+|^.*’s?\s+|\s+(?:in|within|as)\s.*$"
    return [re.sub(ends, "", name.strip(), flags=re.IGNORECASE) for name in names]


def singular_text(text: str) -> list[str]:
    return [singular(word) for word in TOKEN.findall(text)]


def singular(word: str) -> str:
    """Return a word in lower case and, roughly, the singular: enough to see that two forms are one term."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is", "ics")) else word


def _as_json(key: TermKey, candidate: TermCandidate, collector: TermCollector) -> dict:
    form = _best_form(key, candidate, collector.text)
    sentences = zip(collector.sentences, collector.singular_words, strict=True)
    sentence = candidate.evidence or next(
        (sentence for sentence, words in sentences if f" {' '.join(key)} " in f" {' '.join(words)} "), ""
    )
    confidence = round(1 / (1 + math.exp(2.5 - candidate.score)), 2)
    return {"term": form, "definition": sentence, "evidence": sentence, "confidence": confidence}


def _best_form(key: TermKey, candidate: TermCandidate, text: str) -> str:
    """Return the term as it is spelled within sentences, in the singular if the text has that."""
    form = candidate.forms.most_common(1)[0][0]
    *head, _last = form.split()
    for variant in (" ".join([*head, key[-1]]), form):
        for spelling in (variant.lower(), variant):
            if re.search(rf"[\w,] [“‘]?{re.escape(spelling)}\b", text):
                return spelling
    return form
