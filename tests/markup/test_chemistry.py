"""Chemical formulas of mhchem become plain TeX."""

import pytest

from lessons.markup.chemistry import with_plain_tex

CONVERTED = [
    ("SO4^2-", r"\mathrm{SO}_{4}^{2-}"),
    ("^{227}_{90}Th+", r"{}^{\mathrm{227}}_{\mathrm{90}}\mathrm{Th}^{+}"),
    ("X^{2+} + NO_x", r"\mathrm{X}^{\mathrm{2+}} +  \mathrm{NO}_{x}"),
    ("1/2 H2 ^", r"\tfrac{1}{2} \mathrm{H}_{2} \uparrow"),
    ("KCr(SO4)2*12H2O", r"\mathrm{KCr}(\mathrm{SO}_{4})_{2}\cdot 12\mathrm{H}_{2}\mathrm{O}"),
    ("$n$ H2O", r"n \mathrm{H}_{2}\mathrm{O}"),
    ("A ->[T][p] B", r"\mathrm{A} \underset{\mathrm{p}}{\overset{\mathrm{T}}{\rightarrow }} \mathrm{B}"),
    ("A <=>[T] B", r"\mathrm{A} \underset{}{\overset{\mathrm{T}}{\rightleftharpoons }} \mathrm{B}"),
    ("A <- B v", r"\mathrm{A} \leftarrow  \mathrm{B} \downarrow"),
]


@pytest.mark.parametrize(("formula", "tex"), CONVERTED)
def test_a_formula_becomes_plain_tex(formula, tex):
    assert with_plain_tex(rf"\ce{{{formula}}}") == f"{{{tex}}}"
