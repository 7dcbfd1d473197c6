/* Paints passages with the CSS Custom Highlight API, which leaves the document as it is, or with <mark> where it is missing. */

import { LAYERS } from "../lib/spans.js";
import { textNodes, toCodeUnits } from "../lib/text-map.js";

const CANNOT_HOLD_MARKS = "ul, ol, dl, table, thead, tbody, tfoot, tr, colgroup, figure";

/* Returns a painter; `onChange` is called when MarkPainter, which paints only near the window, must paint again. */
export function createPainter(root, onChange) {
  const hasHighlights = globalThis.CSS?.highlights && globalThis.Highlight;
  return hasHighlights ? new HighlightPainter(root) : new MarkPainter(root, onChange);
}

/* Returns the offset of the code point under a pointer, null where there is none. */
export function offsetAtPoint(map, { clientX: x, clientY: y }) {
  const caret = document.caretPositionFromPoint?.(x, y);
  const range = !caret && document.caretRangeFromPoint?.(x, y);
  const point = caret || range;
  const [node, index] = caret ? [caret.offsetNode, caret.offset] : point ? [range.startContainer, range.startOffset] : [];
  if (node?.nodeType !== Node.TEXT_NODE || !map.root.contains(node)) return null;
  const offset = map.offset(node, index);
  const isInside = (box) => x >= box.left - 1 && x <= box.right + 1 && y >= box.top && y <= box.bottom;
  const isUnderPointer = (at) => {
    return at >= 0 && at < map.length && [...map.range(at, at + 1).getClientRects()].some(isInside);
  };
  return [offset, offset - 1].find(isUnderPointer) ?? null;
}

class HighlightPainter {
  constructor(root) {
    this.root = root;
  }

  /* `spans` are those of `flattenSpans`. Returns the map to use afterwards. */
  paint(map, spans) {
    spans.forEach((flat, n) => {
      const highlight = new Highlight();
      for (let i = 0; i < flat.length; i += 2) highlight.add(map.staticRange(flat[i], flat[i + 1]));
      CSS.highlights.set(`annotation-${LAYERS[n]}`, highlight);
    });
    return map;
  }

  stop() {
    for (const name of LAYERS) CSS.highlights.delete(`annotation-${name}`);
  }
}

/* Wraps only what is near the window, top-level block by block. */
class MarkPainter {
  #near = new Set();
  #spans = LAYERS.map(() => []);
  #observer;

  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.#observer = new IntersectionObserver((entries) => this.#updateNear(entries), { rootMargin: "50%" });
    for (const block of root.children) this.#observer.observe(block);
  }

  /* Returns the map to use afterwards. */
  paint(map, spans) {
    this.#spans = spans;
    for (const block of this.#near) this.#clear(block);
    return this.#wrapAll(map);
  }

  stop() {
    this.#observer.disconnect();
    for (const block of this.#near) this.#clear(block);
  }

  #updateNear(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#near.add(target);
      else if (this.#near.delete(target)) this.#clear(target);
    }
    this.onChange();
  }

  #wrapAll(map) {
    const unmarked = new map.constructor(this.root), children = [...this.root.childNodes];
    const starts = [...this.#near].map((block) => [block, unmarked.offset(this.root, children.indexOf(block))]);
    for (const [block, from] of starts) this.#wrap(block, from);
    return new map.constructor(this.root);
  }

  /* Wraps a formula as a whole, since passages never contain a part of one. */
  #wrap(block, from) {
    let formula = null;
    for (const node of textNodes(block)) {
      const length = [...node.data].length;
      const pieces = node.parentElement.matches(CANNOT_HOLD_MARKS) ? [] : this.#pieces(from, from + length);
      const math = node.parentElement.closest("math");
      if (!math) this.#split(node, pieces, from);
      else if (math !== formula && pieces.length) this.#wrapWhole(math, pieces[0][2]);
      formula = math;
      from += length;
    }
  }

  #wrapWhole(element, layers) {
    const mark = markOf(layers);
    element.replaceWith(mark);
    mark.append(element);
  }

  /* Returns the parts between two offsets that are painted alike, the last first: [start, end, layers]. */
  #pieces(from, to) {
    const covers = this.#spans.flatMap((flat, layer) => {
      const found = [];
      for (let i = 0; i < flat.length && flat[i] < to; i += 2) {
        if (flat[i + 1] > from) found.push([Math.max(from, flat[i]), Math.min(to, flat[i + 1]), layer]);
      }
      return found;
    });
    const edges = [...new Set(covers.flatMap(([start, end]) => [start, end]))].sort((a, b) => b - a);
    return edges.slice(1).map((start, n) => {
      const layers = covers.filter((cover) => cover[0] <= start && cover[1] >= edges[n]).map((cover) => cover[2]);
      return [start, edges[n], layers];
    }).filter(([, , layers]) => layers.length);
  }

  /* From the last to the first, so that the offsets of those before stay valid. */
  #split(node, pieces, from) {
    const text = node.data;
    for (const [start, end, layers] of pieces) {
      const mark = markOf(layers);
      node.splitText(toCodeUnits(text, end - from));
      const middle = node.splitText(toCodeUnits(text, start - from));
      middle.replaceWith(mark);
      mark.append(middle);
    }
  }

  #clear(block) {
    for (const mark of block.querySelectorAll(".note-mark")) mark.replaceWith(...mark.childNodes);
    block.normalize();
  }
}

function markOf(layers) {
  const mark = document.createElement("mark");
  mark.className = `note-mark ${layers.map((layer) => LAYERS[layer]).join(" ")}`;
  return mark;
}
