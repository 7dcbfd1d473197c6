"""The passages of a text, as the search finds them."""

from lessons.markup.blocks import unescape_text
from lessons.markup.passages import MAX_LENGTH, MIN_LENGTH, passages
from lessons.markup.plain_text import plain_text
from lessons.markup.sanitise import add_heading_ids, sanitise

LONG = "The tide comes in. " * (MIN_LENGTH // 18 + 1)
ALSO_LONG = LONG.replace("in", "out")


def html_of(body):
    return sanitise(add_heading_ids(sanitise(body)))


def texts(body):
    return [passage.text for passage in passages(html_of(body))]


def test_each_paragraph_is_a_passage_under_its_headings():
    html = html_of(f"<p>{LONG}</p><h2>Spring <em>tides</em></h2><p>{LONG}</p><h3>Neaps</h3><p>{ALSO_LONG}</p>")
    found = passages(html)
    assert [passage.headings for passage in found] == [(), ("Spring tides",), ("Spring tides", "Neaps")]
    assert [passage.anchor for passage in found] == ["", "sec-spring-tides", "sec-neaps"]
    text = plain_text(html)
    assert [text[passage.start : passage.end] for passage in found] == [LONG.strip(), LONG.strip(), ALSO_LONG.strip()]


def test_a_heading_ends_where_another_of_its_level_begins():
    found = passages(html_of("<h2>A</h2><h3>B</h3><p>one</p><h2>C</h2><p>two</p>"))
    assert [(passage.headings, passage.text) for passage in found] == [(("A", "B"), "one"), (("C",), "two")]


def test_a_heading_without_a_text_is_a_passage_itself():
    html = html_of("<h2>A</h2><h2>B</h2><h3>C</h3><p>text</p><h3>D</h3>")
    found = passages(html)
    assert [(row.headings, row.text) for row in found] == [((), "A"), (("B", "C"), "text"), (("B",), "D")]
    assert [plain_text(html)[row.start : row.end] for row in found] == ["A", "text", "D"]


def test_the_items_of_a_list_and_what_introduces_them_are_found_together():
    assert texts("<p>Needed:</p><ul><li>a boat</li><li>oars<ul><li>two</li></ul></li></ul>") == [
        "Needed: a boat · oars · two"
    ]
    assert texts("<dl><dt>ebb</dt><dd>The falling tide.</dd></dl>") == ["ebb · The falling tide."]


def test_only_blocks_that_end_without_a_stop_are_separated():
    assert texts(
        "<ul><li>Ebb.</li><li>“Neap?”</li><li>flood;</li><li>潮。</li><li>spring</li><li>surge</li></ul>"
    ) == ["Ebb. “Neap?” flood; 潮。 spring · surge"]


def test_a_short_rest_is_joined_with_the_passage_before_it_but_not_over_a_heading():
    assert texts(f"<p>{LONG}</p><p>So it is.</p>") == [f"{LONG.strip()} So it is."]
    assert texts(f"<p>{LONG}</p><h2>Then</h2><p>So it is.</p>") == [LONG.strip(), "So it is."]


def test_the_cells_of_a_row_stay_together():
    table = "<table><thead><tr><th>Port</th><th>Range</th></tr></thead><tbody><tr><td><p>Bristol</p></td><td>12 m</td>"
    assert texts(f"{table}</tr></tbody></table>") == ["Port · Range · Bristol · 12 m"]


def test_formulas_images_and_line_breaks_are_read_and_references_to_footnotes_are_not():
    image = '<img src="/assets/6b0ff3a6-7f0e-4d5c-9d8e-6a2b8b1f4c11/" alt="A wall">'
    formula = '<math alttext="v^2"><msup><mi>v</mi><mn>2</mn></msup></math>'
    reference = '<sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup>'
    assert texts(f"<p>Speed{reference}<br>is {formula} here.</p><p>{image}</p>") == ["Speed is $v^2$ here. A wall"]


def test_footnotes_stand_under_no_heading():
    body = '<h2>A</h2><p>text</p><section class="footnotes"><ol><li id="fn1"><p>note</p></li></ol></section>'
    assert [(row.headings, row.text) for row in passages(html_of(body))] == [(("A",), "text"), ((), "note")]


def test_a_very_long_block_is_divided_between_words_and_nothing_is_lost():
    words = [f"word{n}" for n in range(3000)]
    html = html_of(f"<h2>{'long heading ' * 60}</h2><p>{' '.join(words)}</p>")
    found = passages(html)
    assert " ".join(row.text for row in found).endswith(" ".join(words))
    assert found[0].text.count("heading") == 60
    assert all(len(row.text) <= 2 * MAX_LENGTH for row in found)
    assert len(passages(html_of(f"<p>{'潮' * (3 * MAX_LENGTH)}</p>"))) == 3
    text = plain_text(html)
    assert all(text[row.start : row.end] == row.text for row in found[1:])


def test_offsets_count_code_points_and_entities_once():
    html = html_of("<p>🌊&amp; <b>so</b></p><h2>Next</h2><p>&lt;here&gt;</p>")
    assert [plain_text(html)[row.start : row.end] for row in passages(html)] == ["🌊& so", "<here>"]
    assert unescape_text("&amp;") == "&"


def test_a_text_without_anything_visible_has_no_passage():
    assert texts("<p> </p><hr>") == []


def test_a_cell_after_as_much_as_a_passage_holds_begins_without_a_separator():
    words = "tide " * (MAX_LENGTH // 5)
    [passage] = passages(f"<table><tbody><tr><td>sea</td><td>{words}</td><td>moon</td></tr></tbody></table>")
    assert passage.text == f"sea · {words}moon"
