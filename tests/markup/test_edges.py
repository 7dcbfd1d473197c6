"""Pure functions at the edges of what they accept: nothing, too much, and what only broken HTML contains."""

import sys
from inspect import stack

import pytest
from django.contrib.auth.models import AnonymousUser

from lessons.importing.outline import nesting, numbering
from lessons.markup import html_to_markdown, merge, sequence_diff
from lessons.markup.characters import clean_values, is_needed_joiner
from lessons.markup.folding import fold_with_offsets
from lessons.markup.formulas import converted, formula_from_mathml, in_alphabet
from lessons.markup.lesson_markdown import render_lesson, render_markdown
from lessons.markup.markdown_callouts import container_name
from lessons.markup.mojibake import decode_twice
from lessons.markup.passages import passages
from lessons.markup.post_markdown import ParsedPost
from lessons.markup.sanitise import InvalidText, sanitise
from lessons.markup.tex_dialects import clean_tex
from lessons.permissions import moderated_course_ids

IMAGE = "/assets/0b6f6d7a-0000-4000-8000-000000000001/"


def with_little_stack(act, frames):
    """Call `act` where Python allows only so many more nested calls."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(stack()) + frames)
    try:
        return act()
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("read", [render_markdown, lambda text: render_lesson(text, {}.get), ParsedPost])
def test_a_text_nested_deeper_than_the_stack_is_refused(read):
    read("> a")  # loads what is loaded once
    with pytest.raises(InvalidText, match="nested"):
        with_little_stack(lambda: read(">" * 18 + " a deep quotation"), 50)


def test_a_text_that_becomes_too_long_is_refused():
    with pytest.raises(InvalidText, match="too long once it is formatted"):
        render_markdown("a long text", max_output=5)


def test_every_value_of_json_is_cleaned():
    assert clean_values({"a\x00": [1, "x\x00", None]}) == {"a": [1, "x", None]}


def test_a_joiner_at_an_edge_is_needless():
    assert not is_needed_joiner("\u200da", 0)


def test_an_accent_without_a_letter_is_folded_to_nothing():
    assert fold_with_offsets("\u0301a&amp;").text == "a&"


def test_folded_text_knows_where_it_was():
    assert fold_with_offsets("Plain").text == "plain"
    folded = fold_with_offsets("E\u0301t%41 \\(")
    assert folded.text == "eta ("
    assert [folded.span(0, 1), folded.span(2, 3), folded.span(4, 5)] == [(0, 2), (3, 6), (8, 9)]


def test_text_encoded_twice_and_again_is_decoded():
    text = "déjà vu à l’été"
    for _time in range(3):
        text = text.encode().decode("cp1252", "replace")
    assert decode_twice(text.replace("\ufffd", "")) != text


@pytest.mark.parametrize("words", ['note{title="T"}', 'note {title="T"}', "{.note} T", "note[T]"])
def test_the_title_of_a_container_is_written_in_many_ways(words):
    assert container_name(words) == ("note", "T")


def test_attributes_without_a_title_are_none():
    assert container_name("note{.wide}") == ("note", "")


def test_letters_without_a_form_in_an_alphabet_stay():
    assert in_alphabet("x=é1", "bold") == "𝐱=é𝟏"


def test_an_annotation_in_another_language_is_no_tex():
    annotation = '<annotation encoding="MathML-Content">y</annotation>'
    assert 'alttext="x"' in formula_from_mathml(f"<math><semantics><mi>x</mi>{annotation}</semantics></math>")


def test_tex_that_grows_beyond_the_limit_is_not_converted(monkeypatch):
    monkeypatch.setattr("lessons.markup.formulas.simplified", lambda tex: tex * 10_000)
    assert converted("x") == ""


def test_an_unknown_element_is_not_converted(monkeypatch):
    monkeypatch.setattr("lessons.markup.mathml.ELEMENTS", {"mrow", "mi"})
    assert converted(r"\frac{a}{b}") == ""


def test_delimiters_around_two_formulas_are_not_removed():
    assert clean_tex("$a$ or $b$") == ("$a$ or $b$", False)


def test_formulas_in_code_and_without_an_end_stay_text():
    assert "<code>$$\nx" in render_markdown("    $$\n    x\n    $$")
    assert render_markdown("$$\nx") == "<p>$$\nx</p>"
    assert "<math" not in render_markdown("```math\n:label: a\n```")
    assert "<math" not in render_markdown("$$\n" + ("x" * 300 + "\n") * 20 + "$$")


def test_blocks_that_cannot_be_read_again_are_said_to_be_no_markdown(monkeypatch):
    monkeypatch.setattr(html_to_markdown._Reader, "read", lambda *arguments: [])
    for html in ("<p>a</p>", '<p>a</p><section class="footnotes"><ol><li>b</li></ol></section>'):
        with pytest.raises(html_to_markdown.NotMarkdown):
            html_to_markdown.to_markdown(html)


def test_very_many_blocks_are_not_compared_one_by_one(monkeypatch):
    monkeypatch.setattr(html_to_markdown, "MAX_COMPARED", 0)
    assert html_to_markdown._unmatched(["a", "b", "c"], ["a", "x", "y", "c"]) == {1}


def test_comments_are_no_text_and_links_within_links_no_markdown():
    assert html_to_markdown.blocks_of("<p>a<!-- b -->c</p><pre></pre>") == html_to_markdown.blocks_of(
        "<p>ac</p><pre></pre>"
    )
    html = sanitise('<a href="#x"><table><tr><td><a href="#y">z</a></td></tr></table></a>')
    with pytest.raises(html_to_markdown.NotMarkdown):
        html_to_markdown.to_markdown(html)


@pytest.mark.parametrize(
    ("mine", "theirs", "conflicts"),
    [
        ("<p>x</p><p>m</p><p>z</p>", "<p>x</p><p>n</p><p>z</p>", 1),
        ("<p>x</p><p>m</p>", "<p>x</p>", 1),
        ("<p>a</p>", "<p>a</p>", 0),
    ],
)
def test_what_both_wrote_is_no_conflict(mine, theirs, conflicts):
    pieces = merge.merge("<p>a</p><p>b</p>", mine, theirs).pieces
    assert sum(isinstance(piece, merge.Conflict) for piece in pieces) == conflicts


def test_two_new_kinds_of_a_list_are_decided_as_a_whole():
    base, mine, theirs = ('<ul class="a"><li>a</li><li>b</li></ul>'.replace('"a"', f'"{name}"') for name in "abc")
    mine, theirs = mine.replace("</ul>", "<li>c</li></ul>"), theirs.replace("<li>a", "<li>z</li><li>a")
    [conflict] = merge.merge(base, mine, theirs).pieces
    assert (conflict.mine, conflict.theirs) == (mine, theirs)


def test_long_sequences_without_a_common_item_are_one_change():
    old, new = ["a", "b"] * 600, ["c", "d"] * 600
    assert sequence_diff.edits(old, new) == [sequence_diff.Edit(0, 1200, 0, 1200)]


def test_passages_of_broken_html_are_read():
    table = "<table><tr><td></td><td>a<sup>2</sup></td><tr><td>b</td></table>"
    assert [passage.text for passage in passages(f"<h2></h2>{table}< ><p>c</p>")] == ["· a2 · b · c"]


def test_html_that_never_settles_is_cleaned_a_limited_number_of_times(monkeypatch):
    monkeypatch.setattr("lessons.markup.sanitise.MAX_PASSES", 0)
    assert "script" not in sanitise("<p>a<script>b</script></p>")


def test_directions_and_attributes_that_mean_nothing_are_ignored():
    assert render_markdown("> 1 + 1") == "<blockquote>\n<p>1 + 1</p>\n</blockquote>"
    image = '![tide](x.png){width=50 alt="A wave"}'
    assert render_lesson(image, {"x.png": IMAGE}.get) == f'<p><img src="{IMAGE}" alt="A wave"></p>'


def test_a_visitor_moderates_no_course():
    assert moderated_course_ids(AnonymousUser()) == []


def test_a_part_named_by_a_letter_is_counted_as_one():
    assert [marker.values for marker in numbering.markers("Part D")] == [(4,)]
    assert nesting.infer_parents([], "", []) == []
