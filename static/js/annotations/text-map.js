/* Between the document and the text that notes are anchored in: offsets there count code points, here UTF-16 units. */

const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;

export class TextMap {
  #nodes = [];
  #starts = [];
  #at = new Map();

  /* Reads the text nodes of `root`, in order, as its textContent does. */
  constructor(root) {
    this.root = root;
    let length = 0;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      this.#at.set(walker.currentNode, this.#nodes.length);
      this.#nodes.push(walker.currentNode);
      this.#starts.push(length);
      length += points(walker.currentNode.data, walker.currentNode.length);
    }
    this.length = length;
    this.text = root.textContent;
  }

  /* Whether this is the text that the server anchored: its length in code points and the CRC-32 of its UTF-8. */
  matches(length, checksum) {
    return this.length === length && crc32(new TextEncoder().encode(this.text)) === checksum;
  }

  /* Whether the document still has the text nodes that were read, with the same words. */
  stands() {
    return this.#nodes.every((node) => this.root.contains(node)) && this.root.textContent === this.text;
  }

  /* The range of the code points from `start` to `end`. */
  range(start, end) {
    const range = new Range();
    range.setStart(...this.place(start));
    range.setEnd(...this.place(end, true));
    return range;
  }

  /* The code points before a place in the document, which may be an element and a child's number. */
  offset(node, units) {
    if (node.nodeType === Node.TEXT_NODE) {
      const n = this.#at.get(node);
      return n === undefined ? null : this.#starts[n] + points(node.data, units);
    }
    const before = new Range();
    before.setStart(this.root, 0);
    before.setEnd(node, units);
    const words = before.toString();
    return points(words, words.length);
  }

  /* As `range`, but one that does not follow changes of the document: thousands of these cost nothing. */
  fixed(start, end) {
    const [startContainer, startOffset] = this.place(start);
    const [endContainer, endOffset] = this.place(end, true);
    return new StaticRange({ startContainer, startOffset, endContainer, endOffset });
  }

  /* The words from `start` to `end`. */
  words(start, end) {
    return this.range(start, end).toString();
  }

  /* The text node and unit at a code point; at a border the end of a range belongs to the node before it. */
  place(offset, isEnd = false) {
    let low = 0, high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isEnd ? this.#starts[middle] < offset : this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return [this.#nodes[low], units(this.#nodes[low].data, offset - this.#starts[low])];
  }
}

/* How many code points the first `units` units of `words` are. */
export function points(words, units) {
  if (!ASTRAL.test(words)) return units;
  let n = 0;
  for (let at = 0; at < units; n += 1) at += words.codePointAt(at) > 0xffff ? 2 : 1;
  return n;
}

/* How many units the first `points` code points of `words` are. */
export function units(words, points) {
  if (!ASTRAL.test(words)) return Math.min(points, words.length);
  let at = 0;
  for (let n = 0; n < points && at < words.length; n += 1) at += words.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/* As zlib's, an unsigned number. */
export function crc32(bytes) {
  let sum = -1;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ -1) >>> 0;
}
