"""Enriching a text for reading does not change its text content, on which the offsets of notes depend."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.markup import plain_text
from lessons.reading.enrichment import Term, enrich
from lessons.services import prepare_html
from tests.factories import make_lesson, make_module, make_published, make_term

TIDE = Term(1, "tide", "The sea going up and down.")
SPRING = Term(2, "spring tide", "A tide of great range.")


def marked(html, *terms):
    """Return the linked words, each with the id of its term."""
    found = re.findall(r'<a class="term" href="#term-(\d+)">([^<]*)</a>', enrich(html, terms).html)
    return [(int(pk), words) for pk, words in found]


def test_a_term_is_linked_where_it_is_first_used():
    assert marked("<p>A tide comes. The tide goes.</p><p>tide</p>", TIDE) == [(1, "tide")]


def test_whole_words_in_any_case_and_plain_plurals_are_linked():
    assert marked("<p>Tidewater and betide; then TIDES.</p>", TIDE) == [(1, "TIDES")]


def test_the_longer_of_two_terms_wins_and_the_shorter_waits():
    assert marked("<p>A spring tide is a tide.</p>", TIDE, SPRING) == [(2, "spring tide"), (1, "tide")]


@pytest.mark.parametrize("element", ["h2", "h3", "h4", "a", "code", "pre", "kbd"])
def test_nothing_is_linked_inside(element):
    assert marked(f"<{element}>tide</{element}>", TIDE) == []
    assert marked(f"<{element}>the <em>tide</em></{element}><p>A tide.</p>", TIDE) == [(1, "tide")]


def test_terms_with_punctuation_are_linked():
    assert marked("<p>R&amp;D and a &lt; b</p>", Term(3, "R&D", "Research.")) == [(3, "R&amp;D")]
    assert marked("<p>amp &amp; sand</p>", Term(3, "amp", "A word.")) == [(3, "amp")]
    assert marked("<p>la déterrence</p>", Term(4, "Déterrence", "")) == [(4, "déterrence")]


def test_composed_and_decomposed_accents_are_equal():
    composed, decomposed = "d\u00e9sert", "de\u0301sert"
    for term in (composed, decomposed):
        for words in (composed, decomposed):
            assert marked(f"<p>le {words}</p>", Term(5, term, "")) == [(5, words)]
    assert marked("<p>cafe\u0301</p>", Term(6, "cafe", "")) == []


def test_an_attribute_that_looks_like_an_element_is_left_alone():
    html = prepare_html('<p><a href="/x" title="<h2 tide <table onclick=x>">link</a> tide</p>')
    dressed = enrich(html, (TIDE,)).html
    assert "scroll" not in dressed
    assert "part" not in dressed
    assert marked(html, TIDE) == [(1, "tide")]


def test_tables_and_code_scroll_by_keyboard_too():
    dressed = enrich("<table><tbody><tr><td>1</td></tr></tbody></table><pre>x</pre>", ()).html
    assert dressed.startswith('<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>')
    assert '<pre tabindex="0">' in dressed


PIECES = st.sampled_from(
    ["<p>", "</p>", "<h2>", "</h2>", "<h3>", "</h3>", "<pre>", "\n", "</pre>", "<table>", "<tr>", "<td>", "</table>"]
    + ["<a href='/x'>", "</a>", "<code>", "</code>", "<li>", "<ul>", "</ul>", "<blockquote>", "</blockquote>", "<em>"]
    + ["tide ", "spring tides", " tide", "&amp;", "&lt;tide&gt;", "&nbsp;", "R&amp;D", "😀", "مد", "e\u0301", "-"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_enriching_does_not_change_the_text(source):
    html = prepare_html(source)
    terms = (TIDE, SPRING, Term(3, "R&D", ""), Term(4, "مد", ""), Term(5, "lt", ""))
    assert plain_text.plain_text(enrich(html, terms).html) == plain_text.plain_text(html)


def test_headings_are_listed_with_their_positions():
    headings = enrich(
        '<h2 id="sec-a">The <em>first</em> &amp; last</h2><p>Words.</p><h3 id="sec-b">Second</h3>', ()
    ).headings
    assert [(h.id, h.text, h.level) for h in headings] == [("sec-a", "The first & last", 2), ("sec-b", "Second", 3)]
    assert headings[0].position == 0 < headings[1].position < 1000
    (heading,) = enrich('<h2 id="sec-a">Chapter 1<br>T<b>i</b>des</h2>', ()).headings
    assert heading.text == "Chapter 1 Tides"


@pytest.mark.django_db
def test_the_page_defines_only_the_terms_it_links(client, module, lesson):
    spring, unused = make_term(module, "spring tide"), make_term(module, "bathymetry", "Measuring depth.")
    make_term(make_module(module.course), "neap tide", "Of another module.")
    lesson = make_published(make_lesson(module, body="<p>At spring tides all is <b>wet</b>.</p>"))
    page = client.get(lesson.get_absolute_url()).content.decode()
    assert f'<a class="term" href="#term-{spring.pk}">spring tides</a>' in page
    assert f'id="term-{spring.pk}"' in page
    assert f'id="term-{unused.pk}"' not in page
    assert "Of another module." not in page


@pytest.mark.django_db
def test_a_changed_definition_shows_at_once(client, module, lesson):
    term = make_term(module, "sun", "A star.")
    assert "A star." in client.get(lesson.get_absolute_url()).content.decode()
    term.definition = "Our star."
    term.save()
    page = client.get(lesson.get_absolute_url()).content.decode()
    assert "A star." not in page
    assert "Our star." in page
    term.delete()
    assert "Our star." not in client.get(lesson.get_absolute_url()).content.decode()
