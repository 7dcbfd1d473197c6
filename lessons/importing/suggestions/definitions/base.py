"""Define what a rule finds in a sentence, and which phrases may be terms."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lessons.importing.suggestions.languages import Language

TOKEN = re.compile(r"[^\W_][\w’'-]*")
REFERENCE_MARK = re.compile(r"\s?\[(?:\d{1,3}|[a-z]|citation needed|note \d+)\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+(?=[\s.,;]|$)")
LEADING_REFERENCE = re.compile(r"^\[[^\[\]]{3,120}\]\s*")
ELISION = re.compile(r"\b(?:[cdjlmnstCDJLMNST]|[Qq]u)[’'](?=\w)")
LETTERS = re.compile(r"[^\W\d_]")
INNER_WORDS = {
    "en": frozenset(("of", "the", "and", "in", "to", "for", "by", "as", "a")),
    "fr": frozenset("de du des d l à la le les en au aux et par sur".split()),
    "de": frozenset("der des die und von zu für im in den dem".split()),
}
ADVERBS = {
    "en": re.compile(r"[a-z]{3}ly$"),
    "fr": re.compile(r"[a-zé]{3}ment$"),
    "de": re.compile(r"[a-zäöü]{3}(?:erweise|weise|ermaßen|ens)$"),
}
NOUNS_LIKE_ADVERBS = frozenset(
    "anomaly assembly monopoly family supply reply butterfly ally rally jelly lily belly bully homily doily duopoly "
    "oligopoly élément document argument instrument monument gouvernement mouvement jugement fragment fondement "
    "segment pigment ciment aliment sédiment changement développement environnement traitement placement "
    "fonctionnement chargement isolement règlement versement amortissement logement enseignement comportement "
    "rendement financement investissement parlement département testament médicament sacrement équipement "
    "classement gisement élevage événement raisonnement avancement alignement peuplement ornement firmament "
    "tempérament ligament filament "
    "serment tourment rayonnement refroidissement réchauffement grossissement empilement signalement".split()
)
UNFIT_MARKS = re.compile(r"[“”\"«»„,;:()\[\]/=*@_<>{}|]")
# Heads of phrases such as "part of X", which are not terms.
EMPTY_HEADS = frozenset(
    "utilisation use part parts level levels number kind kinds type types example examples result results goal "
    "goals purpose role importance aim definition meaning beginning end lack list use concept notion idea key one "
    "some many most first partie niveau nombre type exemple exemples résultat but rôle importance définition début "
    "fin liste usage idée "
    "teil beispiel beispiele ziel bedeutung anfang ende liste idee ergebnis".split()
)
# Words before a noun that mark it as one of several.
QUALIFIERS = frozenset(
    "typical real true ordinary average certain actual various several entire so-called whole main final first "
    "second aforementioned following previous new old good bad great big small important famous different other "
    "same such typique vrai véritable principal principale premier première deuxième dernier dernière nouveau "
    "nouvelle grand grande important importante célèbre autre même prétendu prétendue wesentlicher wesentliche "
    "typischer typische typisches wahrer wahre wahres echter echte wichtige wichtiger erste ersten zweite letzte "
    "neue "
    "neuer neues große großer sogenannte anderer andere gleiche".split()
)
MAX_WORDS = 5
MAX_TERM = 60
MAX_HEADING = 300
# The maximum length of a defining sentence: before its verb, and in total.
MAX_SUBJECT = 90
MAX_DEFINITION = 450


@dataclass(frozen=True, slots=True)
class FoundDefinition:
    """A term as written in the sentence, and its definition. weight: the evidence, as log odds."""

    term: str
    definition: str
    weight: float
    predicate: str = ""


@dataclass(frozen=True, slots=True)
class SubjectPatterns:
    """The patterns for the subject of a defining sentence in a language. verb: with a group "be"."""

    verb: re.Pattern[str]
    opening: re.Pattern[str]
    alias: re.Pattern[str]
    named: re.Pattern[str]
    article: re.Pattern[str]


class Subject(NamedTuple):
    """The subject without its article, the verb, the text after it, and the weight of the sentence by its form."""

    words: str
    article: re.Match[str] | None
    is_named: bool
    verb: re.Match[str]
    rest: str
    weight: float


def plain(sentence: str) -> str:
    """Return the sentence without reference marks, with plain spaces."""
    return " ".join(REFERENCE_MARK.sub("", LEADING_REFERENCE.sub("", sentence)).split())


def is_dangling(sentence: str, language: Language) -> bool:
    """Return whether a sentence refers to another one: "This …", "In 1981, it …"."""
    return bool(language.dangling.match(sentence) or language.pronoun.match(sentence))


def is_complete(sentence: str) -> bool:
    """Return whether a sentence is a complete statement."""
    return not sentence.endswith(("?", ":", ",", ";", "-", "–", "(")) and sentence.count(" ") > 2


def standalone(sentence: str, language: Language) -> str:
    """Return the sentence without a connective at its start, capitalised."""
    text = language.connective.sub("", sentence, count=1) if language.connective.match(sentence) else sentence
    if text[:1] in '"“' and text.count('"') % 2 + abs(text.count("“") - text.count("”")) == 1:
        text = text[1:]
    return text[:1].upper() + text[1:]


def as_sentence(text: str) -> str:
    """Return an explanation within a sentence as a separate sentence."""
    return text[:1].upper() + text[1:].rstrip(" .—–") + "."


def find_subject(text: str, patterns: SubjectPatterns) -> Subject | None:
    """Return the subject of a sentence that may define it; None if it is missing or too long.

    "In X, …" before "a Y is …" counts a little, "the term Y" more.
    """
    verb = patterns.verb.search(text, 0, MAX_SUBJECT + 30)
    if not verb or verb.start() > MAX_SUBJECT:
        return None
    words = text[: verb.start()]
    opening = patterns.opening.match(words)
    words = patterns.alias.sub("", words[opening.end() :] if opening else words).strip()
    named = patterns.named.match(words)
    words = words[named.end() :] if named else words
    article = patterns.article.match(words)
    words = words[article.end() :] if article else words
    weight = (0.2 if opening and verb["be"] else 0.0) + (0.5 if named else 0.0)
    return Subject(words, article, named is not None, verb, text[verb.end() :], weight)


def with_previous(sentence: str, previous: str, language: Language) -> str:
    """Return the sentence, after the previous one if needed to be comprehensible; empty if it still is not."""
    if not is_dangling(sentence, language):
        return standalone(sentence, language)
    if not previous[:1].isupper() or is_dangling(previous, language) or not is_complete(previous):
        return ""
    return f"{standalone(plain(previous), language)} {sentence}"


def is_term(term: str, language: Language) -> bool:
    """Return whether the words could be a term: a noun phrase, not just function words or everyday words."""
    found = TOKEN.findall(term.replace("’", " ").replace("'", " ") if language.code == "fr" else term)
    lower = [word.lower() for word in found]
    if lower[:1] == ["a"] and lower[1:2] in (["priori"], ["posteriori"]):
        lower, found = lower[1:], found[1:]
    if (
        UNFIT_MARKS.search(term)
        or not found
        or len(found) > MAX_WORDS
        or len(term) > MAX_TERM
        or not LETTERS.search(term)
    ):
        return False
    if lower[0] in language.function_words or lower[-1] in language.function_words:
        return False
    if set(lower[1:-1]) & (language.function_words - INNER_WORDS[language.code]):
        return False
    if any(word[0].isdigit() for word in (found[0], found[-1])):
        return False
    if is_adverb(lower[-1], language) or len(set(lower)) < len(lower) or (len(found) > 1 and lower[0] in QUALIFIERS):
        return False
    if len(found) > 2 and lower[0] in EMPTY_HEADS and lower[1] in ("of", "de", "du", "des", "d", "von", "der"):
        return False
    is_possessive = len(found) > 1 and lower[0].endswith(("’s", "'s"))
    return len(lower[0]) > 1 and not (is_possessive and is_everyday(lower[-1], language))


def is_everyday(word: str, language: Language) -> bool:
    word = word.lower()
    return word in language.everyday_words or singular(word) in language.everyday_words


def is_adverb(word: str, language: Language) -> bool:
    return bool(ADVERBS[language.code].search(word)) and word not in NOUNS_LIKE_ADVERBS


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """Return a word in lower case and, roughly, the singular, which suffices to match the forms of a term."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is", "ics")) else word


def tokens_of(text: str) -> list[str]:
    """Return the words, in French without elided words before them."""
    return TOKEN.findall(ELISION.sub(" ", text))


def key_of(term: str) -> str:
    """Return the key of a term, which is the same for all its forms."""
    return " ".join(map(singular, tokens_of(term)))


def phrases_of(texts: Iterable[str]) -> Counter[str]:
    """Count the texts that contain each phrase of up to four words, by key."""
    counts: Counter[str] = Counter()
    for text in texts:
        words = key_of(text[:MAX_HEADING]).split()
        counts.update({" ".join(words[n : n + length]) for length in range(1, 5) for n in range(len(words))})
    return counts


def phrases_before(text: str, language: Language, limit: int) -> list[str]:
    """Return the phrases at the end of `text`, the longest first.

    They go back to a function word or a punctuation mark, and have at most `limit` words.
    """
    tail = re.split(r"[^\w’' -]", text[-MAX_TERM * 2 :])[-1].split()
    found: list[str] = []
    for word in reversed(tail):
        if word.lower().strip("’'") in language.function_words or len(found) == limit:
            break
        found.insert(0, word)
    return [" ".join(found[n:]) for n in range(len(found))]


def words_after(text: str, language: Language, limit: int = 4) -> tuple[str, str]:
    """Return the term at the start of `text`, up to a function word or a punctuation mark, and what follows it."""
    match = re.match(r"[“‘\"«„\s]*", text[:10])
    start = match.end() if match else 0
    quoted = re.match(r"[“‘\"«„]\s?([^”’\"»“]{2,60}?)\s?[”’\"»“]", text[:80])
    if quoted:
        after = text[quoted.end() : quoted.end() + 20].strip(' »”"')
        is_adjective = after[:1].islower() and re.split(r"\W", after)[0] not in language.function_words
        return ("" if is_adjective else quoted[1].rstrip(",.")), text[quoted.end() :]
    end, count, position = start, 0, start
    inner = INNER_WORDS[language.code] & {"of", "de", "du", "d"}
    last = ""
    for token in TOKEN.finditer(text[: start + MAX_TERM * 2], start):
        if text[position : token.start()].strip() or count == limit + 1:
            break
        word = token[0].lower()
        is_link = count > 0 and (word in inner or (last in inner and word in ("the", "la", "l", "les")))
        if word in language.function_words and not is_link:
            break
        last = word
        if not is_link:
            count += 1
            end = token.end()
        position = token.end()
    if text[end : end + 1] in (".", "-", "/", "@") and text[end + 1 : end + 2].isalnum():
        return "", text[end:]
    return text[start:end].strip(), text[end:]
