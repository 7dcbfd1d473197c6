"""Typing into the box after a paste changes the HTML of the paste, and drops none of its structure."""

import pytest

from lessons.importing.readers.pasted_edits import apply_typing

HTML = (
    "<style>p { color: red }</style><h1>Winds &amp; tides</h1><p>They <b>blow</b> far.</p>"
    "<ol><li>One is <i>here</i></li><li>Two</li></ol><p>The end.</p>"
)
TEXT = "Winds & tides\n\nThey blow far.\n\n  1. One is here\n  2. Two\n\nThe end."
TYPED = {
    "a character": ("far.", "farr.", "far.", "farr."),
    "in a bold word": ("blow", "blew", "<b>blow</b>", "<b>blew</b>"),
    "over the end of it": ("blow far", "blo ar", "<b>blow</b> far", "<b>blo </b>ar"),
    "an escaped character": ("Winds & tides", "Winds < & tides", "Winds &amp;", "Winds &lt; &amp;"),
    "in a numbered item": ("One is here", "One was here", "One is <i>here</i>", "One was <i>here</i>"),
    "a new paragraph": ("far.", "far.\n\nNew <here>.", "far.</p>", "far.</p><p>New &lt;here&gt;.</p>"),
    "a new item": ("  2. Two", "  2. Two\n  Three", "<li>Two</li>", "<li>Two</li><li>Three</li>"),
    "at the beginning": ("Winds & tides\n", "First\nWinds & tides\n", "<h1>W", "<p>First</p><h1>W"),
    "a deleted line": ("They blow far.\n", "", "They <b>blow</b> far.", "<b></b>"),
}


@pytest.mark.parametrize("name", TYPED)
def test_typing_is_made_in_the_html(name):
    before, after, old_html, new_html = TYPED[name]
    assert apply_typing(HTML, TEXT, TEXT.replace(before, after)) == HTML.replace(old_html, new_html)


def test_several_changes_are_made_at_once():
    html = apply_typing(HTML, TEXT, "The " + TEXT.replace("Two", "Too").replace("The end.", ""))
    assert "<h1>The Winds &amp; tides</h1>" in html
    assert "<li>Too</li></ol><p></p>" in html


def test_a_line_that_the_html_does_not_have_cannot_be_changed():
    assert apply_typing("<p>Something else</p>", TEXT, TEXT.replace("far", "near")) is None
    assert apply_typing(HTML, TEXT, TEXT) == HTML
