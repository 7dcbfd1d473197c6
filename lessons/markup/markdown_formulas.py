r"""Pure: a plug-in for markdown-it that parses formulas in Markdown, and renders them as MathML."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from lessons.markup.formulas import FormulaLimit, formula
from lessons.markup.tex_delimiters import MAX_TEX, Formula, formula_at

# The key of the FormulaLimit in the environment of a rendering.
LIMIT = "formula_limit"
# `:label: energy` in the first lines of a directive.
OPTION = re.compile(r":[\w-]{1,40}:(?:\s|$)")
# The opening delimiters of displayed formulas, and the beginnings of their closing delimiters.
DISPLAYED = {"$$": "$$", "\\[": "\\]", "\\\\[": "\\]", "\\begin{": "\\end{"}


def formula_plugin(parser: MarkdownIt) -> None:
    r"""Add `$…$`, `$$…$$`, `\(…\)`, `\[…\]` and equation environments to a parser."""
    parser.inline.ruler.before("escape", "formula", _inline_rule)
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "formula_block", _block_rule, {"alt": ends})
    parser.core.ruler.push("formula_fence", _fence_rule)
    parser.add_render_rule("formula", _render)
    parser.add_render_rule("formula_block", _render_block)


def _inline_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    found = formula_at(state.src, state.pos) or _between_backticks(state.src, state.pos)
    if found is None or found.end > state.posMax:
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content = found.tex
        token.markup = "$$" if found.display else "$"
    state.pos = found.end
    return True


def _between_backticks(text: str, start: int) -> Formula | None:
    """Return the formula ``$`…`$`` that starts there, as GitHub and GitLab have it, None if none does."""
    end = text.find("`$", start + 2, start + MAX_TEX) if text.startswith("$`", start) else -1
    tex = text[start + 2 : end].strip() if end >= 0 else ""
    return Formula(tex, start, end + 2, display=False) if tex and "`" not in tex else None


def _block_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Parse a formula on lines of its own, before another rule interprets one of them as a list or a heading."""
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    closing = next((end for begin, end in DISPLAYED.items() if state.src.startswith(begin, start)), "")
    if not closing:
        return False
    text, ends = _lines(state, start_line, end_line, closing)
    found = formula_at(text, 0)
    if found is None or not found.display or found.end not in ends:
        return False
    if not silent:
        last = ends.index(found.end)
        token = state.push("formula_block", "math", 0)
        token.content = found.tex
        token.block = True
        token.markup = "$$"
        token.map = [start_line, start_line + last + 1]
        state.line = start_line + last + 1
    return True


def _fence_rule(state: StateCore) -> None:
    """Read fenced code in the language `math` as a formula, without what a directive of MyST says about it."""
    for token in state.tokens:
        if token.type == "fence" and token.info.strip() in ("math", "{math}") and len(token.content) <= MAX_TEX:
            lines = token.content.split("\n")
            while lines and OPTION.match(lines[0]):
                del lines[0]
            tex = "\n".join(lines).strip()
            if tex:
                token.type, token.tag, token.markup, token.content = "formula_block", "math", "$$", tex


def _lines(state: StateBlock, start_line: int, end_line: int, closing: str) -> tuple[str, list[int]]:
    """Return the text from a line up to one with `closing`, and the offsets of its line ends.

    It ends before a blank line, and at the maximum length of a formula.
    """
    lines: list[str] = []
    ends: list[int] = []
    length = 0
    for line in range(start_line, end_line):
        if length > MAX_TEX or state.isEmpty(line) or (lines and state.sCount[line] < state.blkIndent):
            break
        lines.append(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip())
        length += len(lines[-1])
        ends.append(length)
        length += 1
        if closing in (lines[-1] if len(lines) > 1 else lines[-1][len(closing) :]):
            break
    return "\n".join(lines), ends


def _render(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: dict[str, Any]
) -> str:
    token = tokens[index]
    limit = env.setdefault(LIMIT, FormulaLimit())
    return limit.add(formula(token.content, display=token.markup == "$$"))


def _render_block(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: dict[str, Any]
) -> str:
    return f"<p>{_render(renderer, tokens, index, options, env)}</p>\n"
