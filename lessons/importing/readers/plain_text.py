"""Plain text: one paragraph, heading or list item a line, or lines wrapped by hand with breaks between paragraphs."""

import re
from itertools import pairwise

from lessons.importing.document import Block, ParsedArticle, list_block, paragraph_block, table_block
from lessons.importing.readers import list_markers, markdown

LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
INVISIBLE = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), 0x7F, 0xFEFF])
MARKDOWN_HEADING = re.compile(r"#{1,6} \S")
MARKDOWN_UNDERLINE = re.compile(r"(={4,}|-{4,})\s*")
RULE = re.compile(r"\s*([-=_*~#–—]\s*){3,}")
MAX_WRAP_WIDTH = 100
SENTENCE_END = tuple(".!?:;…”\"'’)")


def read(text: str) -> ParsedArticle:
    """Blocks of type paragraph, list and table; headings are found by the outline. Markdown is recognised."""
    lines = LINE_ENDS.split(text.translate(INVISIBLE))
    if _is_markdown(lines):
        return markdown.read("\n".join(lines))
    return ParsedArticle(_blocks(_with_marks_joined(_join_wrapped_lines(lines))), source=text)


def _is_markdown(lines: list[str]) -> bool:
    marked = sum(1 for line in lines if MARKDOWN_HEADING.match(line))
    underlined = sum(1 for above, line in pairwise(lines) if above.strip() and MARKDOWN_UNDERLINE.fullmatch(line))
    return marked + underlined >= 2 and "" in lines


def _join_wrapped_lines(lines: list[str]) -> list[str]:
    """Lines without the blank ones; those that were wrapped by hand are joined again."""
    width = _wrap_width(lines)
    if not width:
        return [line.strip() for line in lines if line.strip()]
    joined: list[str] = []
    last = ""
    for line in lines:
        if line.strip() and last and not _is_intended_break(last, line, width):
            glue = "" if last.endswith(("-", "\xad")) and last[-2:-1].isalpha() else " "
            joined[-1] = joined[-1] + glue + line.strip()
        elif line.strip():
            joined.append(line.strip())
        last = line.strip()
    return joined


def _wrap_width(lines: list[str]) -> int:
    """The width at which the text was wrapped by hand; 0 where each line is a paragraph."""
    full = [line.rstrip() for line in lines if len(line.strip()) > 40]
    if len(full) < 3 or max(map(len, full)) > MAX_WRAP_WIDTH:
        return 0
    unfinished = sum(not line.endswith(SENTENCE_END) for line in full)
    return max(map(len, full)) if unfinished * 2 > len(full) else 0


def _is_intended_break(last: str, line: str, width: int) -> bool:
    """Whether the first word of `line` would still have stood behind `last`, or `line` begins something new."""
    if list_markers.parse_bullet(line) is not None or (
        list_markers.parse_number(line) and last.endswith(SENTENCE_END)
    ):
        return True
    room = len(last) + 1 + len(line.split()[0]) <= width - 8
    return room and not line.strip()[0].islower()


def _with_marks_joined(lines: list[str]) -> list[str]:
    """A list mark alone on its line goes before the line that follows."""
    joined: list[str] = []
    waiting = ""
    for line in lines:
        alone = list_markers.parse_bullet(line) == "" or (list_markers.parse_number(line) or ("", "x"))[1] == ""
        if waiting and not alone:
            joined.append(f"{waiting} {line}")
            waiting = ""
        elif alone:
            joined += [waiting] if waiting else []
            waiting = line
        else:
            joined.append(line)
    return joined + ([waiting] if waiting else [])


def _blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        for take in (_bullets, _numbers, _rows):
            block, after = take(lines, at)
            if block:
                break
        else:
            block, after = paragraph_block(lines[at]), at + 1
        if not RULE.fullmatch(lines[at]):
            blocks.append(block)
        at = after
    return blocks


def _bullets(lines: list[str], at: int) -> tuple[Block | None, int]:
    items = []
    while at < len(lines) and (item := list_markers.parse_bullet(lines[at])):
        items.append(item)
        at += 1
    return (list_block(items) if items else None), at


def _numbers(lines: list[str], at: int) -> tuple[Block | None, int]:
    """Lines numbered one after the other; a number on its own is a heading's, or belongs to the text."""
    found = [list_markers.parse_number(lines[at])]
    while found[-1] and at + len(found) < len(lines):
        further = list_markers.parse_number(lines[at + len(found)])
        if not further or not further[1] or not list_markers.is_next_marker(found[-1][0], further[0]):
            break
        found.append(further)
    if len(found) < 2:
        return None, at
    return list_block([item for _n, item in found], [number for number, _i in found]), at + len(found)


def _rows(lines: list[str], at: int) -> tuple[Block | None, int]:
    """Lines with the same number of tabs: a table as a web page puts it on the clipboard."""
    tabs, rows = lines[at].count("\t"), []
    while tabs and at < len(lines) and lines[at].count("\t") == tabs:
        rows.append([cell.strip() for cell in lines[at].split("\t")])
        at += 1
    return (table_block(rows) if len(rows) > 1 else None), at
