/* Searches while one types for the discussion to merge into; what is found replaces the list. */

const DELAY = 250;

class MergeSearch extends HTMLElement {
  #listeners = null;
  #timer = 0;
  #latest = 0;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("input", ({ target }) => {
      if (target.name !== "q") return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), DELAY);
    }, { signal });
    this.addEventListener("submit", (event) => {
      if (!event.target.matches("[role=search]")) return;
      event.preventDefault();
      clearTimeout(this.#timer);
      this.#search();
    }, { signal });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#listeners.abort();
  }

  async #search() {
    const form = this.querySelector("[role=search]"), url = new URL(form.action), number = this.#latest += 1;
    url.search = new URLSearchParams(new FormData(form));
    url.hash = "";
    const response = await fetch(url).catch(() => null);
    if (!response?.ok || number !== this.#latest) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const chosen = this.querySelector("[name=target_thread]:checked"), isFocused = document.activeElement === chosen;
    this.querySelector(".merge-targets").replaceChildren(...page.querySelector(".merge-targets").childNodes);
    if (chosen) this.#chooseAgain(chosen.value, isFocused);
  }

  /* What was chosen before the answer came stays chosen, if it was found. */
  #chooseAgain(value, isFocused) {
    const target = [...this.querySelectorAll("[name=target_thread]")].find((radio) => radio.value === value);
    if (!target) return;
    target.checked = true;
    if (isFocused) target.focus();
  }
}

customElements.define("merge-search", MergeSearch);
