/* Returns localStorage or, where it is forbidden, an object that stores nothing. */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return { length: 0, key: () => null, getItem: () => null, setItem: () => {}, removeItem: () => {} };
  }
}
