"""The DOM-free parts of the script that paints annotations and lays out their cards, run in Chromium."""

import json
from pathlib import Path

import pytest

SPANS = "js/annotations/lib/spans.js"
CARD_LAYOUT = "js/annotations/lib/card-layout.js"


@pytest.fixture
def module(page, server, environment):
    """Return `module(file, expression)`: the value of an expression over a module `m` of the site, in Chromium."""
    manifest = json.loads((Path(environment["DATA_DIR"]) / "static" / "staticfiles.json").read_text())["paths"]
    page.goto("/health/live/")

    def run(file, expression):
        hashed = manifest[file]
        return page.evaluate(f"async () => {{ const m = await import('/static/{hashed}'); return {expression} }}")

    return run


def flatten(starts, ends, flags, focused="new Set()"):
    return f"m.flattenSpans({{ starts: {starts}, ends: {ends}, flags: {flags} }}, {focused})"


def test_the_page_says_why_no_notes_are_shown(module):
    words = "{ mustPostFirst: 'first', none: 'none fits', empty: 'none yet' }"
    for places, is_filtered, said in [
        ("null", "false", ""),
        ("{ ids: [] }", "false", "none yet"),
        ("{ ids: [] }", "true", "none fits"),
        ("{ ids: [1] }", "true", ""),
        ("{ ids: [1], mustPostFirst: true }", "false", "first"),
    ]:
        assert module(CARD_LAYOUT, f"m.emptyMessage({places}, {is_filtered}, {words})") == said


def test_spans_are_flattened_into_grounds_and_lines(module):
    """One, some, many, focus; question, mine: every passage of the same reader, or of another each."""
    assert module(SPANS, flatten([0], [5], [0])) == [[0, 5], [], [], [], [], []]
    assert module(SPANS, flatten([0, 2], [9, 7], [0, 0])) == [[0, 2, 7, 9], [2, 7], [], [], [], []]
    assert module(SPANS, flatten([0] * 6, [2] * 6, [0] * 6)) == [[], [], [0, 2], [], [], []]
    assert module(SPANS, flatten([0, 2], [2, 4], [0, 0])) == [[0, 4], [], [], [], [], []]
    assert module(SPANS, flatten([0, 2], [9, 6], [1, 2])) == [[0, 2, 6, 9], [2, 6], [], [], [2, 6], [0, 2, 6, 9]]
    assert module(SPANS, flatten([0, 2], [4, 6], [2, 0], "new Set([1])")) == [[0, 2], [], [], [2, 6], [0, 4], []]
    assert module(SPANS, flatten([], [], [])) == [[], [], [], [], [], []]


def test_spans_over_an_offset_are_returned_shortest_first(module):
    notes = "{ starts: [0, 2, 3], ends: [9, 7, 4] }"
    assert module(SPANS, f"m.spansAt({notes}, 3)") == [2, 1, 0]
    assert module(SPANS, f"m.spansAt({notes}, 9)") == []


def test_a_quote_is_found_if_it_occurs_exactly_once(module):
    assert module(SPANS, "m.findQuote('tide', '😀 the tide')") == [6, 10]
    assert module(SPANS, "m.findQuote('tide', 'tide and tide')") is None
    assert module(SPANS, "m.findQuote('ebb', 'tide')") is None


def test_cards_do_not_overlap_and_the_active_one_is_beside_its_passage(module):
    assert module(CARD_LAYOUT, "m.stack([0, 10, 500], [100, 50, 50], 12)") == [0, 112, 500]
    assert module(CARD_LAYOUT, "m.stack([100, 110, 120], [50, 50, 50], 10, 2)") == [0, 60, 120]
    assert module(CARD_LAYOUT, "m.stack([0, 0, 0], [50, 50, 50], 10, 2)") == [0, 60, 120]
    assert module(CARD_LAYOUT, "m.stack([], [], 10)") == []


def test_the_most_active_of_many_notes_are_shown(module):
    items = "[1, 5, 3].map((weight, n) => ({ key: n, weight, numbers: [n] }))"
    assert module(CARD_LAYOUT, f"m.collapse({items}, 2).map((x) => x.length ? x.map((i) => i.key) : x)") == [[1, 2], 1]
    kept = module(CARD_LAYOUT, f"m.collapse({items}, 1, new Set([0]))[0].map((i) => i.key)")
    assert kept == [0]


def test_no_more_cards_than_there_is_room_for(module):
    def found(tops, sizes, least):
        measures = "{ button: 40, slack: 50, max: 4 }"
        heights = f"m.cardsPerBlock({tops}, {sizes}, {least}, {measures})"
        return module(CARD_LAYOUT, f"{heights}.map((r) => [r.cards, r.hasButton])")

    many = [100] * 9
    rooms = found([0, 150, 300, 900], [[100], many, many, many], [0, 0, 0, 1])
    assert rooms == [[1, False], [1, True], [4, True], [4, True]]
    assert found([0, 20, 40, 60], [[100] * 3] * 4, [0] * 4) == [[0, True], [0, True], [0, False], [3, False]]
    assert found([0, 40, 200], [[30], [30, 100], [100]], [0] * 3) == [[1, False], [2, False], [1, False]]
