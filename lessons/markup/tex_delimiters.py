r"""Pure: find TeX in text: `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and `\begin{…}…\end{…}`.

Prices are not formulas, nor is text in brackets that are just escaped. Linear: a formula has at most MAX_TEX
characters, which limits every search.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_TEX = 2_000
CLOSING = {"$$": "$$", "$": "$", "\\(": "\\)", "\\[": "\\]", "\\\\(": "\\\\)", "\\\\[": "\\\\]"}
OPENING = re.compile(r"\$\$?|\\{1,2}[(\[]|\\begin\{([a-z]{2,12}\*?)\}")
DISPLAYED = {"$$", "\\[", "\\\\["}
ENVIRONMENTS = set("equation align alignat flalign gather multline eqnarray displaymath math".split())
BLANK_LINE = re.compile(r"\n[ \t]*\n")
# Words that are text in TeX: `\text{if}`, and names of commands and environments.
TEXT_COMMAND = re.compile(
    r"\\(?:text[a-z]*|math[a-z]+|mbox|hbox|operatorname\*?|begin|end|label|tag)\s*\{[^{}]*\}|\\[a-zA-Z]+"
)
WORD = re.compile(r"[^\W\d_]{3,}")
# Signs that are rare in prose, and frequent in formulas.
SIGN = re.compile(r"\\[a-zA-Z{}|,;!]|[\^=<>{}]|_[\w{\\]|\w\s*[+*/]\s*\w")
SHORT = re.compile(r"[+\-−]?\w(?:['′]++|,\s*+\w){0,9}|[+\-−]?\d+(?:[.,]\d+)*|[^\w\s]{1,2}")
PRICE = re.compile(r"\d[\d.,]*\+?[kKmMbB]?(?:[\s(/–—-]+[^\W\d_]{2,}|[^\W\d_]{2,}\s|\s*[–—-]\s*$)")


# A command, or a subscript or superscript of more than a letter or digit.
CERTAIN = re.compile(r"\\[a-zA-Z]{2}|\\[,;!{|]|[\w)\]}][\^_](?:\{|\\|-?\w)")


class Formula(NamedTuple):
    """TeX in a text. start, end: of it with its delimiters. display: whether it is a displayed formula."""

    tex: str
    start: int
    end: int
    display: bool


def find_formulas(text: str) -> Iterator[Formula]:
    """Yield the formulas in the text of a page, where a backslash escapes a dollar sign."""
    position = 0
    while opening := OPENING.search(text, position):
        position = opening.end()
        if opening.start() and opening[0][0] == "$" and text[opening.start() - 1] == "\\":
            continue
        if found := formula_at(text, opening.start()):
            yield found
            position = found.end


def is_certain(tex: str) -> bool:
    """Return whether text is almost certainly TeX."""
    return bool(CERTAIN.search(tex))


def formula_at(text: str, start: int) -> Formula | None:
    """Return the formula whose opening delimiter is at `start`, None if there is none."""
    opening = OPENING.match(text, start)
    if opening is None:
        return None
    if opening[1]:
        return _environment(text, start, opening[1])
    return _delimited(text, start, opening[0])


def _environment(text: str, start: int, name: str) -> Formula | None:
    if name.rstrip("*") not in ENVIRONMENTS:
        return None
    closing = f"\\end{{{name}}}"
    end = text.find(closing, start, start + MAX_TEX)
    if end < 0 or BLANK_LINE.search(text, start, end):
        return None
    return Formula(text[start : end + len(closing)], start, end + len(closing), name.rstrip("*") != "math")


def _delimited(text: str, start: int, opening: str) -> Formula | None:
    begin, closing = start + len(opening), CLOSING[opening]
    end = _closing(text, begin, closing)
    if end < 0:
        return None
    tex = text[begin:end]
    if not tex.strip() or BLANK_LINE.search(tex):
        return None
    before, after = text[start - 1 : start], text[end + len(closing) : end + len(closing) + 1]
    if closing[0] == "$" and "$" in (before, after):
        return None
    is_formula = is_between_dollars(tex, before, after) if opening == "$" else is_tex(tex, opening)
    return Formula(tex.strip(), start, end + len(closing), opening in DISPLAYED) if is_formula else None


def _closing(text: str, begin: int, closing: str) -> int:
    """Return the index of the first closing delimiter that is not escaped, -1 if there is none."""
    limit = begin + MAX_TEX
    end = text.find(closing, begin, limit)
    while end > begin and closing[0] == "$" and _is_escaped(text, end, begin):
        end = text.find(closing, end + 1, limit)
    return end


def _is_escaped(text: str, index: int, begin: int) -> bool:
    before = text[begin:index]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def is_tex(tex: str, opening: str) -> bool:
    r"""Return whether text between `$$`, `\(` or `\[` is a formula, and not just text in escaped brackets."""
    tex = tex.strip()
    if opening == "$$":
        return tex[0] != "$" and not _is_prose(tex)
    is_short = bool(SHORT.fullmatch(tex)) and not tex.isdecimal() and opening in {"\\(", "\\\\("}
    return is_short or (bool(SIGN.search(tex)) and not _is_prose(tex))


def is_between_dollars(tex: str, before: str, after: str) -> bool:
    """Return whether text between two dollar signs is a formula. before, after: the characters around them."""
    if tex[0].isspace() or tex[-1].isspace() or tex[-1] == "\\" or "`" in tex or after.isdigit():
        return False
    if before.isalnum() and tex[0] not in "^_\\{":
        return False
    if after.isalpha() and not _is_before_a_letter(tex):
        return False
    if "\\" not in tex and PRICE.match(tex):
        return False
    return not _is_prose(tex) and (bool(SIGN.search(tex)) or len(WORD.findall(tex)) < 2)


def _is_before_a_letter(tex: str) -> bool:
    """Return whether text may be a formula although a letter follows: `$n$th`, but not `$PATH:$HOME`."""
    ends_like_one = tex[-1].isalnum() or tex[-1] in "})'"
    is_short = len(tex) == 1 or (len(tex) <= 3 and not tex.isalpha())
    return ends_like_one and (is_short or "\\" in tex or "^" in tex)


def _is_prose(tex: str) -> bool:
    """Return whether words outweigh signs in the text."""
    words = WORD.findall(TEXT_COMMAND.sub(" ", tex))
    return len(words) > 2 + 2 * len(SIGN.findall(tex))


def delimited(tex: str, *, display: bool = False) -> str:
    r"""Return TeX between delimiters that can be parsed again: dollar signs, or brackets if it contains those."""
    if "$" in tex:
        return rf"\[{tex}\]" if display else rf"\({tex}\)"
    return f"$${tex}$$" if display else f"${tex}$"
