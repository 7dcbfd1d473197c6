"""Pure: guess the encoding of bytes that are not UTF-8, together with the language of the text.

A language is described by its letters in order of frequency and by its most common words. Each encoding that the
language is written in is tried; the pair that makes the bytes most probable wins. General detectors do not
know languages well enough: they fail for one in four short Central European texts. They are only used
if no language of the list fits.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from lessons.markup.languages import HAN, LANGUAGES, Language

SAMPLE = 20_000  # bytes
CONTEXT = 200  # bytes before the first byte above 127 of a long line
HIGH = re.compile(rb"[\x80-\xff]")
HIGH_BYTES = bytes(range(0x80, 0x100))
WORD = re.compile(r"[^\W\d_]+")
# Capitals and signs within a word, recognised by the previous character, suggest a wrong encoding.
PAIR = re.compile(r"(?=(.)([^\x00-\x7f]))", re.DOTALL)
TYPOGRAPHIC = "’“”–—…«»„‘·•°§€£©®™¿¡½¼¾×±²³ªºµ†‹›‚№\xa0\xad、。，．！？：；（）「」『』《》〈〉【】・　～ー،؛؟־׳״。"
SIGNS = "°§€£©®™½¼¾×±²³ªºµ†№¿¡"
CLOSING = "’”›»"
LETTERS_SHARE, SIGNS_SHARE = 0.85, 0.12
# Log probabilities of characters foreign to a language: a letter, any other sign, a control character.
FOREIGN, STRANGE, CONTROL = -9.0, -11.0, -16.0
BROKEN = -14.0
CAPITAL, CAPITAL_INSIDE, MISPLACED = -1.5, -5.0, -4.0
KNOWN_WORD = 1.6
HAN_ENCODINGS = {"cp932", "euc-jp", "gb18030", "big5hkscs", "cp949", "utf-16-le", "utf-16-be"}
HAN_OTHER = math.log(0.35 / 6000)
# Encodings that are rare today need more evidence.
RARITY = {
    "cp1252": 0.5, "iso8859-15": -1.0, "mac-roman": -1.5, "cp850": -6.0, "mac-latin2": -6.0, "cp852": -6.0,
    "iso8859-13": -1.5, "iso8859-4": -3.0, "mac-cyrillic": -3.0, "cp866": -4.0, "iso8859-5": -1.0, "cp1258": -2.0,
    "iso8859-8": -1.0, "utf-16-le": -1.0, "utf-16-be": -1.0,
}  # fmt: skip
# Below this mean log probability no language of the list fits: for alphabets, and for scripts of thousands of signs.
MIN_FIT, MIN_FIT_HAN = -5.9, -7.0


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding with a language. fit: the mean log probability per byte above 127."""

    encoding: str
    evidence: float
    fit: float


def guess(data: bytes, encodings: tuple[str, ...] = ()) -> str | None:
    """Return the most likely encoding of bytes, None if they are not text in any. encodings: those to try, or all."""
    best = _best_guess(data, encodings)
    if best and best.fit >= (MIN_FIT_HAN if best.encoding in HAN_ENCODINGS else MIN_FIT):
        return best.encoding
    return None if encodings else _general_guess(data)


def _best_guess(data: bytes, encodings: tuple[str, ...]) -> Guess | None:
    sample = _sample(data)
    by_encoding: dict[str, list[Language]] = {}
    for language in LANGUAGES:
        for encoding in encodings or language.encodings:
            by_encoding.setdefault(encoding, []).append(language)
    size = max(1, len(HIGH.findall(sample)) if not encodings else len(sample) // 2)
    guesses = [
        candidate
        for encoding, languages in by_encoding.items()
        if (text := _decoded(data, sample, encoding)) is not None
        for candidate in _guesses(text, encoding, languages, size)
    ]
    return max(guesses, key=lambda candidate: candidate.evidence, default=None)


def _guesses(text: str, encoding: str, languages: list[Language], size: int) -> Iterator[Guess]:
    pairs, words = Counter(PAIR.findall(" " + text)), Counter(word.lower() for word in WORD.findall(text))
    for language in languages:
        value = _probability(pairs, language)
        evidence = value + KNOWN_WORD * sum(words[word] for word in language.words) + RARITY.get(encoding, 0.0)
        yield Guess(encoding, evidence, value / size)


def _sample(data: bytes) -> bytes:
    """Return the lines with bytes above 127, up to SAMPLE bytes; from long lines only the parts around these bytes."""
    pieces: list[bytes] = []
    size = 0
    for line in data.splitlines():
        match = HIGH.search(line)
        if not match:
            continue
        start = max(0, match.start() - CONTEXT)  # The bytes before are ASCII, so no character is split.
        piece = line[start : start + SAMPLE]
        if len(piece) == SAMPLE and b" " in piece:
            piece = piece[: piece.rindex(b" ")]
        pieces.append(piece)
        size += len(piece)
        if size > SAMPLE:
            break
    return b"\n".join(pieces)


def _decoded(data: bytes, sample: bytes, encoding: str) -> str | None:
    """Return the sample's text; None if the data, apart from a few bytes, is invalid in the encoding."""
    wide = encoding.startswith("utf-16")
    text = (data[: SAMPLE - SAMPLE % 4] if wide else sample).decode(encoding, "replace")
    return text if text.count("\ufffd") <= 0.02 * len(text) + 1 else None


def _probability(pairs: Counter[tuple[str, str]], language: Language) -> float:
    return sum(count * _character(before, c, language) for (before, c), count in pairs.items())


def _character(before: str, c: str, language: Language) -> float:
    """Return the log probability of a character above 127 after another one."""
    known = language.probabilities.get(c)
    if known is not None:
        return known
    lower = c.lower()
    if lower != c and (known := language.probabilities.get(lower)) is not None:
        return known + (CAPITAL_INSIDE if before.islower() else CAPITAL)
    if c in TYPOGRAPHIC:
        is_misplaced = before.isalpha() if c in SIGNS else before.isspace() and c in CLOSING
        return math.log(SIGNS_SHARE / 20) + MISPLACED * is_misplaced
    if c == "\ufffd":
        return BROKEN
    if c < "\xa0" or "\ue000" <= c <= "\uf8ff":
        return CONTROL
    if language.code in HAN and ("\u4e00" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3"):
        return HAN_OTHER
    return FOREIGN if c.isalpha() else STRANGE + MISPLACED * before.isalpha()


def _general_guess(data: bytes) -> str | None:
    """Return the encoding found by a general detector, for languages that are not in our list."""
    match = from_bytes(_sample(data)[:SAMPLE]).best()
    return match.encoding if match and match.chaos < 0.1 and match.coherence > 0.2 else None
