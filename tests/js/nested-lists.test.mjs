import assert from "node:assert/strict";
import { test } from "node:test";

import { firstNumber, makeMarker, nest, romanValue, typedMarkers } from "../../static/js/authoring/lib/nested-lists.js";

const entry = (level, label, content, list = "l") => ({ marker: makeMarker(list, level, label), indent: 0, content });
const outline = (lists) =>
  lists.map((list) => list.items.map(({ parts }) => parts.map((part) => (part.items ? outline([part])[0] : part))));

test("a label is a number, a letter or a Roman number", () => {
  assert.deepEqual(firstNumber("12."), { value: 12, type: "" });
  assert.deepEqual(firstNumber("(c)"), { value: 3, type: "a" });
  assert.deepEqual(firstNumber("i)", "ii)"), { value: 1, type: "i" });
  assert.deepEqual(firstNumber("i)", "j)"), { value: 9, type: "a" });
  assert.deepEqual(firstNumber("V.", "VI."), { value: 5, type: "I" });
  assert.equal(firstNumber("§"), null);
  assert.equal(romanValue("xiv"), 14);
});

test("a letter means what the one before it does", () => {
  const before = makeMarker("l", 0, "h)", "i)");
  assert.deepEqual([makeMarker("l", 0, "i)", "", before).value, makeMarker("l", 0, "i)").type], [9, "i"]);
  assert.equal(makeMarker("l", 0, "1.1").isPlain, false);
});

test("items are nested by their levels", () => {
  const lists = nest([entry(0, "", "a"), entry(1, "", "b"), entry(2, "", "c"), entry(0, "", "d")]);
  assert.deepEqual(outline(lists), [[["a", [["b", [["c"]]]]], ["d"]]]);
});

test("a list that counts anew is another list", () => {
  const [one, two] = [makeMarker("l", 0, "1."), makeMarker("m", 0, "1.")];
  assert.equal(nest([one, two].map((marker) => ({ marker, indent: 0, content: "x" }))).length, 2);
});

test("typed markers make a list if they follow each other", () => {
  const labels = (starts) => typedMarkers(starts).map((found) => found && found.marker.label);
  assert.deepEqual(labels(["1. a", "2. b", null, "3. c"]), ["1.", "2.", null, null]);
  assert.deepEqual(labels(["1949. a", "b"]), [null, null]);
  assert.deepEqual(labels(["o\u00a0 a", "• b", "- c"]), ["", "", null]);
  assert.deepEqual(typedMarkers(["a)\tx", "b)\ty"]).map((found) => found.length), [3, 3]);
});
