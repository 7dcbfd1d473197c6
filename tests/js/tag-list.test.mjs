import assert from "node:assert/strict";
import { test } from "node:test";

import { insertTag, lastTag, suggestions } from "../../static/js/authoring/lib/tag-list.js";

test("what is being typed stands after the last comma", () => {
  assert.equal(lastTag("tides"), "tides");
  assert.equal(lastTag("tides, spring ti"), "spring ti");
  assert.equal(lastTag("tides, "), "");
  assert.equal(lastTag(""), "");
});

test("a tag takes the place of what is being typed, and the next may follow", () => {
  assert.equal(insertTag("ti", "tides"), "tides, ");
  assert.equal(insertTag("sea,ti", "tides"), "sea, tides, ");
  assert.equal(insertTag("sea, ti", "tides"), "sea, tides, ");
});

test("a tag of several words is quoted, or it would become several tags", () => {
  assert.equal(insertTag("sp", "spring tide"), '"spring tide", ');
  assert.equal(insertTag("sea, o", "one, two"), 'sea, "one, two", ');
  assert.equal(insertTag("", "море"), "море, ");
});

test("tags that contain what is being typed are suggested, in any case and script", () => {
  const known = ["Spring tide", "Neap tide", "Море", "Élan"];
  assert.deepEqual(suggestions("TIDE", known), ["Spring tide", "Neap tide"]);
  assert.deepEqual(suggestions("мо", known), ["Море"]);
  assert.deepEqual(suggestions("él", known), ["Élan"]);
  assert.deepEqual(suggestions('"spring t', known), ["Spring tide"]);
});

test("nothing is suggested before something is typed", () => {
  assert.deepEqual(suggestions("sea, ", ["sea", "tide"]), []);
});

test("a tag that stands there already is not suggested again", () => {
  assert.deepEqual(suggestions('"spring tide", tide', ["Spring tide", "Neap tide"]), ["Neap tide"]);
  assert.deepEqual(suggestions("tide", ["tide", "tides"]), ["tides"]);
});

test("no more than eight are suggested", () => {
  assert.equal(suggestions("t", Array.from({ length: 20 }, (_, n) => `tide ${n}`)).length, 8);
});
