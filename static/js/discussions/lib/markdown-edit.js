/* What the composer's toolbar does to a text, without the DOM. An edit is `{ from, to, text, start, end }`: `text` replaces what
   stands between two positions, and then the selection is from `start` to `end`. */

const MARKERS = { bold: "**", italic: "*", code: "`", formula: "$" };
const PREFIXES = { quote: "> ", list: "- " };
const ADDRESS = /^(https?:\/\/|mailto:|www\.)\S+$/i;
const WORD = /[\p{L}\p{M}\p{N}_'’-]/u;
const ITEM = /^((?:> ?)*)([ \t]*)(?:([-*+]) (\[[ xX]\] )?|(\d{1,9})([.)]) |)/;

/* Returns the edit for a button of the toolbar. */
export function edit(command, text, start, end) {
  if (command === "link") return link(text, start, end);
  if (command in PREFIXES) return prefixLines(PREFIXES[command], text, start, end);
  const isBlock = text.slice(start, end).includes("\n") || (start === end && lineAt(text, start).text.trim() === "");
  if (isBlock && command === "code") return block(fence(text.slice(start, end)), text, start, end);
  if (isBlock && command === "formula") return block("$$", text, start, end);
  return wrap(MARKERS[command], text, start, end);
}

export function isAddress(text) {
  return ADDRESS.test(text);
}

/* Puts what is selected, or the word at the caret, between two markers, or takes those away. */
function wrap(marker, text, selectionStart, selectionEnd) {
  let [start, end] = wordOrSelection(text, selectionStart, selectionEnd);
  const size = marker.length, inner = text.slice(start, end);
  if (inner.length > 2 * size && startsWithMarker(inner, marker) && endsWithMarker(inner, marker)) {
    return replace(start, end, inner.slice(size, -size), 0, inner.length - 2 * size);
  }
  const [before, after] = [text.slice(0, start), text.slice(end)];
  if (endsWithMarker(before, marker) && startsWithMarker(after, marker)) {
    return replace(start - size, end + size, inner, selectionStart - start, selectionEnd - start);
  }
  const offset = selectionStart === selectionEnd ? size + selectionStart - start : size;
  return replace(start, end, marker + inner + marker, offset, offset + (selectionStart === selectionEnd ? 0 : inner.length));
}

/* `**` at an end is not the marker `*` of italics, `***` is both. */
function startsWithMarker(text, marker) {
  const run = /^\**/.exec(text)[0].length;
  return marker[0] === "*" ? run === marker.length || run === 3 : text.startsWith(marker);
}

function endsWithMarker(text, marker) {
  const run = /\**$/.exec(text)[0].length;
  return marker[0] === "*" ? run === marker.length || run === 3 : text.endsWith(marker);
}

/* Without the spaces at the ends of a selection, where markers would not work. */
function wordOrSelection(text, start, end) {
  if (start === end) {
    while (start > 0 && WORD.test(text[start - 1])) start -= 1;
    while (end < text.length && WORD.test(text[end])) end += 1;
    return [start, end];
  }
  while (start < end && /\s/.test(text[start])) start += 1;
  while (end > start && /\s/.test(text[end - 1])) end -= 1;
  return [start, end];
}

function link(text, selectionStart, selectionEnd) {
  const [start, end] = wordOrSelection(text, selectionStart, selectionEnd);
  const inner = text.slice(start, end);
  if (isAddress(inner)) return replace(start, end, `[](${inner})`, 1, 1);
  if (!inner) return replace(start, end, "[](https://)", 1, 1);
  const opening = `[${inner}](`;
  return replace(start, end, `${opening}https://)`, opening.length, opening.length + "https://".length);
}

/* Pasting an address over selected words makes them a link; returns null for anything else. */
export function pasteAddress(address, text, start, end) {
  const inner = text.slice(start, end);
  if (!isAddress(address) || !inner.trim() || inner.includes("\n") || isAddress(inner.trim())) return null;
  const linked = `[${inner}](${address})`;
  return replace(start, end, linked, linked.length, linked.length);
}

function prefixLines(prefix, text, start, end) {
  const from = lineAt(text, start).start, to = lineAt(text, end > start && text[end - 1] === "\n" ? end - 1 : end).end;
  const lines = text.slice(from, to).split("\n");
  const hasPrefix = (line) => line.startsWith(prefix) || line === prefix.trimEnd();
  if (lines.every(hasPrefix)) {
    const plain = lines.map((line) => line.slice(prefix.length)).join("\n");
    return replace(from, to, plain, plain.length, plain.length);
  }
  const isList = prefix !== "> ";
  const marked = lines.map((line) => (isList && !line.trim() && lines.length > 1 ? line : prefix + line));
  return standAlone(marked.join("\n"), text, from, to);
}

/* A block needs a blank line above it and below, unless a block of its kind goes on there. */
function standAlone(block, text, from, to) {
  const marker = block[0], before = text.slice(0, from), after = text.slice(to);
  const above = lineAt(text, Math.max(0, from - 1)).text;
  const gap = from > 0 && above.trim() && !above.startsWith(marker) ? "\n" : "";
  const below = after.slice(1).split("\n")[0];
  const gapBelow = after && below.trim() && !below.startsWith(marker) ? "\n" : "";
  const end = before && gap ? gap.length + block.length : block.length;
  return replace(from, to, gap + block + gapBelow, end, end);
}

function fence(inner) {
  const longest = Math.max(0, ...[...inner.matchAll(/`+/g)].map(([run]) => run.length));
  return "`".repeat(Math.max(3, longest + 1));
}

function block(marker, text, start, end) {
  const inner = text.slice(start, end).replace(/^\n+|\n+$/g, "");
  const gap = start > 0 && text[start - 1] !== "\n" ? "\n\n" : "";
  const gapBelow = end < text.length && text[end] !== "\n" ? "\n\n" : "";
  const offset = gap.length + marker.length + 1;
  return replace(start, end, `${gap}${marker}\n${inner}\n${marker}${gapBelow}`, offset, offset + inner.length);
}

/* Returns the edit for Enter at the end of a quote's or list's line: the next line begins alike, an empty one ends it. */
export function continueLine(text, caret) {
  const line = lineAt(text, caret);
  const match = ITEM.exec(line.text);
  const [marker, quote, indent, bullet, task, number, sign] = match;
  if (!marker.trim() || caret !== line.end) return null;
  if (line.text.trim() === marker.trim()) return replace(line.start, line.end, "", 0, 0);
  const item = bullet ? `${bullet} ${task ? "[ ] " : ""}` : number ? `${Number(number) + 1}${sign} ` : "";
  const next = `\n${quote}${indent}${item}`;
  return replace(caret, caret, next, next.length, next.length);
}

/* Returns the edit that inserts the Markdown of an image on a line of its own. */
export function insertImage(markdown, text, caret) {
  const before = text.slice(0, caret), after = text.slice(caret);
  const opening = !before || before.endsWith("\n") ? "" : "\n", closing = after.startsWith("\n") ? "" : "\n";
  const inserted = opening + markdown + closing;
  return replace(caret, caret, inserted, inserted.length, inserted.length);
}

function lineAt(text, position) {
  const start = text.lastIndexOf("\n", position - 1) + 1, end = text.indexOf("\n", position);
  return { start, end: end < 0 ? text.length : end, text: text.slice(start, end < 0 ? undefined : end) };
}

/* `start` and `end` are relative to the beginning of the inserted text. */
function replace(from, to, text, start, end) {
  return { from, to, text, start: from + start, end: from + end };
}
