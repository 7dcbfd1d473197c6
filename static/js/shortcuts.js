/* Shortcuts of a single key, which one can turn off: those who speak to their computer press keys without meaning to. */

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

/* Returns whether a pressed key may be a shortcut: alone, outside of fields and dialogs, and if they are on. */
export function isShortcut({ ctrlKey, metaKey, altKey, target }) {
  if (ctrlKey || metaKey || altKey || target.closest?.(TYPED) || document.querySelector("dialog[open]")) return false;
  return shortcutsEnabled();
}
