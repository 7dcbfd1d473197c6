import assert from "node:assert/strict";
import test from "node:test";

import { findTerm, firstUses, termPattern } from "../../static/js/authoring/lib/terms.js";

const terms = [{ term: "tide" }, { term: "spring tide" }, { term: "Café" }, { term: "C++ (language)" }];
const usesIn = (...texts) => {
  let position = 1;
  const runs = texts.map((text) => ({ text, position: (position += 10) }));
  return firstUses(runs, termPattern(terms)).map(({ from, to, index }) => [from, to, index]);
};

test("a term is found once, as a whole word, in any case and as a plural; the longer one wins", () => {
  assert.deepEqual(usesIn("Tides, tide"), [[11, 16, 0]]);
  assert.deepEqual(usesIn("untidely betide"), []);
  assert.deepEqual(usesIn("a spring  tide", "tide"), [[13, 25, 1], [21, 25, 0]]);
});

test("accents may be composed or not, and signs mean themselves", () => {
  assert.deepEqual(usesIn("cafe\u0301 culture"), [[11, 16, 2]]);
  assert.deepEqual(usesIn("in C++ (language)"), [[14, 28, 3]]);
});

test("words are a term only if nothing else is selected", () => {
  assert.equal(findTerm("Spring tides", terms), 1);
  assert.equal(findTerm("a tide", terms), -1);
  assert.equal(findTerm("tide", []), -1);
});
