"""Formulas: TeX and MathML become `<math alttext="TEX">` that the sanitiser leaves as it is, whatever they are."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from lessons.markup import mathml
from lessons.markup.blocks import block_boundaries
from lessons.markup.formulas import MAX_TEX, formula, formula_from_mathml
from lessons.markup.plain_text import excerpt, plain_text, text_by_block
from lessons.markup.sanitise import sanitise

HOSTILE = [
    r"\href{javascript:alert(1)}{x}",
    r"\href{https://elsewhere.example/}{x}",
    r"\style{position:fixed}{x}",
    r"\class{card}{x} \cssId{sec-1}{y}",
    r"\text{<img src=x onerror=alert(1)>}",
    r"\unicode{x3c}\text{script}\unicode{x3e}",
    r"\unicode{\x} \unicode{0} \unicode{ffffffff}",
    r"\require{action}\toggle{x}{y}\endtoggle",
    r'"><script>alert(1)</script>',
    r"\mathop{<b>}\limits_x",
    "{" * 900 + "x" + "}" * 900,
    r"\frac{" * 300,
    "x^" * 900 + "x",
    "^" * 2000,
    "[" * 2000,
    r"\begin{matrix}" + "&" * 1900 + r"\end{matrix}",
    r"\def\a{\a\a}\a",
    r"\newcommand{\a}{xxxxxxxxxx}\newcommand{\b}{\a\a\a\a\a\a\a\a\a\a}\b\b\b\b",
    r"\hspace{9999em}\rule{100em}{100em}\kern-50em x",
    "x" * 100_000,
    "\x00\x0c\ud800x",
    "% nothing",
    "",
]


@pytest.mark.parametrize("tex", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_the_tex_the_sanitiser_leaves_the_formula_as_it_is(tex):
    html = formula(tex)
    assert sanitise(html) == html
    assert_harmless(html)


def assert_harmless(html: str):
    """Assert that nothing but elements of presentation, with attributes that do nothing and are short."""
    for node in LexborHTMLParser(f"<!doctype html><body>{html}").css("body *"):
        assert node.tag in mathml.ELEMENTS
        assert set(node.attributes) <= mathml.ATTRIBUTES.get(node.tag, set())
        assert all(len(value or "") < 40 for name, value in node.attributes.items() if name != "alttext")


def test_a_formula_has_its_tex_as_alternative_text_and_mathml_as_its_content():
    assert formula(r"\frac{1}{2}") == r'<math alttext="\frac{1}{2}"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
    displayed = formula("x^2", display=True)
    assert displayed == '<math alttext="x^2" display="block"><msup><mi>x</mi><mn>2</mn></msup></math>'


@pytest.mark.parametrize("tex", [r"\ce", r"\frac{1}{", r"\unknown x", "x" * (MAX_TEX + 1), r"\def\a{b}\a"])
def test_what_cannot_be_converted_is_shown_as_tex(tex):
    assert plain_text(formula(tex)) == tex
    assert "<mtext>" in formula(tex)


@pytest.mark.parametrize(
    "written", ["$x^2$", "$$x^2$$", r"\(x^2\)", r"\[ x^2 \]", r"{\displaystyle x^2}", "x^2 % square\n", " x^2\n"]
)
def test_delimiters_wrappers_and_comments_are_not_part_of_the_tex(written):
    assert 'alttext="x^2"' in formula(written)


def test_numbers_of_equations_are_not_invented():
    assert plain_text(formula(r"\begin{align} a &= b \\ c &= d \label{eq:one} \end{align}")) == "a=bc=d"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"\ce{2H2 + O2 -> 2H2O}", "2H2+O2→2H2O"),
        (r"\ce{SO4^2-} \ce{Na+}", "SO42−Na+"),
        (r"\ce{A <=> B v}", "A⇌B↓"),
        (r"\ce{A ->[x] B}", "A→xB"),
        (r"\R \isin \AA", "ℝ∈Å"),
        (r"a &= b \\ c &= d", "a=bc=d"),
        (r"\begin{array}{@{}l p{2cm}@{}} a & b \end{array}", "ab"),
        (r"\begin{alignedat}{2} a &= b \end{alignedat}", "a=b"),
        (r"\text{a \& b}", "a\xa0&\xa0b"),
    ],
)
def test_what_other_programs_know_is_converted(written, text):
    html = formula(written)
    assert plain_text(html) == text
    assert sanitise(html) == html


def test_letters_keep_their_alphabet():
    assert plain_text(formula(r"\mathscr L \mathbb{R} \mathbf {x} \mathfrak H \boldsymbol{\alpha}")) == "ℒℝ𝐱ℌ𝜶"
    assert '<mi mathvariant="normal">d</mi>' in formula(r"\mathrm{d}x")


def test_the_tex_of_an_annotation_or_alternative_text_wins_and_the_rest_of_it_is_not_text():
    annotated = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>q</mi></mrow>'
        '<annotation encoding="application/x-tex">{\\displaystyle x&lt;y}</annotation></semantics></math>'
    )
    assert formula_from_mathml(annotated) == formula("x<y")
    assert formula_from_mathml('<math alttext="x&lt;y" display="block"><mi>q</mi></math>') == formula(
        "x<y", display=True
    )


def test_mathml_stays_where_its_tex_cannot_be_converted():
    html = formula_from_mathml(r'<math alttext="\special x"> <mi>s</mi> <mi>x</mi> </math>')
    assert html == r'<math alttext="\special x"><mi>s</mi><mi>x</mi></math>'


@pytest.mark.parametrize(
    ("mathml", "tex"),
    [
        ("<mfrac><mn>1</mn><mi>x</mi></mfrac>", r"\frac{1}{x}"),
        (
            "<msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>",
            r"{\left(a+b\right)}^{2}",
        ),
        ("<mfenced open='[' close=')'><mi>a</mi><mi>b</mi></mfenced>", r"\left[a,b\right)"),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>0</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
            r"\sum_{i=0}^{n}i",
        ),
        ("<mroot><mi>x</mi><mn>3</mn></mroot><mo>≤</mo><mi>π</mi>", r"\sqrt[3]{x}\le \pi"),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>θ</mi>", r"\sin \theta"),
        (
            "<mover><mi>v</mi><mo>→</mo></mover><msub><mi>k</mi><mi mathvariant='normal'>B</mi></msub>",
            r"\vec{v}k_{\mathrm{B}}",
        ),
        (
            "<mrow><mo>(</mo><mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable><mo>)</mo></mrow>",
            r"\left(\begin{matrix}a & b\end{matrix}\right)",
        ),
        ("<mi>x</mi><mtext> if </mtext><mi>y</mi>", r"x\text{ if }y"),
    ],
)
def test_mathml_without_tex_is_read(mathml, tex):
    assert formula_from_mathml(f"<math> {mathml} </math>") == formula(tex)


MATHML_WITH_MORE = [
    '<math><mtext><a href="https://e.example">x</a></mtext></math>',
    '<math><mi href="javascript:alert(1)" onclick="alert(1)">x</mi></math>',
    '<math><mtext><math><mtext><img src="/assets/9b2f5a52-6a3c-4f4e-8f0e-2f1f3f1f3f1f/"></mtext></math>x</mtext>',
    '<math><maction actiontype="statusline"><mi>x</mi></maction></math>',
    '<math><annotation-xml encoding="text/html"><b>x</b></annotation-xml></math>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></mtext>',
    '<math><mspace width="9999em"></mspace><mstyle scriptlevel="-30" mathsize="900%"><mi>x</mi></mstyle></math>',
    "<math><mi>a<mi>b</mi></mi><p>c</p>",
]


@pytest.mark.parametrize("html", MATHML_WITH_MORE)
def test_nothing_but_presentation_is_left_in_mathml(html):
    once = sanitise(html)
    assert sanitise(once) == once
    assert_harmless(once.partition("</math>")[0])


def test_the_text_of_a_formula_counts_and_divides_no_block():
    html = sanitise(f"<p>If {formula('x<y')}, then.</p>")
    assert plain_text(html) == "If x<y, then."
    assert block_boundaries(html) == [0, len("If x<y, then.")]


def test_excerpts_have_formulas_as_tex():
    html = sanitise(f"<p>If {formula('x<y')}, then</p><p>{formula('z_1', display=True)}</p>")
    assert text_by_block(html) == "If $x<y$, then\n$z_1$"
    assert excerpt(html) == "If $x<y$, then $z_1$"
