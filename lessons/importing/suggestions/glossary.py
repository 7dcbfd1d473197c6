"""Terms that a text defines or is about, each with the sentence that says most about it.

Scores add up over what speaks for a term: being defined ("X refers to …"), being introduced ("called X", "X, the view
that …"), standing in a heading, coming often. They are odds by eye, not measured probabilities.
"""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from lessons.importing.document import Outline
from lessons.importing.stemming import STOP_WORDS
from lessons.importing.suggestions.glossary_patterns import DEFINITION_PATTERNS, EXPLANATION_PATTERNS, NAMING_PATTERNS
from lessons.importing.suggestions.sentences import all_sentences

MAX_ROWS = 20
MAX_TERM = 5
MIN_SCORE = 1.2
COUNTED = 3
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
ASIDE = re.compile(r"\([^)]*\)|[“”\"]")


@dataclass(slots=True)
class TermCandidate:
    """What speaks for one term."""

    score: float = 0.0
    forms: Counter = field(default_factory=Counter)
    best: float = 0.0
    evidence: str = ""
    in_heading: bool = False


class TermCollector:
    """Collects the terms of one text. `lines` are its sentences."""

    def __init__(self, lines: list[str]):
        self.lines = lines
        self.text = " | ".join(lines)
        self.found: dict[tuple, TermCandidate] = defaultdict(TermCandidate)
        self._counts: Counter = Counter()
        for line in lines:
            words = singular_text(line)
            for length in range(1, COUNTED + 1):
                self._counts.update(zip(*(words[n:] for n in range(length)), strict=False))

    def count(self, key: tuple) -> int:
        """How often a term comes; of long ones their first words."""
        return self._counts[key[:COUNTED]]

    def read(self, sentence: str) -> None:
        """The strongest pattern counts for each term that the sentence defines or introduces."""
        hits: dict[tuple, tuple[float, str]] = {}
        for patterns, trim in (
            (DEFINITION_PATTERNS, leading_term),
            (NAMING_PATTERNS, leading_term),
            (EXPLANATION_PATTERNS, self.from_end),
        ):
            for weight, pattern in patterns:
                for match in pattern.finditer(sentence):
                    words = trim(match["term"])
                    key = tuple(map(singular, words))
                    if words and hits.get(key, (0.0,))[0] < weight:
                        hits[key] = (weight, " ".join(words))
        for key, (weight, form) in hits.items():
            one = self.found[key]
            one.score += weight - one.best if weight > one.best else 0.0
            one.score += 0.4 if one.best else 0.0
            one.forms[form] += 1
            if weight > one.best:
                one.best, one.evidence = weight, sentence

    def from_end(self, text: str) -> list[str]:
        """The last words before an explanation: the longest run, three at most, that comes twice; else one word."""
        words = TOKEN.findall(text)
        cut = max((at for at, word in enumerate(words) if word.lower() in TRAILING_WORDS | STOP_WORDS), default=-1)
        runs = [words[-length:] for length in (3, 2, 1) if length <= len(words) - cut - 1]
        often = [run for run in runs if self.count(tuple(map(singular, run))) > 1] or runs[-1:]
        return often[0] if often and is_term(often[0]) else []

    def read_heading(self, heading: str) -> None:
        """Short headings name terms: whole, and each side of "and" or "vs."."""
        for name in _names_in(heading):
            words = TOKEN.findall(name)
            key = tuple(map(singular, words))
            is_whole = not any(word.lower() in TRAILING_WORDS - {"to"} for word in words)
            if len(words) > 4 or not is_term(words) or not is_whole or not self.count(key):
                continue
            one = self.found[key]
            one.score += 1.7 if len(words) < 3 else 1.5
            one.in_heading = True
            one.forms[" ".join(words)] += 1

    def weigh(self) -> None:
        """Adds what frequency and form say; takes away from plain words, loose phrases and names."""
        for key, one in self.found.items():
            form = one.forms.most_common(1)[0][0]
            scholarly = bool(SCHOLARLY.search(form.lower()))
            one.score += 0.5 * math.log(max(1, self.count(key))) + 0.9 * scholarly + 0.3 * (len(key) == 2)
            if self._is_name(form) and not scholarly:
                one.score -= 2.0
            if one.best < DEFINITION_SCORE:
                one.score -= self._doubt(key, one, form, scholarly)

    def _doubt(self, key: tuple, one: TermCandidate, form: str, scholarly: bool) -> float:
        """What makes a term unlikely that no strong pattern brings in."""
        if len(key) == 1:
            return 0.0 if one.in_heading or scholarly else 0.9
        doubt = 1.0 if form.split()[0].endswith("ing") else 0.0
        if not one.in_heading:
            doubt += 1.2 if len(key) > 2 else 0.6 if self.count(key) < 2 else 0.0
        return doubt

    def _is_name(self, form: str) -> bool:
        """Capitals where no sentence begins, or on every word; never in small letters."""
        if f" {form.lower()}" in self.text or not form[:1].isupper():
            return False
        words = [word for word in form.split() if word not in STOP_WORDS]
        return all(w[0].isupper() for w in words) and (
            len(words) > 1 or bool(re.search(rf"[a-z,] {re.escape(form)}\b", self.text))
        )


def suggest_terms(outline: Outline) -> list[dict]:
    """At most MOST of `{"term", "definition", "evidence", "confidence", "section"}`, the surest first."""
    said = list(all_sentences(outline))
    section_of = {one.sentence: one.section for one in reversed(said)}
    glossary = TermCollector([one.sentence for one in said])
    for sentence in glossary.lines:
        glossary.read(sentence)
    for heading in (outline.title, *(section.heading for section in outline.walk())):
        glossary.read_heading(heading)
    glossary.weigh()
    best = sorted(glossary.found.items(), key=lambda pair: -pair[1].score)
    found = [_as_json(key, one, glossary) for key, one in best[:MAX_ROWS] if one.score > MIN_SCORE]
    return [term | {"section": section_of.get(term["evidence"])} for term in found]


def leading_term(text: str) -> list[str]:
    """The words of a term without articles and what hangs on it; empty where it is none."""
    words = TOKEN.findall(text)
    words = words[: next((at for at, word in enumerate(words) if word.lower() in TRAILING_WORDS), len(words))]
    while words and words[0].lower() in ("a", "an", "the"):
        words = words[1:]
    return words if is_term(words) else []


def is_term(words: list[str]) -> bool:
    if not words or len(words) > MAX_TERM or any(len(word) > 40 for word in words):
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
    bare = ASIDE.sub(" ", heading).split(":")[0]
    sides = re.split(r"\s+(?:and|vs\.?|versus|or)\s+|,\s+(?:and\s+)?", bare)
    names = [bare, *sides] if len(sides) > 1 else [bare]
    if len(sides) == 2 and len(sides[0].split()) == 1 < len(sides[1].split()):
        names.append(f"{sides[0]} {sides[1].split(maxsplit=1)[1]}")
    ends = r"^(?:the|an?)\s+|^.*’s?\s+|\s+(?:in|within|as)\s.*$"
    return [re.sub(ends, "", name.strip(), flags=re.IGNORECASE) for name in names]


def singular_text(text: str) -> list[str]:
    return [singular(word) for word in TOKEN.findall(text)]


def singular(word: str) -> str:
    """In the singular, small letters: enough to see that two forms are one term."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is", "ics")) else word


def _as_json(key: tuple, one: TermCandidate, glossary: TermCollector) -> dict:
    form = _best_form(key, one, glossary.text)
    sentence = one.evidence or next(
        (s for s in glossary.lines if f" {' '.join(key)} " in f" {' '.join(singular_text(s))} "), ""
    )
    confidence = round(1 / (1 + math.exp(2.5 - one.score)), 2)
    return {"term": form, "definition": sentence, "evidence": sentence, "confidence": confidence}


def _best_form(key: tuple, one: TermCandidate, text: str) -> str:
    """As it stands inside sentences, in the singular where the text has it so."""
    form = one.forms.most_common(1)[0][0]
    *head, last = form.split()
    for candidate in (" ".join([*head, key[-1]]), form):
        for spelling in (candidate.lower(), candidate):
            if re.search(rf"[\w,] [“‘]?{re.escape(spelling)}\b", text):
                return spelling
    return form
