"""Remove characters that must not be stored from an article: references such as `&#1;` produce them. Pure."""

from dataclasses import replace

from lessons.importing.document import Block, ParsedArticle
from lessons.markup.characters import clean_text


def make_storable(parsed: ParsedArticle) -> None:
    """Clean every text of the article in place, and its source as well, since the two are compared."""
    parsed.title, parsed.source = clean_text(parsed.title), clean_text(parsed.source)
    parsed.original = clean_text(parsed.original) or parsed.source
    parsed.blocks = [_block(block) for block in parsed.blocks]
    parsed.omissions = [
        replace(omission, text=clean_text(omission.text), block=omission.block and _block(omission.block))
        for omission in parsed.omissions
    ]
    parsed.images = [replace(image, alt=clean_text(image.alt), name=clean_text(image.name)) for image in parsed.images]
    parsed.contents = [clean_text(entry) for entry in parsed.contents]
    parsed.definitions = [(clean_text(term), clean_text(text)) for term, text in parsed.definitions]


def _block(block: Block) -> Block:
    anchors = tuple(map(clean_text, block.anchors))
    return replace(block, text=clean_text(block.text), html=clean_text(block.html), anchors=anchors)
