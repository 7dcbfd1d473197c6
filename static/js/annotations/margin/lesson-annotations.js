/* The annotations of a lesson: fetched, painted, shown beside their passages; from a passage to its card and back. */

import { changedIds, emptyMessage, newIds, parsePositions } from "../lib/card-layout.js";
import { send } from "../../unsent/send.js";
import { findQuote, flattenSpans, HIGHLIGHT_ONLY, onlyFound, spansAt, UNREAD } from "../lib/spans.js";
import { TextMap } from "../lib/text-map.js";
import { attachCardActions, markRead } from "./card-actions.js";
import { CardColumn, PAGE_SIZE } from "./card-column.js";
import { CardStore, renderList } from "./card-store.js";
import { Filter } from "./filter.js";
import { createPainter, offsetAtPoint } from "./highlights.js";
import { markCurrent, observeSizes, observeText, renderCounts } from "./layout.js";
import { StatusBar } from "./status-bar.js";
import { Stepper } from "./stepper.js";

const POLL_INTERVAL = 30_000;
const READ_AFTER = 1500;
const NARROW = "(max-width: 64rem)";
const NOTHING = { ids: [], starts: [], ends: [], flags: [], readers: [] };

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
  #stepper = null;
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
    this.#stepper = new Stepper(this.#column, (number) => this.#goTo(number));
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
    on(this, "click", (event) => this.#act(event.target.closest("[data-action]")?.dataset.action));
    on(document, "keydown", (event) => this.#stepper.handleKey(event));
    on(window, "afterprint", () => this.#endPrint());
    attachCardActions(this, this.#cardCallbacks, signal);
    const accept = (positions) => this.#acceptNew(positions), undo = (url) => this.#undo(url);
    this.#statusBar = new StatusBar(this, this.dataset, { accept, undo, signal });
    on(this, "input", () => this.#column.positionSoon());
    on(this, "toggle", (event) => this.#handleToggle(event));
    on(this, "cards-loaded", () => this.#findQuotes());
    const changed = () => this.#poll({ apply: true }), hidden = () => this.#show();
    this.#filter = new Filter(this.querySelector(".annotation-filter form"), { changed, hidden, signal });
    on(document, "annotation-changed", (event) => this.#handleChange(event.detail));
    on(document, "outbox-sent", ({ detail }) => detail.body?.uid && this.#handleChange(detail.body));
    on(window, "hashchange", () => this.#followHash());
    on(window, "scroll", () => this.#column.isStacked || this.#column.positionSoon(), { passive: true });
    on(matchMedia(NARROW), "change", () => this.#fit());
    on(document, "visibilitychange", () => this.#poll());
    const parts = [this.#root, ...this.querySelectorAll(".annotations-header, .mark-key, .unread")];
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
        this.#statusBar.confirm(notice || this.dataset.sent);
        this.#poll({ apply: true });
      },
      showWhole: async (card) => {
        const id = Number(card.dataset.id);
        if (!card.querySelector("post-form") && await this.#cards.fetchWhole(id)) this.#column.replace(id);
        else location.assign(card.querySelector(".earlier a").href);
      },
      done: async (card, notice, undo) => {
        if (card) this.#column.refresh(Number(card.dataset.id), true);
        await this.#poll({ apply: true });
        this.#statusBar.confirm(notice, undo);
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
    this.#show();
  }

  #show() {
    this.#column.scope = null;
    this.#showCounts();
    this.#column.update(this.#filter?.hidesAll ? null : this.#positions, this.#isServerText ? this.#map : null);
    const empty = emptyMessage(this.#positions, this.#filter.query, this.dataset);
    this.#statusBar.show(this.#isServerText ? empty : this.dataset.changed);
    this.#paint();
    renderCounts(this.#root, this.#column.blocks, this.dataset, (block, event) => this.#openBlock(block, event));
  }

  /* How many notes there are, highlights without a comment aside as in the outline, and how many are new to the reader. */
  #showCounts() {
    const { ids, flags, group } = this.#positions ?? NOTHING;
    const scope = this.hasAttribute("data-sheet") ? this.#column.scope : null;
    const here = scope?.length === 1 ? this.dataset.hereOne : this.dataset.here.replace("%n", scope?.length);
    this.toggleAttribute("data-scoped", Boolean(scope));
    this.querySelector("h2").textContent = scope ? here : this.dataset.title;
    const count = flags.filter((flag) => !(flag & HIGHLIGHT_ONLY)).length;
    this.querySelector(".group-name").textContent = [scope ? "" : count, group].filter(Boolean).join(" · ");
    document.querySelector(".reading-bar .count")?.replaceChildren(String(count || ""));
    this.querySelector(".mark-key").hidden = !ids.length;
    this.#statusBar.showUnread(flags.filter((flag) => flag & UNREAD).length);
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
    if (this.#column) markCurrent(this.#column.blocks, this.#column.active);
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
    if (this.#column.hasOpen(block) && !this.#column.isStacked) {
      this.#column.fold();
      return;
    }
    const first = this.#column.firstOf(block);
    this.#column.expand(block);
    this.#activate([first], { focus: isKeyboard || this.#column.isStacked, scope: block.numbers });
  }

  #act(action) {
    if (action === "next" || action === "previous") this.#stepper.step(action === "next" ? 1 : -1);
    else if (action === "next-new") this.#stepper.stepToUnread();
    else if (action === "print") this.#print();
  }

  #goTo(number) {
    const block = this.#column.blocks.find(({ numbers }) => numbers.includes(number));
    this.#activate([number], { focus: true, scope: block?.numbers ?? [number] });
    if (!this.hasAttribute("data-sheet")) this.#reveal(number, 0.15, 0.6);
  }

  /* Takes back what was done last. */
  async #undo(url) {
    const response = await send(url, new FormData(), { headers: { Accept: "application/json" } });
    const body = await response?.json().catch(() => null);
    this.#statusBar.confirm(body?.notice ?? body?.errors.join(" ") ?? "");
    if (body?.id) await this.#handleChange(body);
  }

  /* Prints the text with all its notes below it. */
  async #print() {
    if (!this.#positions) return;
    for (const menu of this.querySelectorAll(".annotations-header details")) menu.open = false;
    await this.#cards.fetch(this.#positions.ids.filter((id) => !this.#cards.get(id)));
    document.documentElement.dataset.print = "with-notes";
    [this.#column.isStacked, this.#column.scope, this.#column.maxShown] = [true, null, Infinity];
    this.#column.layout();
    print();
  }

  #endPrint() {
    delete document.documentElement.dataset.print;
    this.#column.maxShown = PAGE_SIZE;
    this.#fit();
  }

  /* `scope` are the numbers that a sheet shows; with `stays` the page is not scrolled. */
  #activate(numbers, { focus = false, scope = numbers, stays = false } = {}) {
    this.#column.active = new Set(numbers);
    this.#column.focusId = focus ? this.#positions.ids[numbers[0]] : null;
    this.#column.scope = this.#isServerText ? scope : null;
    this.#column.foldUnless(numbers);
    this.#paint();
    this.#showCounts();
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
    this.#showCounts();
    markRead(card);
  }

  #handleToggle(event) {
    if (event.target !== this) return;
    if (event.newState === "open") this.#column.layout();
    else {
      this.#column.scope = null;
      this.#column.active = new Set();
      this.#paint();
      this.#showCounts();
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
