/* The column of cards: beside their passages where there is room, otherwise stacked. */

import { cardsPerBlock, byActivity, collapse, isAway, marginItems, stack } from "../lib/card-layout.js";
import { UNREAD } from "../lib/spans.js";
import { highlightCard, updateGroupButton } from "./group-buttons.js";
import { annotatedBlocks } from "./layout.js";

const GAP = 12;
export const PAGE_SIZE = 20;
const BUTTON_HEIGHT = 48;
const MAX_CARDS = 2;
// A long group can be folded at its end, too.
const LONG_GROUP = 4;
// By kind of item, its key's first letter: n an annotation, b highlights without a comment, f a button for the rest.
// The planned heights include gaps: they count until a block's cards have been measured.
const PLANNED_HEIGHTS = { n: 128, b: 48 };
const LIMITS = { button: BUTTON_HEIGHT, slack: 96, max: MAX_CARDS };
const ESTIMATED_HEIGHTS = { n: 130, b: 44, f: 36 };
const BOTTOM_SPACE = 200;

const isCard = (item) => item.key[0] === "n";
const idOf = (item) => Number(item.key.slice(1));

export class CardColumn {
  #list;
  #messages;
  #cards;
  #items = [];
  #rows = new Map();
  #heights = new Map();
  // The one group of cards that is open, as { element, keys }: those that its block shows when it is closed.
  #group = null;
  #scope = null;
  #isScopeOpen = false;
  #away = new Set();
  #frame = 0;
  #pressedAction = null;
  #replyForms = new Map();
  #sizes = new ResizeObserver(() => this.positionSoon());

  /* `messages` are the data attributes of the element. */
  constructor(list, cards, messages) {
    [this.#list, this.#cards, this.#messages] = [list, cards, messages];
    this.positions = null;
    this.map = null;
    this.blocks = [];
    this.active = new Set();
    this.isStacked = false;
    this.maxShown = PAGE_SIZE;
    this.focusId = null;
  }

  /* The numbers of the annotations that a sheet shows; null for all. */
  get scope() { return this.#scope; }

  set scope(numbers) {
    if (String(numbers) !== String(this.#scope)) this.#isScopeOpen = false;
    this.#scope = numbers;
  }

  /* The numbers of the annotations that have a card, in the order of the text. */
  get order() {
    return marginItems(this.positions.ids.map((_, n) => n), this.positions).map(({ numbers }) => numbers[0]);
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#sizes.disconnect();
  }

  /* Takes new positions, or null. `map` is null where the text is not the one that was annotated. */
  update(positions, map) {
    [this.positions, this.map] = [positions, map];
    this.blocks = positions && map ? annotatedBlocks(map, positions.starts) : [];
    this.layout();
  }

  /* Refreshes a card that others have changed, unless the reader is writing in it. */
  refreshUnlessWriting(id) {
    if (!this.#rows.get(`n${id}`)?.querySelector("post-form")) this.refresh(id);
  }

  /* Fetches a changed card again. It gets the focus if the old one had it, and `replyForm` if somebody is typing in that. */
  refresh(id, wantsFocus = false, replyForm = null) {
    if (replyForm) {
      replyForm.querySelector("unsent-text").saveLocally();
      this.#replyForms.set(id, replyForm);
    }
    const row = this.#rows.get(`n${id}`);
    const focused = document.activeElement;
    if (wantsFocus || row?.contains(focused)) {
      [this.focusId, this.#pressedAction] = [id, focused.getAttribute("formaction")];
    }
    this.#cards.delete(id);
    row?.remove();
    this.#rows.delete(`n${id}`);
    this.positionSoon();
  }

  /* Shows a card that the store has fetched anew; it gets the focus. */
  replace(id) {
    this.#rows.get(`n${id}`)?.remove();
    this.#rows.delete(`n${id}`);
    this.focusId = id;
    this.positionSoon();
  }

  /* Shows all cards of a block, and folds those of the block that was open. Nothing scrolls. */
  expand(block) {
    const shown = this.#items.filter((item) => item.block === block).map(({ key }) => key);
    this.#group = { element: block.element, keys: new Set(shown) };
    this.layout();
  }

  fold() {
    this.#group = null;
    this.#isScopeOpen = false;
    this.layout();
  }

  /* Folds the open group unless one of these annotations is in its block. */
  foldUnless(numbers) {
    const isOpen = this.blocks.some((block) => this.hasOpen(block) && block.numbers.some((n) => numbers.includes(n)));
    if (!isOpen) this.#group = null;
  }

  hasOpen({ element }) {
    return this.#group?.element === element;
  }

  card(number) {
    return this.#rows.get(`n${this.positions.ids[number]}`)?.firstElementChild;
  }

  positionSoon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#position());
  }

  /* Works out which items there are, and where their blocks are now. */
  layout() {
    this.#list.classList.toggle("stacked", this.isStacked);
    if (!this.positions) this.#items = [];
    else if (this.isStacked) this.#items = this.#stackedItems();
    else this.#items = this.#itemsBesideText();
    this.#position();
  }

  #stackedItems() {
    const numbers = this.scope ?? this.positions.ids.map((_, n) => n);
    const items = this.scope ? this.#itemsWith(numbers, numbers) : marginItems(numbers, this.positions);
    if (this.scope && items.length > MAX_CARDS) return this.#foldedScope(items);
    return this.#page(items);
  }

  /* In a sheet the active card and the next one stand above the fold. */
  #foldedScope(items) {
    const first = Math.max(0, items.findIndex((item) => item.numbers.some((n) => this.active.has(n))));
    const shown = items.slice(first, first + MAX_CARDS);
    const button = { key: "f0", numbers: [], hiddenCount: items.length - shown.length, isOpen: this.#isScopeOpen };
    const rest = items.filter((item) => !shown.includes(item));
    return this.#isScopeOpen ? [...shown, button, ...this.#page(rest)] : [...shown, button];
  }

  #page(items) {
    const shown = items.slice(0, this.maxShown);
    return items.length > shown.length ? [...shown, { key: "f1", numbers: [], isMore: true }] : shown;
  }

  #itemsBesideText() {
    const edge = this.#list.getBoundingClientRect().top;
    const tops = this.blocks.map(({ element }) => element.getBoundingClientRect().top - edge);
    const all = this.blocks.map(({ numbers }) => this.#itemsWith(numbers, numbers.filter((n) => this.active.has(n))));
    const minimums = this.blocks.map((block, b) => {
      if (this.hasOpen(block)) return all[b].length;
      return block.numbers.some((n) => this.active.has(n)) ? 1 : 0;
    });
    const sizes = all.map((items) => byActivity(items, this.active).map(({ key }) => PLANNED_HEIGHTS[key[0]]));
    const room = cardsPerBlock(tops, sizes, minimums, LIMITS);
    return this.blocks.flatMap((block, b) => {
      const items = this.hasOpen(block) ? this.#openItems(all[b], block) : this.#foldedItems(all[b], block, room[b]);
      return items.map((item) => Object.assign(item, { block, top: tops[b], bottom: tops[b] }));
    });
  }

  #openItems(all, block) {
    const shown = all.filter(({ key }) => this.#group.keys.has(key));
    const rest = all.filter((item) => !shown.includes(item));
    if (!rest.length) return all;
    const id = this.positions.ids[block.numbers[0]];
    const button = { key: `f${id}`, numbers: [], hiddenCount: rest.length, isOpen: true };
    const end = rest.length >= LONG_GROUP ? [{ ...button, key: `fe${id}`, isEnd: true }] : [];
    return [...shown, button, ...rest, ...end];
  }

  #foldedItems(all, block, { cards, hasButton }) {
    const [kept, hiddenCount] = collapse(all, cards, this.active);
    const shown = all.filter((item) => kept.includes(item));
    const button = {
      key: `f${this.positions.ids[block.numbers[0]]}`,
      numbers: [],
      hiddenCount: shown.length ? hiddenCount : block.numbers.length,
      hidesAll: !shown.length,
    };
    return hasButton ? [...shown, button] : shown;
  }

  /* Returns the items of a block, and a card for each of `shown` that has none: a highlight of the reader's own without a
     comment has a card only while it is active. */
  #itemsWith(numbers, shown) {
    const items = marginItems(numbers, this.positions);
    const missing = shown.filter((n) => !items.some((item) => item.numbers.includes(n)));
    return [...items, ...missing.map((n) => ({ key: `n${this.positions.ids[n]}`, numbers: [n], weight: 0 }))];
  }

  #position() {
    if (!this.#list.checkVisibility()) return;
    if (this.isStacked) {
      this.#render(this.#items);
      return;
    }
    const edge = this.#list.getBoundingClientRect().top;
    const isNear = (top) => top + edge > -innerHeight && top + edge < 2 * innerHeight;
    const anchor = this.#items.findIndex((item) => item.numbers.some((n) => this.active.has(n)));
    const stackItems = () => {
      return stack(this.#items.map((item) => item.top), this.#items.map((item) => this.#height(item)), GAP, anchor);
    };
    let tops = stackItems();
    for (const [n, item] of this.#items.entries()) {
      if (!item.numbers.length || item.isExact || !isNear(tops[n])) continue;
      const [number] = item.numbers, { starts, ends } = this.positions;
      const box = this.map.range(starts[number], ends[number]).getBoundingClientRect();
      Object.assign(item, { top: box.top - edge, bottom: box.bottom - edge, isExact: true });
    }
    tops = stackItems();
    this.#render(this.#items.filter((_, n) => isNear(tops[n])));
    tops = this.#measured(stackItems);
    // A card that does not stand beside its passage shows its quote, which makes it longer.
    if (this.#findAway(tops)) tops = this.#measured(stackItems);
    this.#items.forEach((item, n) => this.#rows.get(item.key)?.style.setProperty("top", `${Math.round(tops[n])}px`));
    this.#list.style.setProperty("min-block-size", `${Math.round((tops.at(-1) ?? 0) + BOTTOM_SPACE)}px`);
  }

  #measured(stackItems) {
    for (const [key, row] of this.#rows) this.#heights.set(key, row.offsetHeight);
    return stackItems();
  }

  /* Returns whether a card has come to stand beside its passage, or no longer does. */
  #findAway(tops) {
    const changed = this.#items.filter((item, n) => {
      const wasAway = this.#away.has(item.key);
      return item.isExact && this.#rows.has(item.key) && isAway(tops[n], item, wasAway) !== wasAway;
    });
    for (const { key } of changed) {
      const isNowAway = !this.#away.delete(key);
      if (isNowAway) this.#away.add(key);
      this.#rows.get(key).firstElementChild.classList.toggle("away", isNowAway);
    }
    return changed.length > 0;
  }

  #height(item) {
    return this.#heights.get(item.key) ?? ESTIMATED_HEIGHTS[item.key[0]];
  }

  #render(items) {
    const missing = items.filter(isCard).map(idOf).filter((id) => !this.#cards.get(id));
    if (missing.length) this.#cards.fetch(missing).then((anyLoaded) => anyLoaded && this.#cardsLoaded());
    const ready = items.filter((item) => !isCard(item) || this.#cards.get(idOf(item)));
    const keys = new Set(ready.map((item) => item.key));
    for (const [key, row] of this.#rows) {
      if (!keys.has(key) && !row.querySelector("post-form")) this.#remove(key, row);
    }
    let previous = null;
    for (const item of ready) {
      const row = this.#row(item);
      const next = previous ? previous.nextElementSibling : this.#list.firstElementChild;
      if (next !== row) this.#list.insertBefore(row, next);
      const isActive = item.numbers.some((n) => this.active.has(n));
      row.firstElementChild.classList.toggle("active", isActive);
      const isUnread = item.numbers.some((n) => this.positions.flags[n] & UNREAD);
      row.firstElementChild.classList.toggle("unread", isUnread);
      row.firstElementChild.classList.toggle("away", this.#away.has(item.key));
      if (!isUnread) row.querySelector(".new")?.remove();
      previous = row;
    }
    this.#restoreFocus();
  }

  #cardsLoaded() {
    this.#list.dispatchEvent(new CustomEvent("cards-loaded", { bubbles: true }));
    this.positionSoon();
  }

  #remove(key, row) {
    this.#sizes.unobserve(row);
    row.remove();
    this.#rows.delete(key);
  }

  /* Returns the number of the annotation of a block that comes first: the one that its card shows, if it shows one. */
  firstOf(block) {
    const shown = this.#items.find((item) => item.block === block && item.numbers.length);
    return (shown ?? block).numbers[0];
  }

  /* Focuses the card of `focusId` as soon as it is there, or the button that was pressed in it. */
  #restoreFocus() {
    if (this.focusId === null) return;
    const number = this.positions.ids.indexOf(this.focusId);
    const item = this.#items.find(({ numbers }) => numbers.includes(number));
    const card = item && this.#rows.get(item.key)?.firstElementChild;
    if (!card) return;
    const button = this.#pressedAction && card.querySelector(`[formaction="${CSS.escape(this.#pressedAction)}"]`);
    [this.focusId, this.#pressedAction] = [null, null];
    (button || card).focus({ preventScroll: !this.isStacked });
  }

  #row(item) {
    const existing = this.#rows.get(item.key);
    if (existing && isCard(item)) return existing;
    const row = existing ?? document.createElement("li");
    if (isCard(item)) row.append(this.#cardWithForm(idOf(item)));
    else if (item.label === undefined) updateGroupButton(row, item, this.#messages, () => this.#press(item));
    else row.replaceChildren(highlightCard(item, this.positions.labels[item.label], this.#messages));
    this.#rows.set(item.key, row);
    this.#sizes.observe(row);
    return row;
  }

  /* Returns the card, with the reply form that somebody was typing in when it was fetched again. */
  #cardWithForm(id) {
    const card = this.#cards.get(id), form = this.#replyForms.get(id);
    this.#replyForms.delete(id);
    if (form) {
      card.append(form);
      requestAnimationFrame(() => form.querySelector("textarea").focus({ preventScroll: true }));
    }
    return card;
  }

  #press(item) {
    if (item.isMore) {
      this.maxShown += PAGE_SIZE;
      this.layout();
    } else if (item.isOpen) {
      this.fold();
      if (item.isEnd) this.#rows.get(item.key.replace("fe", "f"))?.firstElementChild.focus({ preventScroll: true });
    } else if (item.block) this.expand(item.block);
    else {
      this.#isScopeOpen = true;
      this.layout();
    }
  }
}
