import assert from "node:assert/strict";
import { test } from "node:test";

import {
  activity,
  cardsPerBlock,
  byActivity,
  changedIds,
  collapse,
  emptyMessage,
  isAway,
  marginItems,
  newIds,
  parsePositions,
  stack,
} from "../../static/js/annotations/lib/card-layout.js";
import { HIGHLIGHT_ONLY, OWN, QUESTION, UNREAD } from "../../static/js/annotations/lib/spans.js";

const LABELS = [{ key: "note", isQuestion: false }, { key: "question", isQuestion: true }];

test("cards with room stand where they want to", () => {
  assert.deepEqual(stack([0, 100, 300], [50, 50, 50], 10), [0, 100, 300]);
});

test("cards without room move down, a gap apart", () => {
  assert.deepEqual(stack([0, 10, 20, 400], [50, 50, 50, 50], 10), [0, 60, 120, 400]);
});

test("the anchored card stands where it wants to, those before it give way upwards", () => {
  assert.deepEqual(stack([90, 95, 100, 105], [30, 30, 30, 30], 10, 2), [20, 60, 100, 140]);
});

test("the anchored card moves down where those before it would leave the page", () => {
  assert.deepEqual(stack([0, 0, 0], [30, 30, 30], 10, 2), [0, 40, 80]);
});

test("cards never overlap, whichever is anchored", () => {
  const wanted = [5, 5, 5, 60, 62, 300], heights = [20, 45, 10, 30, 80, 15];
  for (let anchor = -1; anchor < wanted.length; anchor += 1) {
    const tops = stack(wanted, heights, 8, anchor);
    assert.ok(tops[0] >= 0);
    for (let n = 1; n < tops.length; n += 1) assert.ok(tops[n] >= tops[n - 1] + heights[n - 1] + 8);
  }
});

test("a card is away from its passage once it is well above or below it, and comes back only when it is near", () => {
  const passage = { top: 100, bottom: 130 };
  assert.deepEqual([60, 80, 100, 130, 150, 160].map((top) => isAway(top, passage, false)), [true, false, false, false, false, true]);
  assert.deepEqual([80, 95, 130, 150].map((top) => isAway(top, passage, true)), [true, false, false, true]);
});

test("no cards give no tops", () => {
  assert.deepEqual(stack([], [], 10), []);
});

test("the reader is told why there is nothing to see", () => {
  const messages = { mustPostFirst: "Write first.", none: "None of these.", empty: "Nothing yet." };
  assert.equal(emptyMessage(null, false, messages), "");
  assert.equal(emptyMessage({ ids: [1] }, false, messages), "");
  assert.equal(emptyMessage({ ids: [1], mustPostFirst: true }, false, messages), "Write first.");
  assert.equal(emptyMessage({ ids: [] }, true, messages), "None of these.");
  assert.equal(emptyMessage({ ids: [] }, false, messages), "Nothing yet.");
});

test("distances between starts become offsets", () => {
  const positions = parsePositions({ ids: [1, 2, 3], labels: [], starts: [10, 0, 15], lengths: [4, 40, 1], flags: [0, 0, 0] });
  assert.deepEqual(positions.starts, [10, 10, 25]);
  assert.deepEqual(positions.ends, [14, 50, 26]);
  assert.deepEqual(positions.ids, [1, 2, 3]);
});

test("only annotations that were not there before are new", () => {
  assert.deepEqual(newIds({ ids: [4, 5, 6] }, { ids: [5] }), [0, 2]);
  assert.deepEqual(newIds({ ids: [4, 5] }, null), [0, 1]);
});

test("a reply, an edit or another label changes a card, a new annotation does not", () => {
  const before = { ids: [1, 2, 3, 4], labels: LABELS, labelIndexes: [0, 0, 0, 0], replies: [0, 0, 0, 0], edits: [0, 0, 0, 0] };
  const after = { ids: [1, 2, 3, 4, 5], labels: LABELS, labelIndexes: [0, 0, 0, 1, 0], replies: [0, 1, 0, 0, 9], edits: [0, 0, 2, 0, 0] };
  assert.deepEqual(changedIds(after, before), [2, 3, 4]);
  assert.deepEqual(changedIds(after, null), []);
});

test("labels are compared by their keys, not by their order", () => {
  const before = { ids: [1], labels: LABELS, labelIndexes: [0], replies: [0], edits: [0] };
  const after = { ...before, labels: LABELS.toReversed(), labelIndexes: [1] };
  assert.deepEqual(changedIds(after, before), []);
});

test("replies count more than anything else, then what waits for somebody", () => {
  assert.equal(activity(0, 0), 0);
  assert.ok(activity(QUESTION, 0) > activity(UNREAD, 0));
  assert.ok(activity(UNREAD, 0) > activity(OWN, 0));
  assert.ok(activity(0, 2) > activity(QUESTION | UNREAD | OWN, 0));
});

test("others' bare question highlights of one label share an item, other bare highlights have none", () => {
  const positions = {
    ids: [11, 12, 13, 14, 15],
    labels: LABELS,
    labelIndexes: [0, 1, 1, 1, 0],
    flags: [0, HIGHLIGHT_ONLY | QUESTION, HIGHLIGHT_ONLY | QUESTION, HIGHLIGHT_ONLY | QUESTION | OWN, HIGHLIGHT_ONLY],
    replies: [2, 0, 0, 0, 0],
  };
  const items = marginItems([0, 1, 2, 3, 4], positions);
  assert.deepEqual(items.map(({ key, numbers }) => [key, numbers]), [["n11", [0]], ["b12", [1, 2]]]);
  assert.equal(items[0].weight, 8);
});

test("the most active stay, the wanted before them, and the rest is counted", () => {
  const items = [1, 5, 3, 4].map((weight, n) => ({ key: `n${n}`, numbers: [n], weight }));
  const keysOf = (list) => list.map(({ key }) => key);
  assert.deepEqual(collapse(items, 4), [items, 0]);
  const [kept, rest] = collapse(items, 2);
  assert.deepEqual([keysOf(kept), rest], [["n1", "n3"], 2]);
  assert.deepEqual(keysOf(collapse(items, 2, new Set([0]))[0]), ["n0", "n1"]);
  assert.deepEqual(keysOf(byActivity(items)), ["n1", "n3", "n2", "n0"]);
  assert.deepEqual(keysOf(items), ["n0", "n1", "n2", "n3"], "the list itself keeps its order");
});

const ROOM = { button: 20, slack: 10, max: 4 };

test("a block shows all its cards where they fit above the next", () => {
  assert.deepEqual(cardsPerBlock([0, 200], [[60, 60], [60]], [0, 0], ROOM), [
    { cards: 2, hasButton: false },
    { cards: 1, hasButton: false },
  ]);
});

test("cards that do not fit stand behind a button", () => {
  assert.deepEqual(cardsPerBlock([0, 100], [[60, 60, 60], []], [0, 0], ROOM), [
    { cards: 1, hasButton: true },
    { cards: 0, hasButton: false },
  ]);
});

test("a block has at least its minimum, and the next ones give way", () => {
  const shown = cardsPerBlock([0, 50, 100], [[60, 60], [60], []], [2, 0, 0], ROOM);
  assert.deepEqual(shown, [
    { cards: 2, hasButton: false },
    { cards: 0, hasButton: false },
    { cards: 0, hasButton: false },
  ]);
});

test("a block has no more than the most, however long the page is", () => {
  assert.deepEqual(cardsPerBlock([0], [[10, 10, 10, 10, 10, 10]], [0], ROOM), [{ cards: 4, hasButton: true }]);
});
