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


def test_spans_are_flattened_into_disjoint_layers(module):
    assert module(SPANS, flatten([0], [5], [0])) == [[0, 5], [], [], [], [], []]
    assert module(SPANS, flatten([0, 2, 3], [9, 7, 5], [0, 0, 0])) == [[0, 2, 7, 9], [2, 3, 5, 7], [3, 5], [], [], []]
    assert module(SPANS, flatten([0, 0, 0, 0], [2, 2, 2, 2], [0] * 4)) == [[], [], [0, 2], [], [], []]
    assert module(SPANS, flatten([0, 2], [2, 4], [0, 0])) == [[0, 4], [], [], [], [], []]
    assert module(SPANS, flatten([0, 2, 4], [9, 6, 5], [0, 1, 2])) == [[0, 2, 6, 9], [], [], [2, 4, 5, 6], [4, 5], []]
    assert module(SPANS, flatten([0, 2], [4, 6], [2, 0], "new Set([1])")) == [[], [], [], [], [0, 2], [2, 6]]
    assert module(SPANS, flatten([], [], [])) == [[], [], [], [], [], []]


def test_flattening_agrees_with_a_check_of_every_offset(module):
    wrong = module(
        SPANS,
        """(() => {
          let seed = 7;
          const next = (n) => (seed = (seed * 48271) % 2147483647) % n;
          const covers = (flat, at) => flat.some((_, i) => i % 2 === 0 && flat[i] <= at && flat[i + 1] > at);
          for (let round = 0; round < 200; round += 1) {
            const spans = Array.from({ length: 1 + next(9) }, () => [next(20), 1 + next(6), next(4)]);
            spans.sort((a, b) => a[0] - b[0]);
            const starts = spans.map((s) => s[0]), flags = spans.map((s) => s[2]);
            const ends = spans.map((s) => s[0] + s[1]);
            const layers = m.flattenSpans({ starts, ends, flags });
            for (let at = 0; at < 30; at += 1) {
              const here = flags.filter((_, n) => starts[n] <= at && ends[n] > at);
              const mine = here.some((f) => f & 1) ? 3 : Math.min(here.length, 3) - 1;
              const kind = here.some((f) => f & 2) ? 4 : mine;
              const found = layers.map((flat, n) => covers(flat, at) ? n : -1).filter((n) => n >= 0);
              if (String(found) !== String(here.length ? [kind] : [])) return [round, at];
            }
          }
          return null;
        })()""",
    )
    assert wrong is None


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
