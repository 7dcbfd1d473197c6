/* Brings what notes are made with when somebody first touches the page, so that reading comes before it. */

import { isWaiting } from "./kept.js";

class NoteMaker extends HTMLElement {
  #making = null;
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const options = { once: true, passive: true, signal: this.#gone.signal };
    for (const type of ["pointerdown", "keydown", "focusin"]) {
      document.addEventListener(type, (event) => this.#begin(event), options);
    }
    if (isWaiting(this.dataset.place)) this.#begin();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #begin(event) {
    this.#making ??= import("./making.js").then(({ begin }) => begin(this, event, this.#gone.signal));
  }
}

customElements.define("note-maker", NoteMaker);
