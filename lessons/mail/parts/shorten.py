"""Pure: the beginning of a long post."""

from functools import lru_cache

from django.utils.html import format_html

from lessons.mail.parts.tree import VOID
from lessons.markup.blocks import TAG, tag_name, unescape_text
from lessons.markup.mathml import formulas_as_tex

MAX_CHARACTERS = 1200


# Cached because the digests of many users contain the same posts.
@lru_cache(maxsize=1024)
def shorten(html: str, max_characters: int = MAX_CHARACTERS) -> tuple[str, bool]:
    """Return sanitised HTML with as many of its blocks as fit, and whether any were left out. Linear in its length.

    If not even the first block fits, its text is cut.
    """
    pieces = TAG.split(formulas_as_tex(html))
    length = depth = end = 0
    for n, piece in enumerate(pieces):
        if n % 2 == 0:
            length += len(unescape_text(piece))
        elif piece.startswith("</"):
            depth -= 1
        elif tag_name(piece) not in VOID:
            depth += 1
        if length > max_characters:
            break
        if depth == 0:
            end = n + 1
    if end == len(pieces):
        return "".join(pieces), False
    if end > 1:
        return "".join(pieces[:end]), True
    text = " ".join("".join(map(unescape_text, pieces[::2])).split())
    return format_html("<p>{}…</p>", text[:max_characters].rsplit(" ", 1)[0]), True
