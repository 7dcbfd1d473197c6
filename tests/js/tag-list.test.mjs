import assert from "node:assert/strict";
import { test } from "node:test";

import { addTags, formatTags, parseTags, splitTyped, suggestions } from "../../static/js/authoring/lib/tag-list.js";

test("a list is read as the server reads it", () => {
  assert.deepEqual(parseTags('sea, "spring tide", "one, two"'), ["sea", "spring tide", "one, two"]);
  assert.deepEqual(parseTags("spring tide, sea,"), ["spring tide", "sea"]);
  assert.deepEqual(parseTags("spring tide"), ["spring", "tide"]);
  assert.deepEqual(parseTags('"spring tide"'), ["spring tide"]);
  assert.deepEqual(parseTags(" "), []);
});

test("tags are written so that each remains one tag", () => {
  for (const tags of [[], ["море"], ["spring tide"], ["a", "b"], ["one, two", "three"]])
    assert.deepEqual(parseTags(formatTags(tags)), tags);
});

test("a tag is added once, in whatever case, and without quotes", () => {
  assert.deepEqual(addTags(["Sea"], ["sea", ' "tide" ', "", "Tide"]), ["Sea", "tide"]);
});

test("a comma ends a tag, but not within quotes", () => {
  assert.deepEqual(splitTyped("spring ti"), [[], "spring ti"]);
  assert.deepEqual(splitTyped("sea, ti"), [["sea"], "ti"]);
  assert.deepEqual(splitTyped("sea,tide,"), [["sea", "tide"], ""]);
  assert.deepEqual(splitTyped('"one, two'), [['"one'], "two"]);
  assert.deepEqual(splitTyped('"one, two",'), [['"one, two"'], ""]);
});

test("tags that contain what is being typed are suggested, in any case and script", () => {
  const known = ["Spring tide", "Neap tide", "Море", "Élan"];
  assert.deepEqual(suggestions("TIDE", [], known), ["Spring tide", "Neap tide"]);
  assert.deepEqual(suggestions("мо", [], known), ["Море"]);
  for (const typed of ["él", "EL", "e\u0301l", "ｅｌ"]) assert.deepEqual(suggestions(typed, [], known), ["Élan"]);
  assert.deepEqual(suggestions('"spring t', [], known), ["Spring tide"]);
  assert.deepEqual(suggestions(" ", [], known), []);
});

test("a tag that stands there already is not suggested again", () => {
  assert.deepEqual(suggestions("tide", ["spring TIDE"], ["Spring tide", "Neap tide"]), ["Neap tide"]);
});

test("no more than eight are suggested", () => {
  assert.equal(suggestions("t", [], Array.from({ length: 20 }, (_, n) => `tide ${n}`)).length, 8);
});
