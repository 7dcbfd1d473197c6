/* What was sent without a connection, in the browser's storage by account, until it can be sent. Without the DOM. */

import { AccountStorage } from "./account-storage.js";

const KIND = "outbox:";
const MAX_AGE = 29 * 24 * 3600 * 1000;

export class Outbox {
  #records;
  #now;

  /* `storage` is localStorage or its like; `now` returns the time in milliseconds. */
  constructor(storage, account, now = Date.now) {
    this.#records = new AccountStorage(storage, KIND, account);
    this.#now = now;
  }

  /* Keeps a form, `{ url, draftKey, fields, texts }`, under an id. Returns whether it is stored: storage may be full or forbidden. */
  add(id, form) {
    return this.#records.write(id, { ...form, at: this.#now() });
  }

  remove(id) {
    this.#records.remove(id);
  }

  /* Returns the forms with `id` and `isExpired`, those that were sent first coming first. */
  list() {
    const forms = this.#records.keys().map((id) => ({ id, ...this.#records.read(id) })).filter(({ fields }) => fields);
    return forms.map((form) => ({ ...form, isExpired: this.#now() - form.at > MAX_AGE })).sort((one, two) => one.at - two.at);
  }
}

/* Returns what the server's answer means: "sent", "later" (try again), or "refused" (it would refuse it again). */
export function outcomeOf(response) {
  const isJson = response?.headers.get("Content-Type")?.includes("json");
  if (!response || response.status >= 500 || [408, 425, 429].includes(response.status)) return "later";
  if (response.status === 403 && isJson) return "later"; // Signed out, or with another account.
  return response.ok && (response.redirected || isJson) ? "sent" : "refused";
}
