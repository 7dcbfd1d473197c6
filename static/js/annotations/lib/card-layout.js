/* Which cards are shown beside a text, and where: pure functions, without the DOM. */

import { HIGHLIGHT_ONLY, OWN, QUESTION, UNREAD } from "./spans.js";

/* Returns the tops of cards that do not overlap: each as near to where it wants to be as those before it allow. The one
   numbered `anchor` is exactly where it wants to be; those before it give way upwards, never above 0. */
export function stack(wanted, heights, gap, anchor = -1) {
  const tops = new Array(wanted.length);
  const stackDown = (from, edge) => {
    for (let n = from; n < wanted.length; n += 1) {
      tops[n] = Math.max(wanted[n], edge);
      edge = tops[n] + heights[n] + gap;
    }
  };
  stackDown(0, 0);
  if (anchor < 0) return tops;
  const before = heights.slice(0, anchor).reduce((sum, height) => sum + height + gap, 0);
  tops[anchor] = Math.max(wanted[anchor], before);
  for (let n = anchor - 1; n >= 0; n -= 1) tops[n] = Math.min(tops[n], tops[n + 1] - heights[n] - gap);
  stackDown(anchor + 1, tops[anchor] + heights[anchor] + gap);
  return tops;
}

const NEAR = 8, FAR = 24;

/* Returns whether a card at `cardTop` does not stand beside its passage, from `top` to `bottom`. One that was away has to
   come nearer than one that was not, so that cards whose heights depend on this come to rest. */
export function isAway(cardTop, { top, bottom }, wasAway) {
  const distance = Math.max(top - cardTop, cardTop - bottom);
  return distance > (wasAway ? NEAR : FAR);
}

/* Returns what to tell a reader who sees no annotations, or not yet those of others. `messages` has a text for each case. */
export function emptyMessage(positions, isFiltered, messages) {
  if (!positions || (positions.ids.length && !positions.mustPostFirst)) return "";
  if (positions.mustPostFirst) return messages.mustPostFirst;
  return isFiltered ? messages.none : messages.empty;
}

/* Returns the server's JSON with absolute offsets: parallel columns ids, starts, ends, labelIndexes, flags, replies,
   edits; and labels, group, orphaned (a count), mustPostFirst. */
export function parsePositions(json) {
  const { labels, starts, lengths, label_indexes: labelIndexes, must_post_first: mustPostFirst, ...columns } = json;
  let at = 0;
  const absolute = starts.map((distance) => (at += distance));
  return {
    ...columns,
    labels: labels.map(({ key, name, is_question: isQuestion }) => ({ key, name, isQuestion })),
    labelIndexes,
    starts: absolute,
    ends: absolute.map((start, n) => start + lengths[n]),
    mustPostFirst,
  };
}

/* Returns the numbers of the annotations that were not there before; `before` may be null. */
export function newIds({ ids }, before) {
  const known = new Set(before?.ids);
  return ids.flatMap((id, n) => (known.has(id) ? [] : [n]));
}

/* Returns the ids of those whose cards have changed. */
export function changedIds(positions, before) {
  const digest = ({ labels, labelIndexes, replies, edits }, n) => {
    return `${labels[labelIndexes[n]].key} ${replies[n]} ${edits[n]}`;
  };
  const digests = new Map(before?.ids.map((id, n) => [id, digest(before, n)]));
  return positions.ids.filter((id, n) => digests.has(id) && digests.get(id) !== digest(positions, n));
}

/* Returns how active an annotation is: its replies, and whether it waits for an answer or a reader. */
export function activity(flags, replies) {
  return 4 * replies + (flags & QUESTION ? 3 : 0) + (flags & UNREAD ? 2 : 0) + (flags & OWN ? 1 : 0);
}

/* Returns the items of one block: one for each annotation, and for each question label one for all highlights of others
   without a comment; the reader's own are visible in the text. Items are { key, numbers, label, weight }. */
export function marginItems(numbers, { ids, labels, labelIndexes, flags, replies }) {
  const items = [], byLabel = new Map();
  for (const n of numbers) {
    const label = labelIndexes[n];
    if (!(flags[n] & HIGHLIGHT_ONLY)) items.push({ key: `n${ids[n]}`, numbers: [n], weight: activity(flags[n], replies[n]) });
    else if (!labels[label].isQuestion || flags[n] & OWN) continue;
    else if (byLabel.has(label)) byLabel.get(label).numbers.push(n);
    else {
      const item = { key: `b${ids[n]}`, numbers: [n], label, weight: 0 };
      byLabel.set(label, item);
      items.push(item);
    }
  }
  return items;
}

/* Returns at most `max` items, the most active first if there are more, and how many are left out. Items with a number
   in `wanted` come before all others. */
export function collapse(items, max, wanted = new Set()) {
  if (items.length <= max) return [items, 0];
  return [byActivity(items, wanted).slice(0, max), items.length - max];
}

/* Returns the wanted items first, then the most active. */
export function byActivity(items, wanted = new Set()) {
  const isWanted = (item) => item.numbers.some((n) => wanted.has(n));
  return [...items].sort((a, b) => isWanted(b) - isWanted(a) || b.weight - a.weight);
}

/* Returns for each block how many cards it shows, and whether a button stands for the rest, so that no card drifts far
   from its block. `tops` are those of the blocks, `sizes` the heights of the cards each would like, `minimums` how many it
   must have; the button is `button` high, cards may reach `slack` below the next block, and `max` is the most in a block. */
export function cardsPerBlock(tops, sizes, minimums, { button, slack, max }) {
  let edge = 0;
  return tops.map((top, b) => {
    const start = Math.max(edge, top);
    const room = (tops[b + 1] ?? Infinity) + slack - start;
    const below = [0];
    for (const size of sizes[b]) below.push(below.at(-1) + size);
    const fitting = (space) => {
      return Math.max(minimums[b], below.findLastIndex((height, n) => n <= max && height <= space));
    };
    const count = sizes[b].length;
    const fitsAll = count <= fitting(room);
    const cards = fitsAll ? count : fitting(room - button);
    const hasButton = !fitsAll && (cards > 0 || room >= button);
    edge = start + below[cards] + (hasButton ? button : 0);
    return { cards, hasButton };
  });
}
