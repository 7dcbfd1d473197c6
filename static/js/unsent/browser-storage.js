/* The storage key under which a tab that signs out names the account to the other tabs, for a moment.
   `accounts/session-guard.js`, which is no module, repeats it. */
export const SIGNING_OUT = "signing-out";

/* Returns localStorage or, where it is forbidden, an object that stores nothing. */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return { length: 0, key: () => null, getItem: () => null, setItem: () => {}, removeItem: () => {} };
  }
}
