"""Pure: differences between scripts: sentence ends, spaces between words, display width, word counts."""

import re
import unicodedata

# Full stops and the like of all scripts. Question marks are separate, since questions can be headings.
FULL_STOPS = ".!…。！．｡।॥۔։။។܀"
QUESTION_MARKS = "?？؟\u037e՞"
CLOSING_MARKS = "”’\"'»)]*_ ）」』】〉》］"
# Scripts without spaces between words: Chinese and Japanese, with full-width signs; Thai, Lao, Khmer, Burmese.
HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3041-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
HAN += "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
HAN += "\U0001aff0-\U0001b168\U00020000-\U0003347f"
FULL_WIDTH_SIGNS = "\u3001-\u3003\u3008-\u301f\u309b\u309c\u30a0\u30fb\uff01-\uff65"
SOUTH_EAST = "\u0e01-\u0e3e\u0e40-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9fe\uaa60-\uaa7f"
# For use in a character class of `re` or `regex`.
UNSPACED_LETTERS = HAN + SOUTH_EAST
HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7fb\uffa0-\uffdc"
UNSPACED = re.compile(f"[{UNSPACED_LETTERS}{FULL_WIDTH_SIGNS}]")
HAN_CHARACTER = re.compile(f"[{HAN}]")
SOUTH_EAST_WORD = re.compile(f"[{SOUTH_EAST}]+")
SOUTH_EAST_LENGTH = 5  # letters and signs of a word, on average


def display_width(text: str) -> int:
    """Return the number of columns that the text takes in a fixed-width font: full-width characters take two."""
    if text.isascii():
        return len(text)
    return sum(_character_width(c) for c in text)


def _character_width(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


def is_unspaced(c: str) -> bool:
    """Return whether there is no space between this character and the next word."""
    return UNSPACED.match(c) is not None


def count_words(text: str) -> int:
    """Count words; in Chinese and Japanese characters; in Thai and similar scripts estimate from the letters."""
    if text.isascii() or not UNSPACED.search(text):
        return len(text.split())
    count = len(HAN_CHARACTER.findall(text))
    rest = HAN_CHARACTER.sub(" ", text)
    for run in SOUTH_EAST_WORD.findall(rest):
        count += max(1, round(len(run) / SOUTH_EAST_LENGTH))
    return count + sum(any(c.isalnum() for c in word) for word in SOUTH_EAST_WORD.sub(" ", rest).split())


def is_mostly_unspaced(text: str) -> bool:
    """Return whether a line is mostly in scripts without spaces between words, which need fewer characters."""
    return not text.isascii() and 2 * len(UNSPACED.findall(text)) > count_letters(text)


def count_letters(text: str) -> int:
    """Count the letters and the combining signs that belong to them, such as the vowels of Indic scripts."""
    if text.isascii():
        return sum(c.isalpha() for c in text)
    return sum(unicodedata.category(c)[0] in "LM" for c in text)
