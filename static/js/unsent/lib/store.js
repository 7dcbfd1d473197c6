/* Unsent text that the server does not have yet, in the browser's storage: by account, so that nobody else sees it, and by
   the key of its form. */

import { AccountStorage, readRecord, storedKeys } from "./account-storage.js";

const KIND = "unsent:";
const MAX_AGE = 30 * 24 * 3600 * 1000;

export class UnsentStore {
  #records;
  #now;

  /* `storage` is localStorage or its like; `now` returns the time in milliseconds. */
  constructor(storage, account, now = Date.now) {
    this.#records = new AccountStorage(storage, KIND, account);
    this.#now = now;
    this.#forgetOld(storage);
  }

  /* Returns whether the fields are stored: storage may be full or forbidden. */
  save(draftKey, fields) {
    return this.#records.write(draftKey, { fields, at: this.#now() });
  }

  /* Replaces the text with a marker that the server has it. */
  markSaved(draftKey) {
    return this.#records.write(draftKey, { at: this.#now() });
  }

  /* Returns `{ fields, at }`; null if nothing is stored, or only a marker. */
  load(draftKey) {
    const record = this.#recent(this.#records.read(draftKey));
    return record?.fields ? record : null;
  }

  /* Returns whether there is a text, in this browser or on the server. */
  has(draftKey) {
    return this.#recent(this.#records.read(draftKey)) !== null;
  }

  remove(draftKey) {
    this.#records.remove(draftKey);
  }

  /* Removes the text that the server has accepted: that of the form with this idempotency key, not one begun since. */
  removeSent(draftKey, key) {
    const record = this.load(draftKey);
    if (!record || formKey(record.fields) === key) this.remove(draftKey);
  }

  /* Returns the texts of the account as `{ draftKey, fields, at }`, the latest first. */
  list() {
    const records = this.#records.keys().map((draftKey) => ({ draftKey, ...this.load(draftKey) }));
    return records.filter(({ fields }) => fields).sort((one, two) => two.at - one.at);
  }

  /* Removes everything of the account. */
  clear() {
    for (const draftKey of this.#records.keys()) this.remove(draftKey);
  }

  #recent(record) {
    return record && this.#now() - record.at < MAX_AGE ? record : null;
  }

  /* Removes what is older than MAX_AGE, of every account. */
  #forgetOld(storage) {
    for (const key of storedKeys(storage)) {
      if (key.startsWith(KIND) && this.#recent(readRecord(storage, key)) === null) storage.removeItem(key);
    }
  }
}

/* Returns the idempotency key among the fields of a form. */
export function formKey(fields) {
  return fields.key ?? fields.form_key ?? "";
}
