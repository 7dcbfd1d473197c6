/* Stores an unsent draft in the browser: its text for this tab, and for all tabs a flag that there is one. */

const withStorage = (name, act) => {
  try {
    return act(window[name]);
  } catch {
    return null; // Storage may be full or forbidden; the server keeps a draft anyway.
  }
};

export function save(key, draft) {
  withStorage("sessionStorage", (storage) => storage.setItem(key, JSON.stringify(draft)));
  withStorage("localStorage", (storage) => storage.setItem(key, "1"));
}

export function clear(key) {
  withStorage("sessionStorage", (storage) => storage.removeItem(key));
  withStorage("localStorage", (storage) => storage.removeItem(key));
}

export function load(key) {
  return JSON.parse(withStorage("sessionStorage", (storage) => storage.getItem(key)) ?? "null");
}

export function hasDraft(key) {
  return withStorage("localStorage", (storage) => storage.getItem(key)) === "1" || load(key) !== null;
}

/* Returns whether single-key shortcuts are on in this browser; with `enabled`, turns them on or off first. */
export function shortcutsEnabled(enabled) {
  if (enabled !== undefined) {
    withStorage("localStorage", (storage) => storage.setItem("annotation-shortcuts", enabled ? "on" : "off"));
  }
  return withStorage("localStorage", (storage) => storage.getItem("annotation-shortcuts")) !== "off";
}
