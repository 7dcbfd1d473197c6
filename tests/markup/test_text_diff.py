"""Differences of two texts are marked by words, and by paragraphs where a text has several."""

import re

from lessons.markup.text_diff import diff_paragraph, diff_paragraphs, diff_words


def marked(html):
    """Return the difference without its labels, `-` before what was removed and `+` before what was added."""
    html = re.sub(r'<span class="visually-hidden">.*?</span>', "", html)
    return " ".join(re.sub(r"<(/?)(ins|del)>", lambda m: "" if m[1] else "+-"[m[2] == "del"], html).split())


def test_words_are_marked_with_labels_and_escaped():
    assert diff_words("a <b> c", "a c  d") == (
        'a <del><span class="visually-hidden">removed: </span>&lt;b&gt;</del> c '
        '<ins><span class="visually-hidden">added: </span>d</ins>'
    )
    assert marked(diff_words("one two", "one three")) == "one -two +three"


def test_what_is_the_same_is_shortened_on_request():
    words = " ".join(f"w{n}" for n in range(9))
    assert marked(diff_words(f"{words} old", f"{words} new", keep=2)) == "w0 w1 … w7 w8 -old +new"
    assert marked(diff_words("a b old", "a b new", keep=2)) == "a b -old +new"


def test_paragraphs_are_compared_in_pairs_and_those_alike_are_counted():
    old = "<p>One stays.</p><p>Two is the same sea.</p><p>Three goes.</p>"
    new = "<p>One stays.</p><p>Two is the same moon.</p>"
    assert [marked(line) for line in diff_paragraphs(old, new).split("\n")] == [
        '<p class="muted">1 paragraph is the same.</p>',
        "<p>Two is the same -sea. +moon. </p>",
        "<p>-Three goes. </p>",
    ]
    assert "only its formatting" in diff_paragraphs("<p>a</p>", "<p><em>a</em></p>")


def test_paragraphs_with_little_in_common_follow_one_another():
    assert marked(diff_paragraph("ebb and flow", "rain over hills")) == "-ebb and flow +rain over hills"
