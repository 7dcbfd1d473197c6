/* Saves how far the reader has read, and scrolls back there on request. The page never scrolls by itself. */

const READING_LINE = 1 / 3;
const SAVE_DELAY = 2000;
const MIN_STEP = 10;

class ReadingProgress extends HTMLElement {
  #text = null;
  #saved = 0;
  #timer = 0;
  #listening = null;

  connectedCallback() {
    this.#text = document.querySelector("[data-revision]");
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

  #save() {
    clearTimeout(this.#timer);
    const position = this.#position();
    if (scrollY === 0 || Math.abs(position - this.#saved) < MIN_STEP) return;
    this.#saved = position;
    const form = new FormData();
    form.set("position", position);
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
