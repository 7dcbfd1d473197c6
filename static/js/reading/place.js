/* Remembers how far one has read, and goes back there when asked. The page never jumps by itself. */

const LINE = 1 / 3;
const QUIET = 2000;
const STEP = 10;

class ReadingPlace extends HTMLElement {
  #text = null;
  #kept = 0;
  #timer = 0;
  #gone = null;

  connectedCallback() {
    this.#text = document.querySelector("[data-revision]");
    this.#kept = Number(this.dataset.place);
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.querySelector("a")?.addEventListener("click", (event) => this.#goBack(event), { signal });
    window.addEventListener("scroll", () => this.#later(), { signal, passive: true });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#keep(); }, { signal });
    window.addEventListener("pagehide", () => this.#keep(), { signal });
    // Somebody may have read on before this was here.
    if (scrollY) this.#later();
  }

  disconnectedCallback() {
    this.#gone.abort();
    clearTimeout(this.#timer);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), QUIET);
  }

  /* How far down the text a line a third of the window down stands, in thousandths. */
  #here() {
    const { top, height } = this.#text.getBoundingClientRect();
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const place = atEnd ? 1000 : Math.round((1000 * (innerHeight * LINE - top)) / height);
    return Math.min(1000, Math.max(0, place));
  }

  #keep() {
    clearTimeout(this.#timer);
    const place = this.#here();
    if (scrollY === 0 || Math.abs(place - this.#kept) < STEP) return;
    this.#kept = place;
    const form = new FormData();
    form.set("position", place);
    form.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    navigator.sendBeacon(this.dataset.address, form);
  }

  #goBack(event) {
    event.preventDefault();
    const { top, height } = this.#text.getBoundingClientRect();
    scrollTo({ top: scrollY + top + (height * Number(this.dataset.place)) / 1000 - innerHeight * LINE });
    document.querySelector(event.currentTarget.hash)?.focus({ preventScroll: true });
  }
}

customElements.define("reading-place", ReadingPlace);
