/* Selects a passage by keyboard, without a selection of the document: arrows move by sentence and by word. */

import { formulaSpans, widenToSpans } from "../lib/formulas.js";
import { TextMap, toCodePoints } from "../lib/text-map.js";

const HIGHLIGHT = "annotation-selected";
const BLOCKS = "p, li, dt, dd, th, td, caption, figcaption, pre, blockquote, h2, h3, h4, section, figure, aside, summary";
const TOPBAR_HEIGHT = 80;
const SCROLL_MARGIN = 96;
const MOVES = {
  ArrowDown: ["sentence", 1],
  ArrowUp: ["sentence", -1],
  ArrowRight: ["word", 1],
  ArrowLeft: ["word", -1],
};

export class KeyboardSelection {
  #panel;
  #root;
  #callbacks;
  #map = null;
  #units = { sentence: [], word: [] };
  #anchor = null;
  #focus = null;
  #isPicking = false;

  /* `callbacks`: pick(start, end, range), leave(), announce(message). */
  constructor(toolbar, { root, callbacks, signal }) {
    this.#panel = toolbar.querySelector(".keyboard-selection");
    this.#root = root;
    this.#callbacks = callbacks;
    this.#panel.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.#panel.addEventListener("focusout", () => this.#end(), { signal });
    // On a touch screen its buttons are the keys. A press must not take the focus from the panel.
    this.#panel.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.#panel.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.#panel.addEventListener("click", ({ target }) => {
      const { key, shift } = target.closest("[data-key]")?.dataset ?? {};
      if (key) this.#panel.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: Boolean(shift) }));
    }, { signal });
  }

  get isActive() { return !this.#panel.hidden; }

  /* Starts where it was left, if that is in view, else at the first sentence that is. */
  enter() {
    this.#readText();
    if (!this.#units.sentence.length) return;
    this.#panel.hidden = false;
    this.#panel.focus({ preventScroll: true });
    if (!this.#focus || !this.#isInView()) this.#anchor = this.#focus = this.#firstInView();
    this.#show();
  }

  /* Paints `range` as the passage being worked on; with null, nothing. */
  paint(range) {
    if (!("highlights" in CSS)) {
      // Older browsers show it as their own selection.
      getSelection().removeAllRanges();
      if (range) getSelection().addRange(range);
    } else if (range) CSS.highlights.set(HIGHLIGHT, new Highlight(range));
    else CSS.highlights.delete(HIGHLIGHT);
  }

  #readText() {
    this.#map = new TextMap(this.#root);
    const blocks = textBlocks(this.#root);
    const locale = this.#root.closest("[lang]")?.lang;
    const formulas = formulaSpans(this.#map);
    for (const granularity of ["sentence", "word"]) {
      const segmenter = new Intl.Segmenter(locale, { granularity });
      const units = blocks.flatMap((block) => segments(block, segmenter, granularity));
      this.#units[granularity] = withWholeFormulas(units, formulas);
    }
  }

  #isInView() {
    const { top, bottom } = this.#rangeOf(this.#focus).getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  }

  #firstInView() {
    const { sentence } = this.#units;
    let low = 0, high = sentence.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rangeOf(sentence[middle]).getBoundingClientRect().top < TOPBAR_HEIGHT) low = middle + 1;
      else high = middle;
    }
    return sentence[low];
  }

  #rangeOf({ start, end }) { return this.#map.range(start, end); }

  get #span() {
    return { start: Math.min(this.#anchor.start, this.#focus.start), end: Math.max(this.#anchor.end, this.#focus.end) };
  }

  #handleKey(event) {
    const [granularity, step] = MOVES[event.key] ?? [];
    const isReversed = granularity === "word" && getComputedStyle(this.#root).direction === "rtl";
    if (step) this.#move(granularity, isReversed ? -step : step, event.shiftKey);
    else if (event.key === "Enter") this.#pick();
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  leave() {
    this.#end();
    this.#callbacks.leave();
  }

  #end() {
    this.#panel.hidden = true;
    if (!this.#isPicking) this.paint(null);
  }

  /* The passage stays painted while the label bar is over it. */
  #pick() {
    const { start, end } = this.#span;
    this.#isPicking = true;
    this.#callbacks.pick(start, end, this.#map.range(start, end));
    this.#panel.hidden = true;
    this.#isPicking = false;
  }

  /* From a sentence the first step forward goes to its first word, and with Shift to the word after it. */
  #move(granularity, step, isExtending) {
    const units = this.#units[granularity];
    const { start, end } = this.#focus;
    const isEntering = !isExtending && granularity === "word" && this.#units.sentence.includes(this.#focus);
    const isNext = (unit) => {
      if (isEntering) return unit.start >= start;
      return isExtending ? unit.start >= end : unit.start > start;
    };
    const next = step > 0 ? units.find(isNext) : units.findLast((unit) => unit.start < start);
    if (!next) return;
    this.#focus = next;
    if (!isExtending) this.#anchor = next;
    this.#show();
  }

  #show() {
    const { start, end } = this.#span;
    this.paint(this.#map.range(start, end));
    const { top, bottom } = this.#rangeOf(this.#focus).getBoundingClientRect();
    if (top < SCROLL_MARGIN || bottom > innerHeight - SCROLL_MARGIN) {
      scrollBy({ top: top - innerHeight / 3, behavior: "instant" });
    }
    this.#callbacks.announce(this.#map.textBetween(start, end));
  }
}

/* Returns the text of each paragraph or the like: `{ text, start }`, in code points. */
function textBlocks(root) {
  const blocks = [];
  let current = null, offset = 0;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    const element = parentElement.closest(BLOCKS);
    if (element !== current || !blocks.length) blocks.push({ text: "", start: offset });
    current = element;
    blocks.at(-1).text += data;
    offset += toCodePoints(data, data.length);
  }
  return blocks;
}

/* Returns a block's sentences or words, `{ start, end }` in code points, without surrounding white space. */
function segments({ text, start }, segmenter, granularity) {
  const result = [];
  let at = start;
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    const length = toCodePoints(segment, segment.length);
    const trimmed = segment.trim();
    const first = at + segment.length - segment.trimStart().length;
    if (trimmed && (granularity === "sentence" || isWordLike)) {
      result.push({ start: first, end: first + toCodePoints(trimmed, trimmed.length) });
    }
    at += length;
  }
  return result;
}

/* Returns the sentences or words, merging those that share a formula. */
function withWholeFormulas(units, formulas) {
  if (!formulas.length) return units;
  const result = [];
  for (const unit of units) {
    const [start, end] = widenToSpans(formulas, unit.start, unit.end);
    const last = result.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
