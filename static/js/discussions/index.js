/* Enhancements of the discussion pages, which all work without scripts. */

import "./merge-search.js";
import "./new-posts.js";
import "./open-menus.js";
import "./post-form.js";
import "./scrolling-boxes.js";
import "./thread-page.js";

const EDITABLE = "input, textarea, select, [contenteditable]";

/* The setting that turns off single-key shortcuts for annotations applies here too. */
function shortcutsAreOff() {
  try {
    return localStorage.getItem("annotation-shortcuts") === "off";
  } catch {
    return false;
  }
}

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key !== "n" || !isPlain || event.target.closest?.(EDITABLE)) return;
  if (!shortcutsAreOff()) document.querySelector("a[aria-keyshortcuts=n]")?.click();
});
