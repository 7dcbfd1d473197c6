"""Pure: text without markup, and its excerpts, counts and digests."""

import hashlib
import math
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

from lessons.markup import mathml
from lessons.markup.blocks import BLOCK_TAGS
from lessons.markup.characters import BIDI_CONTROLS, BLANK_LETTERS, CONTROL_CATEGORIES, clean_text

EXCERPT_LENGTH = 120
WORDS_PER_MINUTE = 220
INVISIBLE_CATEGORIES = CONTROL_CATEGORIES | {"Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"}
BLOCK_BOUNDARY = re.compile(rf"</?(?:{'|'.join(sorted(BLOCK_TAGS | {'br'}))})[\s/>]")
DIRECTIONS = re.compile(f"[{BIDI_CONTROLS}\u200e\u200f\ufeff]")


def has_visible_text(text: str) -> bool:
    """Return whether any of the text is visible: white space, joiners and fillers are not."""
    return any(c not in BLANK_LETTERS and unicodedata.category(c) not in INVISIBLE_CATEGORIES for c in text)


def single_line(text: str) -> str:
    """Return the text as titles are stored: on one line, without control characters or changes of direction."""
    return " ".join(DIRECTIONS.sub("", clean_text(text)).split())


def excerpt(html: str) -> str:
    """Return the beginning of a post on one line, for lists."""
    text = " ".join(text_by_block(html).split())
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def plain_text(html: str) -> str:
    """Return exactly the browser's `textContent` of an element that holds `html`; offsets into it count code points.

    White space stays as it is. `html` must come from `sanitise`.
    """
    page = LexborHTMLParser(f"<!doctype html><body><div>{html}</div>")
    element = page.css_first("div")
    return element.text(deep=True) if element else ""


def text_by_block(html: str) -> str:
    """Return the text with a line end before and after each block, and formulas as `$TEX$`.

    It is for counts, excerpts and search, never for offsets.
    """
    spaced = BLOCK_BOUNDARY.sub("\n\\g<0>", mathml.formulas_as_tex(html))
    return re.sub(r"\s*\n\s*", "\n", plain_text(spaced)).strip()


def text_digest(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def reading_minutes(word_count: int) -> int:
    """Return whole minutes, at least one, at WORDS_PER_MINUTE (Brysbaert 2019 finds 238 for English prose)."""
    return max(1, math.ceil(word_count / WORDS_PER_MINUTE))
