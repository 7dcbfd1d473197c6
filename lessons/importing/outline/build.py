"""The outline of a parsed article: nested headings, a proposed kind for each section, footnotes where they belong.

Headings that the format marks are trusted; in a text without any they are found by rules.
"""

import re
from dataclasses import replace

from lessons.importing.document import CASE_STUDY, LESSON, SECTION, Block, Outline, ParsedArticle, Section
from lessons.importing.outline import heading_lines, headings, links, nesting, numbering, titles
from lessons.importing.outline.signals import make_part
from lessons.markup.scripts import count_words

FOOTNOTE_ID = re.compile(r"<li[^>]*\bid=\"([^\"]+)\"")
FOOTNOTE_LINK = re.compile(r'href="#([^"]+)"')
CASE_STUDY_HEADING = re.compile(
    r"\bcase (?:stud(?:y|ies)|histor(?:y|ies))\b|\bfallstudien?\b|\bfallbeispiele?\b|\bétudes? de cas\b|"
    r"\bestudios? de casos?\b|\bstudi(?:o|) di caso\b|\bcasestud(?:y|ies)\b",
    re.IGNORECASE,
)
# In a text of more headings than this, levels that only the wording shows are not guessed.
MAX_INFERRED = 300
# A text of fewer words and headings has no room for two levels that nothing marks.
MIN_INFERRED, MIN_INFERRED_WORDS = 6, 800
MAX_SAMPLE = 200  # blocks, and characters of each
LONG_SECTION = 400  # words
LONG_PARENT = 1500  # words


def build_outline(parsed: ParsedArticle) -> Outline:
    """Return the outline of what a reader returned."""
    linked, dead_links = links.without_dead_links(parsed)
    parsed = replace(parsed, blocks=links.with_anchors_below(linked))
    if any(block.type == "heading" for block in parsed.blocks):
        title, blocks = parsed.title, parsed.blocks
    else:
        title, blocks = _with_headings(parsed)
    heading_texts = [block.text for block in blocks if block.type == "heading"]
    introduction, sections = _nest_sections(blocks)
    propose_kinds(sections)
    title = title or _proposed_title(heading_texts, introduction)
    outline = Outline(title, introduction, sections, parsed.omissions + dead_links, parsed.definitions)
    attach_footnotes(outline)
    return outline


def _with_headings(parsed: ParsedArticle) -> tuple[str, list[Block]]:
    """Return the title and the blocks, with levelled headings in the place of the paragraphs that are headings."""
    indexes = _heading_indexes(parsed)
    blocks, indexes = _with_whole_labels(parsed.blocks, indexes)
    title, start = parsed.title, 0
    if indexes and indexes[0] == 0 and not title and titles.is_title(blocks, indexes, parsed.contents):
        title, start, indexes = blocks[0].text, 1, indexes[1:]
    elif not title and titles.is_below_front_matter(blocks, indexes):
        title, blocks = blocks[indexes[0]].text, blocks[: indexes[0]] + blocks[indexes[0] + 1 :]
        indexes = [n - 1 for n in indexes[1:]]
    levels = _levels(blocks, indexes, title, start, parsed.contents)
    level_of = dict(zip(indexes, levels, strict=True))
    return title, [
        replace(block.as_heading(level_of[n]), text=heading_lines.heading_text(block.text)) if n in level_of else block
        for n, block in enumerate(blocks)
        if n >= start
    ]


def _heading_indexes(parsed: ParsedArticle) -> list[int]:
    """Return the bold lines if the format has bold text but no headings, otherwise what `headings` finds."""
    blocks = parsed.blocks
    bold = [n for n, block in enumerate(blocks) if block.strong and heading_lines.is_short(block.text)]
    if len(bold) > 1 and bold[-1] < len(blocks) - 1:
        return bold
    return headings.find_headings(blocks, parsed.contents)


def _with_whole_labels(blocks: list[Block], indexes: list[int]) -> tuple[list[Block], list[int]]:
    """Join each heading that is only a number, such as "CHAPTER I", with its title on the next line."""
    found = set(indexes)
    joined: list[Block] = []
    kept: list[int] = []
    n = 0
    while n < len(blocks):
        block = blocks[n]
        is_label = n in found and numbering.is_label_only(block.text)
        if is_label and n + 1 < len(blocks) and _is_title_of_label(blocks[n + 1], n + 1 in found):
            separator = " " if block.text.endswith((".", ":", "–", "—")) else ": "
            block = replace(block, text=f"{block.text}{separator}{blocks[n + 1].text}")
        if n in found:
            kept.append(len(joined))
        joined.append(block)
        n += 2 if block is not blocks[n] else 1
    return joined, kept


def _is_title_of_label(block: Block, is_heading: bool) -> bool:
    """Return whether the block below "CHAPTER I" is its title. In capitals it may end in a full stop."""
    text = block.text.rstrip(".")
    is_named = is_heading or (text.isupper() and block.type == "paragraph" and heading_lines.is_heading_like(text))
    return is_named and not numbering.markers(block.text)


def _levels(blocks: list[Block], indexes: list[int], title: str, start: int, entries: list[str]) -> list[int]:
    """Return the level of each heading: by its number or the table of contents, or else 1 or 2 by its text."""
    texts = [blocks[n].text for n in indexes]
    numbered = numbering.numbered_levels(texts)
    numbered = numbered or nesting.listed_levels(texts, entries)
    if numbered or not indexes:
        return numbered or []
    if len(indexes) > MAX_INFERRED or _is_flat(blocks, indexes) or _are_alike(texts) or not _is_latin(blocks):
        return nesting.flat(indexes)
    ends = [*indexes[1:], len(blocks)]
    parts = [
        make_part(blocks[n].text, [p for block in blocks[n + 1 : end] for p in block.paragraphs])
        for n, end in zip(indexes, ends, strict=True)
    ]
    introduction = [block.text for block in blocks[start : indexes[0]]]
    parents = nesting.infer_parents(parts, title or titles.title_from_headings(texts), introduction)
    return [1 if parent is None else 2 for parent in parents]


def _is_flat(blocks: list[Block], indexes: list[int]) -> bool:
    """Return whether the headings look alike, as those of several levels would not, or are few in a short text."""
    is_short = len(indexes) < MIN_INFERRED and sum(count_words(block.text) for block in blocks) < MIN_INFERRED_WORDS
    return is_short or all(blocks[n].strong for n in indexes)


def _are_alike(texts: list[str]) -> bool:
    """Return whether all headings are questions, or all end in a colon, so that they are of one level."""
    return any(all(text.endswith(ends) for text in texts) for ends in (titles.QUESTION, headings.COLONS))


def _is_latin(blocks: list[Block]) -> bool:
    """Return whether most letters are Latin; the signals of `nesting` only work for such texts."""
    letters = [c for block in blocks[:MAX_SAMPLE] for c in block.text[:MAX_SAMPLE] if c.isalpha()]
    return 2 * sum(c < "\u0250" for c in letters) >= len(letters)


def _nest_sections(blocks: list[Block]) -> tuple[list[Block], list[Section]]:
    """Return the blocks before the first heading, and the nested sections; a skipped level does not count."""
    introduction: list[Block] = []
    top: list[Section] = []
    open_sections: list[tuple[int, Section]] = []
    for block in blocks:
        if block.type != "heading":
            (open_sections[-1][1].blocks if open_sections else introduction).append(block)
            continue
        level = block.level or 1
        while open_sections and open_sections[-1][0] >= level:
            open_sections.pop()
        section = Section(block.text, level=len(open_sections) + 1)
        (open_sections[-1][1].sections if open_sections else top).append(section)
        open_sections.append((level, section))
    return introduction, top


def _proposed_title(heading_texts: list[str], introduction: list[Block]) -> str:
    title = titles.title_from_letter(introduction) or titles.title_from_headings(heading_texts)
    if title:
        return title
    if introduction:
        return titles.title_from_opening(introduction[0].text)
    return numbering.without_number(heading_texts[0]) if heading_texts else ""


def attach_footnotes(outline: Outline) -> None:
    """Move every footnote to the end of the section that refers to it; one without a reference stays."""
    block_lists = [outline.blocks, *(section.blocks for section in outline.walk())]
    referring: dict[str, list[Block]] = {}
    for blocks in block_lists:
        for block in blocks:
            if block.type != "footnote":
                for name in FOOTNOTE_LINK.findall(block.html):
                    referring.setdefault(name, blocks)
    moved: list[tuple[list[Block], Block]] = []
    for blocks in block_lists:
        kept = []
        for block in blocks:
            match = FOOTNOTE_ID.search(block.html) if block.type == "footnote" else None
            if match and match[1] in referring:
                moved.append((referring[match[1]], block))
            else:
                kept.append(block)
        blocks[:] = kept
    for target, footnote in moved:
        target.append(footnote)


def propose_kinds(sections: list[Section]) -> None:
    """Set `kind` on the top-level sections and all below them."""
    for section in sections:
        section.kind = CASE_STUDY if _is_case_study(section) else LESSON
        _propose_subsections(section, is_long=section.word_count() > LONG_PARENT)


def _propose_subsections(parent: Section, is_long: bool) -> None:
    """Set the kind of the sections below `parent`.

    Those of "Case studies of …" are case studies; long ones of a long parent become lessons; the others stay sections.
    """
    has_case_studies = bool(CASE_STUDY_HEADING.search(parent.heading)) and parent.kind != CASE_STUDY
    for section in parent.sections:
        if has_case_studies or (_is_case_study(section) and parent.kind == LESSON):
            section.kind = CASE_STUDY
        elif is_long and section.word_count() > LONG_SECTION and parent.kind == LESSON:
            section.kind = LESSON
        else:
            section.kind = SECTION
        _propose_subsections(section, is_long=False)


def _is_case_study(section: Section) -> bool:
    return bool(CASE_STUDY_HEADING.search(section.heading)) and not section.sections
