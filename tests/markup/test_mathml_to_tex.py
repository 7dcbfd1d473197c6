"""MathML of every kind becomes TeX, and what is incomplete becomes what is there of it."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from lessons.markup.formulas import formula_from_mathml
from lessons.markup.mathml_to_tex import tex_of

CONVERTED = [
    ("<mi>ε</mi><mi>Γ</mi><mi>Λ</mi>", r"\varepsilon \Gamma \Lambda"),
    ("<mi>Α</mi><mi>ϗ</mi>", "Αϗ"),
    ("<mi mathvariant='bold'>v</mi><mi mathvariant='double-struck'>R</mi>", r"\mathbf{v}\mathbb{R}"),
    ("<mi mathvariant='italic'>diff</mi><mi>rank</mi>", r"\mathit{diff}\mathrm{rank}"),
    ("<mo>max</mo><mo>mod</mo>", r"\max \operatorname{mod}"),
    ("<mi>a</mi><mspace width='2em'></mspace><mi>b</mi><mspace width='1em'></mspace><mi>c</mi>", r"a\qquad b\quad c"),
    ("<mi>a</mi><mspace width='0.3em'></mspace><mi>b</mi><mspace width='0.1em'></mspace><mi>c</mi>", r"a\;b\,c"),
    ("<mi>a</mi><mspace width='0'></mspace><mi>b</mi><mspace width='thick'></mspace><mi>c</mi>", "ab c"),
    ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", r"{n \atop k}"),
    ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", r"\sqrt{x+1}"),
    ("<mover><mo>∑</mo><mi>n</mi></mover><mover><mo>∫</mo><mi>b</mi></mover>", r"\sum^{n}\int\limits^{b}"),
    ("<munder><mo>∑</mo><mi>i</mi></munder><munder><mo>∫</mo><mi>C</mi></munder>", r"\sum_{i}\int\limits_{C}"),
    ("<munder><mi>x</mi><mo>⏟</mo></munder><munder><mi>x</mi><mi>n</mi></munder>", r"\underbrace{x}\underset{n}{x}"),
    ("<munderover><mo>∫</mo><mi>a</mi><mi>b</mi></munderover>", r"\int\limits_{a}^{b}"),
    ("<munderover><mi>x</mi><mi>a</mi><mi>b</mi></munderover>", r"\underset{a}{\overset{b}{x}}"),
    ("<mover><mrow><mi>A</mi><mi>B</mi></mrow><mo>→</mo></mover>", r"\overrightarrow{AB}"),
    ("<mover><mrow><mi>A</mi><mi>B</mi></mrow><mo>˙</mo></mover>", r"\dot{AB}"),
    ("<mmultiscripts><mi>C</mi><mn>6</mn><mn>2</mn></mmultiscripts>", "C_{6}^{2}"),
    (
        "<mmultiscripts><mi>C</mi><mn>6</mn><none></none><mprescripts></mprescripts><mn>6</mn><mn>12</mn></mmultiscripts>",
        "{}_{6}^{12}C_{6}",
    ),
    ("<menclose notation='box'><mi>x</mi></menclose><menclose notation='circle'><mi>y</mi></menclose>", r"\boxed{x}y"),
    ("<mphantom><mi>x</mi></mphantom><mi>y</mi>", r"\phantom{x}y"),
    ("<semantics><mi>x</mi><annotation>y</annotation></semantics>", "x"),
    (
        "<mrow><mo>{</mo><mtable><mtr><mtd><mn>0</mn></mtd></mtr></mtable></mrow>",
        r"\left\{\begin{matrix}0\end{matrix}\right.",
    ),
    ("<mstyle>50%</mstyle>", r"50\%"),
    ("<mfenced open='' close='|' separators=';,'><mi>a</mi><mi>b</mi><mi>c</mi></mfenced>", r"\left.a;b,c\right|"),
]


def tex(mathml):
    return tex_of(LexborHTMLParser(f"<!doctype html><body><math>{mathml}</math>").css_first("math"))


@pytest.mark.parametrize(("mathml", "expected"), CONVERTED)
def test_each_element_has_its_tex(mathml, expected):
    assert tex(mathml) == expected


@pytest.mark.parametrize(
    "name", ["mover", "munder", "munderover", "mmultiscripts", "mfrac", "msub", "mroot", "mtable"]
)
def test_an_element_without_its_parts_is_no_error(name):
    assert "x" in tex(f"<mi>x</mi><{name}></{name}>")


def test_without_a_formula_there_is_none():
    assert formula_from_mathml("<p>x</p>") == ""
