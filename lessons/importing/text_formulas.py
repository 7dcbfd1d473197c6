r"""Convert TeX in the text of blocks to formulas: between `$…$`, `$$…$$`, `\(…\)` or `\[…\]`, if clearly TeX."""

from dataclasses import replace
from html import unescape

from django.utils.safestring import SafeString, mark_safe

from lessons.importing.document import Block, escape_html, is_formula
from lessons.markup.formulas import FormulaLimit, formula
from lessons.markup.mathml import TAG
from lessons.markup.plain_text import plain_text
from lessons.markup.tex_delimiters import OPENING, find_formulas, is_certain


def with_formulas(blocks: list[Block]) -> list[Block]:
    """Return the blocks with their TeX as formulas. Raise InvalidText for too many of them."""
    limit = FormulaLimit()
    return [_with_formulas(block, limit) if OPENING.search(block.text) else block for block in blocks]


def _with_formulas(block: Block, limit: FormulaLimit) -> Block:
    if block.type == "code" or "<pre" in block.html or not block.html:
        return block
    pieces = TAG.split(block.html)
    pieces[::2] = [text_as_html(unescape(piece), limit) for piece in pieces[::2]]
    html = "".join(pieces)
    if html == block.html:
        return block
    lines = [plain_text(text_as_html(line, limit)) for line in block.text.split("\n")]
    is_whole = is_formula(html.removeprefix("<p>").removesuffix("</p>"))
    return replace(block, text="\n".join(lines), html=html, type="formula" if is_whole else block.type)


def text_as_html(text: str, limit: FormulaLimit, *, all_tex: bool = False) -> SafeString:
    """Return text as HTML, with formulas where it is clearly TeX. all_tex: with all that is between delimiters."""
    pieces, last = [], 0
    for found in find_formulas(text):
        if all_tex or is_certain(found.tex):
            html = limit.add(formula(found.tex, display=found.display))
            pieces += [escape_html(text[last : found.start]), html]
            last = found.end
    return mark_safe("".join([*pieces, escape_html(text[last:])]))
