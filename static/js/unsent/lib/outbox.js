/* What was sent without a connection, in the browser's storage by account, until it can be sent. Without the DOM. */

const PREFIX = "outbox:";
const MAX_AGE = 29 * 24 * 3600 * 1000;

export class Outbox {
  #storage;
  #prefix;
  #now;

  /* `storage` is localStorage or its like; `now` returns the time in milliseconds. */
  constructor(storage, account, now = Date.now) {
    this.#storage = storage;
    this.#prefix = `${PREFIX}${account}:`;
    this.#now = now;
  }

  /* Keeps a form, `{ url, draftKey, fields, texts }`, under an id. Returns whether it is stored: storage may be full or forbidden. */
  add(id, form) {
    try {
      this.#storage.setItem(this.#prefix + id, JSON.stringify({ ...form, at: this.#now() }));
      return true;
    } catch {
      return false;
    }
  }

  remove(id) {
    this.#storage.removeItem(this.#prefix + id);
  }

  /* Returns the forms with `id` and `isExpired`, those that were sent first coming first. */
  list() {
    const keys = this.#keys().filter((key) => key.startsWith(this.#prefix));
    const forms = keys.map((key) => ({ id: key.slice(this.#prefix.length), ...this.#read(key) })).filter(({ fields }) => fields);
    return forms.map((form) => ({ ...form, isExpired: this.#now() - form.at > MAX_AGE })).sort((one, two) => one.at - two.at);
  }

  #read(key) {
    try {
      return JSON.parse(this.#storage.getItem(key));
    } catch {
      return null;
    }
  }

  #keys() {
    try {
      return Array.from({ length: this.#storage.length }, (_, n) => this.#storage.key(n)).filter((key) => key !== null);
    } catch {
      return [];
    }
  }
}

/* Returns what the server's answer means: "sent", "later" (try again), or "refused" (it would refuse it again). */
export function outcomeOf(response) {
  const isJson = response?.headers.get("Content-Type")?.includes("json");
  if (!response || response.status >= 500 || [408, 425, 429].includes(response.status)) return "later";
  if (response.status === 403 && isJson) return "later"; // Signed out, or with another account.
  return response.ok && (response.redirected || isJson) ? "sent" : "refused";
}
