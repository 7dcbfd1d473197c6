/* Loads a lesson's scripts as soon as its text is painted, and closes a sheet when a link within the page is followed. */

const PARTS = {
  ".course-bar": () => import("../course-bar.js"),
  "glossary-terms": () => import("./glossary-terms.js"),
  "lesson-checks": () => import("../practice/lesson-checks.js"),
  "reading-progress": () => import("./reading-progress.js"),
  "annotation-loader": () => import("../annotations/annotate/annotation-loader.js"),
  "lesson-annotations": () => import("../annotations/margin/lesson-annotations.js"),
};
// Some browsers do not report paints.
const LOAD_TIMEOUT = 2000;

class LessonTools extends HTMLElement {
  #listening = null;
  #loading = new AbortController();
  #pressed = [];
  #isLoading = false;

  connectedCallback() {
    this.#listening = new AbortController();
    document.addEventListener("click", (event) => this.#closeSheet(event), { signal: this.#listening.signal });
    document.addEventListener("keydown", (event) => this.#pressed.push(event), { signal: this.#loading.signal });
    const markHeading = () => import("./current-heading.js");
    if (scrollY) markHeading();
    else addEventListener("scroll", markHeading, { once: true, signal: this.#listening.signal });
    new PerformanceObserver((_, observer) => {
      observer.disconnect();
      this.#load();
    }).observe({ type: "paint", buffered: true });
    setTimeout(() => this.#load(), LOAD_TIMEOUT);
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /* The style of what is below and beside the text. */
  #loadStyle() {
    for (const href of this.dataset.style?.split(" ") ?? []) {
      document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
    }
  }

  async #load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#loadStyle();
    await Promise.allSettled(Object.entries(PARTS).map(([name, part]) => document.querySelector(name) && part()));
    this.#loading.abort();
    // Replay shortcuts that were pressed before their script was loaded.
    const characters = this.#pressed.splice(0).filter(({ key, defaultPrevented }) => key.length === 1 && !defaultPrevented);
    for (const event of characters) this.#replay(event);
  }

  /* What was typed after the key of the search is for its field. */
  #replay(event) {
    const field = document.activeElement.closest("search-box input");
    if (field && field !== event.target) field.value += event.key;
    else event.target.dispatchEvent(new KeyboardEvent("keydown", event));
  }

  #closeSheet(event) {
    const sheet = event.target.closest?.('.sheet a[href^="#"]')?.closest(".sheet");
    if (sheet?.matches(":popover-open")) sheet.hidePopover();
  }
}

customElements.define("lesson-tools", LessonTools);
