/* Unsent text that the server does not have yet, in the browser's storage: by account, so that nobody else sees it, and by
   the key of its form. */

const PREFIX = "unsent:";
const MAX_AGE = 30 * 24 * 3600 * 1000;

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
  save(draftKey, fields) {
    return this.#write(draftKey, { fields, at: this.#now() });
  }

  /* Replaces the text with a marker that the server has it. */
  markSaved(draftKey) {
    return this.#write(draftKey, { at: this.#now() });
  }

  /* Returns `{ fields, at }`; null if nothing is stored, or only a marker. */
  load(draftKey) {
    const record = this.#read(this.#prefix + draftKey);
    return record?.fields ? record : null;
  }

  /* Returns whether there is a text, in this browser or on the server. */
  has(draftKey) {
    return this.#read(this.#prefix + draftKey) !== null;
  }

  remove(draftKey) {
    try {
      this.#storage.removeItem(this.#prefix + draftKey);
    } catch {
      // Then nothing can have been stored either.
    }
  }

  /* Removes the text that the server has accepted: that of the form with this idempotency key, not one begun since. */
  removeSent(draftKey, key) {
    const record = this.load(draftKey);
    if (!record || formKey(record.fields) === key) this.remove(draftKey);
  }

  /* Returns the texts of the account as `{ draftKey, fields, at }`, the latest first. */
  list() {
    const keys = this.#keys().filter((key) => key.startsWith(this.#prefix));
    const draftKeys = keys.map((key) => key.slice(this.#prefix.length));
    const records = draftKeys.map((draftKey) => ({ draftKey, ...this.load(draftKey) }));
    return records.filter(({ fields }) => fields).sort((one, two) => two.at - one.at);
  }

  /* Removes everything of the account. */
  clear() {
    for (const key of this.#keys()) {
      if (key.startsWith(this.#prefix)) this.remove(key.slice(this.#prefix.length));
    }
  }

  #write(draftKey, record) {
    try {
      this.#storage.setItem(this.#prefix + draftKey, JSON.stringify(record));
      return true;
    } catch {
      return false;
    }
  }

  #read(key) {
    try {
      const record = JSON.parse(this.#storage.getItem(key));
      return record && this.#now() - record.at < MAX_AGE ? record : null;
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

  /* Removes what is older than MAX_AGE, of every account. */
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
