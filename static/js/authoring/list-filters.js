/* Closes the open filter of a list by a press elsewhere and by Escape. */

class ListFilters extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.#open && !this.#open.contains(target)) this.#open.open = false;
    }, { signal });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#close();
    }, { signal });
  }

  get #open() {
    return this.querySelector("details[open]");
  }

  #close() {
    const filter = this.#open;
    if (!filter) return;
    filter.open = false;
    filter.querySelector("summary").focus();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }
}

customElements.define("list-filters", ListFilters);
