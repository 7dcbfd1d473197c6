"""Define the lines of a plain text, with their measures, and join them to paragraphs."""

import re
from dataclasses import dataclass, field

from lessons.markup.characters import UNSTORABLE
from lessons.markup.scripts import CLOSING_MARKS, FULL_STOPS, QUESTION_MARKS, display_width, is_unspaced

LINE_ENDS = re.compile(r"\r\n|[\r\n\v\x1c-\x1e\x85\u2028\u2029]")
TAB_WIDTH = 8
SENTENCE_ENDS = tuple(FULL_STOPS + QUESTION_MARKS + ":;：；")
UNFINISHED_ENDS = tuple(",-–—(«“‘„，、（「")
SOFT_HYPHEN = "\xad"
LAST_LETTERS = re.compile(r"([^\W\d_]{1,40})[-‐]$")
FIRST_LETTERS = re.compile(r"[^\W\d_]+")
# Prefixes after which a hyphen at the end of a line is kept.
BEFORE_HYPHEN = set(
    "well self non half ex semi all full high low long short old new so by anti pre post co vice two three four five "
    "six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety first second third cross".split()
)


@dataclass(slots=True)
class Line:
    """A line of the input. number: its index. page: the number of form feeds before it. indent, width: in columns.

    text: without leading and trailing white space.
    """

    number: int
    raw: str
    page: int = 0
    text: str = field(init=False)
    indent: int = field(init=False)
    width: int = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.raw.strip()
        leading = self.raw[: len(self.raw) - len(self.raw.lstrip())]
        self.indent = display_width(leading.expandtabs(TAB_WIDTH)) if leading and self.text else 0
        self.width = self.indent + display_width(self.text)

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def ends_sentence(self) -> bool:
        return self.text.rstrip(CLOSING_MARKS).endswith(SENTENCE_ENDS)

    @property
    def starts_lower(self) -> bool:
        first = self.text.lstrip("“‘«\"'(")[:1]
        return first.islower()

    @property
    def first_word_width(self) -> int:
        """Return the columns that the first word of the line, and a space, would need on the previous line."""
        return 2 if is_unspaced(self.text[0]) else display_width(self.text.split(maxsplit=1)[0])

    @property
    def single_spaced(self) -> str:
        return " ".join(self.text.split())


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text, including blank ones; a form feed ends a line and a page."""
    lines: list[Line] = []
    for page, content in enumerate(UNSTORABLE.sub("", text.replace("\ufeff", "")).split("\f")):
        lines += [Line(len(lines) + n, raw, page) for n, raw in enumerate(LINE_ENDS.split(content))]
    return lines


def fits(line: Line, following: Line, width: int) -> bool:
    """Return whether the first word of the following line would have fitted on the line."""
    return line.width + 1 + following.first_word_width <= width


def join_lines(lines: list[Line], compounds: frozenset[str] | None = None) -> str:
    """Return the lines as one paragraph. compounds: as in `Layout`."""
    pieces = [lines[0].single_spaced]
    for line in lines[1:]:
        before, text = pieces[-1], line.single_spaced
        has_hyphen = before.endswith("-") and before[-2:-1].isalpha()
        is_soft = compounds is not None and is_divided(before, text) and not _is_compound(before, text, compounds)
        if before.endswith(SOFT_HYPHEN) or is_soft:
            pieces[-1] = before[:-1]
        elif not has_hyphen and not (is_unspaced(before[-1]) and is_unspaced(text[0])):
            pieces.append(" ")
        pieces.append(text)
    return "".join(pieces)


def _is_compound(before: str, after: str, compounds: frozenset[str]) -> bool:
    """Return whether the hyphen between two lines belongs to the word."""
    first, second = LAST_LETTERS.search(before), FIRST_LETTERS.match(after)
    if not first or not second:
        return True
    word = f"{first[1]}-{second[0]}".casefold()
    return word in compounds or first[1].casefold() in BEFORE_HYPHEN


def is_divided(before: str, after: str) -> bool:
    """Return whether a word may be divided between two lines: a letter and a hyphen, then a lower-case letter."""
    return before.endswith(("-", "‐")) and before[-2:-1].isalpha() and after[:1].islower()
