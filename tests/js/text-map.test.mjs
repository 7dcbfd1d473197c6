import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";

import { crc32, TextMap, toCodePoints, toCodeUnits } from "../../static/js/annotations/lib/text-map.js";

const SQUID = "🦑"; // one code point, two UTF-16 units

/* A root of text nodes, as much of a document as a TextMap needs to be read. */
function rootOf(...texts) {
  const nodes = texts.map((data) => ({ data, length: data.length, nodeType: 3 }));
  globalThis.NodeFilter = { SHOW_TEXT: 4 };
  globalThis.Node = { TEXT_NODE: 3 };
  globalThis.document = {
    createTreeWalker() {
      let at = -1;
      return {
        get currentNode() {
          return nodes[at];
        },
        nextNode: () => (at += 1) < nodes.length,
      };
    },
  };
  const root = { nodes, contains: (node) => nodes.includes(node) };
  Object.defineProperty(root, "textContent", { get: () => nodes.map((node) => node.data).join("") });
  return root;
}

/* Returns where a map finds an offset: the number of the text node, and the unit in it. */
function place(map, offset, isEnd) {
  const [node, unit] = map.locate(offset, isEnd);
  return [map.root.nodes.indexOf(node), unit];
}

test("units are code points where no character is outside the first plane", () => {
  assert.equal(toCodePoints("Ωραία 海", 3), 3);
  assert.equal(toCodeUnits("Ωραία 海", 3), 3);
});

test("a surrogate pair is one code point", () => {
  const text = `a${SQUID}b${SQUID}`;
  assert.deepEqual([0, 1, 3, 4, 6].map((units) => toCodePoints(text, units)), [0, 1, 2, 3, 4]);
  assert.deepEqual([0, 1, 2, 3, 4].map((points) => toCodeUnits(text, points)), [0, 1, 3, 4, 6]);
});

test("a unit inside a pair counts as after it", () => {
  assert.equal(toCodePoints(`a${SQUID}b`, 2), 2);
});

test("a lone surrogate is a code point of its own", () => {
  const text = `\ud83e${SQUID}\udd91x`;
  assert.equal(toCodePoints(text, text.length), 4);
  assert.equal(toCodeUnits(text, 2), 3);
});

test("a combining mark and a joiner are code points too", () => {
  const family = "👩‍👧"; // woman, joiner, girl
  assert.equal(toCodePoints(family, family.length), 3);
  assert.equal(toCodePoints("e\u0301", 2), 2);
});

test("an offset beyond the text is the end of it", () => {
  assert.equal(toCodeUnits("abc", 9), 3);
  assert.equal(toCodeUnits(`a${SQUID}`, 9), 3);
});

test("there and back again is the same offset", () => {
  const text = `Sea ${SQUID}${SQUID} and море, بحر, 海, 𠮷`;
  const count = [...text].length;
  for (let n = 0; n <= count; n += 1) assert.equal(toCodePoints(text, toCodeUnits(text, n)), n);
  assert.equal([...text].slice(0, 7).join(""), text.slice(0, toCodeUnits(text, 7)));
});

test("the checksum is that of zlib", () => {
  for (const text of ["", "The tide turns.", `Прилив, مد, 潮 ${SQUID}`]) {
    const bytes = new TextEncoder().encode(text);
    assert.equal(crc32(bytes), zlibCrc32(bytes));
  }
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});

test("a map counts code points over several text nodes", () => {
  const map = new TextMap(rootOf(`a${SQUID}`, "", `${SQUID}cd`, "e"));
  assert.equal(map.length, 6);
  assert.deepEqual(place(map, 1), [0, 1]);
  assert.deepEqual(place(map, 3), [2, 2]);
  assert.deepEqual(place(map, 4), [2, 3]);
});

test("between two nodes a start belongs to the second, an end to the first", () => {
  const map = new TextMap(rootOf(`a${SQUID}`, "bc"));
  assert.deepEqual(place(map, 2), [1, 0]);
  assert.deepEqual(place(map, 2, true), [0, 3]);
  assert.deepEqual(place(map, 4, true), [1, 2]);
});

test("an offset in a text node is found again by its code points", () => {
  const map = new TextMap(rootOf(`a${SQUID}`, `b${SQUID}c`));
  assert.equal(map.offset(map.root.nodes[1], 0), 2);
  assert.equal(map.offset(map.root.nodes[1], 3), 4);
  assert.equal(map.offset({ nodeType: 3, data: "elsewhere" }, 2), null);
});

test("a map says whether the server anchored the same text", () => {
  const text = `Море и ${SQUID}`;
  const map = new TextMap(rootOf("Море ", `и ${SQUID}`));
  const sum = crc32(new TextEncoder().encode(text));
  assert.ok(map.matches(8, sum));
  assert.ok(!map.matches(9, sum));
  assert.ok(!map.matches(8, sum ^ 1));
});

test("a map is out of date once a text node changes", () => {
  const map = new TextMap(rootOf("one", "two"));
  assert.ok(map.isCurrent());
  map.root.nodes[1].data = "too";
  assert.ok(!map.isCurrent());
});
