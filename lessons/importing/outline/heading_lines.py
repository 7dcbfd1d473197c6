"""Decide whether a single line could be a heading, by its length, words and punctuation. Pure."""

import re

from lessons.importing.outline import line_kinds, numbering
from lessons.markup.scripts import CLOSING_MARKS, FULL_STOPS, count_letters, is_mostly_unspaced

MAX_LENGTH = 140
MAX_UNSPACED_LENGTH = 45
MAX_WORDS = 20
GREEK = re.compile("[Α-ω]")
COLONS = (":", "：")
ENDS_SENTENCE = tuple(FULL_STOPS + ":;,；：，、")
ABBREVIATION = re.compile(r"(?:\b(?:[A-Z]\.)+|\b(?:Jr|Sr|Inc|Co|Ltd|Corp|Bros|St|al|etc|vs|Ph\.D|a\.m|p\.m)\.)$")
NOT_WORDS = re.compile(
    r"https?://|www\.|\S@\S+\.\w|[=→⇒≈≤≥∑∫√]|--+>|<-|\d\s*[×÷+*/^]\s*\d|_{3,}|\.{4,}|\t|\S {3,}\S|~|"
    r"->|\||[A-Za-z]:[A-Za-z/\d]"
)
TWO_SENTENCES = re.compile(r"(?:[a-z]{4,}|\d{4})[)”’\"]*\.[)”’\"_*]* +[A-Z“(\d]|[。！？]\S|[?!;] +\w.*[?!]$")
TITLE_CASE_EXCEPTIONS = set(
    "a an the and or nor but so yet of in on at to by for from with into onto over under about as than that via "
    "per vs vs. v. is are was were be do does did can de la le du des der die das und et y e within without "
    "between among during after before against through toward towards beyond across upon their its his her our "
    "your my up out not it how what why who when where which if".split()
)
WORD = re.compile(r"[^\W\d_][\w’'-]*")


def is_heading_like(text: str) -> bool:
    """Return whether the line could be a heading, regardless of the lines around it."""
    if len(text) > MAX_LENGTH or len(text.split()) > MAX_WORDS or not WORD.search(text):
        return False
    if len(text) > MAX_UNSPACED_LENGTH and is_mostly_unspaced(text):
        return False
    if (
        (_ends_sentence(text) and not numbering.is_label_only(text))
        or NOT_WORDS.search(text)
        or line_kinds.is_no_heading(text)
    ):
        return False
    if _starts_lower_case(text) or _has_unbalanced_brackets(text) or TWO_SENTENCES.search(text):
        return False
    text = numbering.without_number(text)
    return count_letters(text) >= 0.5 * len(text.replace(" ", ""))


def is_short(text: str) -> bool:
    """Return whether a bold line is short enough for a heading, regardless of its words."""
    return 0 < len(text) <= MAX_LENGTH and not _ends_sentence(text) and any(c.isalnum() for c in text)


def heading_text(text: str) -> str:
    """Return the text of a heading without the colon after it."""
    return text.rstrip(" :：") or text


def is_capitalised(text: str) -> bool:
    """Recognise Title Case: most words, without the exceptions, start with a capital."""
    major = [word for word in WORD.findall(text) if word.lower() not in TITLE_CASE_EXCEPTIONS]
    return sum(word[0].isupper() or not word[0].islower() for word in major) >= 0.75 * len(major)


def _ends_sentence(text: str) -> bool:
    """Recognise the end of a sentence; an exclamation in title case ("Remember the Sea!") or "U.S." does not count."""
    stripped = text.rstrip(CLOSING_MARKS)
    if stripped.endswith(";") and GREEK.search(stripped):
        return False  # It is a question mark there.
    if stripped.endswith("!") and len(text.split()) > 1 and is_capitalised(text):
        return False
    return stripped.endswith(ENDS_SENTENCE) and not ABBREVIATION.search(stripped)


def _starts_lower_case(text: str) -> bool:
    """Recognise a lower-case first letter, except in names such as iPhone, pH, al-Ghazali, de Beauvoir, and 1970s."""
    first, *rest = WORD.findall(text)
    if not first[0].islower() or text[0].isdigit():
        return False
    has_inner_capital = any(c.isupper() for c in first[1:])
    return not has_inner_capital and not (rest and len(first) <= 3 and rest[0][0].isupper())


def _has_unbalanced_brackets(text: str) -> bool:
    text = text[3:] if text[1:3].rstrip().endswith(")") and "(" not in text[:3] else text  # 1) or 12)
    return any(text.count(a) != text.count(b) for a, b in ("()", "[]", "“”", "«»", "（）", "「」"))
