"""Make paragraphs from lines: join wrapped lines, keep lines of verse, and separate headings from text below."""

import re
from collections.abc import Iterable
from itertools import pairwise

from lessons.importing.document import Block, element, list_block, paragraph_block, table_block
from lessons.importing.readers import list_markers
from lessons.importing.readers.plain_text.footnotes import is_definition
from lessons.importing.readers.plain_text.layout import RAGGED, Layout, is_verse
from lessons.importing.readers.plain_text.lines import UNFINISHED_ENDS, Line, fits, join_lines
from lessons.markup.scripts import count_words

SHORT = 60  # columns of a line of verse, an address, a list without markers
MAX_VERSE = 80  # columns
MANY = 20  # one in so many lines of verse may be longer
MAX_ENDED = 0.45  # the maximum share of lines of verse that end a sentence
SPEAKER = re.compile(r"_?[A-ZÀ-Þ][\w’']{0,12}(?: [A-ZÀ-Þ][\w’']{0,12})?\._?")
MAX_SHARE = 0.8  # of the width: longer lines of a wrapped text are prose
APART = 0.75
NUMBER_WORDS = {
    word: n
    for n, words in enumerate(
        ["two zwei deux dos due duas", "three drei trois tres tre três", "four vier quatre cuatro quattro quatro",
         "five fünf cinq cinco cinque", "six sechs seis sei", "seven sieben sept siete sette sete",
         "eight acht huit ocho otto oito", "nine neun neuf nueve nove", "ten zehn dix diez dieci dez"], 2)
    for word in words.split()
}  # fmt: skip
NUMBER = re.compile(r"[^\W\d_]+|\b\d{1,2}\b")
COLONS = (":", "：")
LINE_BREAK = element("br")
# "Article 5": its title may be on the next line.
LABEL = re.compile(r"(?:[^\W\d_]+\.?\s|§\s*)(?:\d{1,3}|[IVXLC]{1,7}|[ivxlc]{1,7})[.:]?")
LABELLED = re.compile(r"[^:：]{1,30}[:：]\s*\S.*")
# "Exam 60 %", "Monday 9–5": what is weighed, priced or timed.
VALUED = re.compile(r"[^\W\d_].*\d\s?(?:[%€$£]|[a-z]{1,6}\.?)?")
COLUMNS = re.compile(r"\s{4,}")
MIN_LINES = 4  # of verse in a text without blank lines between paragraphs
MAX_TITLE_LINES = 4
MAX_TIMES, UNEVEN = 2, 1.5
TITLE_SHARE = 0.6  # of the usual width of the verses below a title
MIN_LEAD_IN = 3  # words before a colon that announces a list


def paragraphs(chunk: list[Line], layout: Layout, *, is_first: bool = False) -> list[tuple[Line, Block]]:
    """Return the paragraphs of consecutive non-blank lines, each with its first line.

    is_first: the text begins with them, so that they may be its title and front matter.
    """
    if len(chunk) > 1 and chunk[0].text.endswith(COLONS) and chunk[0].width <= SHORT:
        return _below_colon(chunk, layout)
    if 1 < len(chunk) <= MAX_TITLE_LINES and LABEL.fullmatch(chunk[0].text):
        return [(chunk[0], _line_block(chunk[0])), *paragraphs(chunk[1:], layout)]
    if not is_definition(chunk[0].text) and _are_lines(chunk, layout):
        if is_first and len(chunk) <= MAX_TITLE_LINES:
            return [(line, _line_block(line)) for line in chunk]
        if is_first and not layout.blank_lines and _is_title(chunk):
            return [(chunk[0], _line_block(chunk[0])), (chunk[1], lines_block(chunk[1:]))]
        if _is_above_labels(chunk):
            return [(chunk[0], _line_block(chunk[0])), (chunk[1], lines_block(chunk[1:]))]
        return [(chunk[0], lines_block(chunk))]
    return _with_lists(_parts(chunk, layout), layout)


def _is_above_labels(chunk: list[Line]) -> bool:
    """Return whether a line stands above lines such as "Mass: 46 g" or "Exam 60 %"."""
    first, *rest = chunk
    if first.ends_sentence or first.text.endswith(UNFINISHED_ENDS) or len(rest) < 2:
        return False
    return any(
        not pattern.fullmatch(first.text) and all(pattern.fullmatch(line.text) for line in rest)
        for pattern in (LABELLED, VALUED)
    )


def _is_title(chunk: list[Line]) -> bool:
    """Return whether the first of the lines of a poem is its title."""
    widths = sorted(line.width for line in chunk)
    first = chunk[0]
    is_open = first.ends_sentence or first.text.endswith(UNFINISHED_ENDS)
    return not is_open and first.width <= TITLE_SHARE * widths[len(widths) // 2]


def _parts(chunk: list[Line], layout: Layout) -> list[list[Line]]:
    """Return the lines of each paragraph."""
    parts: list[list[Line]] = [[chunk[0]]]
    is_prose = not layout.width and layout.blank_lines and _is_ragged_prose(chunk)
    for n in range(1, len(chunk)):
        before, line = chunk[n - 1], chunk[n]
        is_top = n == len(parts)  # all lines before are headings
        is_break = is_top and _is_apart(before, line, layout) if is_prose else _is_break(chunk, n, layout, is_top)
        if is_break:
            parts.append([line])
        else:
            parts[-1].append(line)
    return parts


def _below_colon(chunk: list[Line], layout: Layout) -> list[tuple[Line, Block]]:
    """Return a short line that ends in a colon, and the lines below it, which are a list if they are short."""
    first, rest = (chunk[0], _line_block(chunk[0])), chunk[1:]
    is_list = (
        len(rest) > 1 and layout.blank_lines and all(one.width <= SHORT and not one.ends_sentence for one in rest)
    )
    if is_list and not any(one.starts_lower for one in rest[1:]):
        return [first, (rest[0], list_block([one.single_spaced for one in rest]))]
    return _with_lists([[chunk[0]], *_parts(rest, layout)], layout)


def lines_block(chunk: list[Line]) -> Block:
    """Return a paragraph that keeps its line breaks: verse, an address, labels with values."""
    texts = [line.single_spaced for line in chunk]
    children: list[str] = []
    for text in texts:
        children += [LINE_BREAK, text] if children else [text]
    return Block("paragraph", " ".join(texts), element("p", *children))


def _line_block(line: Line) -> Block:
    """Return a paragraph of one line, or a table row if it has wide gaps, as at the top of a report."""
    cells = COLUMNS.split(line.text)
    return table_block([cells]) if len(cells) > 1 else paragraph_block(line.single_spaced)


def _are_lines(chunk: list[Line], layout: Layout) -> bool:
    """Return whether the lines are not prose: short, although the next word would fit, each starting a new line."""
    if len(chunk) < (2 if layout.blank_lines else MIN_LINES):
        return False
    pairs = list(pairwise(chunk))
    ended = sum(line.text.endswith((".", "。")) for line in chunk)
    long = sum(line.width > MAX_VERSE for line in chunk)
    if is_verse(pairs) and MAX_ENDED * len(chunk) >= ended and MANY * long <= len(chunk):
        return layout.blank_lines or _are_alike(chunk)
    if layout.verse and layout.blank_lines and not long:
        return not _is_ragged_prose(chunk[1:])
    width = layout.width or SHORT
    lower = sum(b.starts_lower for _a, b in pairs)
    longest = max(line.width - chunk[0].indent for line in chunk)
    if not layout.blank_lines or longest > (MAX_SHARE * width if layout.width else SHORT) or 2 * lower > len(pairs):
        return False
    if len(chunk) == 2 and not chunk[0].ends_sentence and chunk[1].ends_sentence:
        return False
    if not layout.width:
        is_speech = SPEAKER.fullmatch(chunk[0].text) is not None
        return is_speech or (len(chunk) > 2 and 2 * ended <= len(chunk))
    return 5 * sum(fits(a, b, width - RAGGED) for a, b in pairs) >= 3 * len(pairs)


def _are_alike(chunk: list[Line]) -> bool:
    """Return whether lines are about as long as each other, as those of verse, and not headings above paragraphs."""
    widths = sorted(line.width for line in chunk)
    ended = [line.width for line in chunk if line.ends_sentence]
    others = [line.width for line in chunk if not line.ends_sentence]
    is_even = not ended or not others or sum(ended) * len(others) <= UNEVEN * sum(others) * len(ended)
    return is_even and widths[-1] <= MAX_TIMES * widths[len(widths) // 2]


def _is_ragged_prose(chunk: list[Line]) -> bool:
    """Return whether manually broken lines are prose: most continue with a lower-case letter."""
    return len(chunk) > 1 and 2 * sum(line.starts_lower for line in chunk[1:]) >= len(chunk) - 1


def _is_break(chunk: list[Line], n: int, layout: Layout, is_top: bool) -> bool:
    before, line = chunk[n - 1], chunk[n]
    if not layout.width:
        return True
    is_note = is_definition(line.text) and (before.ends_sentence or is_definition(before.text))
    if is_note or (list_markers.parse_number(line.text) and before.ends_sentence):
        return True
    if line.indent > before.indent and (layout.first_indents or n > 1) and before.ends_sentence:
        return True
    if before.text.endswith(COLONS) and fits(before, line, layout.width - RAGGED):
        return True
    if layout.blank_lines:
        return is_top and _is_apart(before, line, layout)
    if layout.first_indents and before.width > MAX_SHARE * layout.width:
        return False
    return fits(before, line, layout.width - RAGGED) and not line.starts_lower


def _is_apart(line: Line, following: Line, layout: Layout) -> bool:
    """Return whether the first line of a paragraph is a heading: short, although the next word would have fitted."""
    if following.starts_lower or line.text.endswith(UNFINISHED_ENDS):
        return False
    if line.ends_sentence and not line.text.endswith(("?", "？", *COLONS)):
        return False
    if not layout.width:
        return line.width <= SHORT and following.width > line.width + RAGGED
    return line.width <= APART * layout.width and fits(line, following, layout.width - RAGGED)


def _with_lists(parts: list[list[Line]], layout: Layout) -> list[tuple[Line, Block]]:
    """Return the parts as paragraphs; short lines after "There are three kinds:" as a list."""
    blocks: list[tuple[Line, Block]] = []
    n = 0
    while n < len(parts):
        text = join_lines(parts[n], layout.compounds)
        blocks.append((parts[n][0], paragraph_block(text) if len(parts[n]) > 1 else _line_block(parts[n][0])))
        n += 1
        count = (
            announced_items(text, map(parts.__getitem__, range(n, len(parts))), len(parts) - n)
            if text.endswith(COLONS)
            else 0
        )
        if count:
            items = [join_lines(part) for part in parts[n : n + count]]
            blocks.append((parts[n][0], list_block(items)))
            n += count
    return blocks


def announced_items(text: str, following: Iterable[list[Line]], count: int) -> int:
    """Return how many of the paragraphs after a colon are list items: the announced number, or all if all look so.

    count: how many paragraphs follow.
    """
    if count_words(text) < MIN_LEAD_IN:
        return 0
    short = 0
    for part in following:
        if len(part) > 1 or part[0].width > SHORT or part[0].ends_sentence:
            break
        short += 1
    words = [word.casefold() for word in NUMBER.findall(text)]
    announced = next(
        (NUMBER_WORDS.get(w) or (int(w) if w.isdigit() else 0) for w in words if w in NUMBER_WORDS or w.isdigit()), 0
    )
    if announced >= 2 and announced <= short:
        return announced
    return short if short >= 2 and short == count else 0
