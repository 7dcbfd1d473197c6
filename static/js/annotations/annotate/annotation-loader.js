/* Loads the annotation tool when the reader first touches the page, so that reading comes before it. */

const SHORTCUTS = new Set(["n", "?"]);

class AnnotationLoader extends HTMLElement {
  #tool = null;
  #listening = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("click", ({ target }) => this.#act(target.closest("[data-action]")?.dataset.action), { signal });
    document.querySelector(".add-note")?.addEventListener("click", () => this.#act("select"), { signal });
    document.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.#waitForInteraction();
    if (this.#hasUnsentText() || !getSelection().isCollapsed) this.#load();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /* Returns whether this browser has an unsent note. Reads the key of `unsent/lib/store.js` without loading it. */
  #hasUnsentText() {
    try {
      return localStorage.getItem(`unsent:${this.dataset.account}:${this.dataset.draftKey}`) !== null;
    } catch {
      return false;
    }
  }

  #waitForInteraction() {
    for (const type of ["pointerdown", "focusin", "selectionchange"]) {
      document.addEventListener(type, () => this.#load(), { once: true, passive: true, signal: this.#listening.signal });
    }
  }

  /* Carries out actions that were pressed before the tool had loaded as soon as it has. */
  async #act(action) {
    if (action) (await this.#load())?.act(action);
  }

  async #handleKey(event) {
    if (!this.#tool && !SHORTCUTS.has(event.key)) return;
    (await this.#load())?.handleKey(event);
  }

  #load() {
    this.#tool ??= this.#fetchTool();
    return this.#tool;
  }

  /* Returns null where the server cannot be reached; the next press tries again. */
  async #fetchTool() {
    const module = await import("./annotate.js").catch(() => null);
    const tool = module ? await module.start(this, this.#listening.signal) : this.showError(this.dataset.offline);
    if (tool) return tool;
    this.#tool = null;
    this.#waitForInteraction();
    return null;
  }

  /* Shows on the page what went wrong; an empty message clears it. */
  showError(message) {
    const status = this.querySelector("[role=status]");
    status.textContent = message;
    status.classList.toggle("visually-hidden", !message);
    return null;
  }
}

customElements.define("annotation-loader", AnnotationLoader);
