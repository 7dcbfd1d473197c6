/* Turns ranges of the document into passages: offsets in code points, the quote and its context. */

import { formulaSpans, widenToSpans } from "../lib/formulas.js";
import { TextMap } from "../lib/text-map.js";

const CONTEXT_LENGTH = 32;

/* Returns the part of `range` that lies in the text `root`, trimmed; null where that is empty. */
export function passageFromRange(range, root) {
  if (!range.intersectsNode(root)) return null;
  const map = new TextMap(root);
  const clipped = clipRange(range, root);
  const start = map.offset(clipped.startContainer, clipped.startOffset);
  const end = map.offset(clipped.endContainer, clipped.endOffset);
  return start < end ? passageFromOffsets(map, start, end) : null;
}

/* Returns the passage between two offsets, with whole formulas. Where the page's text is not the server's, as when a browser has translated
   it, `hasServerOffsets` is false: the server then finds the passage by its quote, or refuses it. */
export function passageFromOffsets(map, from, to) {
  const [start, end] = widenToSpans(formulaSpans(map), from, to);
  const text = map.textBetween(start, end);
  const exact = text.trim();
  if (!exact) return null;
  const first = start + text.length - text.trimStart().length;
  const last = end - text.length + text.trimEnd().length;
  const prefix = first ? map.textBetween(Math.max(0, first - CONTEXT_LENGTH), first) : "";
  const suffix = last < map.length ? map.textBetween(last, Math.min(map.length, last + CONTEXT_LENGTH)) : "";
  return { start: first, end: last, exact, prefix, suffix, hasServerOffsets: isServerText(map) };
}

function clipRange(range, root) {
  const text = new Range();
  text.selectNodeContents(root);
  const clipped = range.cloneRange();
  if (clipped.compareBoundaryPoints(Range.START_TO_START, text) < 0) clipped.setStart(root, 0);
  if (clipped.compareBoundaryPoints(Range.END_TO_END, text) > 0) clipped.setEnd(root, root.childNodes.length);
  return clipped;
}

function isServerText(map) {
  const expected = document.querySelector("lesson-annotations")?.dataset;
  return !expected?.checksum || map.matches(Number(expected.length), Number(expected.checksum));
}
