"""Formulas between delimiters are found in text, and what only looks like one is not."""

import pytest

from lessons.markup.tex_delimiters import find_formulas

ALIGNED = r"\begin{align}a &= b\end{align}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"\$5 or $x^2$", ["x^2"]),
        (rf"\begin{{document}}x\end{{document}} {ALIGNED}", [ALIGNED]),
        (r"\begin{align}a \end{alignat}", []),
        ("\\begin{align}a\n\nb\\end{align}", []),
        ("$x^2\n\ny$ and $ $", []),
    ],
)
def test_formulas_are_found(text, found):
    assert [formula.tex for formula in find_formulas(text)] == found
