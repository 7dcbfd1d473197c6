import assert from "node:assert/strict";
import test from "node:test";

import { AccountStorage } from "../../static/js/unsent/lib/account-storage.js";

class MemoryStorage {
  #values = new Map();
  get length() { return this.#values.size; }
  key(n) { return [...this.#values.keys()][n] ?? null; }
  getItem(key) { return this.#values.get(key) ?? null; }
  setItem(key, value) { this.#values.set(key, value); }
  removeItem(key) { this.#values.delete(key); }
}

test("an account sees its own records alone", () => {
  const storage = new MemoryStorage();
  const [one, other] = ["1", "12"].map((account) => new AccountStorage(storage, "unsent:", account));
  assert.equal(one.write("thread-3", { at: 1 }), true);
  assert.deepEqual([one.keys(), other.keys()], [["thread-3"], []]);
  assert.deepEqual([one.read("thread-3"), other.read("thread-3")], [{ at: 1 }, null]);
  one.remove("thread-3");
  assert.equal(one.read("thread-3"), null);
});

test("what is damaged or forbidden counts as nothing", () => {
  const storage = new MemoryStorage();
  storage.setItem("unsent:1:a", "{");
  assert.equal(new AccountStorage(storage, "unsent:", "1").read("a"), null);
  const forbidden = new AccountStorage({ get length() { throw new Error("forbidden"); } }, "unsent:", "1");
  assert.deepEqual([forbidden.write("a", {}), forbidden.read("a"), forbidden.keys()], [false, null, []]);
});
