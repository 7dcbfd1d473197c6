"""Which paragraphs of a text without markup are headings. Rules about one line and its neighbours, no training.

A heading is a short line that does not end like a sentence, contains words, and has text below it.
"""

import re
from collections.abc import Mapping
from itertools import groupby

from lessons.importing.document import Block

MAX_LENGTH = 140
MAX_WORDS = 20
LONG_PARAGRAPH = 140
ENDS_SENTENCE = tuple(".:;,!…")
CLOSING = "”’\"'»)]*_ "
ABBREVIATION = re.compile(r"(?:\b(?:[A-Z]\.)+|\b(?:Jr|Sr|Inc|Co|Ltd|Corp|Bros|St|al|etc|vs|Ph\.D|a\.m|p\.m)\.)$")
NOT_WORDS = re.compile(r"https?://|www\.|\S@\S+\.\w|[=→⇒≈≤≥∑∫√]|--+>|<-|\d\s*[×÷+*/^]\s*\d|_{3,}|\.{4,}|\t")
CAPTION = re.compile(
    r"(?:figure|fig\.?|table|box|exhibit|image|photo|chart|map|plate|equation|source|sources|credit|caption|video|"
    r"listen|watch|read more|see also|copyright|©|isbn|doi)\b\W*(?:\d|by\b|:|©)",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"[-–—―~]\s*\S")
TWO_SENTENCES = re.compile(r"(?:[a-z]{4,}|\d{4})[)”’\"]*\.[)”’\"]* +[A-Z“(\d]")
BYLINE = re.compile(
    r"(?i:by|von|par|por)\s+[A-Z][\w.’'-]+(?:\s+(?:and\s+|&\s+)?[A-Z][\w.’'-]*){1,6}$|"
    r"(?i:updated|published|posted|last modified|accessed|retrieved)\b.*\d|"
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+"
    r"\d{1,2}(?:,\s*\d{4})?$|\d{1,2}\s+[A-Z][a-z]+\s+\d{4}$"
)
TITLE_CASE_EXCEPTIONS = set(
    "a an the and or nor but so yet of in on at to by for from with into onto over under about as than that via "
    "per vs vs. v. is are was were be do does did can de la le du des der die das und et y e within without "
    "between among during after before against through toward towards beyond across upon their its his her our "
    "your my up out not it how what why who when where which if".split()
)
WORD = re.compile(r"[^\W\d_][\w’'-]*")
MAX_CONSECUTIVE = 3


def find_headings(blocks: list[Block]) -> list[int]:
    """Return the indexes of the paragraphs that are headings, including the title if the text starts with one."""
    candidates = [_is_candidate(block) for block in blocks]
    runs = _runs(candidates)
    last_index = {block.text: n for n, block in enumerate(blocks)}
    capitalised = _mostly_capitalised([b.text for b, is_one in zip(blocks, candidates, strict=True) if is_one])
    return [
        n
        for n, is_candidate in enumerate(candidates)
        if is_candidate
        and _has_content_below(blocks, runs[n], n, last_index)
        and not _is_cut_sentence(blocks[n], capitalised)
    ]


def _is_candidate(block: Block) -> bool:
    return block.type == "paragraph" and "<pre" not in block.html and is_heading_like(block.text)


def is_heading_like(text: str) -> bool:
    """Return whether the line, without its neighbours, could be a heading."""
    words = WORD.findall(text)
    if not words or len(text) > MAX_LENGTH or len(text.split()) > MAX_WORDS:
        return False
    if _ends_sentence(text) or NOT_WORDS.search(text) or CAPTION.match(text) or SIGNATURE.match(text):
        return False
    if _starts_lower_case(text) or _has_unbalanced_brackets(text) or TWO_SENTENCES.search(text) or BYLINE.match(text):
        return False
    return sum(c.isalpha() for c in text) >= 0.5 * len(text.replace(" ", ""))


def is_short(text: str) -> bool:
    """Return whether a bold line is short enough for a heading, whatever its words."""
    return 0 < len(text) <= MAX_LENGTH and not _ends_sentence(text) and any(c.isalnum() for c in text)


def _ends_sentence(text: str) -> bool:
    """Recognise the end of a sentence; an exclamation in title case ("Remember the Sea!") or "U.S." does not count."""
    stripped = text.rstrip(CLOSING)
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
    return any(text.count(a) != text.count(b) for a, b in ("()", "[]", "“”", "«»"))


def _mostly_capitalised(lines: list[str]) -> bool:
    long = [line for line in lines if len(line.split()) >= 3]
    return len(long) >= 3 and sum(map(is_capitalised, long)) >= 0.7 * len(long)


def is_capitalised(text: str) -> bool:
    """Recognise Title Case: most words, without the exceptions, start with a capital."""
    major = [word for word in WORD.findall(text) if word.lower() not in TITLE_CASE_EXCEPTIONS]
    return sum(word[0].isupper() or not word[0].islower() for word in major) >= 0.75 * len(major)


def _is_cut_sentence(block: Block, capitalised: bool) -> bool:
    """Recognise a sentence without its full stop: a long line in sentence case where headings are capitalised."""
    max_words = 3 if block.text.endswith("?") else 6
    return capitalised and not block.strong and len(block.text.split()) > max_words and not is_capitalised(block.text)


def _has_content_below(blocks: list[Block], run: tuple[int, int], index: int, last_index: Mapping[str, int]) -> bool:
    """Return whether text follows, directly or after at most two more headings; longer runs are lists or verse.

    Of a longer run only the last line, if a long paragraph follows, is a heading, unless it is repeated below as the
    lines of a table of contents are. last_index: where each text last occurs.
    """
    start, end = run
    if end == len(blocks):
        return False
    if end - start <= MAX_CONSECUTIVE + (start == 0):
        return True
    if index + 1 != end or len(blocks[end].text) < LONG_PARAGRAPH:
        return False
    return last_index[blocks[index].text] < end


def _runs(candidates: list[bool]) -> list[tuple[int, int]]:
    """Return for each index the start and end of the run of candidates that it is part of."""
    runs: list[tuple[int, int]] = []
    for is_candidate, group in groupby(candidates):
        length = len(list(group))
        start = len(runs)
        runs += [(start, start + length) if is_candidate else (start, start)] * length
    return runs
