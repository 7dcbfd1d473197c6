import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CHANGED,
  findQuote,
  flattenSpans,
  HIGHLIGHT_ONLY,
  LAYERS,
  NOBODY,
  onlyFound,
  OWN,
  QUESTION,
  spansAt,
  UNREAD,
} from "../../static/js/annotations/lib/spans.js";

/* Returns the layers that have spans, by name. `rows` are [start, end, flags, reader], sorted by start. */
function layers(rows, focused) {
  const spans = flattenSpans(columns(rows), new Set(focused));
  return Object.fromEntries(LAYERS.map((name, n) => [name, spans[n]]).filter(([, flat]) => flat.length));
}

function columns(rows) {
  return {
    starts: rows.map(([start]) => start),
    ends: rows.map(([, end]) => end),
    flags: rows.map(([, , flags = 0]) => flags),
    readers: rows.map(([, , , reader = NOBODY]) => reader),
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

test("an overlap of two people is darker than what it overlaps", () => {
  assert.deepEqual(layers([[0, 10], [5, 15]]), { one: [0, 5, 10, 15], some: [5, 10] });
});

test("one inside another splits it in three", () => {
  assert.deepEqual(layers([[0, 20], [5, 10]]), { one: [0, 5, 10, 20], some: [5, 10] });
});

test("from six people on it does not get darker", () => {
  const on = (count) => layers(Array.from({ length: count }, () => [0, 9]));
  assert.deepEqual(on(5), { some: [0, 9] });
  assert.deepEqual(on(6), { many: [0, 9] });
  assert.deepEqual(on(60), { many: [0, 9] });
});

test("people count once, however many notes they write, and whoever has no name counts each time", () => {
  assert.deepEqual(layers([[0, 9, 0, 4], [0, 9, 0, 4], [0, 9, 0, 4]]), { one: [0, 9] });
  assert.deepEqual(layers([[0, 9, 0, 4], [3, 6, 0, 4]]), { one: [0, 9] });
  assert.deepEqual(layers([[0, 9, 0, NOBODY], [0, 9, 0, NOBODY]]), { some: [0, 9] });
});

test("lines lie over the grounds, a question's before one's own", () => {
  const rows = [[0, 40], [10, 30, OWN], [15, 25, QUESTION], [18, 20]];
  assert.deepEqual(layers(rows), { one: [0, 10, 30, 40], some: [10, 30], question: [15, 25], mine: [10, 15, 25, 30] });
  const { focus, some, question } = layers(rows, [3]);
  assert.deepEqual([focus, some, question], [[18, 20], [10, 18, 20, 30], [15, 25]]);
});

test("other flags do not change the layer", () => {
  assert.deepEqual(layers([[0, 5, UNREAD | CHANGED | HIGHLIGHT_ONLY]]), { one: [0, 5] });
});

test("spans cover exactly what is annotated: one ground at each point, and at most one line", () => {
  // A linear congruential generator: the same passages at each run.
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  const rows = Array.from({ length: 300 }, () => {
    const start = random(1000);
    return [start, start + 1 + random(60), random(32), random(9) - 1];
  }).sort(([a], [b]) => a - b);
  const painted = Array.from({ length: 1100 }, () => []);
  for (const [layer, flat] of flattenSpans(columns(rows)).entries()) {
    for (let n = 0; n < flat.length; n += 2) {
      assert.ok(flat[n] < flat[n + 1]);
      for (let at = flat[n]; at < flat[n + 1]; at += 1) painted[at].push(LAYERS[layer]);
    }
  }
  const expected = painted.map((_, at) => {
    const here = rows.filter(([start, end]) => start <= at && at < end);
    const named = new Set(here.map(([, , , reader]) => reader).filter((reader) => reader !== NOBODY));
    const count = named.size + here.filter(([, , , reader]) => reader === NOBODY).length;
    const has = (flag) => here.some(([, , flags]) => flags & flag);
    const grounds = count >= 6 ? ["many"] : count >= 2 ? ["some"] : count ? ["one"] : [];
    return [...grounds, ...(has(QUESTION) ? ["question"] : has(OWN) ? ["mine"] : [])];
  });
  assert.deepEqual(painted, expected);
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
  const found = onlyFound({ ids: [7, 8, 9], flags: [OWN, 0, QUESTION], readers: [0, 1, 2] }, spans);
  assert.deepEqual(found, { ids: [9, 7], starts: [4, 30], ends: [8, 35], flags: [QUESTION, OWN], readers: [2, 0] });
});
