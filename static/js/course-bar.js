/* Every page of a course: its bar shows the page that one is on, and `/` leads to the search, whose script is loaded when it is used.

The account pages have such a bar too, without a search. Whether a key is a shortcut is decided here for all pages: those who
speak to their computer press keys without meaning to, and can turn the shortcuts of a single key off. */

// Where a row is wider than the screen.
for (const current of document.querySelectorAll(":is(.course-links, .account-nav, .tabs, .filter-chips.scrolls) > [aria-current]")) {
  const row = current.parentElement;
  row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}

const boxes = [...document.querySelectorAll("search-box")];
const loadBox = () => import("./search/search-box.js");
for (const box of boxes) {
  if (box.contains(document.activeElement)) loadBox();
  else box.addEventListener("focusin", loadBox, { once: true });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.defaultPrevented || !isShortcut(event)) return;
  const field = boxes.map((box) => box.querySelector("input[type=search]")).findLast((one) => one.checkVisibility());
  const link = document.querySelector(".search-link");
  if (!field && !link) return;
  event.preventDefault();
  if (!field) return link.click();
  field.focus();
  field.select();
});

const TYPED = "input, textarea, select, [contenteditable]";

/* Returns whether single-key shortcuts are on in this browser; with `enabled`, turns them on or off first. */
export function shortcutsEnabled(enabled) {
  try {
    if (enabled !== undefined) localStorage.setItem("annotation-shortcuts", enabled ? "on" : "off");
    return localStorage.getItem("annotation-shortcuts") !== "off";
  } catch {
    return true; // Storage may be full or forbidden.
  }
}

/* Returns whether a pressed key may be a shortcut: alone, outside of fields and dialogs, and if they are on. Visitors have none:
   the switch is on the profile. */
export function isShortcut({ ctrlKey, metaKey, altKey, target }) {
  if (!document.querySelector("meta[name=session-marker]")) return false;
  if (ctrlKey || metaKey || altKey || target.closest?.(TYPED) || document.querySelector("dialog[open]")) return false;
  return shortcutsEnabled();
}
