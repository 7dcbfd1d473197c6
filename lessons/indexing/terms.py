"""The terms of a text: what the index holds of it, and what a query is compared with. Pure, and linear in length.

Case, accents, ligatures, width and the shapes of digits do not matter. A term has no space and no punctuation, so that
neither database has to tell words apart itself, and both find the same.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import local
from typing import NamedTuple

import regex
from Stemmer import Stemmer

from lessons.markup.folding import UNDECOMPOSED

MAX_TERM_LENGTH = 64
"""In characters; what is longer is cut."""

# Characters within a word that are not seen: soft hyphen, zero-width spaces and joiners, tatweel.
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff\u0640"
# Scripts without spaces between words.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}々〆ー" "\uff9e\uff9f"
_RUNS = regex.compile(
    rf"(?P<unspaced>[{_UNSPACED}](?:[{_UNSPACED}]|\p{{M}})*+)"
    rf"|[[\p{{L}}\p{{N}}]--[{_UNSPACED}]][[\p{{L}}\p{{N}}\p{{M}}{_INVISIBLE}]--[{_UNSPACED}]]*+",
    regex.VERSION1,
)
_CHARACTERS = regex.compile(r"\X")
_NOT_ASCII = re.compile("[^\x00-\x7f]++")
_ASCII_RUNS = re.compile("[a-z0-9]++")
# Texts of these characters only are read several times faster: each letter is in one piece with its accent, and as
# long in lower case.
_LATIN = re.compile("[\x00-\x7f\u00a0«»À-ÖØ-öø-\u012f\u0131-ſ\u2009\u2010-\u2015‘’‚“”„•…\u202f‹›]*+")
_LATIN_LETTERS = "ß-öø-ſ"
_LATIN_RUNS = re.compile(f"[a-z0-9{_LATIN_LETTERS}]++")
_stemmers = local()


class Word(NamedTuple):
    """A term, and where in the text it stands: `text[start:end]`."""

    term: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """Return the words of a text in order, each as a folded term.

    Where a script has no spaces between words, as Chinese, Japanese and Thai, the terms are overlapping pairs of
    characters, to be searched as phrases; a character that stands alone is a term.
    """
    if text.isascii():
        for run in _ASCII_RUNS.finditer(text.lower()):
            yield Word(run[0][:MAX_TERM_LENGTH], run.start(), run.end())
        return
    if _LATIN.fullmatch(text):
        for run in _LATIN_RUNS.finditer(text.lower()):
            yield Word(_fold_latin(run[0])[:MAX_TERM_LENGTH], run.start(), run.end())
        return
    for run in _RUNS.finditer(text):
        if run["unspaced"]:
            yield from _pairs(run[0], run.start())
        elif term := _fold_word(run[0]):
            yield Word(term[:MAX_TERM_LENGTH], run.start(), run.end())


def words_beginning(text: str, letters: frozenset[str]) -> Iterator[Word]:
    """Return those words that begin with one of the letters, perhaps with others: most words need not be folded."""
    if _LATIN.fullmatch(text):
        for run in _runs_beginning("".join(sorted(filter(str.isascii, letters)))).finditer(text.lower()):
            yield Word(_fold_latin(run[0])[:MAX_TERM_LENGTH], run.start(), run.end())
        return
    # Thai has digits of its own.
    is_unspaced = any(letter > "ſ" or letter.isdigit() for letter in letters)
    for run in _RUNS.finditer(text):
        if run["unspaced"]:
            if is_unspaced:
                yield from _pairs(run[0], run.start())
        elif (not (first := run[0][0]).isascii() or first.lower() in letters) and (term := _fold_word(run[0])):
            yield Word(term[:MAX_TERM_LENGTH], run.start(), run.end())


@lru_cache(maxsize=512)
def _runs_beginning(letters: str) -> re.Pattern[str]:
    """Return the pattern of words that begin with one of the letters, or one that may be folded to one of them."""
    inner = f"a-z0-9{_LATIN_LETTERS}"
    return re.compile(f"(?<![{inner}])[{letters}{_LATIN_LETTERS}][{inner}]*+")


def _fold_latin(word: str) -> str:
    return word if word.isascii() else _fold_word(word)


def _pairs(run: str, offset: int) -> Iterator[Word]:
    characters = [(_fold_word(match[0]), match.start(), match.end()) for match in _CHARACTERS.finditer(run)]
    if len(characters) == 1:
        ((character, start, end),) = characters
        yield Word(character, offset + start, offset + end)
    for (first, start, _), (second, _, end) in zip(characters, characters[1:], strict=False):
        yield Word(first + second, offset + start, offset + end)


def fold(text: str) -> str:
    """Return the text without differences of case, accents, ligatures, width and shapes of digits, to be compared with
    another: its punctuation and spaces stay.
    """
    if text.isascii():
        return text.lower()
    # Most texts have few other characters, and the same ones again.
    folded = _NOT_ASCII.sub(_fold_run, text)
    return folded.lower() if folded.isascii() else unicodedata.normalize("NFC", folded.casefold())


def _fold_run(match: re.Match[str]) -> str:
    run = match[0]
    return _fold_short_run(run) if len(run) <= MAX_TERM_LENGTH else _fold(run)


@lru_cache(maxsize=16_384)
def _fold_short_run(run: str) -> str:
    return _fold(run)


@lru_cache(maxsize=65_536)
def _fold_word(word: str) -> str:
    """Return the folded word, of letters, digits and what marks them."""
    return "".join(character for character in _fold(word) if unicodedata.category(character)[0] in "LNM")


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return unicodedata.normalize("NFC", decomposed.translate(_folded))


class _Folded(dict[int, str | int | None]):
    """What becomes of a character that is decomposed, by its number: found out once for each that occurs."""

    def __missing__(self, number: int) -> str | int | None:
        character = chr(number)
        self[number] = None if _is_ignored(character) else UNDECOMPOSED.get(number, _digit(character))
        return self[number]


_folded = _Folded()


def _is_ignored(character: str) -> bool:
    """Return whether the character is an accent, or a vowel point of Arabic or Hebrew, or invisible.

    The vowel signs of other scripts tell words apart, and are kept.
    """
    if character.isascii():
        return False
    mark = unicodedata.combining(character)
    return 10 <= mark <= 36 or mark >= 200 or character == "\u0640" or unicodedata.category(character) == "Cf"


def _digit(character: str) -> str:
    return character if character.isascii() else str(unicodedata.decimal(character, character))


def stem(term: str, language: str) -> str:
    """Return the stem of a term in a language, as in “de” or “en-gb”; the term itself where the language has none."""
    return _stem(term, language.partition("-")[0].lower())


@lru_cache(maxsize=65_536)
def _stem(term: str, language: str) -> str:
    stemmer = _stemmer(language)
    return stemmer.stemWord(term) if stemmer else term


def _stemmer(language: str) -> Stemmer | None:
    """Return the stemmer of a language. It has a state, so that each thread has its own."""
    stemmers: dict[str, Stemmer | None] = _stemmers.__dict__
    if language not in stemmers:
        try:
            stemmers[language] = Stemmer(language)
        except KeyError:
            stemmers[language] = None
    return stemmers[language]
