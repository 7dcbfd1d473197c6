/* Spans of highlighted text, computed without the DOM: `annotations` are { starts, ends, flags }, sorted by start. */

import { toCodePoints } from "./text-map.js";

// The ground says how many people have marked a passage, the line what it is.
export const LAYERS = ["one", "some", "many", "focus", "question", "mine"];
export const OWN = 1, QUESTION = 2, CHANGED = 4, UNREAD = 8, HIGHLIGHT_ONLY = 16;
export const NOBODY = -1;
const SOME = 2, MANY = 6;
const FOCUS_LAYER = 3, QUESTION_LAYER = 4, MINE_LAYER = 5;

/* Counts people: a number each in `readers`, except that whoever is NOBODY, since no name is shown, counts every time. */
class Crowd {
  #notes = new Map();
  #unnamed = 0;

  add(reader, by) {
    if (reader === NOBODY) this.#unnamed += by;
    else {
      const count = (this.#notes.get(reader) ?? 0) + by;
      if (count) this.#notes.set(reader, count);
      else this.#notes.delete(reader);
    }
  }

  get size() { return this.#notes.size + this.#unnamed; }
}

/* Returns the passages as spans, for each of LAYERS a flat list of starts and ends. Grounds do not overlap, nor do lines:
   an open question's line goes before the reader's own. `focused` are the numbers of those that the reader is at. */
export function flattenSpans({ starts, ends, flags, readers }, focused = new Set()) {
  const spans = LAYERS.map(() => []);
  const count = starts.length;
  const byEnd = Uint32Array.from({ length: count }, (_, n) => n).sort((a, b) => ends[a] - ends[b]);
  const crowd = new Crowd();
  let own = 0, questions = 0, focus = 0, ground = -1, line = -1, groundFrom = 0, lineFrom = 0;
  const add = (n, by) => {
    crowd.add(readers?.[n] ?? NOBODY, by);
    if (flags[n] & OWN) own += by;
    if (flags[n] & QUESTION) questions += by;
    if (focused.has(n)) focus += by;
  };
  const groundLayer = () => {
    const { size } = crowd;
    if (focus) return FOCUS_LAYER;
    return size ? (size >= SOME) + (size >= MANY) : -1;
  };
  const lineLayer = () => {
    if (questions) return QUESTION_LAYER;
    return own ? MINE_LAYER : -1;
  };
  for (let opened = 0, closed = 0; closed < count;) {
    const end = ends[byEnd[closed]];
    const at = opened < count ? Math.min(starts[opened], end) : end;
    while (closed < count && ends[byEnd[closed]] === at) add(byEnd[closed++], -1);
    while (opened < count && starts[opened] === at) add(opened++, 1);
    const nextGround = groundLayer(), nextLine = lineLayer();
    if (nextGround !== ground) {
      if (ground >= 0) spans[ground].push(groundFrom, at);
      [groundFrom, ground] = [at, nextGround];
    }
    if (nextLine !== line) {
      if (line >= 0) spans[line].push(lineFrom, at);
      [lineFrom, line] = [at, nextLine];
    }
  }
  return spans;
}

/* Returns the numbers of the passages over an offset, the shortest first. */
export function spansAt({ starts, ends }, offset) {
  const numbers = [];
  for (let n = 0; n < starts.length && starts[n] <= offset; n += 1) if (ends[n] > offset) numbers.push(n);
  return numbers.sort((a, b) => ends[a] - starts[a] - (ends[b] - starts[b]));
}

/* Returns `[start, end]` of a quote in another text than its own; null unless it occurs exactly once. */
export function findQuote(quote, text) {
  const at = text.indexOf(quote);
  if (at < 0 || text.indexOf(quote, at + 1) >= 0) return null;
  const start = toCodePoints(text, at);
  return [start, start + toCodePoints(quote, quote.length)];
}

/* Returns the annotations in `spans`, a map of ids to `[start, end]`, in the order of the text. */
export function onlyFound({ ids, flags, readers }, spans) {
  const found = ids.map((id, n) => [spans.get(id), n]).filter(([span]) => span);
  found.sort(([a], [b]) => a[0] - b[0]);
  return {
    ids: found.map(([, n]) => ids[n]),
    starts: found.map(([span]) => span[0]),
    ends: found.map(([span]) => span[1]),
    flags: found.map(([, n]) => flags[n]),
    readers: found.map(([, n]) => readers?.[n] ?? NOBODY),
  };
}
