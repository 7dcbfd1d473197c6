/* Where cards stand beside a text, and which: the pure part, then blocks of the document. */

import { ASKS, BARE, MINE, UNREAD } from "./paint.js";

const BLOCKS = "p, li, h2, h3, h4, dt, dd, figcaption, blockquote";
const FRAMES = ".scroll, pre";

/* Pure. The tops of cards that do not overlap: each as near to where it wants to stand as those before it let it. The
   one numbered `anchor` stands where it wants, those before it give way upwards, never above 0. */
export function stack(wanted, heights, gap, anchor = -1) {
  const tops = new Array(wanted.length);
  const down = (from, edge) => {
    for (let n = from; n < wanted.length; n += 1) {
      tops[n] = Math.max(wanted[n], edge);
      edge = tops[n] + heights[n] + gap;
    }
  };
  down(0, 0);
  if (anchor < 0) return tops;
  const before = heights.slice(0, anchor).reduce((sum, height) => sum + height + gap, 0);
  tops[anchor] = Math.max(wanted[anchor], before);
  for (let n = anchor - 1; n >= 0; n -= 1) tops[n] = Math.min(tops[n], tops[n + 1] - heights[n] - gap);
  down(anchor + 1, tops[anchor] + heights[anchor] + gap);
  return tops;
}

/* Pure. What is said to a reader who sees no notes, or not those of others yet. `words` has a sentence for each. */
export function missing(places, isFiltered, words) {
  if (!places || (places.ids.length && !places.sealed)) return "";
  if (places.sealed) return words.sealed;
  return isFiltered ? words.none : words.empty;
}

/* Pure. The columns of the server's JSON, with places told from the beginning of the text. */
export function read({ labels, starts, lengths, labels_of, ...more }) {
  let at = 0;
  const from = starts.map((distance) => (at += distance));
  return { ...more, kinds: labels, labels: labels_of, starts: from, ends: from.map((start, n) => start + lengths[n]) };
}

/* Pure. The numbers of the notes that were not there before; `before` may be null. */
export function fresh({ ids }, before) {
  const here = new Set(before?.ids);
  return ids.flatMap((id, n) => (here.has(id) ? [] : [n]));
}

/* Pure. The ids of those whose cards were other ones before. */
export function altered(places, before) {
  const shown = ({ kinds, labels, replies, edits }, n) => `${kinds[labels[n]].key} ${replies[n]} ${edits[n]}`;
  const was = new Map(before?.ids.map((id, n) => [id, shown(before, n)]));
  return places.ids.filter((id, n) => was.has(id) && was.get(id) !== shown(places, n));
}

/* Pure. How busy a note is: its replies, and what waits for somebody. */
export function busy(flags, replies) {
  return 4 * replies + (flags & ASKS ? 3 : 0) + (flags & UNREAD ? 2 : 0) + (flags & MINE ? 1 : 0);
}

/* Pure. The items of one block: a note each, and for each label one for all the marks of others without words; the
   reader's own are seen in the text. Items are { key, numbers, label, weight }. */
export function itemsOf(numbers, { ids, labels, flags, replies }, asking) {
  const items = [], bare = new Map();
  for (const n of numbers) {
    if (!(flags[n] & BARE)) items.push({ key: `n${ids[n]}`, numbers: [n], weight: busy(flags[n], replies[n]) });
    else if (!asking[labels[n]] || flags[n] & MINE) continue;
    else if (bare.has(labels[n])) bare.get(labels[n]).numbers.push(n);
    else {
      const item = { key: `b${ids[n]}`, numbers: [n], label: labels[n], weight: 0 };
      bare.set(labels[n], item);
      items.push(item);
    }
  }
  return items;
}

/* Pure. As many items as there is room for; of more than that the busiest first, and how many are folded away. What
   has a number in `wanted` always stays. */
export function folded(items, most, wanted = new Set()) {
  if (items.length <= most) return [items, 0];
  return [inOrder(items, wanted).slice(0, most), items.length - most];
}

/* Pure. The wanted first, then the busiest. */
export function inOrder(items, wanted = new Set()) {
  const isWanted = (item) => item.numbers.some((n) => wanted.has(n));
  return [...items].sort((a, b) => isWanted(b) - isWanted(a) || b.weight - a.weight);
}

/* Pure. How many cards stand beside each block, and whether the rest is told, so that no card drifts far from its block.
   `tops` are those of the blocks, `sizes` the heights of the cards each would like, `least` how many it must have. */
export function rooms(tops, sizes, least, { fold, slack, most }) {
  let edge = 0;
  return tops.map((top, b) => {
    const start = Math.max(edge, top), room = (tops[b + 1] ?? Infinity) + slack - start;
    const below = [0];
    for (const size of sizes[b]) below.push(below.at(-1) + size);
    const fits = (space) => Math.max(least[b], below.findLastIndex((height, n) => n <= most && height <= space));
    const count = sizes[b].length, all = count <= fits(room), cards = all ? count : fits(room - fold);
    const told = !all && (cards > 0 || room >= fold);
    edge = start + below[cards] + (told ? fold : 0);
    return { cards, told };
  });
}

/* The blocks in which notes begin, in their order: { element, numbers }. */
export function blocksOf(map, starts) {
  const known = new Map(), blocks = new Map();
  for (let n = 0; n < starts.length; n += 1) {
    const [node] = map.place(starts[n]);
    if (!known.has(node)) known.set(node, blockOf(node, map.root));
    const element = known.get(node);
    if (!blocks.has(element)) blocks.set(element, { element, numbers: [] });
    blocks.get(element).numbers.push(n);
  }
  return [...blocks.values()];
}

function blockOf(node, root) {
  const parent = node.parentElement;
  const found = parent.closest(FRAMES) ?? parent.closest(BLOCKS);
  if (found && root.contains(found)) return found;
  let block = parent;
  while (block.parentElement && block.parentElement !== root && block !== root) block = block.parentElement;
  return block;
}

/* A button at each of the blocks tells how many notes it has; others go. `act` is called with block and click. */
export function count(root, blocks, words, act) {
  const there = new Set(blocks.map((block) => {
    const button = countButton(block), n = block.numbers.length;
    button.dataset.count = n;
    button.setAttribute("aria-label", n === 1 ? words.one : words.many.replace("%n", n));
    button.onclick = (event) => act(block, event);
    return button;
  }));
  for (const button of root.querySelectorAll(".note-count")) if (!there.has(button)) button.remove();
}

/* At the end of the block's own words: a list inside an item has its own. */
function besides(block, button) {
  const list = [...block.children].find((child) => child.matches("ul, ol"));
  if (list) list.before(button);
  else block.append(button);
}

/* It holds no text, so that the text stays what it is. */
function countButton({ element }) {
  const there = element.noteCount;
  if (there?.isConnected) return there;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "note-count";
  element.noteCount = button;
  if (element.matches(FRAMES)) element.before(button);
  else besides(element.closest(".part") ?? element, button);
  return button;
}
