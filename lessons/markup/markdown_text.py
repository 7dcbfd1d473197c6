"""Pure: plain text in Markdown that the site writes, with nothing in it taken for markup."""

import re

MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>&$])")
# Before a heading, a list or a fence: `#`, `-`, or the punctuation after a number.
BLOCK_MARKER = re.compile(r"^(\s*\d*)((?<!\d)[#+\-=~|]|(?<=\d)[.)])", re.MULTILINE)


def escape_markdown(text: str, *, is_line: bool = True) -> str:
    """Return plain text as Markdown; on one line, unless it is to keep its own."""
    text = MARKDOWN_SPECIAL.sub(r"\\\1", " ".join(text.split()) if is_line else text)
    return BLOCK_MARKER.sub(r"\1\\\2", text)
