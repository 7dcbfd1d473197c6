import assert from "node:assert/strict";
import { test } from "node:test";

import { filterByPrefix, fold, mentionAt, newPostsLabel, quoteMarkdown } from "../../static/js/discussions/lib/post-text.js";

const typedAt = (text) => mentionAt(text, text.length);

test("one new post has a sentence of its own", () => {
  assert.equal(newPostsLabel(1, "One new post", "%n new posts"), "One new post");
  assert.equal(newPostsLabel(12, "One new post", "%n new posts"), "12 new posts");
});

test("a quote begins every line, without white space at its end", () => {
  assert.equal(quoteMarkdown("", "one\n\ntwo  \n"), "> one\n>\n> two\n\n");
});

test("a quote stands a blank line below what is written already", () => {
  assert.equal(quoteMarkdown("Hello.  \n\n\n", "sea"), "Hello.\n\n> sea\n\n");
  assert.equal(quoteMarkdown("  \n", "sea"), "> sea\n\n");
});

test("a quote of a quote goes one deeper", () => {
  assert.equal(quoteMarkdown("", "> sea"), "> > sea\n\n");
});

test("a handle being typed is found before the caret", () => {
  assert.deepEqual(typedAt("Ask @lea"), { start: 4, prefix: "lea" });
  assert.deepEqual(typedAt("@"), { start: 0, prefix: "" });
  assert.deepEqual(typedAt("(@lea-b"), { start: 1, prefix: "lea-b" });
  assert.deepEqual(mentionAt("Ask @lea or @otto", 8), { start: 4, prefix: "lea" });
});

test("a handle may be written in any script, and after any", () => {
  assert.deepEqual(typedAt("Спроси @лея"), { start: 7, prefix: "лея" });
  assert.deepEqual(typedAt("اسأل @ليلى"), { start: 5, prefix: "ليلى" });
  assert.deepEqual(typedAt("。@海"), { start: 1, prefix: "海" });
  assert.deepEqual(typedAt("@e\u0301mile"), { start: 0, prefix: "e\u0301mile" });
  assert.deepEqual(typedAt("你好@lea"), { start: 2, prefix: "lea" });
  assert.deepEqual(typedAt("End.@lea"), { start: 4, prefix: "lea" });
  assert.deepEqual(typedAt("🦑@𠮷"), { start: 2, prefix: "𠮷" }, "the start is in UTF-16 units, as a caret is");
});

test("an address, a path or a finished word is no handle", () => {
  const texts = ["lea@example", "a/@lea", "@@lea", "@lea ", "@lea.", "lea", "_@lea"];
  for (const text of texts) assert.equal(typedAt(text), null, text);
});

test("a handle ends at 40 letters", () => {
  assert.equal(typedAt(`@${"a".repeat(40)}`).prefix.length, 40);
  assert.equal(typedAt(`@${"a".repeat(41)}`), null);
});

const PEOPLE = [
  { handle: "lea-learner", name: "Lea Learner" },
  { handle: "otto", name: "Otto Ålesund" },
  { handle: "olea", name: "Olea Europaea" },
];
const KNOWN = { prefix: "", people: PEOPLE, isComplete: true };
const handles = (known, prefix) => filterByPrefix(known, prefix)?.map(({ handle }) => handle);

test("a longer prefix is answered from what is known: a word of the name, or a part of the handle, begins so", () => {
  assert.deepEqual(handles(KNOWN, "lea"), ["lea-learner"]);
  assert.deepEqual(handles(KNOWN, "learn"), ["lea-learner"]);
  for (const prefix of ["ÅLES", "ales", "A\u030ALE"]) assert.deepEqual(handles(KNOWN, prefix), ["otto"]);
  assert.deepEqual(handles(KNOWN, "o"), ["otto", "olea"]);
  assert.deepEqual(handles(KNOWN, "lea-l"), ["lea-learner"]);
  assert.deepEqual(handles(KNOWN, "x"), []);
});

test("texts are folded as the server folds them", () => {
  const texts = {
    "Straße STRASSE": "strasse strasse", "Cœur Æther Łódź Øre": "coeur aether lodz ore", "İzmir ısı": "izmir isi",
    "Σίσυφος ΣΊΣΥΦΟΣ": "σισυφοσ σισυφοσ", "العَرَبِيَّة أحمد": "العربية احمد", "ＦＵＬＬ ﬁn": "full fin",
    "ﾊﾝｶﾞｸ ハンガク": "ハンガク ハンガク", "हिन्दी की": "हिन्दी की", "한국어": "한국어", "Йод": "иод", "co\u00adop": "coop",
  };
  for (const [text, folded] of Object.entries(texts)) assert.equal(fold(text), folded, text);
});

test("the server is asked where the answer was cut short or was to another prefix", () => {
  assert.equal(filterByPrefix({ ...KNOWN, isComplete: false }, "lea"), null);
  assert.equal(filterByPrefix({ ...KNOWN, prefix: "ot" }, "lea"), null);
  assert.equal(filterByPrefix(undefined, "lea"), null);
  assert.deepEqual(handles({ ...KNOWN, prefix: "LE" }, "lea"), ["lea-learner"]);
});
