"""Suggest tags, the subjects of a text, from the nouns and phrases of its title, headings and sentences."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from lessons.importing.document import Outline
from lessons.importing.suggestions.definitions.base import is_adverb, is_everyday, key_of, phrases_of, singular
from lessons.importing.suggestions.languages import Language
from lessons.importing.suggestions.names import person_names
from lessons.importing.suggestions.sentences import SourceSentence

MAX_TAGS = 8
# A longer text is sampled evenly.
MAX_SENTENCES = 4_000
MIN_CONFIDENCE = 0.35
MIN_SCORE = -0.6
MIN_OCCURRENCES = 3
TOKEN = re.compile(r"[^\W\d_](?:[\w-]*\w)?|[^\w\s]")
# Words that publishers and programs leave in a text, which are not its subjects.
NEVER = frozenset(
    "pdf html http https www com org net isbn issn doi url ms mr mrs dr prof fig figure table ibid et al pp vol nr "
    "abb copyright license licence page pages chapter click cookie cookies javascript login menu newsletter email "
    "e-mail "
    "reserved rights version edition kapitel seite chapitre".split()
)
DETERMINERS = {
    "en": frozenset("the a an of in for and by with from this these its their our his her on about between some "
    "any no each".split()),
    "fr": frozenset("le la les l un une des du de d au aux ce cet cette ces son sa ses leur leurs en et par "
    "sur".split()),
    "de": frozenset(),
}  # fmt: skip
DEMONYM = re.compile(r"(?:ian|ese|ish|can|ic|ous|aine?|aise?|ienn?e?|oise?)$")
GLUE = frozenset(("de", "du", "des", "d"))
VERBAL = {
    "en": re.compile(r"(?:[a-z]{3}ed|[a-z]{4}ing)$"),
    "fr": re.compile(r"(?:[a-z]{3}(?:er|ant|ées?|és?|ent))$"),
    "de": re.compile(r"(?!)"),
}
BYLINE = re.compile(
    r"\s*(?:written |posted |edited )?(?:by|par|von|author:?|auteur :?|autor:?)\s+[A-ZÀ-Þ]", re.IGNORECASE
)
ADJECTIVE_ENDING = "e"  # in German


class TagCandidates:
    """The words and phrases that can be tags, counted by key, with the forms in which they occur."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.forms: dict[str, Counter[str]] = defaultdict(Counter)
        self.sections: dict[str, set[int | None]] = defaultdict(set)
        self.as_noun: Counter[str] = Counter()
        self.capitals: Counter[str] = Counter()

    def add(self, form: str, section: int | None) -> None:
        key = " ".join(map(singular, form.split()))
        self.counts[key] += 1
        self.forms[key][form] += 1
        self.sections[key].add(section)

    def form(self, key: str) -> str:
        return self.forms[key].most_common(1)[0][0]


def suggest_tags(outline: Outline, glossary: list[dict], sources: list[SourceSentence]) -> list[dict]:
    """Return at most MAX_TAGS of `{"name", "evidence", "confidence"}`."""
    if not sources:
        return []
    language = _main_language(sources)
    sources = [
        source for source in sources if source.language is language and not language.citation.search(source.sentence)
    ]
    candidates = TagCandidates()
    for source in sources[:: len(sources) // MAX_SENTENCES + 1]:
        for phrase in _phrases(source.sentence, language, candidates):
            candidates.add(phrase, source.section)
    scores = _scores(candidates, outline, glossary, language, number=len(sources))
    best = [key for key, score in sorted(scores.items(), key=lambda pair: -pair[1])[:60] if score > MIN_SCORE]
    names = _distinct(best, candidates)
    tags = [_as_json(candidates.form(key), scores[key], key, sources) for key in names]
    return [tag for tag in tags if tag["confidence"] >= MIN_CONFIDENCE]


def _main_language(sources: Iterable[SourceSentence]) -> Language:
    by_code = {source.language.code: source.language for source in sources}
    return by_code[Counter(source.language.code for source in sources).most_common(1)[0][0]]


def _authors(outline: Outline) -> set[str]:
    """Return the words of names in by-lines, in lower case."""
    blocks = [*outline.blocks, *(block for section in outline.walk() for block in section.blocks[:2])]
    lines = [block.text for block in blocks if len(block.text) < 120 and BYLINE.match(block.text)]
    return {word.lower() for line in lines for word in re.findall(r"[^\W\d_]{2,}", line)}


def _phrases(sentence: str, language: Language, candidates: TagCandidates) -> Iterator[str]:
    """Yield the words and phrases of a sentence that could be subjects, as written."""
    tokens = TOKEN.findall(sentence.replace("’", " ").replace("'", " ") if language.code == "fr" else sentence)
    previous = ""
    for n, token in enumerate(tokens):
        word = token.lower()
        is_content = _is_content(word, language)
        if is_content:
            following = tokens[n + 1].lower() if n + 1 < len(tokens) else "."
            _count_use(token, n, previous, following, language, candidates)
            yield token if _keeps_capital(token, language) else word
            yield from _longer(tokens, n, language)
        previous = word


def _count_use(
    token: str, n: int, previous: str, following: str, language: Language, candidates: TagCandidates
) -> None:
    """Count uses of a word as a noun: after a determiner and at the end of its phrase, or capitalised."""
    key = singular(token)
    follows_determiner = previous in DETERMINERS[language.code]
    if language.code == "en":
        is_end = not following[:1].isalpha() or following in language.function_words
        is_noun = is_end and (
            follows_determiner or (previous[:1].isalpha() and previous not in language.function_words)
        )
    else:
        is_noun = token[:1].isupper() if language.code == "de" else follows_determiner
    candidates.as_noun[key] += is_noun
    candidates.capitals[key] += n > 0 and token[:1].isupper()


def _longer(tokens: list[str], n: int, language: Language) -> Iterator[str]:
    """Yield the two-word phrases, in French also "droit de vote", that begin at a word."""
    if n + 1 >= len(tokens):
        return
    first, second = tokens[n], tokens[n + 1]
    if _is_content(second.lower(), language):
        is_phrase = language.code != "de" or (
            first[:1].islower() and second[:1].isupper() and first.endswith(ADJECTIVE_ENDING)
        )
        if is_phrase:
            yield f"{first.lower() if n == 0 and second[:1].islower() else first} {second}"
    elif (
        language.code == "fr"
        and second in GLUE
        and n + 2 < len(tokens)
        and _is_content(tokens[n + 2].lower(), language)
    ):
        glue = "d’" if second == "d" else f"{second} "
        yield f"{first.lower()} {glue}{tokens[n + 2]}"


def _is_content(word: str, language: Language) -> bool:
    return (
        len(word) > 2
        and word not in language.function_words
        and word not in language.not_names
        and word not in NEVER
        and not is_adverb(word, language)
    )


def _keeps_capital(token: str, language: Language) -> bool:
    return language.code == "de" or token[:1].isupper()


def _scores(
    candidates: TagCandidates, outline: Outline, glossary: list[dict], language: Language, number: int
) -> dict[str, float]:
    """Return a score for each candidate: how often and where it occurs, and whether the title or headings name it.

    number: how many sentences were read.
    """
    title, authors = f" {key_of(outline.title)} ", _authors(outline)
    headings = phrases_of(section.heading for section in outline.walk())
    terms = {key_of(term["term"]) for term in glossary if term["confidence"] >= 0.5}
    persons = person_names(candidates.forms)
    sections = max(1, len({section for used in candidates.sections.values() for section in used}))
    scores: dict[str, float] = {}
    for key, count in candidates.counts.items():
        in_title = f" {key} " in title
        if count < MIN_OCCURRENCES - in_title or not _is_subject(key, count, candidates, language):
            continue
        if is_everyday(key.split()[-1], language) and not in_title and not headings[key]:
            continue
        if not in_title and (key in persons or set(key.split()) & authors):
            continue
        in_headings = headings[key]
        spread = len(candidates.sections[key]) / sections
        words = len(key.split())
        scores[key] = (
            0.6 * math.log(count) + 0.5 * math.log(1 + 100 * count / number) + 1.6 * in_title
            + 0.7 * min(2, in_headings) + 0.8 * (key in terms) + 0.8 * spread * (sections > 2)
            + 0.5 * (words > 1) + 0.1 * min(5, len(key) - 5) - 3.1
        )  # fmt: skip
    return scores


def _is_subject(key: str, count: int, candidates: TagCandidates, language: Language) -> bool:
    """Return whether a word is a specific noun, or a phrase ends with one."""
    words = key.split()
    if all(is_everyday(word, language) for word in words) or is_everyday(words[-1], language) and len(words) == 1:
        return False
    last = words[-1] if language.code != "fr" else words[0]
    share = candidates.as_noun[last] / max(1, candidates.counts[last])
    if language.code != "de" and DEMONYM.search(key) and share < 0.25:
        return False
    if len(words) == 1:
        least = 0.75 if language.code == "de" else 0.45
        is_verbal = bool(VERBAL[language.code].search(key)) and candidates.capitals[key] < count / 2
        return share >= (0.8 if is_verbal else least) or candidates.capitals[key] > 0.7 * count
    first = words[0]
    if language.code == "en" and (VERBAL["en"].search(first) or first in ("way", "many", "one", "new", "most")):
        return False
    return share >= 0.3 or candidates.capitals[last] > 0.7 * candidates.counts[last]


def _distinct(keys: list[str], candidates: TagCandidates) -> list[str]:
    """Return at most MAX_TAGS keys: a phrase instead of its word if the word mostly occurs in the phrase."""
    distinct: list[str] = []
    for key in keys:
        words = set(key.split())
        if any(
            _is_form(key, other) or words & set(other.split()) and _overlap(key, other, candidates)
            for other in distinct
        ):
            continue
        longer = next((other for other in keys if other != key and words < set(other.split())), "")
        if longer and candidates.counts[longer] > 0.6 * candidates.counts[key]:
            continue
        distinct.append(key)
        if len(distinct) == MAX_TAGS:
            break
    return distinct


def _is_form(key: str, other: str) -> bool:
    """Return whether two words differ only in an ending: "Zahlung" and "Zahlungen"."""
    shorter, longer = sorted((key, other), key=len)
    return len(shorter) > 4 and len(longer) - len(shorter) < 3 and longer.startswith(shorter)


def _overlap(key: str, other: str, candidates: TagCandidates) -> bool:
    """Return whether two tags with a common word are nearly equivalent."""
    first, second = key.split(), other.split()
    if len(first) > 1 and len(second) > 1:
        return first[-1] == second[-1] and first[0] == second[0]
    return candidates.counts[key] < 0.5 * candidates.counts[other] or set(first) == set(second)


def _as_json(name: str, score: float, key: str, sources: list[SourceSentence]) -> dict:
    evidence = next((source.sentence for source in sources if name.lower() in source.sentence.lower()), "")
    return {"name": name, "evidence": evidence, "confidence": round(1 / (1 + math.exp(-score)), 2)}
