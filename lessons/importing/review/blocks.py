"""Store the blocks of an article by id, and edit them. Pure."""

from collections import ChainMap
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from lessons.importing.document import Block, Omission, paragraph_block
from lessons.importing.proof import count_compared_words
from lessons.importing.review.errors import UnknownPart
from lessons.markup.plain_text import has_visible_text, text_by_block
from lessons.markup.sanitise import InvalidText, sanitise

Blocks = Mapping[str, dict]
ARTICLE, LEFT_OUT = "b", "x"
"""How ids begin: of the article's own blocks, and of what the reader left out."""


def stored(blocks: Iterable[Block], prefix: str, first: int = 1) -> dict[str, dict]:
    """Return blocks as they are stored, by id."""
    return {
        f"{prefix}{number}": {**block.as_json(), **({"anchors": list(block.anchors)} if block.anchors else {})}
        for number, block in enumerate(blocks, first)
    }


def pieces(omission: Omission) -> list[Block]:
    """Return the blocks of an omission that can be put back: its own, or a paragraph for each line."""
    if omission.block:
        return [omission.block]
    return [paragraph_block(line.strip()) for line in omission.text.split("\n") if line.strip()]


def omitted_ids(omission: dict) -> list[str]:
    """Return the ids of the blocks that an omission of the review lists."""
    return omission["section"]["blocks"] if "section" in omission else omission.get("blocks", [])


def ordinal(block_id: str) -> int:
    """Return the position of one of the article's own blocks in the article; 0 for any other."""
    return int(block_id[1:]) if block_id.startswith(ARTICLE) else 0


def word_counts(blocks: Blocks) -> dict[str, int]:
    return {block_id: count_compared_words(block["text"]) for block_id, block in blocks.items()}


def current(review: dict, blocks: Blocks) -> Blocks:
    """Return the blocks as they were edited in the review."""
    return ChainMap(review["edits"], blocks) if review["edits"] else blocks  # type: ignore[arg-type]


def edit(review: dict, block_id: str, html: str, blocks: Blocks) -> dict:
    """Replace the HTML of a block; the article's own stays in `blocks`. Raise InvalidText if it is empty."""
    if block_id not in blocks:
        raise UnknownPart(block_id)
    html = sanitise(html)
    text = text_by_block(html)
    if not has_visible_text(text) and "<img" not in html and "<math" not in html:
        raise InvalidText(_("A paragraph cannot be empty. To remove it, choose “Leave out”."))
    if html == blocks[block_id]["html"]:
        return undo_edit(review, block_id)
    edited = {**blocks[block_id], "text": text, "html": html}
    return {**review, "edits": {**review["edits"], block_id: edited}}


def undo_edit(review: dict, block_id: str) -> dict:
    """Restore the article's own text of a block."""
    edits = {other: block for other, block in review["edits"].items() if other != block_id}
    return {**review, "edits": edits}
