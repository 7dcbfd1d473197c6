/* Remembers the keyboard focus before the page changes, and restores it afterwards. */

const FIELDS = "input:not([type=hidden]), textarea, select";

/* Returns the focused field with its selection, or the focused button by its value. */
export const rememberFocus = (root) => {
  const active = document.activeElement;
  if (!active || !root.contains(active)) return null;
  const { name, value, type, selectionStart, selectionEnd } = active;
  return { active, name, value, type, selectionStart, selectionEnd };
};

/* Focuses the same field or button again if it was replaced. Returns whether what was remembered has the focus. */
export const restoreFocus = (root, remembered) => {
  if (!remembered) return false;
  if (remembered.active.isConnected) return remembered.active === document.activeElement;
  const { name, value, type, selectionStart, selectionEnd } = remembered;
  const isOneOfMany = ["submit", "radio", "checkbox"].includes(type);
  const field = [...root.querySelectorAll(`[name="${CSS.escape(name ?? "")}"]`)].find(
    (other) => !isOneOfMany || other.value === value,
  );
  field?.focus({ preventScroll: true });
  if (field && selectionStart !== null && selectionStart !== undefined) field.setSelectionRange?.(selectionStart, selectionEnd);
  return Boolean(field) && field === document.activeElement;
};

/* Focuses the button that was pressed if it is still enabled, otherwise the `target` to continue at. */
export const focusAfter = (root, action, target) => {
  const isShown = (button) => button.tabIndex >= 0 && button.getClientRects().length > 0;
  const buttons = [...root.querySelectorAll("button[name=action]:not(:disabled)")].filter(isShown);
  const opposite = { undo: "redo", redo: "undo" }[action] ?? "";
  const pressed = buttons.find((button) => button.value === action);
  const other = buttons.find((button) => button.value === opposite);
  const element = pressed ?? other ?? placeOf(root, target);
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: "nearest" });
};

/* Returns the focusable element of the section, block or group with this id. */
const placeOf = (root, id) => {
  const element = id && root.querySelector(`#${CSS.escape(id)}`);
  if (!element) return root.querySelector("button[value=save]:not(.visually-hidden)");
  if (element.matches(".block")) return element.querySelector("textarea") ?? element.querySelector("summary");
  if (element.matches(".review-section")) return element.querySelector(FIELDS);
  return element;
};
