import assert from "node:assert/strict";
import { test } from "node:test";

import { widenToSpans } from "../../static/js/annotations/lib/formulas.js";

const SPANS = [[4, 9], [9, 12], [20, 21]];

test("a passage that begins or ends within a formula has all of it", () => {
  assert.deepEqual(widenToSpans(SPANS, 5, 15), [4, 15]);
  assert.deepEqual(widenToSpans(SPANS, 0, 8), [0, 9]);
  assert.deepEqual(widenToSpans(SPANS, 6, 7), [4, 9]);
  assert.deepEqual(widenToSpans(SPANS, 8, 10), [4, 12]);
});

test("a passage beside a formula, or around it, stays as it is", () => {
  for (const [start, end] of [[0, 4], [12, 20], [4, 9], [0, 30], [9, 9]]) {
    assert.deepEqual(widenToSpans(SPANS, start, end), [start, end]);
  }
});
