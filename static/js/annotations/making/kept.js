/* What is half written, kept in the browser until it is sent: the words in this tab, and that there are some in all. */

const store = (name, act) => {
  try {
    return act(window[name]);
  } catch {
    return null; // Storage may be full or forbidden; the server keeps a draft all the same.
  }
};

export function keep(place, written) {
  store("sessionStorage", (all) => all.setItem(place, JSON.stringify(written)));
  store("localStorage", (all) => all.setItem(place, "1"));
}

export function forget(place) {
  store("sessionStorage", (all) => all.removeItem(place));
  store("localStorage", (all) => all.removeItem(place));
}

export function kept(place) {
  return JSON.parse(store("sessionStorage", (all) => all.getItem(place)) ?? "null");
}

export function isWaiting(place) {
  return store("localStorage", (all) => all.getItem(place)) === "1" || kept(place) !== null;
}

/* Whether single keys are shortcuts; a person may turn them off in this browser. */
export function usesKeys(wanted) {
  if (wanted !== undefined) store("localStorage", (all) => all.setItem("note-keys", wanted ? "on" : "off"));
  return store("localStorage", (all) => all.getItem("note-keys")) !== "off";
}
