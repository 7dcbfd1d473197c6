"""The outline of an article: its headings nested, each section with a proposed kind. Pure."""

from lessons.importing.blocks import Block, Outline, Reading, Section
from lessons.importing.outline import footnotes, headings, kinds, marked, nesting, titles
from lessons.importing.outline.signals import part


def outline(reading: Reading) -> Outline:
    """The outline of what a reader gave. Headings that the format marks are trusted; without any they are found."""
    if any(block.type == "heading" for block in reading.blocks):
        title, blocks = reading.title, reading.blocks
    else:
        title, blocks = _with_headings(reading)
    found = [block.text for block in blocks if block.type == "heading"]
    body, sections = _nested(blocks)
    title = title or _proposed_title(found, body)
    kinds.propose(sections)
    made = Outline(title, body, sections, reading.left_out)
    footnotes.bring_home(made)
    return made


def _with_headings(reading: Reading) -> tuple[str, list[Block]]:
    """(title, blocks) with the paragraphs that are headings made headings with levels."""
    at = _heading_positions(reading.blocks)
    title, start = reading.title, 0
    if at and at[0] == 0 and not title and not titles.is_generic(reading.blocks[0].text):
        title, start, at = reading.blocks[0].text, 1, at[1:]
    levels = _levels(reading.blocks, at, title, start)
    level_of = dict(zip(at, levels, strict=True))
    return title, [
        block.as_heading(level_of[n]) if n in level_of else block
        for n, block in enumerate(reading.blocks)
        if n >= start
    ]


def _heading_positions(blocks: list[Block]) -> list[int]:
    """Bold lines are the headings where a format has bold and no headings; else the rules of `headings`."""
    bold = [n for n, block in enumerate(blocks) if block.strong and headings.is_short(block.text)]
    return bold if len(bold) > 1 and bold[-1] < len(blocks) - 1 else headings.find(blocks)


def _levels(blocks: list[Block], at: list[int], title: str, start: int) -> list[int]:
    texts = [blocks[n].text for n in at]
    written = marked.levels(texts)
    if written or not at:
        return written or []
    ends = [*at[1:], len(blocks)]
    parts = [
        part(blocks[n].text, [p for block in blocks[n + 1 : end] for p in block.paragraphs])
        for n, end in zip(at, ends, strict=True)
    ]
    introduction = [block.text for block in blocks[start : at[0]]]
    under = nesting.parents(parts, title or titles.of_headings(texts), introduction)
    return [1 if parent is None else 2 for parent in under]


def _nested(blocks: list[Block]) -> tuple[list[Block], list[Section]]:
    """Blocks before the first heading, and the sections; a level that is skipped does not count."""
    body: list[Block] = []
    top: list[Section] = []
    open_sections: list[tuple[int, Section]] = []
    for block in blocks:
        if block.type != "heading":
            (open_sections[-1][1].blocks if open_sections else body).append(block)
            continue
        while open_sections and open_sections[-1][0] >= block.level:
            open_sections.pop()
        section = Section(block.text, level=len(open_sections) + 1)
        (open_sections[-1][1].sections if open_sections else top).append(section)
        open_sections.append((block.level, section))
    return body, top


def _proposed_title(found: list[str], body: list[Block]) -> str:
    return titles.of_headings(found) or (titles.of_opening(body[0].text) if body else found[0] if found else "")
