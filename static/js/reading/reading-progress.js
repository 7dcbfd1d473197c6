/* Saves where the reader is and the furthest place they have come to, and scrolls back on request. The page never scrolls by itself. */

import { TextMap } from "../annotations/lib/text-map.js";

const READING_LINE = 1 / 3;
const SAVE_DELAY = 2000;
const MIN_STEP = 10;
const BLOCKS = "p, li, dt, dd, tr, figcaption, pre, blockquote, h2, h3, h4";

class ReadingProgress extends HTMLElement {
  #text = null;
  #blocks = [];
  #map = null;
  #saved = 0;
  #reached = 0;
  #savedReached = 0;
  #timer = 0;
  #listening = null;

  connectedCallback() {
    this.#text = document.querySelector("[data-revision]");
    this.#blocks = [...this.#text.querySelectorAll(BLOCKS)].filter((block) => !block.closest(".knowledge-check"));
    this.#saved = Number(this.dataset.position);
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.querySelector("a")?.addEventListener("click", (event) => this.#resume(event), { signal });
    window.addEventListener("scroll", () => this.#saveSoon(), { signal, passive: true });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#save(); }, { signal });
    window.addEventListener("pagehide", () => this.#save(), { signal });
    // The reader may have scrolled before this was loaded.
    if (scrollY) this.#saveSoon();
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  #saveSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), SAVE_DELAY);
  }

  /* Returns how far down the text a line a third down the window is, in thousandths. */
  #position() {
    const { top, height } = this.#text.getBoundingClientRect();
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const position = isAtEnd ? 1000 : Math.round((1000 * (innerHeight * READING_LINE - top)) / height);
    return Math.min(1000, Math.max(0, position));
  }

  /* Returns how many code points of the text stand above the lower edge of the window, in whole blocks. */
  #offset() {
    if (!this.#map?.isCurrent()) this.#map = new TextMap(this.#text);
    if (this.#text.getBoundingClientRect().bottom <= innerHeight) return this.#map.length;
    let low = 0, high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle].getBoundingClientRect().bottom <= innerHeight) low = middle + 1;
      else high = middle;
    }
    const last = this.#blocks[low - 1];
    return last ? this.#map.offset(last, last.childNodes.length) : 0;
  }

  #save() {
    clearTimeout(this.#timer);
    const position = this.#position();
    this.#reached = Math.max(this.#reached, this.#offset());
    const isMoved = Math.abs(position - this.#saved) >= MIN_STEP;
    if (scrollY === 0 || (!isMoved && this.#reached === this.#savedReached)) return;
    this.#saved = position;
    this.#savedReached = this.#reached;
    const form = new FormData();
    form.set("position", position);
    form.set("reached", this.#reached);
    form.set("revision", this.dataset.revisionNumber);
    form.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    navigator.sendBeacon(this.dataset.href, form);
  }

  #resume(event) {
    event.preventDefault();
    const { top, height } = this.#text.getBoundingClientRect();
    scrollTo({ top: scrollY + top + (height * Number(this.dataset.position)) / 1000 - innerHeight * READING_LINE });
    document.querySelector(event.currentTarget.hash)?.focus({ preventScroll: true });
  }
}

customElements.define("reading-progress", ReadingProgress);
