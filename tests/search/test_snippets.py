"""A snippet is the part of a text that shows why it was found, escaped, with what was searched marked."""

from django.utils.safestring import mark_safe

from lessons.search.snippets import Matcher, Pattern, from_first_mark, marked, snippet

TIDES = Pattern(frozenset({"tides"}), frozenset({"tide"}))
MOON = Pattern(frozenset({"moon"}))
LONG = "Nothing is said of it here. " * 30


def shown(text, *patterns, language="en", **options):
    return snippet(text, Matcher(patterns, language).matches(text), **options)


def whole(text, *patterns, language="en"):
    return marked(text, Matcher(patterns, language).matches(text))


def test_a_word_is_marked_in_any_case_form_and_accent():
    assert whole("Tidés of the Tide", TIDES) == "<mark>Tidés</mark> of the <mark>Tide</mark>"
    assert whole("Straße", Pattern(frozenset({"strasse"}))) == "<mark>Straße</mark>"


def test_a_word_without_stems_is_marked_in_this_form_only():
    assert whole("tide and tides", Pattern(frozenset({"tides"}))) == "tide and <mark>tides</mark>"


def test_a_phrase_is_marked_where_its_words_stand_in_a_row_and_as_one():
    phrase = Pattern(phrase=("neap", "tide"))
    assert whole("A tide; a neap tide.", phrase) == "A tide; a <mark>neap tide</mark>."
    assert whole("关于潮汐表的书", Pattern(phrase=("潮汐", "汐表"))) == "关于<mark>潮汐表</mark>的书"


def test_everything_is_escaped():
    assert whole("<b>Moon</b> & 'tides'", MOON) == "&lt;b&gt;<mark>Moon</mark>&lt;/b&gt; &amp; &#x27;tides&#x27;"


def test_the_part_with_most_of_the_clauses_is_shown():
    part = shown(f"{LONG}Tides alone. {LONG}The moon makes tides. {LONG}", TIDES, MOON)
    assert "The <mark>moon</mark> makes <mark>tides</mark>." in part.html
    assert part.html.startswith("The ")
    assert part.html.endswith(" …")
    assert part.end - part.start < 300


def test_a_snippet_without_matches_is_the_beginning():
    part = shown(LONG, MOON)
    assert part.html.startswith("Nothing is said")
    assert part.start == 0
    assert "<mark>" not in part.html


def test_a_text_without_spaces_is_cut_too():
    part = shown("潮" * 5_000 + "月亮" + "潮" * 5_000, Pattern(phrase=("月亮",)))
    assert "<mark>月亮</mark>" in part.html
    assert part.end - part.start < 300


def test_a_short_text_is_shown_whole():
    assert shown("Moon.", MOON).html == "<mark>Moon</mark>."


def test_a_short_line_begins_shortly_before_the_first_mark():
    html = mark_safe("Tom &amp; Jerry went to see the <mark>sea</mark> again")
    assert from_first_mark(html, 12) == "… to see the <mark>sea</mark> again"
    assert from_first_mark(html, 40) == html
    assert from_first_mark(mark_safe("No word of it"), 5) == "No word of it"
    unbroken = mark_safe("Unbroken-before-the-<mark>sea</mark>")
    assert from_first_mark(unbroken, 5) == unbroken
