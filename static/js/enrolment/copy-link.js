/* A button that copies the link beside it. Without scripts, the link can be selected in its field. */

class CopyLink extends HTMLElement {
  #listeners = null;

  connectedCallback() {
    if (!navigator.clipboard) return;
    this.#listeners = new AbortController();
    const button = this.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => this.#copy(button), { signal: this.#listeners.signal });
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  async #copy(button) {
    const field = this.querySelector("textarea");
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.copied;
      this.querySelector("[role=status]").textContent = button.dataset.copied;
    } catch {
      field.select();
    }
  }
}

customElements.define("copy-link", CopyLink);
