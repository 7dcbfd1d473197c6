/* Spans of highlighted text, computed without the DOM: `annotations` are { starts, ends, flags }, sorted by start. */

import { toCodePoints } from "./text-map.js";

export const LAYERS = ["one", "two", "three", "own", "question", "focus"];
export const OWN = 1, QUESTION = 2, CHANGED = 4, UNREAD = 8, HIGHLIGHT_ONLY = 16;
const OWN_LAYER = 3, QUESTION_LAYER = 4, FOCUS_LAYER = 5, MAX_DEPTH = 3;

/* Returns the passages as spans that do not overlap: for each of LAYERS a flat list of starts and ends. `focused` are
   the numbers of those that have the reader's attention. */
export function flattenSpans({ starts, ends, flags }, focused = new Set()) {
  const spans = LAYERS.map(() => []);
  const count = starts.length;
  const byEnd = Uint32Array.from({ length: count }, (_, n) => n).sort((a, b) => ends[a] - ends[b]);
  let depth = 0, own = 0, questions = 0, focus = 0, layer = -1, from = 0;
  const add = (n, by) => {
    depth += by;
    if (flags[n] & OWN) own += by;
    if (flags[n] & QUESTION) questions += by;
    if (focused.has(n)) focus += by;
  };
  const currentLayer = () => {
    if (!depth) return -1;
    if (focus) return FOCUS_LAYER;
    if (questions) return QUESTION_LAYER;
    return own ? OWN_LAYER : Math.min(depth, MAX_DEPTH) - 1;
  };
  for (let opened = 0, closed = 0; closed < count;) {
    const end = ends[byEnd[closed]];
    const at = opened < count ? Math.min(starts[opened], end) : end;
    while (closed < count && ends[byEnd[closed]] === at) add(byEnd[closed++], -1);
    while (opened < count && starts[opened] === at) add(opened++, 1);
    const next = currentLayer();
    if (next === layer) continue;
    if (layer >= 0) spans[layer].push(from, at);
    [from, layer] = [at, next];
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
export function onlyFound({ ids, flags }, spans) {
  const found = ids.map((id, n) => [spans.get(id), n]).filter(([span]) => span);
  found.sort(([a], [b]) => a[0] - b[0]);
  return {
    ids: found.map(([, n]) => ids[n]),
    starts: found.map(([span]) => span[0]),
    ends: found.map(([span]) => span[1]),
    flags: found.map(([, n]) => flags[n]),
  };
}
