"""Which paragraphs of a text without mark-up are headings. Rules about one line and its neighbours, no training.

A heading is a short line that does not end like a sentence, says something, and stands over something.
"""

import re
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
    """Positions of the paragraphs that are headings, the title among them if the text begins with one."""
    could_be = [_is_candidate(block) for block in blocks]
    runs = _runs(could_be)
    capitalised = _mostly_capitalised([b.text for b, yes in zip(blocks, could_be, strict=True) if yes])
    return [
        at
        for at, yes in enumerate(could_be)
        if yes and _has_content_below(blocks, runs[at], at) and not _cut_sentence(blocks[at], capitalised)
    ]


def _is_candidate(block: Block) -> bool:
    return block.type == "paragraph" and "<pre" not in block.html and is_heading_like(block.text)


def is_heading_like(text: str) -> bool:
    """Whether the line on its own could be a heading."""
    words = WORD.findall(text)
    if not words or len(text) > MAX_LENGTH or len(text.split()) > MAX_WORDS:
        return False
    if _ends_sentence(text) or NOT_WORDS.search(text) or CAPTION.match(text) or SIGNATURE.match(text):
        return False
    if _starts_lower_case(text) or _unbalanced(text) or TWO_SENTENCES.search(text) or BYLINE.match(text):
        return False
    return sum(c.isalpha() for c in text) >= 0.5 * len(text.replace(" ", ""))


def is_short(text: str) -> bool:
    """Short enough for a heading, whatever its words; for lines that are bold."""
    return 0 < len(text) <= MAX_LENGTH and not _ends_sentence(text) and any(c.isalnum() for c in text)


def _ends_sentence(text: str) -> bool:
    """A call in capitals ("Remember the Sea!") and a final "U.S." do not."""
    bare = text.rstrip(CLOSING)
    if bare.endswith("!") and len(text.split()) > 1 and is_capitalised(text):
        return False
    return bare.endswith(ENDS_SENTENCE) and not ABBREVIATION.search(bare)


def _starts_lower_case(text: str) -> bool:
    """A small first letter, unless the word is written so: iPhone, pH, al-Ghazali, de Beauvoir, 1970s."""
    first = WORD.search(text)[0]
    if not first[0].islower() or text[0].isdigit():
        return False
    rest = WORD.findall(text)[1:]
    written_so = any(c.isupper() for c in first[1:])
    return not written_so and not (rest and len(first) <= 3 and rest[0][0].isupper())


def _unbalanced(text: str) -> bool:
    return any(text.count(a) != text.count(b) for a, b in ("()", "[]", "“”", "«»"))


def _mostly_capitalised(lines: list[str]) -> bool:
    long = [line for line in lines if len(line.split()) >= 3]
    return len(long) >= 3 and sum(map(is_capitalised, long)) >= 0.7 * len(long)


def is_capitalised(text: str) -> bool:
    """Title Case: every word but the small ones has a capital."""
    major = [word for word in WORD.findall(text) if word.lower() not in TITLE_CASE_EXCEPTIONS]
    return sum(word[0].isupper() or not word[0].islower() for word in major) >= 0.75 * len(major)


def _cut_sentence(block: Block, capitalised: bool) -> bool:
    """A long line in sentence case where headings are capitalised is a sentence whose full stop got lost."""
    most = 3 if block.text.endswith("?") else 6
    return capitalised and not block.strong and len(block.text.split()) > most and not is_capitalised(block.text)


def _has_content_below(blocks: list[Block], run: tuple[int, int], at: int) -> bool:
    """Followed by text, or by at most two more headings and then text; longer runs are lists or verse.

    Of a longer run only the last line, over a long paragraph, is a heading, unless it comes again (as in contents).
    """
    start, end = run
    if end == len(blocks):
        return False
    if end - start <= MAX_CONSECUTIVE + (start == 0):
        return True
    again = at + 1 == end and any(block.text == blocks[at].text for block in blocks[end:])
    return at + 1 == end and len(blocks[end].text) >= LONG_PARAGRAPH and not again


def _runs(could_be: list[bool]) -> list[tuple[int, int]]:
    """For each position where the lines like headings begin and end that stand together with it."""
    runs: list[tuple[int, int]] = []
    for yes, group in groupby(could_be):
        length = len(list(group))
        start = len(runs)
        runs += [(start, start + length) if yes else (start, start)] * length
    return runs
