import assert from "node:assert/strict";
import test from "node:test";

import { changedFields, failureOf, pick } from "../../static/js/authoring/lib/draft-fields.js";

test("only what differs from the saved fields has changed, whatever the line ends", () => {
  const saved = { title: "Ebb", body: "<p>one</p>", parties: "A\r\nB", tick: "1", version: "3" };
  const current = { title: "Flood", body: "<p>one</p>", parties: "A\nB", version: "4", form_key: "k" };
  assert.deepEqual(changedFields(saved, current), { title: "Flood", tick: "" });
  assert.deepEqual(changedFields({}, { title: "Ebb", summary: "" }), { title: "Ebb" });
});

test("fields are picked by name", () => {
  assert.deepEqual(pick({ title: "Ebb", tags: "sea" }, ["title", "body"]), { title: "Ebb" });
});

test("each failure has a name", () => {
  assert.equal(failureOf(null), "offline");
  assert.equal(failureOf({ status: 403 }, { signed_out: true }), "signedOut");
  assert.equal(failureOf({ status: 0, type: "opaqueredirect" }, null), "signedOut");
  assert.equal(failureOf({ status: 409 }, {}), "conflict");
  assert.equal(failureOf({ status: 404 }, null), "gone");
  assert.equal(failureOf({ status: 403 }, { errors: ["Nothing was sent."] }), "refused");
  assert.equal(failureOf({ status: 400 }, {}), "refused");
  assert.equal(failureOf({ status: 503 }, null), "busy");
});
