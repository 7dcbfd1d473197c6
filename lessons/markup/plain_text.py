"""TODO lessons/markup/plain_text.py"""

import hashlib
import math
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

EXCERPT_LENGTH = 120


# Letters to Unicode, nothing to the eye: fillers and the empty Braille cell.
BLANK_LETTERS = set("\u115f\u1160\u3164\uffa0\u2800")


INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"}


DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b-\x1f\x7f\ufeff]")


def has_visible_text(words: str) -> bool:
    """Whether anything of it can be seen: white space, joiners and fillers alone cannot."""
    return any(c not in BLANK_LETTERS and unicodedata.category(c) not in INVISIBLE for c in words)


def single_line(words: str) -> str:
    """A title as it is stored: one line, no marks that turn the direction of what stands beside it."""
    return " ".join(DIRECTION.sub("", words).split())


def excerpt(html: str) -> str:
    """The beginning of a post in one line, for lists."""
    words = " ".join(text_by_block(html).split())
    return words if len(words) <= EXCERPT_LENGTH else words[: EXCERPT_LENGTH - 1].rsplit(" ", 1)[0] + "…"


WORDS_A_MINUTE = 220


def plain_text(html: str) -> str:
    """Exactly the browser's `textContent` of an element that holds `html`; offsets into it count code points.

    White space stays as it is. html must come from `sanitise`.
    """
    page = LexborHTMLParser(f"<!doctype html><body><div>{html}</div>")
    return page.css_first("div").text(deep=True)


def text_by_block(html: str) -> str:
    """The words of `html` with a line end after each block: for counting, excerpts and search, never for offsets."""
    spaced = re.sub(r"</(p|li|h\d|td|th|dt|dd|pre|blockquote|figcaption|caption)>|<br ?/?>", "\\g<0>\n", html)
    return re.sub(r"\s*\n\s*", "\n", plain_text(spaced)).strip()


def text_digest(text: str) -> str:
    """64 hexadecimal digits of the text's UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def reading_minutes(words: int) -> int:
    """Whole minutes, one at least, at WORDS_A_MINUTE (Brysbaert 2019 finds 238 for English prose)."""
    return max(1, math.ceil(words / WORDS_A_MINUTE))
