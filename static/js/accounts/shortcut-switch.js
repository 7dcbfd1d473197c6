/* <shortcut-switch>: its checkbox turns the shortcuts of a single key on or off in this browser. Without scripts there are none,
   and it is hidden. */
import { shortcutsEnabled } from "../course-bar.js";

class ShortcutSwitch extends HTMLElement {
  #listeners;

  connectedCallback() {
    this.#listeners = new AbortController();
    const checkbox = this.querySelector("input");
    checkbox.checked = shortcutsEnabled();
    checkbox.addEventListener("change", () => shortcutsEnabled(checkbox.checked), { signal: this.#listeners.signal });
    this.hidden = false;
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }
}

customElements.define("shortcut-switch", ShortcutSwitch);
