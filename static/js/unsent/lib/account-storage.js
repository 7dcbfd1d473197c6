/* Records in the browser's storage, by account, so that nobody else sees them. Storage may be full or forbidden. Without the DOM. */

export class AccountStorage {
  #storage;
  #prefix;

  /* `storage` is localStorage or its like; `kind` is what its keys begin with, for every account. */
  constructor(storage, kind, account) {
    this.#storage = storage;
    this.#prefix = `${kind}${account}:`;
  }

  /* Returns whether the record is stored. */
  write(key, record) {
    try {
      this.#storage.setItem(this.#prefix + key, JSON.stringify(record));
      return true;
    } catch {
      return false;
    }
  }

  /* Returns the record, null if there is none. */
  read(key) {
    return readRecord(this.#storage, this.#prefix + key);
  }

  remove(key) {
    try {
      this.#storage.removeItem(this.#prefix + key);
    } catch {
      // Then nothing can have been stored either.
    }
  }

  /* Returns the keys of the account's records. */
  keys() {
    return storedKeys(this.#storage).filter((key) => key.startsWith(this.#prefix)).map((key) => key.slice(this.#prefix.length));
  }
}

export function readRecord(storage, key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

export function storedKeys(storage) {
  try {
    return Array.from({ length: storage.length }, (_, n) => storage.key(n)).filter((key) => key !== null);
  } catch {
    return [];
  }
}
