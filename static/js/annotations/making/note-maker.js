/* Brings what notes are made with when somebody first touches the page, so that reading comes before it. */

import { isWaiting } from "./kept.js";

const SHORTCUTS = new Set(["n", "?"]);

class NoteMaker extends HTMLElement {
  #making = null;
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("click", ({ target }) => this.#act(target.closest("[data-act]")?.dataset.act), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#wait();
    if (isWaiting(this.dataset.place) || !getSelection().isCollapsed) this.#begin();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #wait() {
    for (const type of ["pointerdown", "focusin", "selectionchange"]) {
      document.addEventListener(type, () => this.#begin(), { once: true, passive: true, signal: this.#gone.signal });
    }
  }

  /* What is pressed meanwhile is done as soon as there is something to do it. */
  async #act(act) {
    if (act) (await this.#begin())?.act(act);
  }

  async #key(event) {
    if (!this.#making && !SHORTCUTS.has(event.key)) return;
    (await this.#begin())?.key(event);
  }

  #begin() {
    this.#making ??= this.#brought();
    return this.#making;
  }

  /* Null where the server cannot be reached; the next press tries again. */
  async #brought() {
    const module = await import("./making.js").catch(() => null);
    const making = module ? await module.begin(this, this.#gone.signal) : this.tell(this.dataset.offline);
    if (making) return making;
    this.#making = null;
    this.#wait();
    return null;
  }

  /* Says in the page what went wrong; without words, that all is well. */
  tell(words) {
    const said = this.querySelector("[role=status]");
    said.textContent = words;
    said.classList.toggle("unseen", !words);
    return null;
  }
}

customElements.define("note-maker", NoteMaker);
