"""Plain text: one paragraph, heading or list item per line, or hard-wrapped lines with breaks between paragraphs."""

import re
from itertools import pairwise

from lessons.importing.document import Block, ParsedArticle, list_block, paragraph_block, table_block
from lessons.importing.readers import list_markers, markdown
from lessons.importing.text_formulas import with_formulas

LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
INVISIBLE = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), 0x7F, 0xFEFF])
MARKDOWN_HEADING = re.compile(r"#{1,6} \S")
MARKDOWN_UNDERLINE = re.compile(r"(={4,}|-{4,})\s*")
RULE = re.compile(r"\s*([-=_*~#–—]\s*){3,}")
MAX_WRAP_WIDTH = 100
SENTENCE_END = tuple(".!?:;…”\"'’)")


def read(text: str) -> ParsedArticle:
    """Return blocks of type paragraph, list and table; headings are found by the outline. Markdown is recognised."""
    lines = LINE_ENDS.split(text.translate(INVISIBLE))
    if _is_markdown(lines):
        return markdown.read("\n".join(lines))
    blocks = _blocks(_join_lone_markers(_join_wrapped_lines(lines)))
    return ParsedArticle(with_formulas(blocks), source=text)


def _is_markdown(lines: list[str]) -> bool:
    hashed = sum(1 for line in lines if MARKDOWN_HEADING.match(line))
    underlined = sum(1 for above, line in pairwise(lines) if above.strip() and MARKDOWN_UNDERLINE.fullmatch(line))
    return hashed + underlined >= 2 and "" in lines


def _join_wrapped_lines(lines: list[str]) -> list[str]:
    """Return the lines that are not blank; those of a hard-wrapped paragraph are joined."""
    width = _wrap_width(lines)
    if not width:
        return [line.strip() for line in lines if line.strip()]
    paragraphs: list[list[str]] = []
    previous = ""
    for line in lines:
        if line.strip() and previous and not _is_intended_break(previous, line, width):
            space = "" if previous.endswith(("-", "\xad")) and previous[-2:-1].isalpha() else " "
            paragraphs[-1] += [space, line.strip()]
        elif line.strip():
            paragraphs.append([line.strip()])
        previous = line.strip()
    return ["".join(pieces) for pieces in paragraphs]


def _wrap_width(lines: list[str]) -> int:
    """Return the width at which the text was hard-wrapped; 0 if each line is a paragraph."""
    full = [line.rstrip() for line in lines if len(line.strip()) > 40]
    if len(full) < 3 or max(map(len, full)) > MAX_WRAP_WIDTH:
        return 0
    unfinished = sum(not line.endswith(SENTENCE_END) for line in full)
    return max(map(len, full)) if unfinished * 2 > len(full) else 0


def _is_intended_break(previous: str, line: str, width: int) -> bool:
    """Return whether the first word of `line` would have fitted on `previous`, or `line` starts a list item."""
    is_bullet = list_markers.parse_bullet(line) is not None
    if is_bullet or (list_markers.parse_number(line) and previous.endswith(SENTENCE_END)):
        return True
    would_fit = len(previous) + 1 + len(line.split()[0]) <= width - 8
    return would_fit and not line.strip()[0].islower()


def _join_lone_markers(lines: list[str]) -> list[str]:
    """Join a list marker that is alone on its line with the line after it."""
    joined: list[str] = []
    marker = ""
    for line in lines:
        is_lone = list_markers.parse_bullet(line) == "" or (list_markers.parse_number(line) or ("", "x"))[1] == ""
        if marker and not is_lone:
            joined.append(f"{marker} {line}")
            marker = ""
        elif is_lone:
            joined += [marker] if marker else []
            marker = line
        else:
            joined.append(line)
    return joined + ([marker] if marker else [])


def _blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    start = 0
    while start < len(lines):
        for parse in (_bullet_list, _numbered_list, _table):
            block, end = parse(lines, start)
            if block:
                break
        else:
            block, end = paragraph_block(lines[start]), start + 1
        if not RULE.fullmatch(lines[start]):
            blocks.append(block)
        start = end
    return blocks


def _bullet_list(lines: list[str], start: int) -> tuple[Block | None, int]:
    """Return the list that starts at a line, or None, and the index of the line after it, as the next two do."""
    items: list[str] = []
    while start + len(items) < len(lines) and (item := list_markers.parse_bullet(lines[start + len(items)])):
        items.append(item)
    return (list_block(items) if items else None), start + len(items)


def _numbered_list(lines: list[str], start: int) -> tuple[Block | None, int]:
    """Take lines that are numbered in sequence; a single number is that of a heading, or part of the text."""
    first = list_markers.parse_number(lines[start])
    if not first:
        return None, start
    items = [first]
    while start + len(items) < len(lines):
        following = list_markers.parse_number(lines[start + len(items)])
        if not following or not following[1] or not list_markers.is_next_marker(items[-1][0], following[0]):
            break
        items.append(following)
    if len(items) < 2:
        return None, start
    return list_block([text for _number, text in items], [number for number, _text in items]), start + len(items)


def _table(lines: list[str], start: int) -> tuple[Block | None, int]:
    """Take lines with the same number of tabs: a table as a web page puts it on the clipboard."""
    tabs = lines[start].count("\t")
    rows: list[list[str]] = []
    while tabs and start + len(rows) < len(lines) and lines[start + len(rows)].count("\t") == tabs:
        rows.append([cell.strip() for cell in lines[start + len(rows)].split("\t")])
    return (table_block(rows) if len(rows) > 1 else None), start + len(rows)
