"""Code, lists, callouts and other structures of pages by various programs."""

import pytest

from lessons.importing.proof import block_source, find_missing
from lessons.importing.readers import html
from lessons.importing.readers.text_lines import format_number, text_lines

PYTHON = '<pre><code class="language-python">if x:\n    y = 1</code></pre>'
PLAIN = "<pre><code>if x:\n    y = 1</code></pre>"
CODE = {
    "class on the code": ('<pre><code class="language-python">if x:\n    y = 1\n</code></pre>', PYTHON),
    "Sphinx, with numbers": (
        '<div class="highlight-python notranslate"><div class="highlight"><pre><span></span>'
        '<span class="linenos">1</span><span class="k">if</span> x:\n'
        '<span class="linenos">2</span>    y = 1\n</pre></div></div>',
        PYTHON,
    ),
    "a table of numbers and code": (
        '<div class="language-python"><table><tr><td class="linenos"><pre>1\n2</pre></td>'
        '<td class="code"><pre><code>if x:\n    y = 1\n</code></pre></td></tr></table></div>',
        PYTHON,
    ),
    "a table with a row per line": (
        '<table data-lang="Python"><tr><td class="blob-num">8</td><td class="blob-code">if x:</td></tr>'
        '<tr><td class="blob-num">9</td><td class="blob-code">    y = 1</td></tr></table>',
        PYTHON,
    ),
    "SyntaxHighlighter": ('<pre class="brush: python; gutter: true">if x:\n    y = 1</pre>', PYTHON),
    "Pandoc": (
        '<div class="sourceCode"><pre class="sourceCode python"><code class="sourceCode python">'
        '<span id="cb1-1"><a href="#cb1-1" aria-hidden="true"></a>if x:</span>\n    y = 1</code></pre></div>',
        PYTHON,
    ),
    "GitHub": ('<div class="highlight highlight-source-python"><pre>if x:\n    y = 1</pre></div>', PYTHON),
    "lines in a list": ('<pre class="prettyprint"><ol><li>if x:</li><li>    y = 1</li></ol></pre>', PLAIN),
    "line breaks, and spaces that do not break": ("<pre>if x:<br>&nbsp;&nbsp;&nbsp; y = 1</pre>", PLAIN),
    "no language": ('<div class="highlight-none"><pre><code class="hljs">if x:\n    y = 1</code></pre></div>', PLAIN),
}


def blocks(body):
    return html.read(f"<body>{body}</body>").blocks


@pytest.mark.parametrize("name", CODE)
def test_code_keeps_its_lines_and_its_language_and_loses_the_numbers(name):
    source, expected = CODE[name]
    (block,) = blocks(source)
    assert (block.type, block.text, block.html) == ("code", "if x:\n    y = 1", expected)


def test_line_numbers_are_listed_and_numbers_in_a_table_of_text_stay():
    parsed = html.read('<pre><span class="lineno">1</span>a = 1\n<span class="lineno">2</span>b = 2</pre>')
    assert [(o.text, str(o.reason)) for o in parsed.omissions] == [("1 2", "Line numbers of code.")]
    (table,) = blocks("<table><tr><td>1</td><td>Anna</td></tr><tr><td>2</td><td><code>b</code></td></tr></table>")
    assert table.text == "1 | Anna\n2 | b"


def test_rows_above_the_code_in_a_table_stay():
    rows = '<tr><td class="linenos">1</td><td class="code"><pre>a = 1</pre></td></tr>'
    head = '<caption>Listing 4</caption><tr><th colspan="2" class="filename">tide.py</th></tr>'
    found = blocks(f'<table class="highlighttable">{head}{rows}</table>')
    assert [(block.type, block.text) for block in found] == [
        ("paragraph", "Listing 4"),
        ("paragraph", "tide.py"),
        ("code", "a = 1"),
    ]


def test_the_icon_of_a_callout_is_its_title_if_it_has_no_other():
    icon = '<td class="icon"><img src="a.png" alt="Warning"></td>'
    (block,) = blocks(
        f'<div class="admonitionblock warning"><table><tr>{icon}<td class="content">Hot.</td></tr></table></div>'
    )
    assert (block.type, block.text) == ("quote", "Warning\nHot.")


LISTS = {
    '<ol start="1949"><li>a</li><li value="1955">b</li></ol>': "1949. a\n1955. b",
    '<ol type="a"><li>x</li><li>y</li></ol>': "a. x\nb. y",
    '<ol style="list-style-type: upper-roman"><li>x</li><li>y</li></ol>': "I. x\nII. y",
    "<ol reversed><li>x</li><li>y</li></ol>": "2. x\n1. y",
    "<ul><li>a\n b<ol><li>c</li></ol></li><li>d</li></ul>": "a b\n  1. c\nd",
    "<ol><li><div><p>a</p><ul><li>b</li></ul></div></li></ol>": "1. a\n  b",
    "<dl><dt>neap</dt><dd>small</dd><dt>a</dt><dt>b:</dt><dd><p>c</p></dd><dd>d</dd></dl>": "neap: small\na, b: c\nd",
    "<dl><div><dt>neap</dt><dd>small</dd></div></dl>": "neap: small",
    '<ul><li><input type="checkbox" checked> a</li><li><label><input type="checkbox"></label><p>b</p></li></ul>': (
        "☑ a\n☐ b"
    ),
    '<ul><li role="checkbox" aria-checked="true"><p>a</p></li></ul>': "☑ a",
}


@pytest.mark.parametrize("source", LISTS)
def test_lists_show_their_numbers_and_their_nesting(source):
    (block,) = blocks(source)
    assert (block.type, block.text) == ("list", LISTS[source])


def test_a_definition_list_that_only_indents_is_not_a_list():
    assert [block.type for block in blocks("<dl><dd>An indented paragraph.</dd></dl>")] == ["paragraph"]


def test_a_checkbox_that_opens_a_menu_is_not_a_task():
    (block,) = blocks('<ul><li><input type="checkbox">More<ul><li><a href="/x">x</a></li></ul></li></ul>')
    assert block.text == "More\n  x"


def test_the_html_of_a_list_has_the_numbers_of_its_text():
    (block,) = blocks('<ol class="loweralpha" start="3"><li>c</li></ol>')
    assert block.html == '<ol start="3" type="a"><li>c</li></ol>'
    (tasks,) = blocks('<ul><li><input type="checkbox">open</li></ul>')
    assert tasks.html == '<ul><li class="task">☐ open</li></ul>'


CALLOUTS = {
    '<div class="admonition warning"><p class="admonition-title">Achtung</p><p>x</p></div>': ("warning", "Achtung\nx"),
    '<div class="markdown-alert markdown-alert-tip"><p class="markdown-alert-title">Tip</p><p>x</p></div>': (
        "tip",
        "Tip\nx",
    ),
    '<div class="textbox textbox--exercises"><header><h3>Try it</h3></header><div><p>x</p></div></div>': (
        "example",
        "Try it\nx",
    ),
    '<table class="admonitionblock note"><tr><td class="icon">Note</td><td class="content">x</td></tr></table>': (
        "note",
        "Note\nx",
    ),
    '<section data-type="example"><p>x</p></section>': None,
    '<aside class="caution"><p>x</p></aside>': ("caution", "x"),
    '<div class="info"><p>x</p></div>': None,
    '<div class="admonition note"><h2>a</h2><p>x</p><h2>b</h2><p>y</p></div>': None,
}


@pytest.mark.parametrize("source", CALLOUTS)
def test_callouts_are_recognised_by_their_classes(source):
    found = blocks(f"<p>{'Words before it. ' * 9}</p>{source}")[1]
    if CALLOUTS[source] is None:
        assert "<aside" not in found.html
    else:
        kind, text = CALLOUTS[source]
        assert (found.type, found.text) == ("quote", text)
        assert found.html.startswith(f'<aside class="callout callout-{kind}">')


def test_a_collapsible_section_is_one_block_unless_it_has_headings():
    (block,) = blocks("<details><summary>Answer</summary><p>Four.</p></details>")
    assert (block.text, block.html[:9]) == ("Answer\nFour.", "<details>")
    kinds = [block.type for block in blocks("<details><summary>More</summary><h2>A</h2><p>x</p></details>")]
    assert kinds == ["paragraph", "heading", "paragraph"]


def test_lines_of_text_keep_the_spaces_of_code_only():
    assert text_lines("a\n b<br>c<pre>\n  d\n\n    e</pre>f &amp;  <b>g</b>") == ["a b", "c", "  d", "    e", "f & g"]


def test_numbers_that_a_style_cannot_express_are_digits():
    assert [format_number(n, "a") for n in (0, 26, 27, 703)] == ["0", "z", "aa", "aaa"]
    assert [format_number(n, "I") for n in (-1, 1949, 5000)] == ["-1", "MCMXLIX", "5000"]


def test_an_image_in_a_structure_is_kept_and_its_text_is_not_missing():
    image = '<img src="/assets/11111111-1111-1111-1111-111111111111/" alt="Map of it">'
    parsed = html.read(f"<ul><li>a {image}</li></ul><div class='admonition note'>{image}</div><p>end</p>")
    assert [image in block.html for block in parsed.blocks] == [True, True, False]
    assert find_missing(parsed.source, map(block_source, parsed.blocks)) == []


def test_line_numbers_are_separate_words():
    parsed = html.read('<pre><span class="lineno">1</span>first\n<span class="lineno">2</span>second</pre>')
    texts = [*(block.text for block in parsed.blocks), *(omission.text for omission in parsed.omissions)]
    assert find_missing(parsed.source, texts) == []
