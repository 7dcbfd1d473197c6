/* The passage that a range means: offsets in code points, and the words there and around. */

import { TextMap } from "../text-map.js";

const CONTEXT = 32;

/* What of `range` lies in the text `root`, without white space around it; null where that is nothing. */
export function passageOf(range, root) {
  if (!range.intersectsNode(root)) return null;
  const map = new TextMap(root);
  const within = clipped(range, root);
  const start = map.offset(within.startContainer, within.startOffset);
  const end = map.offset(within.endContainer, within.endOffset);
  return start < end ? passageAt(map, start, end) : null;
}

/* The passage from `start` to `end`. Without offsets where the page's text is not the server's, as when a browser has
   translated it: the server then goes by the words, or refuses. */
export function passageAt(map, start, end) {
  const words = map.words(start, end);
  const exact = words.trim();
  if (!exact) return null;
  const first = start + words.length - words.trimStart().length;
  const last = end - words.length + words.trimEnd().length;
  const prefix = first ? map.words(Math.max(0, first - CONTEXT), first) : "";
  const suffix = last < map.length ? map.words(last, Math.min(map.length, last + CONTEXT)) : "";
  return { start: first, end: last, exact, prefix, suffix, isSure: isTheServers(map) };
}

function clipped(range, root) {
  const text = new Range();
  text.selectNodeContents(root);
  const within = range.cloneRange();
  if (within.compareBoundaryPoints(Range.START_TO_START, text) < 0) within.setStart(root, 0);
  if (within.compareBoundaryPoints(Range.END_TO_END, text) > 0) within.setEnd(root, root.childNodes.length);
  return within;
}

function isTheServers(map) {
  const told = document.querySelector("lesson-notes")?.dataset;
  return !told?.checksum || map.matches(Number(told.length), Number(told.checksum));
}
