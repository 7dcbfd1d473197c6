/* What the pages of conversations add where there is script; all of it works without. */

import "./mention-completion.js";
import "./new-posts.js";
import "./write-box.js";

const TYPED_IN = "input, textarea, select, [contenteditable]";

/* Single keys are turned off for all pages where those of the notes are. */
function keysAreOff() {
  try {
    return localStorage.getItem("note-keys") === "off";
  } catch {
    return false;
  }
}

document.addEventListener("keydown", (event) => {
  const isMeant = event.key === "n" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest?.(TYPED_IN);
  if (isMeant && !keysAreOff()) document.querySelector("a[aria-keyshortcuts=n]")?.click();
});
