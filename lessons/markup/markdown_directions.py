"""Pure: the direction of each block of a text that runs in both, by its first letter, as `dir="auto"` would set it.

That attribute itself would be wrong for a list or a quote: it leaves out what has a direction of its own.
"""

import re
from unicodedata import bidirectional

from markdown_it.token import Token

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
BLOCKS = set(
    "paragraph_open heading_open bullet_list_open ordered_list_open blockquote_open table_open th_open td_open "
    "dl_open dt_open dd_open".split()
)


def mark_directions(tokens: list[Token]) -> None:
    """Set `dir` on the blocks of a text in which not all have the same direction. Linear."""
    if not any(token.type == "inline" and RIGHT_TO_LEFT.search(token.content) for token in tokens):
        return
    directions = _directions(tokens)
    has_code = any(token.type in ("fence", "code_block") for token in tokens)
    if len({direction for _token, direction in directions}) > 1 or has_code:
        for token, direction in directions:
            token.attrSet("dir", direction)


def _directions(tokens: list[Token]) -> list[tuple[Token, str]]:
    """Return the blocks that contain a letter, with the direction of the first."""
    found: list[tuple[Token, str]] = []
    # The blocks around the current token, without those whose first letter has been seen.
    waiting: list[Token | None] = []
    for token in tokens:
        if token.nesting > 0:
            waiting.append(token if token.type in BLOCKS else None)
        elif token.nesting < 0:
            waiting.pop()
        elif token.type == "inline" and (direction := _direction(token)):
            found += [(block, direction) for block in waiting if block]
            waiting = [None] * len(waiting)
    return found


def _direction(inline: Token) -> str:
    """Return the direction of the first letter of a text, empty if it has none."""
    texts = (child.content for child in inline.children or () if child.type in ("text", "code_inline"))
    letters = (DIRECTIONS.get(bidirectional(character), "") for text in texts for character in text)
    return next(filter(None, letters), "")
