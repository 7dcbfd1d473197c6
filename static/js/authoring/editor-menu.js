/* Closes the menu of the page's bar by a press elsewhere, and by Escape. Without script its summary does. */

class EditorMenu extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const menu = this.querySelector("details");
    document.addEventListener("pointerdown", ({ target }) => { if (!this.contains(target)) menu.open = false; }, { signal });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    }, { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }
}

customElements.define("editor-menu", EditorMenu);
