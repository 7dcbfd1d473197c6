r"""Formulas in Markdown: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`, in lessons and posts; prices stay what they are."""

import pytest

from lessons.markup import formulas
from lessons.markup.formulas import formula
from lessons.markup.lesson_markdown import render_markdown
from lessons.markup.post_markdown import render_post
from lessons.markup.sanitise import InvalidText
from lessons.markup.tex_delimiters import delimited


@pytest.mark.parametrize(
    ("written", "tex"),
    [
        ("$E=mc^2$", "E=mc^2"),
        (r"\(a_1*b*c\)", "a_1*b*c"),
        (r"\\(x^2\\)", "x^2"),
        ("$x$", "x"),
        (r"$\text{all of the words here}$", r"\text{all of the words here}"),
        ("$a<b$", "a<b"),
        (r"$50\%$", r"50\%"),
        (r"$\$5$", r"\$5"),
        ("$p\n= 1$", "p = 1"),
    ],
)
def test_a_formula_in_a_sentence(written, tex):
    expected = f"<p>Of {formula(tex)}, then.</p>"
    assert render_markdown(f"Of {written}, then.") == expected
    assert render_post(f"Of {written}, then.") == expected


@pytest.mark.parametrize(
    "written",
    [
        "$$\na\n= b\n- c\n$$",
        "$$a = b - c$$",
        "\\[\na = b\n- c\n\\]",
        "> $$\n> a = b\n> - c\n> $$",
        "1. One\n\n   $$\n   a = b\n   - c\n   $$",
        "Before it:\n$$\na = b - c\n$$",
    ],
)
def test_a_formula_on_lines_of_its_own(written):
    assert f"<p>{formula('a = b - c', display=True)}</p>" in render_markdown(written)


def test_an_environment_of_equations_is_a_formula():
    tex = "\\begin{align}\na &= b \\\\\n- c &= d\n\\end{align}"
    assert render_markdown(tex) == f"<p>{formula(tex, display=True)}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "From $20,000 to $30,000 (or AU$).",
        "$9.99/month or $99/year",
        "US$5/US$6",
        "PATH=$PATH:$HOME/bin:$X",
        "($a,$b)",
        r"\[1\], \[edit\] and \(2009\)",
        r"\(not mathematics\)",
        r"\$5 or \$6",
        "$5 `a$b`",
        "$ x $, $$ and $",
        "Earn $$$ fast $$$",
    ],
)
def test_what_is_not_a_formula_stays_text(text):
    assert "<math" not in render_markdown(text)


def test_code_and_addresses_have_no_formulas():
    html = render_markdown("`$x$`\n\n    $$y$$\n\n```\n\\(z\\)\n```\n\n<https://example.com/$a$>")
    assert "<math" not in html


def test_formulas_in_headings_items_cells_links_and_footnotes():
    html = render_markdown(
        "## On $x_1$\n\n- item $x_2$\n\n| a |\n|---|\n| $x_3$ |\n\n"
        "[see $x_4$](https://e.example)[^1]\n\n[^1]: note $x_5$"
    )
    for n in range(1, 6):
        assert f"{formula(f'x_{n}')}</" in html or f"{formula(f'x_{n}')} " in html


def test_more_formulas_than_any_book_has_are_refused(monkeypatch):
    monkeypatch.setattr(formulas, "MAX_FORMULAS", 600)
    assert "<math" in render_markdown("$y^2$ $y^3$")
    with pytest.raises(InvalidText, match="too many formulas"):
        render_markdown("$y^2$ $y^3$ $y^4$ $y^5$")


@pytest.mark.parametrize(
    "tex", ["x", r"\frac{1}{2}", r"\text{5 \$}", r"50\%", "a < b", r"\begin{align} a &= b \\ c &= d \end{align}", "n'"]
)
def test_a_formula_that_is_written_as_markdown_is_read_again(tex):
    for display in (False, True):
        assert formula(tex, display=display) in render_markdown(f"So {delimited(tex, display=display)}, then.")


def test_an_indented_formula_goes_on_with_the_quotation_above_it():
    quote, math = "<blockquote>\n<p>quote", formula("x", display=True)
    assert render_markdown("> quote\n    $$x$$") == f"{quote}\n{math}</p>\n</blockquote>"
    assert render_markdown("> quote\n$$x$$") == f"{quote}</p>\n</blockquote>\n<p>{math}</p>"
