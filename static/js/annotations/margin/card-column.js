/* The column of cards: beside their passages where there is room, otherwise stacked. */

import { cardsPerBlock, byActivity, collapse, marginItems, stack } from "../lib/card-layout.js";
import { UNREAD } from "../lib/spans.js";
import { annotatedBlocks } from "./layout.js";

const GAP = 12;
const PAGE_SIZE = 20;
const BUTTON_HEIGHT = 48;
const MAX_CARDS = 4;
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
  #expanded = new Set();
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
    this.scope = null;
    this.maxShown = PAGE_SIZE;
    this.focusId = null;
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

  expand(block) {
    this.#expanded.add(block.element);
    this.layout();
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
    const shown = items.slice(0, this.maxShown);
    return items.length > shown.length ? [...shown, { key: "f0", numbers: [], isMore: true }] : shown;
  }

  #itemsBesideText() {
    const edge = this.#list.getBoundingClientRect().top;
    const tops = this.blocks.map(({ element }) => element.getBoundingClientRect().top - edge);
    const all = this.blocks.map(({ numbers }) => this.#itemsWith(numbers, numbers.filter((n) => this.active.has(n))));
    const minimums = this.blocks.map(({ element, numbers }, b) => {
      if (this.#expanded.has(element)) return all[b].length;
      return numbers.some((n) => this.active.has(n)) ? 1 : 0;
    });
    const sizes = all.map((items) => byActivity(items, this.active).map(({ key }) => PLANNED_HEIGHTS[key[0]]));
    const room = cardsPerBlock(tops, sizes, minimums, LIMITS);
    return this.blocks.flatMap((block, b) => {
      const [items, hiddenCount] = collapse(all[b], room[b].cards, this.active);
      const button = {
        key: `f${this.positions.ids[block.numbers[0]]}`,
        numbers: [],
        hiddenCount: items.length ? hiddenCount : block.numbers.length,
        hidesAll: !items.length,
      };
      const shown = room[b].hasButton ? [...items, button] : items;
      return shown.map((item) => Object.assign(item, { block, top: tops[b], isExact: hiddenCount > 0 }));
    });
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
      if (item.isExact || !isNear(tops[n])) continue;
      const start = this.positions.starts[item.numbers[0]];
      item.top = this.map.range(start, start + 1).getBoundingClientRect().top - edge;
      item.isExact = true;
    }
    tops = stackItems();
    this.#render(this.#items.filter((_, n) => isNear(tops[n])));
    for (const [key, row] of this.#rows) this.#heights.set(key, row.offsetHeight);
    tops = stackItems();
    this.#items.forEach((item, n) => this.#rows.get(item.key)?.style.setProperty("top", `${Math.round(tops[n])}px`));
    this.#list.style.setProperty("min-block-size", `${Math.round((tops.at(-1) ?? 0) + BOTTOM_SPACE)}px`);
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

  /* Expands a block and returns the number of the annotation that is first in it. */
  expandAndGetFirst(block) {
    this.#expanded.add(block.element);
    const all = marginItems(block.numbers, this.positions);
    const [items] = all.length > MAX_CARDS ? collapse(all, 1) : [all];
    return (items[0] ?? block).numbers[0];
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
    else row.replaceChildren(item.label === undefined ? this.#moreButton(item) : this.#highlightCard(item));
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

  #moreButton(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "more-annotations";
    button.textContent = this.#moreText(item);
    button.addEventListener("click", () => {
      if (item.isMore) this.maxShown += PAGE_SIZE;
      if (item.isMore) this.layout();
      else this.expand(item.block);
    });
    return button;
  }

  #moreText({ isMore, hidesAll, hiddenCount }) {
    if (isMore) return this.#messages.more;
    if (hidesAll && hiddenCount === 1) return this.#messages.one;
    return (hidesAll ? this.#messages.many : this.#messages.collapsed).replace("%n", hiddenCount);
  }

  /* Highlights of several people without a comment: how many, never whose. */
  #highlightCard(item) {
    const label = this.positions.labels[item.label];
    const card = document.createElement("button");
    card.type = "button";
    card.className = "annotation highlight-only";
    card.dataset.number = item.numbers[0];
    const name = `highlight${label.key[0].toUpperCase()}${label.key.slice(1)}`;
    const suffix = item.numbers.length === 1 ? "One" : "";
    const text = this.#messages[name + suffix] ?? this.#messages[`highlight${suffix}`];
    card.textContent = text.replace("%n", item.numbers.length).replace("%label", label.name);
    return card;
  }
}
