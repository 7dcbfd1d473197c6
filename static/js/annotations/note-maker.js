/* Brings what notes are made with when somebody first touches the page, so that reading comes before it. */

import { isWaiting } from "./kept.js";

class NoteMaker extends HTMLElement {
  #making = null;
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("click", ({ target }) => this.#act(target.closest("[data-act]")?.dataset.act), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#wait();
    if (isWaiting(this.dataset.place)) this.#begin();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #wait() {
    for (const type of ["pointerdown", "focusin"]) {
      document.addEventListener(type, () => this.#begin(), { once: true, passive: true, signal: this.#gone.signal });
    }
  }

  /* What is pressed meanwhile is done as soon as there is something to do it. */
  async #act(act) {
    if (act) (await this.#begin())?.act(act);
  }

  async #key(event) {
    (await this.#begin())?.key(event);
  }

  #begin() {
    this.#making ??= import("./making.js").then(({ begin }) => begin(this, this.#gone.signal)).then((making) => {
      if (!making) {
        this.#making = null;
        this.#wait();
      }
      return making;
    });
    return this.#making;
  }
}

customElements.define("note-maker", NoteMaker);
