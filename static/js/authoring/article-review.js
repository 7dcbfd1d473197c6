/* The review of an article without page loads: its buttons, autosaving, the sections of a long text.

Requests are sent one at a time, each with the version saved by the previous one. A response contains only what has
changed, see lessons/authoring/article_import/responses.py; in a conflict it is the whole page. */

import { carryOver, elementOf } from "./review/fields.js";
import { focusAfter, rememberFocus, restoreFocus } from "./review/focus.js";
import { followText, showOutline, watchSelection } from "./review/outline.js";
import { distance, fetchSections, renameSection, showSections, updateMore } from "./review/sections.js";

const SAVE_DELAY = 900;
const TEXT_FIELDS = "textarea, input:not([type=checkbox], [type=radio], [type=hidden])";

class ArticleReview extends HTMLElement {
  #timer;
  #queue = Promise.resolve();
  #pending = 0;
  #isLeaving = false;
  #typed = 0;
  #typedIn = new WeakSet();
  #listening;
  #text;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("input", (event) => this.#input(event), { signal });
    this.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("sections", () => this.#text.observe(), { signal });
    window.addEventListener("beforeunload", (event) => this.#timer && event.preventDefault(), { signal });
    this.#text = followText(this);
    watchSelection(this, signal);
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#text.disconnect();
    clearTimeout(this.#timer);
  }

  get #form() {
    return this.querySelector("#review");
  }

  /* A button is named "action", too, hence getAttribute in #send. Creating the module leaves the page: the browser does that,
  once all answers are here. */
  #submit(event) {
    const action = event.submitter?.value ?? "save";
    if (event.target !== this.#form) return undefined;
    if (action === "create") return this.#create(event);
    event.preventDefault();
    const [name, first, second] = action.split(":");
    if (name === "show") return this.#enqueue(() => this.#showMore(event.submitter, first, second));
    return this.#enqueue(() => this.#run(action));
  }

  #create(event) {
    if (!this.#pending || this.#isLeaving) return this.#cancelSave();
    event.preventDefault();
    const { submitter } = event;
    return this.#enqueue(() => {
      this.#isLeaving = true;
      this.#form.requestSubmit(submitter.isConnected ? submitter : this.querySelector("button[value=create]"));
      this.#isLeaving = false;
    });
  }

  #cancelSave() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /* Choices change other parts of the page at once; typed text is saved after a pause. */
  #input(event) {
    if (event.target.name === "selected" || event.target.name === "selected-kind") return;
    if (event.target.form !== this.#form) return;
    if (event.target.matches(TEXT_FIELDS)) {
      this.#typedIn.add(event.target);
      if (event.target.matches(".heading")) renameSection(event.target);
      this.#saveSoon();
    } else this.#enqueue(() => this.#run("save"));
  }

  #saveSoon() {
    this.#typed += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#enqueue(() => this.#save()), SAVE_DELAY);
  }

  /* In a field where something was typed, undo is left to the browser. */
  #keydown(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.altKey && ["z", "y"].includes(event.key.toLowerCase());
    if (event.key === "Escape") this.#closeMenu(event.target);
    if (!isUndo || this.#typedIn.has(event.target)) return;
    event.preventDefault();
    this.#enqueue(() => this.#run(event.shiftKey || event.key.toLowerCase() === "y" ? "redo" : "undo", true));
  }

  #closeMenu(target) {
    const menu = target.closest("details.block-menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  /* Fetches a section that is not on the page; closes a block's menu on clicks elsewhere. */
  #click(event) {
    const id = event.target.closest("[data-part=outline] a")?.hash.slice(1);
    const menu = this.querySelector("details.block-menu[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
    if (!id || this.querySelector(`#${CSS.escape(id)}`)) return;
    event.preventDefault();
    this.#enqueue(() => this.#showSection(id));
  }

  /* Sends requests one at a time, since each needs the version saved by the previous one. */
  #enqueue(work) {
    const isUnsaved = this.#timer !== undefined;
    this.#cancelSave();
    this.#pending += 1;
    this.#queue = this.#queue
      .then(() => work(isUnsaved))
      .catch((error) => this.#showStatus(error.cause === 404 ? this.dataset.missing : this.dataset.failed))
      .finally(() => {
        this.#pending -= 1;
      });
    return this.#queue;
  }

  /* Returns the response: `changes`, or a whole `page` if the request was refused. */
  async #send(action) {
    const sent = new FormData(this.#form);
    sent.set("action", action);
    const address = this.#form.getAttribute("action");
    const response = await fetch(address, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    if (response.headers.get("Content-Type")?.startsWith("application/json")) return { changes: await response.json(), sent };
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (page.querySelector("#review")) return { page, sent };
    if (response.ok && response.redirected) return location.assign(response.url);
    throw new Error(response.status, { cause: response.status });
  }

  /* Keeps text typed during the request: only the outline and the summaries are updated. */
  async #save() {
    const { page, changes, sent } = await this.#send("save");
    if (page) return this.#showPage(page, sent);
    if (changes.problems) return this.#showProblems(changes.problems);
    this.#showProblems([]);
    showOutline(this, changes);
    this.#form.elements.version.value = changes.version;
    this.#showParts({ bar: changes.parts.bar, counts: changes.parts.counts, missing: changes.parts.missing }, sent);
    this.#showStatus(this.dataset.saved);
    return changes.isUpdate && this.#updateHead(sent);
  }

  /* Ignores a button that an earlier response has removed, as for a double click on “Merge”. After a shortcut, the focus stays
  where it is. */
  async #run(action, keepsFocus = action === "save") {
    const isThere = [...this.#form.querySelectorAll("button[name=action]")].some((button) => button.value === action);
    if (!isThere && action !== "save") return undefined;
    const typed = this.#typed;
    const { page, changes, sent } = (await this.#send(action)) ?? {};
    if (page) return this.#showPage(page, sent);
    if (!changes) return undefined;
    if (changes.problems) return this.#showProblems(changes.problems);
    this.#show(changes, action, sent, keepsFocus);
    if (typed !== this.#typed) this.#saveSoon();
    this.#showStatus(changes.status || this.dataset.saved);
    return changes.isUpdate && this.#updateHead(sent);
  }

  #show(changes, action, sent, keepsFocus) {
    const remembered = rememberFocus(this);
    const scroll = window.scrollY;
    this.#showProblems([]);
    showOutline(this, changes);
    showSections(this, changes.shown, changes.sections, sent);
    this.#showParts(changes.parts, sent);
    const { version, editing, whole } = this.#form.elements;
    version.value = changes.version;
    editing.value = changes.editing;
    if (action.startsWith("show-all:")) whole.value = action.split(":")[1];
    updateMore(this, changes.first, changes.after);
    window.scrollTo({ top: scroll, behavior: "instant" });
    const isRestored = keepsFocus && restoreFocus(this, remembered);
    if (!isRestored && action !== "save") focusAfter(this, action, changes.focus);
  }

  #showParts(parts, sent) {
    for (const [id, html] of Object.entries(parts)) {
      const old = this.querySelector(`#${CSS.escape(id)}`);
      if (!html || !old) continue;
      const part = elementOf(html);
      carryOver(old, sent, part);
      if (id === "bar") this.#showBar(old, part);
      else old.replaceWith(part);
    }
  }

  /* Keeps the status element: screen readers only announce changes in an existing element. */
  #showBar(bar, replacement) {
    const remembered = rememberFocus(this);
    for (const selector of ["[data-part=completeness]", ".button-row"]) {
      bar.querySelector(selector).replaceWith(replacement.querySelector(selector));
    }
    restoreFocus(this, remembered);
  }

  /* Fetches the preview of an update separately, since that may take longer than a change. */
  async #updateHead(sent) {
    const response = await fetch(this.dataset.changes);
    if (!response.ok) return;
    const head = elementOf(await response.text());
    const old = this.querySelector(".review-head");
    const open = new Set([...old.querySelectorAll("details[open]")].map((details) => details.dataset.section));
    const closed = new Set([...old.querySelectorAll("details:not([open])")].map((details) => details.dataset.section));
    for (const details of head.querySelectorAll("details")) {
      const { section } = details.dataset;
      details.open = open.has(section) || (details.open && !closed.has(section));
    }
    const remembered = rememberFocus(this);
    carryOver(old, sent, head);
    old.replaceWith(head);
    restoreFocus(this, remembered);
    const label = head.querySelector("[data-create]")?.dataset.create;
    if (label) this.querySelector("button[value=create]").textContent = label;
  }

  /* Shows a whole page: what is saved, and the texts of this page that differ. */
  #showPage(page, sent) {
    const replacement = document.adoptNode(page.querySelector("#review"));
    carryOver(this.#form, sent, replacement);
    this.#form.replaceWith(replacement);
    const messages = page.querySelector(".messagelist");
    document.querySelector(".messagelist")?.remove();
    if (messages) document.querySelector("#content").before(document.adoptNode(messages));
    this.#text.observe();
    this.#showStatus("");
    const reason = this.querySelector(".edit-conflict, .errorlist") ?? messages;
    reason?.setAttribute("tabindex", "-1");
    reason?.focus();
  }

  #showProblems(problems) {
    const part = this.querySelector("[data-part=problems]");
    const list = document.createElement("ul");
    list.className = "errorlist";
    list.setAttribute("role", "alert");
    list.append(
      ...problems.map((problem) => {
        const item = document.createElement("li");
        item.textContent = problem;
        return item;
      }),
    );
    part.replaceChildren(...(problems.length ? [list] : []));
    if (problems.length) this.#showStatus(problems.join(" "));
  }

  /* Shows a section that is not on the page, instead of those that are. */
  async #showSection(id) {
    await this.#save();
    const { shown, sections, first, after } = await fetchSections(this.dataset.sections, { at: id });
    showSections(this, shown, sections, new FormData(this.#form));
    updateMore(this, first, after);
    const section = this.querySelector(`#${CSS.escape(id)}`);
    section?.scrollIntoView({ behavior: "instant" });
    section?.querySelector("input.heading").focus({ preventScroll: true });
  }

  /* Adds the sections before or after those on the page, or shows another part of one section. */
  async #showMore(button, id, start) {
    if (start) return this.#showPart(id, start);
    const parent = this.querySelector("[data-part=sections]");
    const present = [...parent.children].map((section) => section.id);
    const isBefore = button.closest("[data-part=before]") !== null;
    const number = isBefore ? { number: distance(this, id, present[0]) } : {};
    const { shown, sections, first, after } = await fetchSections(this.dataset.sections, { at: id, ...number });
    const added = shown.filter((one) => !present.includes(one));
    const order = isBefore ? [...added, ...present] : [...present, ...added];
    const known = Number(this.querySelector("[data-part=after]").dataset.count);
    const height = document.documentElement.scrollHeight;
    showSections(this, order, Object.fromEntries(added.map((one) => [one, sections[one]])), new FormData(this.#form));
    updateMore(this, isBefore ? first : undefined, isBefore ? known : after);
    if (isBefore) window.scrollBy({ top: document.documentElement.scrollHeight - height, behavior: "instant" });
    this.querySelector(`#${CSS.escape(added.at(isBefore ? -1 : 0) ?? present[0])} input.heading`)?.focus();
    return undefined;
  }

  async #showPart(id, start) {
    const { sections } = await fetchSections(this.dataset.sections, { at: id, start, number: 1 });
    const order = [...this.querySelector("[data-part=sections]").children].map((section) => section.id);
    showSections(this, order, { [id]: sections[id] }, new FormData(this.#form));
    this.#form.elements.start.value = start;
    this.querySelector(`#${CSS.escape(start)} summary`)?.focus();
  }

  #showStatus(message) {
    const status = this.querySelector("[data-part=status]");
    if (status) status.textContent = message;
  }
}

customElements.define("article-review", ArticleReview);
