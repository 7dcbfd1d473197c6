"""Find code, drawings and tables in a plain text, where spaces are significant."""

import re

from lessons.importing.document import Block, element, table_block
from lessons.importing.readers.plain_text.lines import TAB_WIDTH, Line

MIN_INDENT = 4
FENCE = re.compile(r"(?P<marks>`{3,}|~{3,})[ \t]*(?P<language>[\w+#.-]{0,40})")
CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(?:#|//|/\*|\$ |>>> |\.\.\. |@\w+$|</?\w)|[=!<>]=|[-=]>|::|&&|\|\||\+\+|\w\(\)|"
    r"\w\([\w\"', =.]*\)\s*[:;{]?$|"
    r"^\s*(?:def|class|import|from|for|if|elif|else|while|return|let|var|const|function|public|private|static|void|"
    r"int|print|sudo|try|except|end|select|insert|export|echo|cd|git|pip|npm)\b.*[({:;=)\[\"'/]|"
    r"^\s*(?:\w+\s+)?\w[\w.\[\]]*\s*[-+*/]?=\s*\S|"
    r"^\s*[\w.-]+\s*:\s*[\[{\"']",
    re.IGNORECASE,
)
DATA_LINE = re.compile(r"[\w.\"'-]{1,60}\s?:(?:\s|$)|- \S")
ART = frozenset("+-|/\\_=*<>^~#@.:'`()[]{}│─┌┐└┘├┤┬┴┼═║╔╗╚╝░▒▓█")
ART_SHARE = 0.4
RULE_SIGNS = frozenset(" \t+|:=_─-")
PIPE = re.compile(r"\s*\|.*\|\s*$")
INNER_PIPE = re.compile(r"[^|\s][^|]* \| [^|]")
GAP = re.compile(r"(?<=[.?!:;,])\s{3,}|(?<![.?!:;,\s])\s{2,}|\t+")
MIN_ROWS = 2
MAX_DRAWING = 300  # lines
MAX_SCALE_DIGITS = 3  # of a number


def code_block(lines: list[Line], language: str = "") -> Block:
    """Return a block of code: the lines without their common indentation."""
    raws = [line.raw.expandtabs(TAB_WIDTH).rstrip() for line in lines]
    margin = min(len(raw) - len(raw.lstrip()) for raw in raws if raw)
    text = "\n".join(raw[margin:] for raw in raws)
    attributes = {"class_": f"language-{language}"} if language else {}
    return Block("code", text, element("pre", element("code", text, **attributes)))


def code_end(lines: list[Line], start: int, indent: int) -> int:
    """Return where indented code or a drawing that starts at a line ends; `start` if none starts there.

    Blank lines belong to it if more of it follows. indent: that of the text.
    """
    end = _paragraph_end(lines, start)
    if lines[start].indent < indent + MIN_INDENT:
        is_start = is_drawing(lines[start : start + 1]) or _is_rule(lines[start]) or _is_scale(lines[start])
        return end if is_start and end - start > 1 and is_drawing(lines[start:end]) else start
    deep = next((n for n in range(start, end) if lines[n].indent < indent + MIN_INDENT), end)
    is_announced = _is_announced(lines, start)
    if deep < end and not (is_announced and _is_certainly_code(lines[start:deep])):
        return start
    end = deep
    if not _is_code(lines[start:end], is_announced=is_announced):
        return start
    if deep < len(lines) and lines[deep]:
        return end
    n = end
    while n < len(lines) and (not lines[n] or lines[n].indent >= indent + MIN_INDENT):
        end = n + 1 if lines[n] else end
        n += 1
    return end


def fenced_code(lines: list[Line], start: int) -> tuple[Block | None, int]:
    """Return the code between two lines of three backticks or tildes, as in Markdown, and the line after them."""
    fence = FENCE.fullmatch(lines[start].text)
    if not fence:
        return None, start
    end = next((n for n in range(start + 1, len(lines)) if lines[n].text.startswith(fence["marks"])), len(lines))
    if end == len(lines) or lines[end].text.strip(fence["marks"][0]) or not any(lines[start + 1 : end]):
        return None, start
    return code_block(lines[start + 1 : end], fence["language"].lower()), end + 1


def _paragraph_end(lines: list[Line], start: int) -> int:
    end = start
    while end < min(len(lines), start + MAX_DRAWING) and lines[end]:
        end += 1
    return end


def _is_announced(lines: list[Line], start: int) -> bool:
    """Return whether the text above a line ends in a colon."""
    above = next((line for line in reversed(lines[max(0, start - 3) : start]) if line), None)
    return above is not None and above.text.endswith((":", "："))


def _is_code(lines: list[Line], *, is_announced: bool) -> bool:
    marked = _count_marked(lines)
    if 2 * marked >= len(lines) or (len(lines) > 1 and is_drawing(lines)):
        return True
    is_prose = any(line.text.endswith((".", ",", "!", "?")) for line in lines)
    return len(lines) > 1 and not is_prose and (_is_data(lines) or (is_announced and marked > 0))


def _is_certainly_code(lines: list[Line]) -> bool:
    return len(lines) > 1 and _count_marked(lines) == len(lines)


def _count_marked(lines: list[Line]) -> int:
    return sum(CODE_LINE.search(line.raw) is not None for line in lines)


def _is_data(lines: list[Line]) -> bool:
    """Return whether lines are keys with values, one below another, as in YAML."""
    is_nested = len({line.indent for line in lines}) > 1
    return is_nested and all(DATA_LINE.match(line.text) for line in lines)


def is_drawing(lines: list[Line]) -> bool:
    """Return whether most characters are strokes: a box, a diagram, a curve."""
    signs = "".join(line.text.replace(" ", "") for line in lines)
    strokes = sum(c in ART for c in signs)
    return strokes > ART_SHARE * len(signs) and len(set(signs) & ART) > 1 and not all(_is_rule(line) for line in lines)


def _is_rule(line: Line) -> bool:
    return RULE_SIGNS.issuperset(line.text) and any(run in line.text for run in ("--", "==", "──"))


def _is_scale(line: Line) -> bool:
    """Return whether a line numbers columns, as above a diagram of a message's bits."""
    numbers = line.text.split()
    return all(number.isdecimal() and len(number) <= MAX_SCALE_DIGITS for number in numbers)


def table(lines: list[Line], start: int) -> tuple[Block | None, int]:
    """Return the table that starts at a line, or None, and the index of the line after it."""
    for parse in (_tabbed, _aligned):
        block, end = parse(lines, start)
        if block:
            return block, end
    return None, start


def _tabbed(lines: list[Line], start: int) -> tuple[Block | None, int]:
    """Parse lines with the same number of tabs: a table copied from a web page."""
    tabs = lines[start].text.count("\t")
    rows: list[list[str]] = []
    while tabs and start + len(rows) < len(lines) and lines[start + len(rows)].text.count("\t") == tabs:
        rows.append([cell.strip() for cell in lines[start + len(rows)].text.split("\t")])
    return (table_block(rows) if len(rows) > 1 else None), start + len(rows)


def ruled_table(lines: list[Line], start: int) -> tuple[Block | None, int]:
    """Parse lines between vertical bars, `| a | b |`, and the rules among them; or three lines such as `a | b`."""
    rows: list[list[str]] = []
    end = start
    while end < len(lines) and lines[end]:
        if not _is_rule(lines[end]):
            cells = [cell.strip() for cell in lines[end].text.strip("| ").split("|")]
            if not (PIPE.match(lines[end].text) or INNER_PIPE.match(lines[end].text)) or (
                rows and len(cells) != len(rows[0])
            ):
                break
            rows.append(cells)
        end += 1
    is_ruled = PIPE.match(lines[start].text) or len(rows) < end - start
    if not is_ruled and any(line.ends_sentence for line in lines[start:end]):
        return None, start
    return (table_block(rows), end) if len(rows) >= MIN_ROWS + (not is_ruled) and len(rows[0]) > 1 else (None, start)


def _aligned(lines: list[Line], start: int) -> tuple[Block | None, int]:
    """Parse lines with the same number of aligned cells, at least two spaces apart."""
    count = len(GAP.split(lines[start].text))
    rows: list[tuple[Line, list[str]]] = []
    end = start
    while count > 1 and end < len(lines) and lines[end]:
        cells = GAP.split(lines[end].text)
        if not _is_rule(lines[end]):
            if len(cells) != count:
                break
            rows.append((lines[end], cells))
        end += 1
    if len(rows) < (MIN_ROWS if len(rows) < end - start else MIN_ROWS + 1):
        return None, start
    starts = [_starts(line, cells) for line, cells in rows]
    ends = [
        [at + len(cell) for at, cell in zip(row, cells, strict=True)]
        for row, (_l, cells) in zip(starts, rows, strict=True)
    ]
    is_aligned = all(min(len({row[n] for row in edges}) for edges in (starts, ends)) <= 2 for n in range(1, count))
    return (table_block([cells for _line, cells in rows]), end) if is_aligned else (None, start)


def _starts(line: Line, cells: list[str]) -> list[int]:
    text, starts, offset = line.raw.expandtabs(TAB_WIDTH), [], 0
    for cell in cells:
        offset = max(0, text.find(cell, offset))
        starts.append(offset)
        offset += len(cell)
    return starts
