/* The annotations of a lesson: fetched, painted, shown beside their passages; from a passage to its card and back. */

import { changedIds, emptyMessage, newIds, parsePositions } from "../lib/card-layout.js";
import { findQuote, flattenSpans, onlyFound, spansAt, UNREAD } from "../lib/spans.js";
import { TextMap } from "../lib/text-map.js";
import { attachCardActions, markRead } from "./card-actions.js";
import { CardColumn } from "./card-column.js";
import { CardStore, renderList } from "./card-store.js";
import { Filter } from "./filter.js";
import { createPainter, offsetAtPoint } from "./highlights.js";
import { observeSizes, observeText, renderCounts } from "./layout.js";
import { StatusBar } from "./status-bar.js";

const POLL_INTERVAL = 30_000;
const READ_AFTER = 1500;
const NARROW = "(max-width: 68rem)";
const NOTHING = { ids: [], starts: [], ends: [], flags: [] };

/* Opens the elements that hide a passage while they are closed. */
const openAround = ({ startContainer }) => {
  let details = startContainer.parentElement?.closest("details");
  for (; details; details = details.parentElement.closest("details")) details.open = true;
};

class LessonAnnotations extends HTMLElement {
  #listening = null;
  #root = null;
  #map = null;
  #painter = null;
  #column = null;
  #cards = null;
  #filter = null;
  #positions = null;
  #statusBar = null;
  #foundQuotes = new Map();
  #etag = "";
  #timers = [];
  #isServerText = true;

  connectedCallback() {
    this.#root = document.querySelector("[data-revision]");
    this.#readText();
    this.#painter = createPainter(this.#root, () => this.#paint());
    if (this.dataset.start) {
      this.#showSingle();
      return;
    }
    this.#cards = new CardStore(this.dataset.cards);
    this.#column = new CardColumn(this.querySelector(".cards"), this.#cards, this.dataset);
    this.#listen();
    this.#fit();
    this.#open();
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.#timers.forEach(clearTimeout);
    this.#painter.stop();
    this.#column?.stop();
  }

  /* Something other than this page may have changed its text, before or now: a translating browser, an extension. */
  #readText() {
    this.#map = new TextMap(this.#root);
    this.#isServerText = this.#map.matches(Number(this.dataset.length), Number(this.dataset.checksum));
  }

  #rereadText() {
    if (this.#map.isCurrent()) return;
    this.#readText();
    this.#foundQuotes.clear();
    this.#fit();
    if (this.#positions) this.#show();
  }

  /* A page of an earlier revision shows the one annotation that led there. */
  #showSingle() {
    if (!this.#isServerText) return;
    const start = Number(this.dataset.start), end = Number(this.dataset.end);
    this.#positions = { ids: [0], starts: [start], ends: [end], flags: [0] };
    this.#paint(new Set([0]));
    const range = this.#map.range(start, end);
    openAround(range);
    scrollTo({ top: scrollY + range.getBoundingClientRect().top - innerHeight / 3 });
  }

  #listen() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const on = (target, type, listener, more) => target.addEventListener(type, listener, { signal, ...more });
    on(this.#root, "click", (event) => this.#clickInText(event));
    attachCardActions(this, this.#cardCallbacks, signal);
    const accept = (positions) => this.#acceptNew(positions);
    this.#statusBar = new StatusBar(this.querySelector(".status-bar"), this.dataset, { accept, signal });
    on(this, "input", () => this.#column.positionSoon());
    on(this, "toggle", (event) => this.#handleToggle(event));
    on(this, "cards-loaded", () => this.#findQuotes());
    const changed = () => this.#poll({ apply: true }), hidden = () => this.#show();
    this.#filter = new Filter(this.querySelector(".annotation-filter form"), { changed, hidden, signal });
    on(document, "annotation-changed", (event) => this.#handleChange(event.detail));
    on(window, "hashchange", () => this.#followHash());
    on(window, "scroll", () => this.#column.isStacked || this.#column.positionSoon(), { passive: true });
    on(matchMedia(NARROW), "change", () => this.#fit());
    on(document, "visibilitychange", () => this.#poll());
    const parts = [this.#root, this.querySelector(".annotations-header")];
    observeSizes(parts, () => this.#column.layout(), signal);
    observeText(this.#root, () => this.#rereadText(), signal);
    this.#timers.push(setInterval(() => this.#poll(), POLL_INTERVAL));
  }

  get #cardCallbacks() {
    const scope = () => this.#column.scope ?? undefined;
    return {
      toPassage: (card, scrolls = true) => this.#toPassage(this.#numberOf(card), scrolls),
      activate: (card) => this.#activate([this.#numberOf(card)], { scope: scope(), stays: true }),
      refresh: (card) => this.#column.refresh(Number(card.dataset.id)),
      replied: (card, notice, replyForm) => {
        this.#column.refresh(Number(card.dataset.id), !replyForm, replyForm);
        this.querySelector(".reply-status").textContent = notice || this.dataset.sent;
        this.#poll({ apply: true });
      },
    };
  }

  /* As a sheet, or where passages cannot be located, cards are stacked one after the other. */
  #fit() {
    const isNarrow = matchMedia(NARROW).matches;
    this.toggleAttribute("data-sheet", isNarrow);
    this.#column.isStacked = isNarrow || !this.#isServerText;
    this.#column.layout();
  }

  async #open() {
    await this.#poll({ apply: true });
    if (this.#positions) await this.#followHash();
    const count = this.#positions?.orphaned;
    if (count) renderList(document.querySelector("#orphaned-annotations"), await this.#cards.fetchOrphaned(), count);
  }

  /* Fetches the positions if they have changed. New annotations of others wait until the reader wants them. */
  async #poll({ apply = false } = {}) {
    if (document.hidden && !apply) return;
    const headers = this.#etag && !apply ? { "If-None-Match": this.#etag } : {};
    const response = await fetch(this.dataset.positions + this.#filter.query, { headers }).catch(() => null);
    // Somebody who is no longer signed in is redirected.
    if (!response?.ok || response.redirected) return;
    this.#etag = response.headers.get("ETag") ?? "";
    const positions = parsePositions(await response.json());
    const count = newIds(positions, this.#positions).length;
    if (count && !apply) this.#statusBar.offer(positions, count);
    else this.#update(positions);
  }

  #acceptNew(positions) {
    const scope = newIds(positions, this.#positions);
    this.#update(positions);
    this.#activate([scope[0]], { focus: true, scope });
    this.#reveal(scope[0], 0.1, 0.9);
  }

  #update(positions) {
    for (const id of changedIds(positions, this.#positions)) this.#column.refreshUnlessWriting(id);
    const active = new Set([...this.#column.active].map((n) => this.#positions?.ids[n]));
    this.#positions = positions;
    this.#column.active = new Set(positions.ids.flatMap((id, n) => (active.has(id) ? [n] : [])));
    this.#statusBar.clear();
    this.#filter.addLabels(positions.labels);
    this.querySelector(".group-name").textContent = positions.group ?? "";
    this.#show();
  }

  #show() {
    this.#column.scope = null;
    this.#column.update(this.#filter?.hidesAll ? null : this.#positions, this.#isServerText ? this.#map : null);
    const empty = emptyMessage(this.#positions, this.#filter.query, this.dataset);
    this.#statusBar.show(this.#isServerText ? empty : this.dataset.changed);
    this.#paint();
    renderCounts(this.#root, this.#column.blocks, this.dataset, (block, event) => this.#openBlock(block, event));
  }

  /* What can be painted: everything, or where the page's text is not the server's, what was found by its quote. */
  get #painted() {
    if (!this.#positions || this.#filter?.hidesAll) return NOTHING;
    return this.#isServerText ? this.#positions : onlyFound(this.#positions, this.#foundQuotes);
  }

  #paint(focused = this.#column?.active) {
    const spans = flattenSpans(this.#painted, this.#isServerText ? focused : new Set());
    this.#map = this.#painter.paint(this.#map, spans);
    if (this.#column?.map) this.#column.map = this.#map;
  }

  /* In a changed text a quote is painted only where it occurs exactly once. */
  #findQuotes() {
    if (this.#isServerText) return;
    for (const id of this.#positions.ids) {
      const quote = this.#cards.get(id)?.querySelector(".quote:not(.orphaned, .changed)")?.textContent;
      const span = quote && findQuote(quote, this.#map.text);
      if (span) this.#foundQuotes.set(id, span);
    }
    this.#paint();
  }

  #openBlock(block, event) {
    const isKeyboard = event.detail === 0;
    const first = this.#column.expandAndGetFirst(block);
    this.#activate([first], { focus: isKeyboard || this.#column.isStacked, scope: block.numbers });
  }

  /* `scope` are the numbers that a sheet shows; with `stays` the page is not scrolled. */
  #activate(numbers, { focus = false, scope = numbers, stays = false } = {}) {
    this.#column.active = new Set(numbers);
    this.#column.focusId = focus ? this.#positions.ids[numbers[0]] : null;
    this.#column.scope = this.#isServerText ? scope : null;
    this.#paint();
    const isSheet = this.hasAttribute("data-sheet");
    if (isSheet && !this.matches(":popover-open")) this.showPopover();
    this.#column.layout();
    if (isSheet && !stays) this.#reveal(numbers[0], 0.05, 0.25);
    this.#timers.push(setTimeout(() => this.#markReadIfSeen(numbers[0]), READ_AFTER));
  }

  /* Marks an annotation as read that was active long enough, if its whole thread was shown. */
  #markReadIfSeen(number) {
    const card = this.#column.active.has(number) ? this.#column.card(number) : null;
    if (!card?.dataset.thread || !(this.#positions.flags[number] & UNREAD)) return;
    if (card.querySelectorAll(".reply").length < this.#positions.replies[number]) return;
    this.#positions.flags[number] &= ~UNREAD;
    markRead(card);
  }

  #handleToggle(event) {
    if (event.target !== this) return;
    if (event.newState === "open") this.#column.layout();
    else {
      this.#column.scope = null;
      this.#column.active = new Set();
      this.#paint();
    }
  }

  #clickInText(event) {
    if (!getSelection().isCollapsed || event.target.closest("a, button, summary")) return;
    const offset = offsetAtPoint(this.#map, event);
    const painted = this.#painted;
    const hits = offset === null ? [] : spansAt(painted, offset);
    if (!hits.length) return;
    const numbers = hits.map((n) => this.#positions.ids.indexOf(painted.ids[n]));
    const current = numbers.findIndex((n) => this.#column.active.has(n));
    this.#activate([numbers[(current + 1) % numbers.length]], { scope: numbers });
  }

  #numberOf(card) {
    return Number(card.dataset.number ?? this.#positions.ids.indexOf(Number(card.dataset.id)));
  }

  #passage(number) {
    return this.#map.range(this.#positions.starts[number], this.#positions.ends[number]);
  }

  #passageBox(number) {
    return this.#passage(number).getBoundingClientRect();
  }

  /* Scrolls a passage between two heights of the window, unless it is there. */
  #reveal(number, from, to) {
    if (!this.#isServerText) return;
    openAround(this.#passage(number));
    const { top, bottom } = this.#passageBox(number);
    if (top >= from * innerHeight && bottom <= to * innerHeight) return;
    scrollTo({ top: scrollY + top - ((2 * from + to) / 3) * innerHeight });
  }

  /* Goes to the passage of an annotation; the focus goes to the button of its block. */
  #toPassage(number, scrolls = true) {
    if (number < 0) return;
    if (this.matches(":popover-open")) this.hidePopover();
    if (!this.#isServerText) return;
    this.#column.active = new Set([number]);
    this.#paint();
    if (!this.hasAttribute("data-sheet")) this.#column.layout();
    if (scrolls) this.#reveal(number, 0.1, 0.9);
    const block = this.#column.blocks.find(({ numbers }) => numbers.includes(number));
    block?.element.annotationToggle?.focus({ preventScroll: true });
  }

  /* Opens the page at the annotation that the URL names. */
  async #followHash() {
    const [, uid] = /^#note-([\da-f-]{36})$/.exec(location.hash) ?? [];
    const id = uid && (await this.#cards.idOf(uid));
    const number = id ? this.#positions.ids.indexOf(id) : -1;
    if (number < 0) return;
    if (this.#isServerText) openAround(this.#passage(number));
    const { top } = this.#isServerText ? this.#passageBox(number) : this.getBoundingClientRect();
    scrollTo({ top: scrollY + top - innerHeight / 3, behavior: "instant" });
    this.#activate([number], { focus: true });
  }

  async #handleChange(detail) {
    this.#column.refresh(detail.id);
    await this.#poll({ apply: true });
    const number = this.#positions.ids.indexOf(detail.id);
    const isShown = number >= 0 && !this.#filter.hidesAll;
    if (isShown && !this.hasAttribute("data-sheet")) {
      this.#activate([number]);
      this.#reveal(number, -0.5, 1.5);
    }
    if (!isShown && !detail.isDeleted && this.#filter.isOn) this.#statusBar.show(this.dataset.hiddenByFilter);
  }
}

customElements.define("lesson-annotations", LessonAnnotations);
