/* The key under which a tab in which somebody signs out names the account to the other tabs, for a moment.
   `accounts/session-guard.js` knows it, too, which is no module. */
export const LEAVING = "unsent-leaving";

/* Returns localStorage or, where it is forbidden, an object that stores nothing. */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return { length: 0, key: () => null, getItem: () => null, setItem: () => {}, removeItem: () => {} };
  }
}
