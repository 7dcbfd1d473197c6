/* The notes of a lesson: fetched, painted, beside their passages; from a passage to its notes and back. */

import { listen, markRead } from "./acts.js";
import { Beside } from "./beside.js";
import { Cards, list } from "./cards.js";
import { Filter } from "./filter.js";
import { altered, count, fresh, missing, read } from "./margin.js";
import { News } from "./news.js";
import { letterAt, over, painter, placeOf, sweep, UNREAD } from "./paint.js";
import { TextMap } from "../text-map.js";

const EVERY = 30_000;
const A_LOOK = 1500;
const SETTLED = 300;
const NARROW = "(max-width: 68rem)";
const NOTHING = { ids: [], starts: [], ends: [], flags: [] };

class LessonNotes extends HTMLElement {
  #ended = null;
  #root = null;
  #map = null;
  #painter = null;
  #beside = null;
  #cards = null;
  #filter = null;
  #places = null;
  #news = null;
  #located = new Map();
  #tag = "";
  #timers = [];
  #settling = 0;
  #isWhole = true;

  connectedCallback() {
    this.#root = document.querySelector("[data-revision]");
    this.#read();
    this.#painter = painter(this.#root, () => this.#paint());
    if (this.dataset.start) {
      this.#one();
      return;
    }
    this.#cards = new Cards(this.dataset.cards);
    this.#beside = new Beside(this.querySelector(".cards"), this.#cards, this.dataset);
    this.#listen();
    this.#fit();
    this.#open();
  }

  disconnectedCallback() {
    this.#ended?.abort();
    this.#timers.forEach(clearTimeout);
    this.#painter.stop();
    this.#beside?.stop();
  }

  /* Something else than this page may have changed its words, before or now: a translating browser, an extension. */
  #read() {
    this.#map = new TextMap(this.#root);
    this.#isWhole = this.#map.matches(Number(this.dataset.length), Number(this.dataset.checksum));
  }

  #reread() {
    if (this.#map.stands()) return;
    this.#read();
    this.#located.clear();
    this.#fit();
    if (this.#places) this.#show();
  }

  /* A page of an old revision shows the one note that led there. */
  #one() {
    if (!this.#isWhole) return;
    const start = Number(this.dataset.start), end = Number(this.dataset.end);
    this.#places = { ids: [0], starts: [start], ends: [end], flags: [0] };
    this.#paint(new Set([0]));
    scrollTo({ top: scrollY + this.#map.range(start, end).getBoundingClientRect().top - innerHeight / 3 });
  }

  #listen() {
    this.#ended = new AbortController();
    const { signal } = this.#ended, on = (target, type, act, more) => target.addEventListener(type, act, { signal, ...more });
    on(this.#root, "click", (event) => this.#clickInText(event));
    listen(this, this.#acts, signal);
    this.#news = new News(this.querySelector(".news"), this.dataset, { taken: (places) => this.#takeNew(places), signal });
    on(this, "input", () => this.#beside.soon());
    on(this, "toggle", (event) => this.#toggled(event));
    on(this, "cards-came", () => this.#locate());
    const changed = () => this.#ask({ apply: true }), hidden = () => this.#show();
    this.#filter = new Filter(this.querySelector(".note-filter form"), { changed, hidden, signal });
    on(document, "note-made", (event) => this.#made(event.detail));
    on(window, "hashchange", () => this.#followAddress());
    on(window, "scroll", () => this.#beside.flows || this.#beside.soon(), { passive: true });
    on(matchMedia(NARROW), "change", () => this.#fit());
    on(document, "visibilitychange", () => this.#ask());
    const sizes = new ResizeObserver(() => this.#beside.layout());
    for (const part of [this.#root, this.querySelector(".notes-head")]) sizes.observe(part);
    const changes = new MutationObserver(() => {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.#reread(), SETTLED);
    });
    changes.observe(this.#root, { childList: true, characterData: true, subtree: true });
    signal.addEventListener("abort", () => [sizes, changes].forEach((watch) => watch.disconnect()));
    this.#timers.push(setInterval(() => this.#ask(), EVERY));
  }

  get #acts() {
    const scope = () => this.#beside.scope ?? undefined;
    return {
      toPassage: (card, scrolls = true) => this.#toPassage(this.#numberOf(card), scrolls),
      look: (card) => this.#activate([this.#numberOf(card)], { scope: scope(), stays: true }),
      renew: (card) => this.#beside.renew(Number(card.dataset.id)),
      sent: (card) => {
        this.#beside.renew(Number(card.dataset.id), true);
        this.querySelector(".said-here").textContent = this.dataset.sent;
        this.#ask({ apply: true });
      },
    };
  }

  /* As a sheet, or where passages cannot be told, cards stand one after the other. */
  #fit() {
    const isNarrow = matchMedia(NARROW).matches;
    this.toggleAttribute("data-sheet", isNarrow);
    this.#beside.flows = isNarrow || !this.#isWhole;
    this.#beside.layout();
  }

  async #open() {
    await this.#ask({ apply: true });
    if (this.#places) await this.#followAddress();
    if (this.#places?.gone) list(document.querySelector("#gone-notes"), await this.#cards.gone(), this.#places.gone);
  }

  /* Places anew, if there are others. New notes of others wait until the reader wants them. */
  async #ask({ apply = false } = {}) {
    if (document.hidden && !apply) return;
    const headers = this.#tag && !apply ? { "If-None-Match": this.#tag } : {};
    const reply = await fetch(this.dataset.places + this.#filter.query, { headers }).catch(() => null);
    // Somebody who is not signed in any more is led elsewhere.
    if (!reply?.ok || reply.redirected) return;
    this.#tag = reply.headers.get("ETag") ?? "";
    const places = read(await reply.json()), count = fresh(places, this.#places).length;
    if (count && !apply) this.#news.offer(places, count);
    else this.#take(places);
  }

  #takeNew(places) {
    const scope = fresh(places, this.#places);
    this.#take(places);
    this.#activate([scope[0]], { focus: true, scope });
    this.#reveal(scope[0], 0.1, 0.9);
  }

  #take(places) {
    for (const id of altered(places, this.#places)) this.#beside.outdate(id);
    const active = new Set([...this.#beside.active].map((n) => this.#places?.ids[n]));
    this.#places = places;
    this.#beside.active = new Set(places.ids.flatMap((id, n) => (active.has(id) ? [n] : [])));
    this.#news.forget();
    this.#filter.name(places.kinds);
    this.querySelector(".whose").textContent = places.group ?? "";
    this.#show();
    document.dispatchEvent(new CustomEvent("notes-placed", { detail: { labels: places.kinds, group: places.group } }));
  }

  #show() {
    this.#beside.scope = null;
    this.#beside.take(this.#filter?.hides ? null : this.#places, this.#isWhole ? this.#map : null);
    const told = this.#isWhole ? missing(this.#places, this.#filter.query, this.dataset) : this.dataset.changed;
    this.#news.tell(told);
    this.#paint();
    count(this.#root, this.#beside.blocks, this.dataset, (block, event) => this.#openBlock(block, event));
  }

  /* What can be painted: all by its place, or where the page has other words than the server, what was found again. */
  get #painted() {
    if (!this.#places || this.#filter?.hides) return NOTHING;
    if (this.#isWhole) return this.#places;
    const found = this.#places.ids.map((id, n) => [this.#located.get(id), n]).filter(([place]) => place);
    found.sort(([a], [b]) => a[0] - b[0]);
    return {
      ids: found.map(([, n]) => this.#places.ids[n]),
      starts: found.map(([place]) => place[0]),
      ends: found.map(([place]) => place[1]),
      flags: found.map(([, n]) => this.#places.flags[n]),
    };
  }

  #paint(focused = this.#beside?.active) {
    this.#map = this.#painter.paint(this.#map, sweep(this.#painted, this.#isWhole ? focused : new Set()));
    if (this.#beside?.map) this.#beside.map = this.#map;
  }

  /* In a text that was changed a quote is painted only where it stands once. */
  #locate() {
    if (this.#isWhole) return;
    for (const id of this.#places.ids) {
      const quote = this.#cards.get(id)?.querySelector(".quote:not(.gone, .changed)")?.textContent;
      const place = quote && placeOf(quote, this.#map.text);
      if (place) this.#located.set(id, place);
    }
    this.#paint();
  }

  #openBlock(block, event) {
    this.#activate([this.#beside.opened(block)], { focus: event.detail === 0 || this.#beside.flows, scope: block.numbers });
  }

  /* `scope` are the numbers that a sheet shows; with `stays` the page is not scrolled. */
  #activate(numbers, { focus = false, scope = numbers, stays = false } = {}) {
    this.#beside.active = new Set(numbers);
    this.#beside.wantsFocus = focus ? this.#places.ids[numbers[0]] : null;
    this.#beside.scope = this.#isWhole ? scope : null;
    this.#paint();
    if (this.hasAttribute("data-sheet") && !this.matches(":popover-open")) this.showPopover();
    this.#beside.layout();
    if (this.hasAttribute("data-sheet") && !stays) this.#reveal(numbers[0], 0.05, 0.25);
    this.#timers.push(setTimeout(() => this.#looked(numbers[0]), A_LOOK));
  }

  /* A note that was looked at long enough is read, if all of its conversation stood there. */
  #looked(number) {
    const card = this.#beside.active.has(number) ? this.#beside.card(number) : null;
    if (!card?.dataset.thread || !(this.#places.flags[number] & UNREAD)) return;
    if (card.querySelectorAll(".reply").length < this.#places.replies[number]) return;
    this.#places.flags[number] &= ~UNREAD;
    markRead(card);
  }

  #toggled(event) {
    if (event.target === this && event.newState === "open") {
      this.#beside.layout();
    } else if (event.target === this) {
      this.#beside.scope = null;
      this.#beside.active = new Set();
      this.#paint();
    }
  }

  #clickInText(event) {
    if (!getSelection().isCollapsed || event.target.closest("a, button, summary")) return;
    const place = letterAt(this.#map, event);
    const notes = this.#painted, found = place === null ? [] : over(notes, place);
    if (!found.length) return;
    const numbers = found.map((n) => this.#places.ids.indexOf(notes.ids[n]));
    const turn = numbers.findIndex((n) => this.#beside.active.has(n));
    this.#activate([numbers[(turn + 1) % numbers.length]], { scope: numbers });
  }

  #numberOf(card) {
    return Number(card.dataset.number ?? this.#places.ids.indexOf(Number(card.dataset.id)));
  }

  #box(number) {
    return this.#map.range(this.#places.starts[number], this.#places.ends[number]).getBoundingClientRect();
  }

  /* Scrolls the words of a note between two heights of the window, if they are not there. */
  #reveal(number, from, to) {
    if (!this.#isWhole) return;
    const { top, bottom } = this.#box(number);
    if (top < from * innerHeight || bottom > to * innerHeight) scrollTo({ top: scrollY + top - ((2 * from + to) / 3) * innerHeight });
  }

  /* To the words of a note; the focus goes to the button of its block. */
  #toPassage(number, scrolls = true) {
    if (number < 0) return;
    if (this.matches(":popover-open")) this.hidePopover();
    if (!this.#isWhole) return;
    this.#beside.active = new Set([number]);
    this.#paint();
    if (!this.hasAttribute("data-sheet")) this.#beside.layout();
    if (scrolls) this.#reveal(number, 0.1, 0.9);
    this.#beside.blocks.find((block) => block.numbers.includes(number))?.element.noteCount?.focus({ preventScroll: true });
  }

  /* The address of a note opens the page there. */
  async #followAddress() {
    const [, uid] = /^#note-([\da-f-]{36})$/.exec(location.hash) ?? [];
    const id = uid && (await this.#cards.named(uid));
    const number = id ? this.#places.ids.indexOf(id) : -1;
    if (number < 0) return;
    const { top } = this.#isWhole ? this.#box(number) : this.getBoundingClientRect();
    scrollTo({ top: scrollY + top - innerHeight / 3, behavior: "instant" });
    this.#activate([number], { focus: true });
  }

  async #made(detail) {
    this.#beside.renew(detail.id);
    await this.#ask({ apply: true });
    const number = this.#places.ids.indexOf(detail.id), isShown = number >= 0 && !this.#filter.hides;
    if (isShown && !this.hasAttribute("data-sheet")) {
      this.#activate([number]);
      this.#reveal(number, -0.5, 1.5);
    }
    if (!isShown && !detail.gone && this.#filter.isOn) this.#news.tell(this.dataset.unshown);
  }
}

customElements.define("lesson-notes", LessonNotes);
