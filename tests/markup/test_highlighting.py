"""Code in lessons and posts: marked with classes, its text unchanged, and bounded in time."""

import pytest

from lessons.markup.highlighting import LANGUAGES, highlight_code, highlight_html
from lessons.markup.plain_text import plain_text
from lessons.markup.post_markdown import render_post
from lessons.reading.enrichment import Term, enrich

CODE = "\n\n\tx = 1  # <a> & 'b'\r\n  y\x0c\n\n"


@pytest.mark.thorough
@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values())))
def test_no_lexer_changes_a_character(language):
    code = CODE.replace("\r", "")
    assert plain_text("x" + highlight_code(code, language)) == "x" + code


def test_code_that_a_lexer_would_change_is_left_alone():
    assert highlight_code("x = 1\r\n", "python") == "x = 1\r\n"
    assert highlight_code("\ufeffx = 1", "python") == "\ufeffx = 1"


@pytest.mark.parametrize(("code", "language"), [("x = 1", "nolanguage"), ("x = 1\n" * 4_000, "python")])
def test_unknown_languages_and_long_code_stay_plain(code, language):
    assert highlight_code(code, language) == code


def test_a_lexer_that_needs_too_long_is_stopped():
    assert highlight_code("a\n" * 10_000, "csharp") == "a\n" * 10_000


def test_only_code_blocks_of_plain_text_are_highlighted():
    assert 'class="hl-n"' in highlight_html('<pre><code class="language-py">x &lt; 1</code></pre>')
    for html in (
        "<pre><code>x = 1</code></pre>",
        '<pre><code class="language-py">x = <b>1</b></code></pre>',
        '<p><code class="language-py">x = 1</code></p>',
    ):
        assert highlight_html(html) == html


def test_a_lesson_is_highlighted_when_it_is_read_and_its_text_stays():
    code = '<pre><code class="language-python">x = &quot;head&quot;\n  y</code></pre>'
    html = f'<h2 id="sec-a">A head</h2>{code}<p>Head</p>'
    page = enrich(html, (Term(1, "head", "The top."),), "/notes/new/?revision=1")
    assert "hl-" in page.html
    assert plain_text(page.html) == plain_text(html)
    assert [heading.text for heading in page.headings] == ["A head"]
    assert page.html.count('class="term"') == 1


def test_code_of_a_post_is_highlighted():
    html = render_post("```python\nif x:\n    y = 1\n```\n\n`z`")
    assert 'class="hl-k">if' in html
    assert plain_text(html) == "if x:\n    y = 1\n\nz"
