/* Brings what a lesson's page can do as soon as its words are painted, and closes a sheet when a place on the page has
   been chosen in it, so that the place can be seen. */

const PARTS = {
  "glossary-terms": () => import("./terms.js"),
  "reading-place": () => import("./place.js"),
  "note-maker": () => import("../annotations/making/note-maker.js"),
  "lesson-notes": () => import("../annotations/margin/lesson-notes.js"),
};
// Some browsers do not tell when they paint.
const AT_LAST = 2000;

class ReadingTools extends HTMLElement {
  #gone = null;
  #early = new AbortController();
  #pressed = [];

  connectedCallback() {
    this.#gone = new AbortController();
    document.addEventListener("click", (event) => this.#chosen(event), { signal: this.#gone.signal });
    document.addEventListener("keydown", (event) => this.#pressed.push(event), { signal: this.#early.signal });
    new PerformanceObserver((_, paints) => {
      paints.disconnect();
      this.#bring();
    }).observe({ type: "paint", buffered: true });
    setTimeout(() => this.#bring(), AT_LAST);
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  async #bring() {
    await Promise.allSettled(Object.entries(PARTS).map(([name, part]) => document.querySelector(name) && part()));
    this.#early.abort();
    // A letter that was pressed too early for its shortcut.
    const letters = this.#pressed.splice(0).filter(({ key }) => key.length === 1);
    for (const event of letters) event.target.dispatchEvent(new KeyboardEvent("keydown", event));
  }

  #chosen(event) {
    const sheet = event.target.closest?.('.sheet a[href^="#"]')?.closest(".sheet");
    if (sheet?.matches(":popover-open")) sheet.hidePopover();
  }
}

customElements.define("reading-tools", ReadingTools);
