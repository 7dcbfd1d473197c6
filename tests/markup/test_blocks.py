"""The blocks of a text, each with a link to the form for a note on it."""

import pytest

from lessons.markup import plain_text
from lessons.markup.blocks import block_boundaries, text_blocks, with_spaces
from lessons.markup.formulas import formula
from lessons.reading.enrichment import Term, enrich
from lessons.services import prepare_html

DOCUMENTS = {
    "paragraphs": ("<p>One.</p>\n<p> Two. </p>", ["One.", "Two."]),
    "headings name what follows": ("<h2>Tides</h2><p>One.</p>", ["One."]),
    "nested lists": ("<ul><li>a<ul><li>b</li></ul>c</li><li><p>d</p><p>e</p></li></ul>", ["a", "b", "c", "d", "e"]),
    "tables": ("<table><tr><th>a</th><td></td><td>b <b>c</b></td></tr></table>", ["a", "b c"]),
    "code": ("<pre>if x &lt; 1:\n\n  y</pre><p>z</p>", ["if x < 1:\n\n  y", "z"]),
    "entities": ("<p>&amp;&nbsp;&lt;p&gt; &copy;</p><p>x</p>", ["&\xa0<p> ©", "x"]),
    "astral characters": ("<p>😀 𝔘</p><p>👩‍👩‍👧 x</p>", ["😀 𝔘", "👩‍👩‍👧 x"]),
    "inline elements": ("<p>a <em>b</em> <a href='/x'>c</a></p>", ["a b c"]),
    "quotes and figures": (
        "<blockquote>q<p>r</p></blockquote><figure><figcaption>f</figcaption></figure>",
        ["q", "r", "f"],
    ),
    "words outside any element": ("a<p>b</p>c", ["a", "b", "c"]),
    "definitions": ("<dl><dt>t</dt><dd>d</dd></dl><hr>", ["t", "d"]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_blocks_are_spans_of_the_text_in_code_points(name):
    html, expected = DOCUMENTS[name]
    html = prepare_html(html)
    words = plain_text.plain_text(html)
    assert [words[block.start : block.end] for block in text_blocks(html)] == expected


@pytest.mark.parametrize("name", DOCUMENTS)
def test_annotate_links_are_in_their_blocks_and_add_no_text(name):
    html = prepare_html(DOCUMENTS[name][0])
    page = enrich(html, (Term(1, "one", "The first."),), "/lessons/1/notes/new/?revision=1").html
    assert plain_text.plain_text(page) == plain_text.plain_text(html)
    assert page.count('class="annotate-link"') == len(text_blocks(html))
    assert page.count("&amp;block=0") == bool(text_blocks(html))


def test_the_link_is_at_the_end_of_its_block():
    page = enrich("<ul><li>a<ul><li>b</li></ul></li></ul>", (), "/new/?revision=1").html
    first, second = (f'<a class="annotate-link" href="/new/?revision=1&amp;block={n}"' for n in range(2))
    assert page.startswith(f"<ul><li>a{first}")
    assert f"<li>b{second}" in page
    assert 'aria-label="Note on this paragraph"></a></li>' in page


def test_no_link_within_a_link():
    assert text_blocks('<a href="/x"><p>a</p></a><p>b</p>')[0].start == 1


@pytest.mark.django_db
def test_only_those_who_may_annotate_get_links(client, sign_in, learner, outsider, lesson):
    at = lesson.get_absolute_url()
    assert f"/lessons/{lesson.pk}/notes/new/?revision=1&amp;block=1" in sign_in(learner).get(at).content.decode()
    for other in (client, sign_in(outsider)):
        page = other.get(at).content.decode()
        assert "annotate-link" not in page
        assert "annotation-loader" not in page
    assert "annotate-link" not in sign_in(learner).get(f"/lessons/{lesson.pk}/revisions/1/").content.decode()


def test_no_term_is_linked_in_a_formula():
    html = prepare_html(f"<p>The mass m: {formula('m')} m.</p>")
    assert enrich(html, (Term(1, "m", "Mass."),)).html.count('<a class="term"') == 1
    only = prepare_html(f"<p>The mass {formula('m')}.</p>")
    assert enrich(only, (Term(1, "m", "Mass."),)).html == only


def test_a_quote_over_several_blocks_has_a_space_between_them():
    html = "<h2>Walls</h2><p>A wall keeps<br>the sea out.</p> <p>Dunes <em>drink</em> it.</p>"
    text, boundaries = plain_text.plain_text(html), block_boundaries(html)
    assert with_spaces(text, 0, boundaries) == "Walls A wall keeps the sea out. Dunes drink it."
    start = text.index("keeps")
    assert with_spaces(text[start : start + 8], start, boundaries) == "keeps the"
    assert with_spaces(text[start : start + 5], start, boundaries) == "keeps"
