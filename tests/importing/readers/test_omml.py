"""Formulas of Word become the TeX that an author would have written."""

import pytest
from lxml import etree

from lessons.importing.readers.docx.omml import to_tex
from tests.importing.word import NAMESPACES


def r(text, properties=""):
    return f"<m:r><m:rPr>{properties}</m:rPr><m:t>{text}</m:t></m:r>"


def part(name, *content):
    return f"<m:{name}>{''.join(content)}</m:{name}>"


def with_properties(name, properties, *content):
    return part(name, part(f"{name}Pr", properties), *content)


def e(text):
    return part("e", r(text))


def chr_(sign):
    return f'<m:chr m:val="{sign}"/>'


@pytest.mark.parametrize(
    ("omml", "tex"),
    [
        (part("f", part("num", r("a+b")), part("den", r("c"))), r"\frac{a+b}{c}"),
        (with_properties("f", '<m:type m:val="lin"/>', part("num", r("a")), part("den", r("b"))), "{a}/{b}"),
        (part("sSubSup", e("x"), part("sub", r("1")), part("sup", r("2"))), "x_{1}^{2}"),
        (part("sPre", part("sub", r("6")), part("sup", r("14")), e("C")), "{}_{6}^{14}C"),
        (with_properties("rad", '<m:degHide m:val="1"/>', part("deg"), e("x")), r"\sqrt{x}"),
        (part("rad", part("deg", r("3")), e("x")), r"\sqrt[3]{x}"),
        (with_properties("nary", chr_("∑"), part("sub", r("i")), part("sup", r("n")), e("i")), r"\sum_{i}^{n} i"),
        (part("nary", part("sub", r("0")), part("sup", r("1")), e("x")), r"\int_{0}^{1} x"),
        (part("d", e("a"), e("b")), r"\left(a | b\right)"),
        (with_properties("d", '<m:begChr m:val="{"/><m:endChr m:val=""/>', e("a")), r"\left\{a\right."),
        (part("func", part("fName", r("sin", '<m:sty m:val="p"/>')), e("x")), r"\sin x"),
        (with_properties("acc", chr_("\u20d7"), e("v")), r"\vec{v}"),
        (with_properties("acc", chr_("\u0302"), e("AB")), r"\widehat{AB}"),
        (with_properties("bar", '<m:pos m:val="top"/>', e("AB")), r"\overline{AB}"),
        (part("limLow", part("e", r("lim", '<m:sty m:val="p"/>')), part("lim", r("x→0"))), r"\lim_{x\to 0}"),
        (part("limLow", part("e", part("groupChr", e("a+b"))), part("lim", r("n"))), r"\underbrace{a+b}_{n}"),
        (
            part("m", part("mr", e("a"), e("b")), part("mr", e("c"), e("d"))),
            r"\begin{matrix}a & b \\ c & d\end{matrix}",
        ),
        (part("eqArr", e("a&amp;=b"), e("c&amp;=d#1")), r"\begin{aligned}a&=b \\ c&=d \quad \text{1}\end{aligned}"),
        (r("if x_1", "<m:nor/>"), r"\text{if x\_1}"),
        (r("ℝ") + r("α≤β") + r("50%"), r"\mathbb{R}\alpha \leq \beta 50\%"),
        (r("L", '<m:scr m:val="script"/>') + r("F", '<m:sty m:val="b"/>'), r"\mathcal{L}\mathbf{F}"),
        (f"<w:ins>{r('a')}</w:ins><w:del>{r('b')}</w:del>", "a"),
    ],
)
def test_a_formula_is_written_as_tex(omml, tex):
    assert to_tex(etree.fromstring(f"<m:oMath {NAMESPACES}>{omml}</m:oMath>")) == tex
