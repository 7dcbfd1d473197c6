"""The passages of a text: what figures are by."""

from lessons.insight.passages import all_passages, sections
from lessons.markup.plain_text import plain_text

UID = "0f8b4c1e-7d0a-4f0e-9c1a-2b3c4d5e6f70"
HTML = (
    '<p>Before  it all.</p><h2 id="ebb">Ebb &amp; <em>flood</em></h2><p>It runs\nout.</p>'
    "<ul><li>One</li><li>Two</li></ul>"
    f'<hr data-check="{UID}"><h3 id="neap">Neap</h3><table><tr><th>Moon</th><td>Range</td></tr>'
    "<tr><td>Full</td><td>Great</td></tr></table><p>One</p>"
)


def test_sections_have_their_passages_and_checks():
    before, ebb, neap = sections(HTML)
    assert (before.heading, before.anchor, [p.excerpt for p in before.passages]) == ("", "", ["Before it all."])
    assert (ebb.heading, ebb.anchor, ebb.level) == ("Ebb & flood", "ebb", 2)
    assert [p.excerpt for p in ebb.passages] == ["It runs out.", "One", "Two"]
    assert (ebb.checks, neap.checks) == ((UID,), ())


def test_the_cells_of_a_row_are_one_passage():
    *_others, neap = sections(HTML)
    assert [p.excerpt for p in neap.passages] == ["Moon · Range", "Full · Great", "One"]


def test_passages_are_spans_of_the_text():
    text = plain_text(HTML)
    for passage in all_passages(sections(HTML)):
        words = "".join(text[passage.start : passage.end].split())
        assert words == passage.excerpt.replace(" · ", "").replace(" ", "")


def test_equal_passages_have_different_keys_that_stay_when_others_change():
    one, again = [p for p in all_passages(sections(HTML)) if p.excerpt == "One"]
    assert one.key != again.key
    changed = sections(HTML.replace("Before", "After").replace("<li>Two</li>", ""))
    assert {one.key, again.key} < {p.key for p in all_passages(changed)}


def test_a_text_without_headings_or_without_text_has_sections_too():
    assert [len(section.passages) for section in sections("<p>One</p><p>Two</p>")] == [2]
    assert sections("") == ()
    (only,) = sections(f'<hr data-check="{UID}">')
    assert (only.checks, only.passages) == ((UID,), ())
