/* What somebody has written and the server does not have yet, in the browser's storage: by account, so that nobody else
   sees it, and by the form it was written in. */

const PREFIX = "unsent:";
const KEPT_FOR = 30 * 24 * 3600 * 1000;

export class UnsentStore {
  #storage;
  #prefix;
  #now;

  /* `storage` is localStorage or its like; `now` returns the time in milliseconds. */
  constructor(storage, account, now = Date.now) {
    this.#storage = storage;
    this.#prefix = `${PREFIX}${account}:`;
    this.#now = now;
    this.#forgetOld();
  }

  /* Returns whether the fields are stored: storage may be full or forbidden. */
  save(place, fields) {
    return this.#write(place, { fields, at: this.#now() });
  }

  /* Replaces the text by a mark that the server has it. */
  markSaved(place) {
    return this.#write(place, { at: this.#now() });
  }

  /* Returns `{ fields, at }`; null where nothing is stored, or only a mark. */
  load(place) {
    const record = this.#read(this.#prefix + place);
    return record?.fields ? record : null;
  }

  /* Returns whether there is a text, here or on the server. */
  has(place) {
    return this.#read(this.#prefix + place) !== null;
  }

  remove(place) {
    try {
      this.#storage.removeItem(this.#prefix + place);
    } catch {
      // Then nothing can have been stored either.
    }
  }

  /* Forgets a text that the server has accepted: the one of the form with this key, not another begun since. */
  removeSent(place, key) {
    const record = this.load(place);
    if (!record || formKey(record.fields) === key) this.remove(place);
  }

  /* Returns the texts of the account as `{ place, fields, at }`, the latest first. */
  list() {
    const places = this.#keys().filter((key) => key.startsWith(this.#prefix)).map((key) => key.slice(this.#prefix.length));
    const records = places.map((place) => ({ place, ...this.load(place) }));
    return records.filter(({ fields }) => fields).sort((one, two) => two.at - one.at);
  }

  /* Forgets everything of the account. */
  clear() {
    for (const key of this.#keys()) {
      if (key.startsWith(this.#prefix)) this.remove(key.slice(this.#prefix.length));
    }
  }

  #write(place, record) {
    try {
      this.#storage.setItem(this.#prefix + place, JSON.stringify(record));
      return true;
    } catch {
      return false;
    }
  }

  #read(key) {
    try {
      const record = JSON.parse(this.#storage.getItem(key));
      return record && this.#now() - record.at < KEPT_FOR ? record : null;
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

  /* Whoever opens a page, nothing of anybody stays longer than KEPT_FOR. */
  #forgetOld() {
    for (const key of this.#keys()) {
      if (key.startsWith(PREFIX) && this.#read(key) === null) this.#storage.removeItem(key);
    }
  }
}

/* Returns the idempotency key among the fields of a form. */
export function formKey(fields) {
  return fields.key ?? fields.form_key ?? "";
}
