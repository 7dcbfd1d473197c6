/* Asks for confirmation before the user leaves a form with unsaved changes. */

class UnsavedWarning extends HTMLElement {
  #changed = false;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const form = this.closest("form");
    form.addEventListener("input", () => (this.#changed = true), { signal });
    form.addEventListener("submit", () => (this.#changed = false), { signal });
    window.addEventListener("beforeunload", (event) => this.#changed && event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }
}

customElements.define("unsaved-warning", UnsavedWarning);
