r"""Formulas of pages: each is in its sentence as MathML with its TeX, without duplicates."""

from html import escape

import pytest

from lessons.importing.proof import block_source, find_missing
from lessons.importing.readers import html, markdown, plain_text
from lessons.markup.formulas import formula

TEX = r"E_0=mc^{2}"
STYLED = r"{\displaystyle E_0=mc^{2}}"
ALPHA = r"\alpha"
INTEGRAL = r"\int x"
ANNOTATED = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML"{attributes}>\n<semantics><mrow><mi>E</mi></mrow>'
    '<annotation encoding="application/x-tex">{tex}</annotation></semantics></math>'
)
PLAIN_MATHML = "<math><msub><mi>E</mi><mn>0</mn></msub><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>"


def annotated(tex: str = TEX, attributes: str = "") -> str:
    return ANNOTATED.format(tex=escape(tex), attributes=attributes)


WAYS = {
    "MathML with an annotation": annotated(),
    "MathML with alternative text": f'<math alttext="{TEX}"><mi>E</mi></math>',
    "MathML with a prefix": annotated().replace("</", "</mml:").replace("<m", "<mml:m").replace("<s", "<mml:s"),
    "Wikipedia": (
        '<span class="mwe-math-element"><span class="mwe-math-mathml-inline mwe-math-mathml-a11y" '
        f'style="display: none;">{annotated(STYLED)}</span><img src="https://media.example/9f.svg" '
        f'class="mwe-math-fallback-image-inline" aria-hidden="true" alt="{STYLED}"></span>'
    ),
    "Wikipedia without MathML": f'<img src="9f.png" class="mwe-math-fallback-image-inline tex" alt="{TEX}">',
    "KaTeX": (
        f'<span class="katex"><span class="katex-mathml">{annotated()}</span>'
        '<span class="katex-html" aria-hidden="true"><span>E<sub>0</sub>=mc<sup>2</sup></span></span></span>'
    ),
    "script of MathJax": f'<script type="math/tex">{TEX}</script>',
    "MathJax 2, saved": (
        '<span class="MathJax_Preview">E0=mc2</span><span class="MathJax" data-mathml="&lt;math&gt;&lt;/math&gt;">'
        f'<span aria-hidden="true">E0=mc2</span><span class="MJX_Assistive_MathML">{PLAIN_MATHML}</span></span>'
        f'<script type="math/tex" id="MathJax-Element-1">% <![CDATA[\n{TEX} %]]></script>'
    ),
    "image of WordPress": f'<img class="latex" alt="{TEX}" src="https://s0.example/latex.php?latex=E">',
    "image with its TeX in the address": (
        r'<img src="https://latex.codecogs.com/svg.image?\inline&amp;space;E_0=mc^{2}">'
    ),
    "element with TeX": f'<span class="ql-formula" data-value="{TEX}"><span>E0=mc2</span></span>',
    "Sphinx": rf'<span class="math notranslate nohighlight">\({TEX}\)</span>',
    "between delimiters": rf"\({TEX}\)",
}


@pytest.mark.parametrize("written", WAYS.values(), ids=WAYS.keys())
def test_a_formula_stays_in_its_sentence_and_only_once(written):
    parsed = html.read(f"<main><p>Energy is {written}, always.</p><p>More.</p></main>")
    assert parsed.blocks[0].html == f"<p>Energy is {formula(TEX)}, always.</p>"
    assert parsed.blocks[0].text == "Energy is E0=mc2, always."
    assert parsed.omissions == []
    assert parsed.source.split() == f"Energy is {TEX} , always. More.".split()


def test_mathml_of_mathjax_3_is_read():
    written = (
        '<mjx-container class="MathJax" jax="CHTML"><mjx-math aria-hidden="true"><mjx-mi></mjx-mi></mjx-math>'
        f"<mjx-assistive-mml>{PLAIN_MATHML}</mjx-assistive-mml></mjx-container>"
    )
    assert html.read(f"<p>Energy is {written}.</p>").blocks[0].html == f"<p>Energy is {formula('E_{0}=mc^{2}')}.</p>"


@pytest.mark.parametrize(
    "written",
    [
        annotated(attributes=' display="block"'),
        f'<span class="katex-display"><span class="katex">{annotated()}</span></span>',
        f'<script type="math/tex; mode=display">{TEX}</script>',
        rf'<div class="math">\[{TEX}\]</div>',
        f"<p>$${TEX}$$</p>",
    ],
)
def test_a_formula_on_a_line_of_its_own_is_a_block(written):
    block = html.read(f"<p>Before.</p>{written}<p>After.</p>").blocks[1]
    assert (block.type, block.html) == ("formula", f"<p>{formula(TEX, display=True)}</p>")


def test_formulas_in_headings_items_quotes_and_cells():
    written = f'<script type="math/tex">{TEX}</script>'
    page = f"<h2>On {written}</h2><ul><li>of {written}</li></ul><blockquote>so {written}</blockquote>"
    page += f"<table><tr><td>a {written}</td><td>b</td></tr></table>"
    blocks = html.read(page).blocks
    assert [block.text for block in blocks] == [f"On ${TEX}$", "of E0=mc2", "so E0=mc2", "a E0=mc2 | b"]
    assert all(formula(TEX) in block.html for block in blocks[1:])


def test_dollar_signs_are_delimiters_on_pages_whose_scripts_render_formulas():
    text = "<p>For $x$ and $5 or $6, see <code>$y$</code>.</p>"
    assert html.read(text).blocks[0].html == text
    with_program = html.read(f'<script src="https://cdn.example/MathJax.js"></script>{text}')
    assert with_program.blocks[0].html == text.replace("$x$", formula("x"))


def test_certain_tex_is_recognised_without_such_a_script():
    block = html.read(r"<p>For $\alpha$, but \(not this\), $5 for x$.</p>").blocks[0]
    assert block.html == rf"<p>For {formula(ALPHA)}, but \(not this\), $5 for x$.</p>"


def test_an_ordinary_image_is_not_a_formula():
    parsed = html.read('<p>See <img src="a.png" alt="x^2 in ink"> here.</p>')
    assert "<math" not in parsed.blocks[0].html


def test_formulas_of_markdown_are_read_once():
    block = markdown.read(r"Of $x_1$, \(y_1\) and \$\alpha\$.").blocks[0]
    assert block.html == "<p>Of " + formula("x_1") + ", " + formula("y_1") + r" and $\alpha$.</p>"


def test_unclosed_elements_of_formulas_do_not_lose_text():
    parsed = html.read('<p>Before <math><mi>x</mi></p><p>After <script type="math/tex">y</p>')
    assert "Before" in parsed.blocks[0].text
    assert "After" in " ".join([*(block.text for block in parsed.blocks), *(o.text for o in parsed.omissions)])


def test_the_proof_finds_every_formula():
    written = f'<script type="math/tex">{TEX}</script>'
    parsed = html.read(rf"<h2>On {written}</h2><p>Energy is {written}, or \(\frac{{1}}{{2}}\).</p><p>So {written}</p>")
    assert find_missing(parsed.source, map(block_source, parsed.blocks)) == []
    without = [block.text.replace("E0=mc2", "") for block in parsed.blocks[1:]]
    assert len(find_missing(parsed.source, [parsed.blocks[0].text, *without])) == 2


def test_plain_text_has_formulas_where_it_is_clearly_tex():
    text = "Energy is $E_0=mc^{2}$ for $5 or $6.\n\n- by \\(\\alpha\\)\n- at $HOME and $PATH\n\n$$\\int x$$\n"
    parsed = plain_text.read(text)
    assert [block.type for block in parsed.blocks] == ["paragraph", "list", "formula"]
    assert parsed.blocks[0].html == f"<p>Energy is {formula(TEX)} for $5 or $6.</p>"
    assert parsed.blocks[1].text == "by α\nat $HOME and $PATH"
    assert parsed.blocks[2].html == f"<p>{formula(INTEGRAL, display=True)}</p>"
    assert find_missing(parsed.source, map(block_source, parsed.blocks)) == []


def test_a_formula_may_contain_line_breaks():
    page = "<p>First<br>line: $$a^2<br />\n= b$$, of<br>\\(x_1\\)<br>more.</p><p>No $$a^2<br><br>= b$$ here.</p>"
    first, second = html.read(page).blocks[0], html.read(page).blocks[1]
    assert first.html.replace("\n", " ") == (
        f"<p>First<br>line: {formula('a^2 = b', display=True)}, of<br>{formula('x_1')}<br>more.</p>"
    )
    assert "<math" not in second.html
