/* What the pages of discussions add where there is script; all of it works without. */

import "./mention-completion.js";
import "./new-posts.js";
import "./post-form.js";

const EDITABLE = "input, textarea, select, [contenteditable]";

/* Single-key shortcuts are off on all pages where those for annotations are. */
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
