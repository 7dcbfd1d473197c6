"""Find footnotes in a plain text: paragraphs "[1] …" at its end, to which "[1]" in the text refers."""

import re
from dataclasses import replace

from django.utils.safestring import SafeString

from lessons.importing.document import Block, element
from lessons.markup.sanitise import sanitise

DEFINITION = re.compile(r"\[(\d{1,3})\]:?\s+(\S.*)", re.DOTALL)
REFERENCE = re.compile(r"(?<!^)\[(\d{1,3})\]")
BIBLIOGRAPHY = re.compile(
    r"\W*(?:\d+\W+)?(?:references|bibliography|literatur\w*|works cited|sources|bibliographie|"
    r"bibliografía|bibliografia)\W*",
    re.IGNORECASE,
)
MIN_REFERRED = 0.8


def is_definition(text: str) -> bool:
    return DEFINITION.match(text) is not None


def with_footnotes(blocks: list[Block]) -> list[Block]:
    """Return the blocks with footnotes and references marked as such, if nearly every footnote has a reference."""
    notes: dict[str, int] = {}
    for n, block in enumerate(blocks):
        match = DEFINITION.match(block.text) if block.type == "paragraph" else None
        if match and int(match[1]) == len(notes) + 1:
            notes[match[1]] = n
    if not notes:
        return blocks
    first = min(notes.values())
    referred = {key for block in blocks if block.type == "paragraph" for key in REFERENCE.findall(block.text)}
    if len(notes.keys() & referred) < MIN_REFERRED * len(notes):
        return blocks
    if first and BIBLIOGRAPHY.fullmatch(blocks[first - 1].text):
        return blocks
    places = {n: key for key, n in notes.items()}
    return [_footnote(block, places[n]) if n in places else _referring(block, notes) for n, block in enumerate(blocks)]


def _footnote(block: Block, key: str) -> Block:
    match = DEFINITION.match(block.text)
    text = match[2] if match else block.text
    return Block("footnote", block.text, element("li", text, id=f"fn-{key}"))


def _referring(block: Block, notes: dict[str, int]) -> Block:
    """Return a paragraph or a list with "[1]" replaced by links."""
    if block.type not in ("paragraph", "list") or "[" not in block.html:
        return block

    def link(match: re.Match) -> str:
        if match[1] not in notes:
            return match[0]
        return element("sup", element("a", match[0], href=f"#fn-{match[1]}"), class_="footnote-ref")

    return replace(block, html=SafeString(sanitise(REFERENCE.sub(link, block.html))))
