/* Returns whether single-key shortcuts are on in this browser; with `enabled`, turns them on or off first. */
export function shortcutsEnabled(enabled) {
  try {
    if (enabled !== undefined) localStorage.setItem("annotation-shortcuts", enabled ? "on" : "off");
    return localStorage.getItem("annotation-shortcuts") !== "off";
  } catch {
    return true; // Storage may be full or forbidden.
  }
}
