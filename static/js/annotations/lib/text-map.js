/* Maps between the document and the plain text that annotations are anchored in: offsets there count code points,
   those of the document UTF-16 units. */

const CHECK = ".knowledge-check[data-check]";
const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;

export class TextMap {
  #nodes = [];
  #starts = [];
  #indexes = new Map();

  /* Reads the text nodes of `root`, in order, as its textContent does, without checks: they stand in the text, and are
     not part of it. */
  constructor(root) {
    this.root = root;
    let length = 0;
    for (const node of textNodes(root)) {
      this.#indexes.set(node, this.#nodes.length);
      this.#nodes.push(node);
      this.#starts.push(length);
      length += toCodePoints(node.data, node.length);
    }
    this.length = length;
    this.text = this.#nodes.map(({ data }) => data).join("");
  }

  /* Returns whether this is the text that the server anchored: its length in code points and the CRC-32 of its UTF-8. */
  matches(length, checksum) {
    return this.length === length && crc32(new TextEncoder().encode(this.text)) === checksum;
  }

  /* Returns whether the document still has the text nodes that were read, with the same text. */
  isCurrent() {
    const nodes = textNodes(this.root);
    return nodes.length === this.#nodes.length && nodes.every((node, n) => node === this.#nodes[n]) &&
      nodes.map(({ data }) => data).join("") === this.text;
  }

  /* Returns the range of the code points from `start` to `end`. */
  range(start, end) {
    const range = new Range();
    range.setStart(...this.locate(start));
    range.setEnd(...this.locate(end, true));
    return range;
  }

  /* Returns the number of code points before a boundary point, which may be an element and a child's index. */
  offset(node, index) {
    if (node.nodeType === Node.TEXT_NODE) {
      const n = this.#indexes.get(node);
      return n === undefined ? null : this.#starts[n] + toCodePoints(node.data, index);
    }
    const before = new Range();
    before.setStart(this.root, 0);
    before.setEnd(node, index);
    let low = 0, high = this.#nodes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before.comparePoint(this.#nodes[middle], 0) === 0) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low] ?? this.length;
  }

  /* Like `range`, but the result does not follow changes of the document: thousands of these are cheap. */
  staticRange(start, end) {
    const [startContainer, startOffset] = this.locate(start);
    const [endContainer, endOffset] = this.locate(end, true);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
  }

  textBetween(start, end) {
    return this.text.slice(toCodeUnits(this.text, start), toCodeUnits(this.text, end));
  }

  /* Returns `[text node, unit]` at a code point; between two nodes the end of a range belongs to the first. */
  locate(offset, isEnd = false) {
    let low = 0, high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isEnd ? this.#starts[middle] < offset : this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return [this.#nodes[low], toCodeUnits(this.#nodes[low].data, offset - this.#starts[low])];
  }
}

/* Returns the text nodes of an element, in order, but for those in checks. */
export function textNodes(root) {
  if (root.closest?.(CHECK)) return [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return node.matches(CHECK) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

/* Returns how many code points the first `units` UTF-16 units of `text` are. */
export function toCodePoints(text, units) {
  if (!ASTRAL.test(text)) return units;
  let points = 0;
  for (let at = 0; at < units; points += 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return points;
}

/* Returns how many UTF-16 units the first `points` code points of `text` are. */
export function toCodeUnits(text, points) {
  if (!ASTRAL.test(text)) return Math.min(points, text.length);
  let at = 0;
  for (let n = 0; n < points && at < text.length; n += 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/* Returns the same unsigned checksum as zlib. */
export function crc32(bytes) {
  let sum = -1;
  for (const byte of bytes) sum = CRC_TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ -1) >>> 0;
}
