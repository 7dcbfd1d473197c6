/* The column of cards: beside their passages where there is room, one after the other where there is not. */

import { blocksOf, folded, inOrder, itemsOf, rooms, stack } from "./margin.js";
import { UNREAD } from "./paint.js";

const GAP = 12;
// In pixels, gaps and all: what a block's cards are reckoned with before they have been measured.
const ROOM = { n: 128, b: 48, fold: 48, slack: 96, most: 4 };
const AT_ONCE = 20;
const ESTIMATE = { n: 130, b: 44, f: 36 };

export class Beside {
  #list;
  #words;
  #cards;
  #items = [];
  #lis = new Map();
  #heights = new Map();
  #open = new Set();
  #frame = 0;
  #pressed = null;
  #sizes = new ResizeObserver(() => this.soon());

  /* `words` are the texts of the element's data attributes. */
  constructor(list, cards, words) {
    [this.#list, this.#cards, this.#words] = [list, cards, words];
    this.places = null;
    this.map = null;
    this.blocks = [];
    this.active = new Set();
    this.flows = false;
    this.scope = null;
    this.shown = AT_ONCE;
    this.wantsFocus = null;
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#sizes.disconnect();
  }

  /* New places, or none. `map` is null where the text is not the one that was annotated. */
  take(places, map) {
    [this.places, this.map] = [places, map];
    this.blocks = places && map ? blocksOf(map, places.starts) : [];
    this.layout();
  }

  /* Others have replied; a card in which somebody writes stays as it is until that is sent. */
  outdate(id) {
    if (!this.#lis.get(`n${id}`)?.querySelector("write-box")) this.renew(id);
  }

  /* Forgets a card that has changed; it is fetched anew, and has the keyboard then if its old one had it. */
  renew(id, wantsFocus = false) {
    const li = this.#lis.get(`n${id}`), at = document.activeElement;
    if (wantsFocus || li?.contains(at)) [this.wantsFocus, this.#pressed] = [id, at.getAttribute("formaction")];
    this.#cards.forget(id);
    li?.remove();
    this.#lis.delete(`n${id}`);
    this.soon();
  }

  unfold(block) {
    this.#open.add(block.element);
    this.layout();
  }

  card(number) {
    return this.#lis.get(`n${this.places.ids[number]}`)?.firstElementChild;
  }

  soon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#place());
  }

  /* Which items there are, and where their blocks stand now. */
  layout() {
    this.#list.classList.toggle("flows", this.flows);
    const asking = this.places?.kinds.map((kind) => kind.asks) ?? [];
    if (!this.places) this.#items = [];
    else if (this.flows) this.#items = this.#inOrder(asking);
    else this.#items = this.#besideText(asking);
    this.#place();
  }

  #inOrder(asking) {
    const numbers = this.scope ?? this.places.ids.map((_, n) => n);
    const items = itemsOf(numbers, this.places, asking);
    const own = numbers.filter((n) => this.scope && !items.some((item) => item.numbers.includes(n)));
    for (const n of own) items.push({ key: `n${this.places.ids[n]}`, numbers: [n], weight: 0 });
    const shown = items.slice(0, this.shown);
    return items.length > shown.length ? [...shown, { key: "f0", numbers: [], more: true }] : shown;
  }

  #besideText(asking) {
    const edge = this.#list.getBoundingClientRect().top;
    const tops = this.blocks.map(({ element }) => element.getBoundingClientRect().top - edge);
    const all = this.blocks.map(({ numbers }) => this.#itemsWithActive(numbers, asking));
    const least = this.blocks.map(({ element, numbers }, b) => {
      if (this.#open.has(element)) return all[b].length;
      return numbers.some((n) => this.active.has(n)) ? 1 : 0;
    });
    const sizes = all.map((items) => inOrder(items, this.active).map(({ key }) => ROOM[key[0]]));
    const room = rooms(tops, sizes, least, ROOM);
    return this.blocks.flatMap((block, b) => {
      const [items, more] = folded(all[b], room[b].cards, this.active);
      const told = { key: `f${this.places.ids[block.numbers[0]]}`, numbers: [], fold: items.length ? more : block.numbers.length, all: !items.length };
      const shown = room[b].told ? [...items, told] : items;
      return shown.map((item) => Object.assign(item, { block, at: tops[b], exact: more > 0 }));
    });
  }

  /* A mark without words of one's own has a card only while it is looked at. */
  #itemsWithActive(numbers, asking) {
    const items = itemsOf(numbers, this.places, asking);
    const seen = numbers.filter((n) => this.active.has(n) && !items.some((item) => item.numbers.includes(n)));
    return [...items, ...seen.map((n) => ({ key: `n${this.places.ids[n]}`, numbers: [n], weight: 0 }))];
  }

  #place() {
    if (!this.#list.checkVisibility()) return;
    if (this.flows) {
      this.#render(this.#items);
      return;
    }
    const edge = this.#list.getBoundingClientRect().top;
    const isNear = (top) => top + edge > -innerHeight && top + edge < 2 * innerHeight;
    const anchor = this.#items.findIndex((item) => item.numbers.some((n) => this.active.has(n)));
    const tops = () => stack(this.#items.map((item) => item.at), this.#items.map((item) => this.#height(item)), GAP, anchor);
    let found = tops();
    for (const [n, item] of this.#items.entries()) {
      if (item.exact || !isNear(found[n])) continue;
      const start = this.places.starts[item.numbers[0]];
      item.at = this.map.range(start, start + 1).getBoundingClientRect().top - edge;
      item.exact = true;
    }
    found = tops();
    this.#render(this.#items.filter((_, n) => isNear(found[n])));
    for (const [key, li] of this.#lis) this.#heights.set(key, li.offsetHeight);
    found = tops();
    this.#items.forEach((item, n) => this.#lis.get(item.key)?.style.setProperty("top", `${Math.round(found[n])}px`));
    this.#list.style.setProperty("min-block-size", `${Math.round((found.at(-1) ?? 0) + 200)}px`);
  }

  #height(item) {
    return this.#heights.get(item.key) ?? ESTIMATE[item.key[0]];
  }

  #render(items) {
    const wanted = items.filter((item) => item.key[0] === "n").map((item) => Number(item.key.slice(1)));
    const missing = wanted.filter((id) => !this.#cards.get(id));
    if (missing.length) this.#cards.fetch(missing).then((came) => came && this.#came());
    const ready = items.filter((item) => item.key[0] !== "n" || this.#cards.get(Number(item.key.slice(1))));
    const keys = new Set(ready.map((item) => item.key));
    for (const [key, li] of this.#lis) if (!keys.has(key) && !li.querySelector("write-box")) this.#drop(key, li);
    let after = null;
    for (const item of ready) {
      const li = this.#li(item);
      const next = after ? after.nextElementSibling : this.#list.firstElementChild;
      if (next !== li) this.#list.insertBefore(li, next);
      const isActive = item.numbers.some((n) => this.active.has(n));
      li.firstElementChild.classList.toggle("active", isActive);
      const isNew = item.numbers.some((n) => this.places.flags[n] & UNREAD);
      li.firstElementChild.classList.toggle("unread", isNew);
      if (!isNew) li.querySelector(".new")?.remove();
      after = li;
    }
    this.#focus();
  }

  #came() {
    this.#list.dispatchEvent(new CustomEvent("cards-came", { bubbles: true }));
    this.soon();
  }

  #drop(key, li) {
    this.#sizes.unobserve(li);
    li.remove();
    this.#lis.delete(key);
  }

  /* Unfolds a block; the number of the note that stands first of its own. */
  opened(block) {
    this.#open.add(block.element);
    const all = itemsOf(block.numbers, this.places, this.places.kinds.map((kind) => kind.asks));
    const [items] = all.length > ROOM.most ? folded(all, 1) : [all];
    return (items[0] ?? block).numbers[0];
  }

  /* Gives the card of a note that wants it the focus, as soon as it is there; or the button that was pressed in it. */
  #focus() {
    if (this.wantsFocus === null) return;
    const number = this.places.ids.indexOf(this.wantsFocus);
    const item = this.#items.find(({ numbers }) => numbers.includes(number));
    const card = item && this.#lis.get(item.key)?.firstElementChild;
    if (!card) return;
    const button = this.#pressed && card.querySelector(`[formaction="${CSS.escape(this.#pressed)}"]`);
    [this.wantsFocus, this.#pressed] = [null, null];
    (button || card).focus({ preventScroll: !this.flows });
  }

  #li(item) {
    const there = this.#lis.get(item.key);
    if (there && item.key[0] === "n") return there;
    const li = there ?? document.createElement("li");
    if (item.key[0] === "n") li.append(this.#cards.get(Number(item.key.slice(1))));
    else li.replaceChildren(item.label === undefined ? this.#foldButton(item) : this.#bareCard(item));
    this.#lis.set(item.key, li);
    this.#sizes.observe(li);
    return li;
  }

  #foldButton(item) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "note-fold";
    const words = item.more ? this.#words.more : item.all ? this.#words.many : this.#words.fold;
    button.textContent = item.all && item.fold === 1 ? this.#words.one : words.replace("%n", item.fold);
    button.addEventListener("click", () => {
      if (item.more) this.shown += AT_ONCE;
      if (item.more) this.layout();
      else this.unfold(item.block);
    });
    return button;
  }

  /* Several people's marks without words: how many, never who. */
  #bareCard(item) {
    const kind = this.places.kinds[item.label], card = document.createElement("button");
    const name = `bare${kind.key[0].toUpperCase()}${kind.key.slice(1)}`;
    card.type = "button";
    card.className = "note bare";
    card.dataset.number = item.numbers[0];
    const one = item.numbers.length === 1 ? "One" : "", words = this.#words[name + one] ?? this.#words[`bare${one}`];
    card.textContent = words.replace("%n", item.numbers.length).replace("%label", kind.name);
    return card;
  }
}
