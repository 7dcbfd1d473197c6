/* Closes the menu of the page's bar by a press elsewhere, by Escape, and by a link within the page. */

class EditorMenu extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const menu = this.querySelector("details");
    document.addEventListener("pointerdown", ({ target }) => { if (!this.contains(target)) menu.open = false; }, { signal });
    this.addEventListener("click", ({ target }) => this.#follow(target.closest("a[href^='#']")), { signal });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    }, { signal });
  }

  /* Opens what a link of the menu leads to. */
  #follow(link) {
    const section = link && document.querySelector(link.hash);
    if (!section) return;
    this.querySelector("details").open = false;
    section.open = true;
    section.querySelector("summary").focus();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }
}

customElements.define("editor-menu", EditorMenu);
