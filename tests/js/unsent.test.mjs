import assert from "node:assert/strict";
import { test } from "node:test";

import { mergeTexts, readFields, remainder, sameFields, textOf } from "../../static/js/unsent/lib/fields.js";
import { Outbox, outcomeOf } from "../../static/js/unsent/lib/outbox.js";
import { UnsentStore } from "../../static/js/unsent/lib/store.js";

const DAY = 24 * 3600 * 1000;

class Storage {
  #items = new Map();
  get length() { return this.#items.size; }
  key(n) { return [...this.#items.keys()][n] ?? null; }
  getItem(key) { return this.#items.get(key) ?? null; }
  setItem(key, value) { this.#items.set(key, value); }
  removeItem(key) { this.#items.delete(key); }
}

test("a text is kept for its account alone", () => {
  const storage = new Storage();
  new UnsentStore(storage, "lea").save("thread-7", { source: "Half" });
  assert.equal(new UnsentStore(storage, "lea").load("thread-7").fields.source, "Half");
  assert.equal(new UnsentStore(storage, "otto").load("thread-7"), null);
  assert.deepEqual(new UnsentStore(storage, "otto").list(), []);
});

test("signing out removes one account's texts and no other's", () => {
  const storage = new Storage(), lea = new UnsentStore(storage, "lea"), otto = new UnsentStore(storage, "otto");
  lea.save("thread-7", { source: "Half" });
  otto.save("thread-7", { source: "Mine" });
  lea.clear();
  assert.deepEqual([lea.has("thread-7"), otto.has("thread-7")], [false, true]);
});

test("no account's text is kept for longer than 30 days", () => {
  const storage = new Storage();
  let now = 0;
  new UnsentStore(storage, "lea", () => now).save("thread-7", { source: "Half" });
  now = 29 * DAY;
  assert.ok(new UnsentStore(storage, "otto", () => now) && storage.length === 1);
  now = 30 * DAY;
  assert.ok(new UnsentStore(storage, "otto", () => now) && storage.length === 0);
});

test("a marker says that the server has the text, and contains none of it", () => {
  const storage = new Storage(), store = new UnsentStore(storage, "lea");
  store.save("note-5", { source: "Half" });
  store.markSaved("note-5");
  assert.deepEqual([store.has("note-5"), store.load("note-5"), store.list()], [true, null, []]);
  assert.ok(!storage.getItem("unsent:lea:note-5").includes("Half"));
});

test("only the text that was sent is removed, not another one of the same form", () => {
  const store = new UnsentStore(new Storage(), "lea");
  store.save("course-3", { source: "Second", key: "b" });
  store.removeSent("course-3", "a");
  assert.equal(store.load("course-3").fields.source, "Second");
  store.removeSent("course-3", "b");
  assert.equal(store.has("course-3"), false);
});

test("forbidden or full storage and foreign entries break nothing", () => {
  const refuse = () => { throw new Error("refused"); };
  const store = new UnsentStore({ get length() { return refuse(); }, key: refuse, getItem: refuse, setItem: refuse,
    removeItem: refuse }, "lea");
  assert.deepEqual([store.save("thread-7", {}), store.load("thread-7"), store.list()], [false, null, []]);
  store.remove("thread-7");
  const storage = new Storage();
  storage.setItem("annotation-shortcuts", "off");
  storage.setItem("unsent:lea:thread-7", "{broken");
  assert.equal(new UnsentStore(storage, "lea").load("thread-7"), null);
  assert.deepEqual([storage.length, storage.getItem("annotation-shortcuts")], [1, "off"]);
});

test("the latest text is listed first", () => {
  let now = 1;
  const store = new UnsentStore(new Storage(), "lea", () => now);
  store.save("thread-7", { source: "First" });
  now = 2;
  store.save("course-3", { source: "Second" });
  assert.deepEqual(store.list().map(({ draftKey }) => draftKey), ["course-3", "thread-7"]);
});

const control = (name, value, more = {}) => ({ name, value, type: "text", disabled: false, ...more });

test("fields are read as they would be sent, without secrets, tokens, files and buttons", () => {
  assert.deepEqual(readFields([
    control("source", "Half", { type: "textarea" }),
    control("anonymous", "on", { type: "checkbox", checked: true }),
    control("follow_up", "on", { type: "checkbox", checked: false }),
    control("tags", "", { type: "select-multiple", options: [{ value: "a", selected: true }, { value: "b", selected: true }] }),
    control("csrfmiddlewaretoken", "x"), control("password1", "x"), control("pin", "x", { type: "password" }),
    control("code", "x"), control("image", "x", { type: "file" }), control("send", "1", { type: "submit" }), control("", "x"),
    control("group", "1", { disabled: true }),
  ]), { source: "Half", anonymous: "on", tags: ["a", "b"] });
});

test("forms are the same if their texts are, whatever their keys", () => {
  assert.ok(sameFields({ source: "a", key: "1", version: "x" }, { source: "a", key: "2", version: "y", tags: "" }));
  assert.ok(!sameFields({ source: "a" }, { source: "b" }));
  assert.ok(!sameFields({ source: "a" }, { source: "a", anonymous: "on" }));
});

test("what was typed while a text was being sent is left, and all of a changed text", () => {
  assert.equal(remainder("Sent.", "Sent."), "");
  assert.equal(remainder("Sent.", "Sent. And more"), "And more");
  assert.equal(remainder("Sent.", "Quite another"), "Quite another");
});

test("two texts for one form are merged without repeating either", () => {
  assert.equal(mergeTexts("", "here"), "here");
  assert.equal(mergeTexts("there and here", "here"), "there and here");
  assert.equal(mergeTexts("the sea\n", "a shore"), "the sea\n\na shore");
});

test("a list shows the text of a form", () => {
  assert.equal(textOf({ title: "Ebb", source: "Why?", key: "a-long-key-of-a-form" }), "Ebb\n\nWhy?");
  assert.equal(textOf({ term: "neap", definition: "A weak tide.", exact: "a very long passage of the text" }), "A weak tide.");
});

test("what waits for a connection is listed in the order in which it was sent, for its account alone", () => {
  const storage = new Storage();
  let now = 0;
  const outbox = new Outbox(storage, "lea", () => now);
  outbox.add("b", { url: "/threads/7/", draftKey: "thread-7", fields: { source: "One" } });
  now = DAY;
  outbox.add("a", { url: "/threads/7/", draftKey: "thread-7", fields: { source: "Two" } });
  new Outbox(storage, "otto").add("c", { fields: { source: "Mine" } });
  now = 29.5 * DAY;
  assert.deepEqual(outbox.list().map(({ fields, isExpired }) => [fields.source, isExpired]), [["One", true], ["Two", false]]);
  outbox.remove("b");
  assert.equal(outbox.list().length, 1);
});

test("an answer says whether to send again", () => {
  const answer = (status, more = {}) => ({ status, ok: status < 300, redirected: false, ...more, headers: new Headers(more.headers) });
  const json = { headers: { "Content-Type": "application/json" } };
  assert.equal(outcomeOf(null), "later");
  for (const status of [500, 503, 429]) assert.equal(outcomeOf(answer(status)), "later");
  assert.equal(outcomeOf(answer(403, json)), "later", "signed out");
  for (const status of [400, 403, 404, 409, 200]) assert.equal(outcomeOf(answer(status)), "refused");
  assert.equal(outcomeOf(answer(400, json)), "refused");
  assert.equal(outcomeOf(answer(201, json)), "sent");
  assert.equal(outcomeOf(answer(200, { redirected: true })), "sent");
});
