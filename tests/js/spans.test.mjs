import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CHANGED,
  findQuote,
  flattenSpans,
  HIGHLIGHT_ONLY,
  LAYERS,
  onlyFound,
  OWN,
  QUESTION,
  spansAt,
  UNREAD,
} from "../../static/js/annotations/lib/spans.js";

/* Returns the layers that have spans, by name. `rows` are [start, end, flags], sorted by start. */
function layers(rows, focused) {
  const spans = flattenSpans(columns(rows), new Set(focused));
  return Object.fromEntries(LAYERS.map((name, n) => [name, spans[n]]).filter(([, flat]) => flat.length));
}

function columns(rows) {
  return {
    starts: rows.map(([start]) => start),
    ends: rows.map(([, end]) => end),
    flags: rows.map(([, , flags = 0]) => flags),
  };
}

test("no annotation gives no span", () => {
  assert.deepEqual(layers([]), {});
});

test("spans that do not touch stay as they are", () => {
  assert.deepEqual(layers([[0, 5], [10, 12]]), { one: [0, 5, 10, 12] });
});

test("neighbours of one layer become one span", () => {
  assert.deepEqual(layers([[0, 5], [5, 9]]), { one: [0, 9] });
});

test("an overlap is darker than what it overlaps", () => {
  assert.deepEqual(layers([[0, 10], [5, 15]]), { one: [0, 5, 10, 15], two: [5, 10] });
});

test("one inside another splits it in three", () => {
  assert.deepEqual(layers([[0, 20], [5, 10]]), { one: [0, 5, 10, 20], two: [5, 10] });
});

test("from three on it does not get darker", () => {
  assert.deepEqual(layers([[0, 9], [0, 9], [0, 9], [0, 9], [0, 9]]), { three: [0, 9] });
});

test("one's own passage goes before the number of others, a question before that, the focused before all", () => {
  const rows = [[0, 40], [10, 30, OWN], [15, 25, QUESTION], [18, 20]];
  assert.deepEqual(layers(rows), { one: [0, 10, 30, 40], own: [10, 15, 25, 30], question: [15, 25] });
  assert.deepEqual(layers(rows, [3]).focus, [18, 20]);
  assert.deepEqual(layers(rows, [3]).question, [15, 18, 20, 25]);
});

test("other flags do not change the layer", () => {
  assert.deepEqual(layers([[0, 5, UNREAD | CHANGED | HIGHLIGHT_ONLY]]), { one: [0, 5] });
});

test("spans cover exactly what is annotated, each point in one layer", () => {
  // A linear congruential generator: the same passages at each run.
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  const rows = Array.from({ length: 300 }, () => {
    const start = random(1000);
    return [start, start + 1 + random(60), random(32)];
  }).sort(([a], [b]) => a - b);
  const flat = flattenSpans(columns(rows));
  const painted = new Array(1100).fill(0);
  for (const layer of flat) {
    for (let n = 0; n < layer.length; n += 2) {
      assert.ok(layer[n] < layer[n + 1]);
      for (let at = layer[n]; at < layer[n + 1]; at += 1) painted[at] += 1;
    }
  }
  const annotated = painted.map((_, at) => (rows.some(([start, end]) => start <= at && at < end) ? 1 : 0));
  assert.deepEqual(painted, annotated);
});

test("the passages at an offset come shortest first, their end excluded", () => {
  const positions = columns([[0, 20], [5, 10], [5, 30], [12, 14]]);
  assert.deepEqual(spansAt(positions, 5), [1, 0, 2]);
  assert.deepEqual(spansAt(positions, 10), [0, 2]);
  assert.deepEqual(spansAt(positions, 40), []);
});

test("a quote is found in code points", () => {
  assert.deepEqual(findQuote("the squid", "🦑🦑 is the squid"), [6, 15]);
  assert.deepEqual(findQuote("🦑 海", "море 🦑 海"), [5, 8]);
});

test("a quote is not found where it is missing or occurs twice", () => {
  assert.equal(findQuote("tide", "the sea"), null);
  assert.equal(findQuote("tide", "tide and tide"), null);
  assert.equal(findQuote("aa", "aaa"), null, "overlapping occurrences are two");
});

test("those found elsewhere come in the order of that text", () => {
  const spans = new Map([[7, [30, 35]], [9, [4, 8]]]);
  const found = onlyFound({ ids: [7, 8, 9], flags: [OWN, 0, QUESTION] }, spans);
  assert.deepEqual(found, { ids: [9, 7], starts: [4, 30], ends: [8, 35], flags: [QUESTION, OWN] });
});
