/* Paints passages: by the CSS Custom Highlight API, which leaves the document as it is; by <mark> where it is missing. */

import { points, units } from "../text-map.js";

export const LAYERS = ["one", "two", "three", "mine", "question", "focus"];
export const MINE = 1, ASKS = 2, CHANGED = 4, UNREAD = 8, BARE = 16;
const CANNOT_HOLD_MARKS = "ul, ol, dl, table, thead, tbody, tfoot, tr, colgroup, figure";

/* Pure. Passages, sorted by start, as spans that do not overlap: for each of LAYERS a flat list of starts and ends.
   `notes` are { starts, ends, flags }, `focused` the numbers of those on which the reader's attention is. */
export function sweep({ starts, ends, flags }, focused = new Set()) {
  const spans = LAYERS.map(() => []);
  const count = starts.length, closing = Uint32Array.from({ length: count }, (_, n) => n).sort((a, b) => ends[a] - ends[b]);
  let depth = 0, mine = 0, asks = 0, focus = 0, layer = -1, from = 0;
  const turn = (n, by) => {
    depth += by;
    if (flags[n] & MINE) mine += by;
    if (flags[n] & ASKS) asks += by;
    if (focused.has(n)) focus += by;
  };
  for (let opens = 0, closes = 0; closes < count;) {
    const end = ends[closing[closes]], at = opens < count ? Math.min(starts[opens], end) : end;
    while (closes < count && ends[closing[closes]] === at) turn(closing[closes++], -1);
    while (opens < count && starts[opens] === at) turn(opens++, 1);
    const next = !depth ? -1 : focus ? 5 : asks ? 4 : mine ? 3 : Math.min(depth, 3) - 1;
    if (next === layer) continue;
    if (layer >= 0) spans[layer].push(from, at);
    [from, layer] = [at, next];
  }
  return spans;
}

/* Pure. The numbers of the passages over a place, the shortest first. */
export function over({ starts, ends }, place) {
  const found = [];
  for (let n = 0; n < starts.length && starts[n] <= place; n += 1) if (ends[n] > place) found.push(n);
  return found.sort((a, b) => ends[a] - starts[a] - (ends[b] - starts[b]));
}

/* The code point under a pointer, null where there is no letter. */
export function letterAt(map, { clientX: x, clientY: y }) {
  const caret = document.caretPositionFromPoint?.(x, y), range = !caret && document.caretRangeFromPoint?.(x, y);
  const [node, at] = caret ? [caret.offsetNode, caret.offset] : range ? [range.startContainer, range.startOffset] : [];
  if (node?.nodeType !== Node.TEXT_NODE || !map.root.contains(node)) return null;
  const place = map.offset(node, at);
  const holds = (from) => from >= 0 && from < map.length && [...map.range(from, from + 1).getClientRects()].some(
    (box) => x >= box.left - 1 && x <= box.right + 1 && y >= box.top && y <= box.bottom);
  return [place, place - 1].find(holds) ?? null;
}

/* A quote's place in a text that is not the one it was made in: only where it stands once. */
export function placeOf(quote, text) {
  const at = text.indexOf(quote);
  if (at < 0 || text.indexOf(quote, at + 1) >= 0) return null;
  const start = points(text, at);
  return [start, start + points(quote, quote.length)];
}

class Highlights {
  constructor(root) {
    this.root = root;
  }

  paint(map, spans) {
    spans.forEach((flat, n) => {
      const highlight = new Highlight();
      for (let i = 0; i < flat.length; i += 2) highlight.add(map.fixed(flat[i], flat[i + 1]));
      CSS.highlights.set(`note-${LAYERS[n]}`, highlight);
    });
    return map;
  }

  stop() {
    for (const name of LAYERS) CSS.highlights.delete(`note-${name}`);
  }
}

/* Only what stands near the window is wrapped, top-level block by block; `paint` returns the map as it is then. */
class Marks {
  #near = new Set();
  #spans = LAYERS.map(() => []);
  #watch;

  constructor(root, changed) {
    this.root = root;
    this.changed = changed;
    this.#watch = new IntersectionObserver((entries) => this.#moved(entries), { rootMargin: "50%" });
    for (const block of root.children) this.#watch.observe(block);
  }

  paint(map, spans) {
    this.#spans = spans;
    for (const block of this.#near) this.#clear(block);
    return this.#wrapAll(map);
  }

  stop() {
    this.#watch.disconnect();
    for (const block of this.#near) this.#clear(block);
  }

  #moved(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#near.add(target);
      else if (this.#near.delete(target)) this.#clear(target);
    }
    this.changed();
  }

  #wrapAll(map) {
    for (const block of this.#near) {
      const from = map.offset(this.root, [...this.root.childNodes].indexOf(block));
      this.#wrap(block, from);
    }
    return new map.constructor(this.root);
  }

  #wrap(block, from) {
    const nodes = [], walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) nodes.push(walker.currentNode);
    for (const node of nodes) {
      const length = [...node.data].length;
      if (!node.parentElement.matches(CANNOT_HOLD_MARKS)) this.#split(node, this.#pieces(from, from + length), from);
      from += length;
    }
  }

  /* What of the spans stands between two places, in their order: [start, end, layer]. */
  #pieces(from, to) {
    const found = [];
    this.#spans.forEach((flat, layer) => {
      for (let i = 0; i < flat.length && flat[i] < to; i += 2) {
        if (flat[i + 1] > from) found.push([Math.max(from, flat[i]), Math.min(to, flat[i + 1]), layer]);
      }
    });
    return found.sort((a, b) => b[0] - a[0]);
  }

  /* From the last to the first, so that what stands before keeps its place. */
  #split(node, pieces, from) {
    const words = node.data;
    for (const [start, end, layer] of pieces) {
      const mark = document.createElement("mark");
      mark.className = `note-mark note-${LAYERS[layer]}`;
      node.splitText(units(words, end - from));
      const middle = node.splitText(units(words, start - from));
      middle.replaceWith(mark);
      mark.append(middle);
    }
  }

  #clear(block) {
    for (const mark of block.querySelectorAll(".note-mark")) mark.replaceWith(...mark.childNodes);
    block.normalize();
  }
}

/* `changed` is called when a painter that knows only what is near wants to be asked again. */
export function painter(root, changed) {
  return globalThis.CSS?.highlights && globalThis.Highlight ? new Highlights(root) : new Marks(root, changed);
}
