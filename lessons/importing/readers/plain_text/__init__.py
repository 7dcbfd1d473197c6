"""Read plain text, with or without hard-wrapped lines, with lists, tables, code, quotes and footnotes."""

import re

from lessons.importing.document import Block, Omission, ParsedArticle, element
from lessons.importing.readers import list_markers, markdown
from lessons.importing.readers.plain_text import contents, pages, preformatted
from lessons.importing.readers.plain_text.boilerplate import remove_boilerplate
from lessons.importing.readers.plain_text.footnotes import with_footnotes
from lessons.importing.readers.plain_text.layout import RAGGED, Layout, recognise_layout
from lessons.importing.readers.plain_text.lines import Line, fits, join_lines, split_lines
from lessons.importing.readers.plain_text.lists import parse_definitions, parse_list, parse_marker
from lessons.importing.readers.plain_text.paragraphs import paragraphs
from lessons.importing.readers.plain_text.underlines import MarkedHeadings, mark_headings
from lessons.importing.text_formulas import with_formulas

MARKDOWN_HEADING = re.compile(r"#{1,6} \S")
RULE = re.compile(r"(?:[-=_*~#–—·•+]\s*+){3,}+")
# A letter used as a bullet, and the name of a language above code, are not words of the text.
NO_WORDS = re.compile(r"(?m)^[ \t]*+(?:o(?=[ \t]{2})|(?:```|~~~)[`~]*+[ \t]*+[\w+#.-]{1,40}[ \t]*+$)")
QUOTE = re.compile(r"((?:>\s?)+)(.*)")


def read(text: str) -> ParsedArticle:
    """Read a text. Headings that it does not mark are left to the outline. Markdown is recognised."""
    lines = split_lines(text)
    if _is_markdown(lines):
        return markdown.read("\n".join(line.raw for line in lines))
    book, boilerplate = remove_boilerplate(lines)
    cleaned = pages.remove_running_headers(book)
    kept, table_of_contents, entries = contents.remove_contents(cleaned.lines)
    removed = [*boilerplate, *cleaned.removed, *([table_of_contents] if table_of_contents else [])]
    removed.sort(key=lambda one: one.number)
    marked = mark_headings(kept)
    title, placed = _blocks(kept, marked)
    blocks = with_footnotes(with_formulas([block for _number, block in placed]))
    positions = pages.positions(removed, [number for number, _block in placed])
    omissions = [
        Omission(one.text, one.reason, position=position) for one, position in zip(removed, positions, strict=True)
    ]
    return ParsedArticle(blocks, NO_WORDS.sub("", text), title, omissions, contents=entries)


def _is_markdown(lines: list[Line]) -> bool:
    hashed = sum(1 for line in lines if MARKDOWN_HEADING.match(line.raw))
    return hashed >= 2 and not all(lines)


def _blocks(lines: list[Line], marked: MarkedHeadings) -> tuple[str, list[tuple[int, Block]]]:
    """Return the title, if marked, and the blocks, each with the number of its first line."""
    layout = recognise_layout([line for line in lines if line.number not in marked.skipped])
    placed: list[tuple[int, Block]] = []
    start = 0
    while start < len(lines):
        line = lines[start]
        if line.number in marked.levels:
            placed.append((line.number, Block("heading", marked.texts[line.number], level=marked.levels[line.number])))
            start += 1
        elif not line or line.number in marked.skipped:
            start += 1
        else:
            blocks, start = _parse(lines, start, layout, marked, is_first=not placed)
            placed += [(first.number, block) for first, block in blocks]
    return marked.title, placed


def _parse(
    lines: list[Line], start: int, layout: Layout, marked: MarkedHeadings, *, is_first: bool
) -> tuple[list[tuple[Line, Block]], int]:
    """Return the blocks that start at a line, and the index of the line after them."""
    for parse in (_quote, _fenced, parse_list, _ruled_table, _code, _table, parse_definitions):
        block, end = parse(lines, start, layout)
        if block:
            return [(lines[start], block)], end
    if RULE.fullmatch(lines[start].text):
        return [], start + 1
    end = start + 1
    while end < len(lines) and lines[end] and not _starts_block(lines, end, layout, marked):
        end += 1
    return paragraphs(lines[start:end], layout, is_first=is_first), end


def _starts_block(lines: list[Line], n: int, layout: Layout, marked: MarkedHeadings) -> bool:
    """Return whether something other than a paragraph's next line starts at a line."""
    line, before = lines[n], lines[n - 1]
    if line.number in marked.levels or line.number in marked.skipped or RULE.fullmatch(line.text):
        return True
    if QUOTE.match(line.text) or preformatted.fenced_code(lines, n)[0]:
        return True
    if line.indent >= layout.indent + preformatted.MIN_INDENT > before.indent and before.text.endswith((":", "：")):
        return preformatted.code_end(lines, n, layout.indent) > n
    if "|" in line.text and "|" not in before.text and preformatted.ruled_table(lines, n)[0]:
        return True
    if list_markers.parse_bullet(line.text) is not None:
        is_dash = layout.width and not before.ends_sentence and not fits(before, line, layout.width - RAGGED)
        return not is_dash or _is_followed_by_bullet(lines, n)
    is_number = list_markers.parse_number(line.text) is not None
    if is_number and (not layout.width or before.ends_sentence or fits(before, line, layout.width - RAGGED)):
        return parse_list(lines, n, layout)[0] is not None
    return "\t" in line.text and preformatted.table(lines, n)[0] is not None


def _is_followed_by_bullet(lines: list[Line], n: int) -> bool:
    """Return whether a line after this one, before a blank one, starts with a bullet, too."""
    for line in lines[n + 1 : n + 6]:
        if not line:
            return False
        if line.text[0] == lines[n].text[0] and parse_marker(line):
            return True
    return False


def _quote(lines: list[Line], start: int, layout: Layout) -> tuple[Block | None, int]:
    """Parse lines that start with ">", as in an e-mail."""
    end = start
    paragraphs: list[list[Line]] = [[]]
    depth = ""
    while end < len(lines) and (match := QUOTE.match(lines[end].text)):
        line = Line(lines[end].number, match[2])
        if not line or "".join(match[1].split()) != depth:
            paragraphs.append([])
        depth = "".join(match[1].split())
        paragraphs[-1] += [line] if line else []
        end += 1
    texts = [join_lines(part, layout.compounds) for part in paragraphs if part]
    if not texts:
        return None, start
    return Block("quote", "\n".join(texts), element("blockquote", *(element("p", text) for text in texts))), end


def _fenced(lines: list[Line], start: int, layout: Layout) -> tuple[Block | None, int]:
    return preformatted.fenced_code(lines, start)


def _code(lines: list[Line], start: int, layout: Layout) -> tuple[Block | None, int]:
    end = preformatted.code_end(lines, start, layout.indent)
    return (preformatted.code_block(lines[start:end]), end) if end > start else (None, start)


def _ruled_table(lines: list[Line], start: int, layout: Layout) -> tuple[Block | None, int]:
    return preformatted.ruled_table(lines, start)


def _table(lines: list[Line], start: int, layout: Layout) -> tuple[Block | None, int]:
    return preformatted.table(lines, start)
