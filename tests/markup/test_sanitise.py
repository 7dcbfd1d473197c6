import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from lessons.markup import lesson_markdown, plain_text, sanitise
from tests.environment import examples

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>1</script>">x</a>',
    '<svg><style><img src="</style><img src=x onerror=alert(1)>">',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form action=/x><input name=a></form>",
    '<p style="background:url(http://example.org)" onclick="x()">x</p>',
    "<iframe src=//example.org></iframe>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>1</script></template>",
    '<base href="http://example.org/">',
]


def heading_ids(html):
    page = LexborHTMLParser(f"<body>{html}")
    return [heading.attributes["id"] for heading in page.css("h2[id], h3[id], h4[id]")]


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_runs_or_calls_home_survives(html):
    clean = sanitise.sanitise(html).lower()
    assert not any(
        bad in clean for bad in ("<script", " onerror", "onclick", "javascript:", "<iframe", "style=", "<form")
    )
    assert "example.org" not in clean


MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<ul>",
            "<li>",
            "</ul>",
            "<pre>",
            "\n",
            "</pre>",
            "<b>",
            "</b>",
            "<h1>",
            "</h1>",
            "<h5 id=sec-x>",
        ]
        + [
            "<table><tr><td>",
            "</table>",
            "&amp;",
            "&lt;",
            "é",
            "😀",
            " ",
            "x",
            "\r\n",
            "<!-- -->",
            "<a href=/x>",
            "</a>",
            '"',
        ]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=examples(150), deadline=None)
@given(MARKUP)
def test_sanitising_twice_changes_nothing_more(html):
    once = sanitise.sanitise(html)
    assert sanitise.sanitise(once) == once


@settings(max_examples=examples(100), deadline=None)
@given(MARKUP)
def test_heading_ids_change_no_text_and_survive_sanitising(html):
    clean = sanitise.sanitise(html)
    addressed = sanitise.add_heading_ids(clean)
    assert plain_text.plain_text(addressed) == plain_text.plain_text(clean)
    assert heading_ids(sanitise.sanitise(addressed)) == heading_ids(addressed)


def test_unsupported_heading_levels_become_the_nearest_one():
    assert sanitise.sanitise("<h1>A</h1><H5>B</H5><h6>C</h6>") == "<h2>A</h2><h4>B</h4><h4>C</h4>"


def test_only_own_images_stay():
    own = '<img src="/assets/12345678-1234-1234-1234-123456789012/" alt="a wall">'
    assert sanitise.sanitise(own) == own
    assert sanitise.sanitise('<p>a<img src="https://example.org/x.png" alt="b">c</p>') == "<p>ac</p>"


# Each parser sees something else in these; what is stored must be the same for all of them.
AMBIGUOUS = [
    "<form><math><mtext></form><form><mglyph><style></math><img src=https://example.org/x.png>",
    "<p><button><p>x</p></button></p>",
    "<a href=/x><button><a href=/y>x</a></button></a>",
    '<p>a<img alt="b src=">c</p>',
]


@pytest.mark.parametrize("html", AMBIGUOUS)
def test_what_parsers_read_differently_is_stored_as_all_of_them_read_it(html):
    once = sanitise.sanitise(html)
    assert "<img" not in once
    assert sanitise.sanitise(once) == once


def test_foreign_ids_are_removed():
    assert sanitise.sanitise('<p id="content">x</p><h2 id="sec-x">y</h2>') == '<p>x</p><h2 id="sec-x">y</h2>'


def test_equal_headings_get_different_ids():
    html = sanitise.add_heading_ids("<h2>Walls</h2><h3>Walls</h3><h2>壁</h2><h2>!</h2>")
    assert heading_ids(html) == ["sec-walls", "sec-walls-2", "sec-壁", "sec-part"]


def test_thousands_of_equal_headings_are_numbered_consecutively():
    html = sanitise.add_heading_ids("<h2>Walls</h2>" * 5_000)
    assert heading_ids(html)[-2:] == ["sec-walls-4999", "sec-walls-5000"]


def test_plain_text_keeps_white_space_and_counts_code_points():
    html = sanitise.sanitise("<p>a  b\r\n&amp; 😀</p><pre>\n\n x</pre><table><tr><td>1</td><td>2</td></tr></table>")
    assert plain_text.plain_text(html) == "a  b\n& 😀 x12"


def test_blocks_of_text_ends_each_block_with_a_line_end():
    assert plain_text.text_by_block("<h2>A</h2><p>b<br>c</p><ul><li>d</li></ul>") == "A\nb\nc\nd"
    html = "<ul><li>a<ul><li>b</li></ul>c</li></ul><blockquote>d<p>e</p></blockquote>f<hr>g<pre>\nh\n i</pre>"
    assert plain_text.text_by_block(html) == "a\nb\nc\nd\ne\nf\ng\nh\ni"


def test_markdown_renders_tables_footnotes_and_strikethrough():
    html = lesson_markdown.render_markdown("a~~b~~[^1]\n\n|x|y|\n|-|-|\n|1|2|\n\n[^1]: note")
    assert "<s>b</s>" in html
    assert "<td>2</td>" in html
    assert 'id="fn1"' in html


def test_markup_in_markdown_is_shown_as_text():
    assert lesson_markdown.render_markdown("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


@pytest.mark.parametrize("bad", ["<blockquote>" * 10_000, "<div>" * 500 + "x", "<b><i>" * 100, "<b id=fn1></x>" * 500])
def test_deep_nesting_is_refused_with_a_sentence(bad):
    with pytest.raises(sanitise.InvalidText, match="nested more than 100 levels"):
        sanitise.sanitise(bad)


def test_unclosed_paragraphs_and_items_are_not_taken_for_depth():
    assert sanitise.sanitise("<p>x" * 300).count("<p>") == 300


def test_five_million_characters_are_refused_with_the_limit():
    with pytest.raises(sanitise.InvalidText, match="the limit is 2,000,000"):
        sanitise.sanitise("x" * 5_000_000)


PATHOLOGICAL = ["`" * 3_000, "[" * 3_000, "*a" * 20_000, "[](" * 3_000, "- " * 5_000]


@pytest.mark.thorough
@pytest.mark.parametrize("source", PATHOLOGICAL)
def test_pathological_markdown_is_rendered(source):
    assert lesson_markdown.render_markdown(source).startswith(("<p>", "<pre>", "<hr>"))


@pytest.mark.parametrize("source", [">" * 10_000 + " x", "- " * 200 + "x"])
def test_markdown_nested_too_deeply_is_refused_instead_of_losing_text(source):
    with pytest.raises(sanitise.InvalidText, match="nested"):
        lesson_markdown.render_markdown(source)


def test_markdown_whose_links_would_take_minutes_is_refused():
    with pytest.raises(sanitise.InvalidText, match="square brackets"):
        lesson_markdown.render_markdown("[a](" * 100_000)


def test_lone_surrogates_and_nul_are_removed():
    assert sanitise.sanitise("a\x00b\ud800c") == "abc"


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (220, 1), (221, 2), (2200, 10)])
def test_reading_time_is_rounded_up_to_whole_minutes(words, minutes):
    assert plain_text.reading_minutes(words) == minutes


def test_what_the_editor_offers_survives_the_sanitiser():
    html = (
        "<h2>A</h2><p><strong>b</strong><em>c</em><s>d</s><sub>e</sub><sup>f</sup><code>g</code><br></p>"
        '<ul><li><p>h</p></li></ul><ol start="3"><li><p>i</p></li></ol><blockquote><p>j</p></blockquote><hr>'
        "<pre><code>k</code></pre><table><tbody><tr><th>l</th><td>m</td></tr></tbody></table>"
    )
    assert sanitise.sanitise(html) == html


STRUCTURES = [
    '<pre><code class="language-python">if x:\n    y</code></pre>',
    "<dl><dt>neap</dt><dd>a small tide</dd></dl>",
    '<details open=""><summary>Answer</summary><p>Four.</p></details>',
    '<aside class="callout callout-warning"><p><strong>Warning</strong></p><p>Mind the mud.</p></aside>',
    '<ul><li class="task">☑ boots</li><li class="task">☐ rope</li></ul>',
    "<p><ruby>潮<rp>(</rp><rt>しお</rt><rp>)</rp></ruby> H<sub>2</sub>O 10<sup>3</sup></p>",
    '<ol start="1949" type="a" reversed=""><li value="1955">a</li></ol>',
    '<table><caption>c</caption><tbody><tr><td colspan="2" rowspan="3">x</td></tr></tbody></table>',
    '<p><abbr title="Light Vessel">LV</abbr> <kbd>Tab</kbd></p>',
]


@pytest.mark.parametrize("html", STRUCTURES)
def test_the_structures_of_an_article_are_kept(html):
    assert sanitise.sanitise(html) == html


def test_attributes_that_say_nothing_are_removed():
    html = '<ol start="x" type="disc"><li value="1e3" class="Mso">a</li></ol><section class=""><sup class="x">b</sup>'
    assert sanitise.sanitise(html) == "<ol><li>a</li></ol><section><sup>b</sup></section>"
    html = '<code class="hljs language-c++ python">class=""</code>'
    assert sanitise.sanitise(html) == '<code class="language-c++">class=""</code>'


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<blockquote><div>one</div><div>two</div></blockquote>", "<blockquote>one<br>two</blockquote>"),
        ("<ul><li>one<center>two</center>three</li></ul>", "<ul><li>one<br>two<br>three</li></ul>"),
        ("<ul><li><div>one</div></li></ul>", "<ul><li>one</li></ul>"),
        ("<div>one<div><b>two</b></div></div>", "one<b><br>two</b>"),
        ("<h2>one<div>two</div></h2>", "<h2>one two</h2>"),
        ("<tr><td>one</td><th>two</th></tr><caption>three</caption>", "one<br>two<br>three"),
        ("<li><select><option>one<option>two</select>", "<li>one<br>two</li>"),
        ("<pre><div>one</div><div>two</div></pre>", "<pre>one\ntwo</pre>"),
        ("<p>one<article>two</article></p>", "<p>one</p>two<p></p>"),
        ('<p>one <q lang="<div>">two</q></p>', '<p>one <q lang="&lt;div&gt;">two</q></p>'),
    ],
)
def test_the_text_of_a_removed_block_touches_no_other_text(html, clean):
    assert sanitise.sanitise(html) == clean == sanitise.sanitise(clean)
