/* Picking a passage by keyboard, without a selection of the document: arrows go by sentence and by word. */

import { TextMap, points } from "../text-map.js";

const HIGHLIGHT = "note-picked";
const BORDERS = "p, li, dt, dd, th, td, caption, figcaption, pre, blockquote, h2, h3, h4, section, figure";

export class ReadingMode {
  #strip;
  #root;
  #on;
  #map = null;
  #units = { sentence: [], word: [] };
  #anchor = null;
  #focus = null;
  #isPicking = false;

  /* `on`: pick(start, end, range), leave(), announce(words). */
  constructor(tools, { root, on, signal }) {
    this.#strip = tools.querySelector(".note-reading");
    this.#root = root;
    this.#on = on;
    this.#strip.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#strip.addEventListener("focusout", () => this.#left(), { signal });
  }

  get isActive() { return !this.#strip.hidden; }

  /* Begins where it was left, if that is in sight, else at the first sentence that is. */
  enter() {
    this.#read();
    if (!this.#units.sentence.length) return;
    this.#strip.hidden = false;
    this.#strip.focus({ preventScroll: true });
    if (!this.#focus || !this.#isInSight()) this.#anchor = this.#focus = this.#firstInSight();
    this.#show();
  }

  /* Paints a passage as the one in hand; without one paints none. */
  paint(range) {
    if (!("highlights" in CSS)) {
      // Older browsers show it as their own selection.
      getSelection().removeAllRanges();
      if (range) getSelection().addRange(range);
    } else if (range) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
    else CSS.highlights.delete(HIGHLIGHT);
  }

  #read() {
    this.#map = new TextMap(this.#root);
    const runs = runsOf(this.#root);
    const locale = this.#root.closest("[lang]")?.lang;
    for (const granularity of ["sentence", "word"]) {
      const segmenter = new Intl.Segmenter(locale, { granularity });
      this.#units[granularity] = runs.flatMap((run) => segmented(run, segmenter, granularity));
    }
  }

  #isInSight() {
    const { top, bottom } = this.#rangeOf(this.#focus).getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  #firstInSight() {
    const { sentence } = this.#units;
    let low = 0, high = sentence.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rangeOf(sentence[middle]).getBoundingClientRect().top < 80) low = middle + 1;
      else high = middle;
    }
    return sentence[low];
  }

  #rangeOf({ start, end }) { return this.#map.range(start, end); }

  get #span() {
    return { start: Math.min(this.#anchor.start, this.#focus.start), end: Math.max(this.#anchor.end, this.#focus.end) };
  }

  #key(event) {
    const [granularity, step] = MOVES[event.key] ?? [];
    const isBackward = granularity === "word" && getComputedStyle(this.#root).direction === "rtl";
    if (step) this.#move(granularity, isBackward ? -step : step, event.shiftKey);
    else if (event.key === "Enter") this.#pick();
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  leave() {
    this.#left();
    this.#on.leave();
  }

  #left() {
    this.#strip.hidden = true;
    if (!this.#isPicking) this.paint(null);
  }

  /* The passage stays painted while the bar is over it. */
  #pick() {
    const { start, end } = this.#span;
    this.#isPicking = true;
    this.#on.pick(start, end, this.#map.range(start, end));
    this.#strip.hidden = true;
    this.#isPicking = false;
  }

  /* From a sentence the first step to the right goes to its first word, and with Shift to the word behind it. */
  #move(granularity, step, extends_) {
    const units = this.#units[granularity];
    const { start, end } = this.#focus;
    const inside = !extends_ && granularity === "word" && this.#units.sentence.includes(this.#focus);
    const next = step > 0
      ? units.find((unit) => (inside ? unit.start >= start : extends_ ? unit.start >= end : unit.start > start))
      : units.findLast((unit) => unit.start < start);
    if (!next) return;
    this.#focus = next;
    if (!extends_) this.#anchor = next;
    this.#show();
  }

  #show() {
    const { start, end } = this.#span;
    this.paint(this.#map.range(start, end));
    const { top, bottom } = this.#rangeOf(this.#focus).getBoundingClientRect();
    if (top < 96 || bottom > innerHeight - 96) scrollBy({ top: top - innerHeight / 3, behavior: "instant" });
    this.#on.announce(this.#map.words(start, end));
  }
}

const MOVES = {
  ArrowDown: ["sentence", 1],
  ArrowUp: ["sentence", -1],
  ArrowRight: ["word", 1],
  ArrowLeft: ["word", -1],
};

/* The text between borders of paragraphs: `{ words, start }`, in code points. */
function runsOf(root) {
  const runs = [];
  let block = null, offset = 0;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    const own = parentElement.closest(BORDERS);
    if (own !== block || !runs.length) runs.push({ words: "", start: offset });
    block = own;
    runs.at(-1).words += data;
    offset += points(data, data.length);
  }
  return runs;
}

/* The run's sentences or words, `{ start, end }` in code points, without white space around. */
function segmented({ words, start }, segmenter, granularity) {
  const found = [];
  let at = start;
  for (const { segment, isWordLike } of segmenter.segment(words)) {
    const length = points(segment, segment.length);
    const trimmed = segment.trim();
    const first = at + segment.length - segment.trimStart().length;
    if (trimmed && (granularity === "sentence" || isWordLike)) {
      found.push({ start: first, end: first + points(trimmed, trimmed.length) });
    }
    at += length;
  }
  return found;
}
