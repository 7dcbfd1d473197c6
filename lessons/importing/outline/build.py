"""TODO lessons/importing/outline/build.py"""

import re

from lessons.importing.document import CASE_STUDY, LESSON, SECTION, Block, Outline, ParsedArticle, Section
from lessons.importing.outline import build, headings, nesting, numbering, titles
from lessons.importing.outline.signals import make_part


def build_outline(reading: ParsedArticle) -> Outline:
    """The outline of what a reader gave. Headings that the format marks are trusted; without any they are found."""
    if any(block.type == "heading" for block in reading.blocks):
        title, blocks = reading.title, reading.blocks
    else:
        title, blocks = _with_headings(reading)
    found = [block.text for block in blocks if block.type == "heading"]
    body, sections = _nested(blocks)
    title = title or _proposed_title(found, body)
    build.propose_kinds(sections)
    made = Outline(title, body, sections, reading.omissions)
    build.attach_footnotes(made)
    return made


def _with_headings(reading: ParsedArticle) -> tuple[str, list[Block]]:
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
    return bold if len(bold) > 1 and bold[-1] < len(blocks) - 1 else headings.find_headings(blocks)


def _levels(blocks: list[Block], at: list[int], title: str, start: int) -> list[int]:
    texts = [blocks[n].text for n in at]
    written = numbering.numbered_levels(texts)
    if written or not at:
        return written or []
    ends = [*at[1:], len(blocks)]
    parts = [
        make_part(blocks[n].text, [p for block in blocks[n + 1 : end] for p in block.paragraphs])
        for n, end in zip(at, ends, strict=True)
    ]
    introduction = [block.text for block in blocks[start : at[0]]]
    under = nesting.infer_parents(parts, title or titles.title_from_headings(texts), introduction)
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
    return titles.title_from_headings(found) or (
        titles.title_from_opening(body[0].text) if body else found[0] if found else ""
    )


FOOTNOTE_ID = re.compile(r"<li[^>]*\bid=\"([^\"]+)\"")


def attach_footnotes(outline: Outline) -> None:
    """Moves every footnote to the end of the section that refers to it; one that nobody refers to stays."""
    places = [outline.blocks, *(section.blocks for section in outline.walk())]
    notes = [(place, block) for place in places for block in place if block.type == "footnote"]
    if not notes:
        return
    htmls = ["".join(block.html for block in place if block.type != "footnote") for place in places]
    for place, note in notes:
        address = FOOTNOTE_ID.search(note.html)
        home = next((at for at, html in enumerate(htmls) if address and f'href="#{address[1]}"' in html), None)
        if home is not None:
            place.remove(note)
            places[home].append(note)


CASE_STUDY_HEADING = re.compile(
    r"\bcase (?:stud(?:y|ies)|histor(?:y|ies))\b|\bfallstudien?\b|\bfallbeispiele?\b|\bétudes? de cas\b|"
    r"\bestudios? de casos?\b|\bstudi(?:o|) di caso\b|\bcasestud(?:y|ies)\b",
    re.IGNORECASE,
)


LONG_SECTION = 400


LONG_PARENT = 1500


def propose_kinds(sections: list[Section]) -> None:
    """Sets `kind` on all sections, outermost first."""
    for section in sections:
        section.kind = CASE_STUDY if CASE_STUDY_HEADING.search(section.heading) and not section.sections else LESSON
        _propose_under(section, is_long=section.words() > LONG_PARENT)


def _propose_under(parent: Section, is_long: bool) -> None:
    """Children of "Case studies of …" are cases; long ones of a long parent stand alone; others stay in its text."""
    cases = bool(CASE_STUDY_HEADING.search(parent.heading)) and parent.kind != CASE_STUDY
    for section in parent.sections:
        if cases or (CASE_STUDY_HEADING.search(section.heading) and not section.sections and parent.kind == LESSON):
            section.kind = CASE_STUDY
        else:
            section.kind = LESSON if is_long and section.words() > LONG_SECTION and parent.kind == LESSON else SECTION
        _propose_under(section, is_long=False)
