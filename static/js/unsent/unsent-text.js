/* Saves what is typed in a form: at once in this browser, and soon after on the server, which removes it from this browser.
   Says whether it is saved, and restores it when the form is opened again. */

import { mergeTexts, readFields, sameFields } from "./lib/fields.js";
import { Outbox } from "./lib/outbox.js";
import { randomKey } from "./random-key.js";
import { UnsentStore } from "./lib/store.js";
import { browserStorage, SIGNING_OUT } from "./browser-storage.js";
import { errorsOf, send } from "./send.js";
import { forgetSent } from "./sent-cookie.js";

const LOCAL_DELAY = 200;
const SERVER_DELAY = 1200;
const RETRY_DELAY = 15_000;
const MAX_WAIT = 3000;
// The most characters of a request that may outlive its page (`keepalive`).
const MAX_KEEPALIVE = 60_000;

// What is said when a text that waited has been sent or refused, in the language of the page on which it was written.
const LATER_TEXTS = ["sent", "refusedLater", "show", "drafts", "draftsLabel", "dismiss"];

const BY_SCRIPT = { headers: { Accept: "application/json" }, redirect: "manual" };

class UnsentText extends HTMLElement {
  #store;
  #listening;
  #initial = {};
  #localTimer = 0;
  #serverTimer = 0;
  #request = null;
  // Whether the form has changes that the server does not have, and whether it has text written since it was shown or sent.
  #isChanged = false;
  #hasUnsentText = false;
  // What waits for a connection since this page was opened.
  #queued = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#store = new UnsentStore(browserStorage(), this.dataset.account);
    forgetSent(this.#store);
    this.#initial = this.fields;
    this.form.addEventListener("input", () => this.markChanged(), { signal });
    this.form.addEventListener("change", () => this.markChanged(), { signal });
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("click", (event) => this.#act(event.target.closest("[data-action]")?.dataset.action), { signal });
    window.addEventListener("online", () => this.#isChanged && this.save(), { signal });
    document.addEventListener("outbox-sent", ({ detail }) => this.#handleSentLater(detail), { signal });
    window.addEventListener("pagehide", () => this.#leave(), { signal });
    window.addEventListener("storage", ({ key, newValue }) => {
      if (key === SIGNING_OUT && newValue === this.dataset.account) this.#forgetText();
    }, { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#comeBack(), { signal });
    if (!this.hasAttribute("data-manual")) this.#restore();
  }

  disconnectedCallback() {
    clearTimeout(this.#localTimer);
    clearTimeout(this.#serverTimer);
    this.#listening.abort();
  }

  get form() { return this.closest("form"); }
  get draftKey() { return this.dataset.draftKey; }
  get fields() { return readFields(this.form.elements); }
  /* Whether something was written on this page and not sent, wherever it is stored. */
  get hasUnsentText() { return this.#hasUnsentText; }

  /* Returns the unsent text, from this browser or from the server, as `{ fields, at }`; null if there is none. */
  load() {
    const local = this.#store.load(this.draftKey);
    const { stored, storedAt } = this.dataset;
    const server = stored ? { fields: JSON.parse(stored), at: Date.parse(storedAt) } : null;
    return local && (!server || local.at >= server.at) ? local : server;
  }

  /* Schedules saving, after a change by typing or by another script. */
  markChanged() {
    this.#isChanged = this.#hasUnsentText = true;
    this.#localTimer ||= setTimeout(() => this.saveLocally(), LOCAL_DELAY);
    this.#saveSoon(SERVER_DELAY);
  }

  saveLocally() {
    clearTimeout(this.#localTimer);
    this.#localTimer = 0;
    if (this.#isChanged) this.#store.save(this.draftKey, this.fields);
  }

  #saveSoon(delay) {
    clearTimeout(this.#serverTimer);
    this.#serverTimer = setTimeout(() => this.save(), delay);
  }

  /* Saves the form on the server and shows the result. Returns whether the server has it. */
  async save() {
    clearTimeout(this.#serverTimer);
    this.saveLocally();
    if (this.#request) await this.#request;
    if (!this.#isChanged) return true;
    const fields = this.fields;
    this.#show("saving");
    this.#request = this.#post(fields);
    const response = await this.#request;
    this.#request = null;
    if (!this.isConnected) return Boolean(response?.ok);
    if (!response?.ok) return this.#showFailure(response);
    if (!sameFields(fields, this.fields)) return this.markChanged() ?? false;
    this.#isChanged = false;
    if (this.hasAttribute("data-manual")) this.#store.markSaved(this.draftKey);
    else this.#store.remove(this.draftKey);
    this.#show("saved");
    return true;
  }

  #post(fields, options = {}) {
    return send(this.dataset.href, this.#data(fields), { ...BY_SCRIPT, ...options });
  }

  #data(fields) {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) for (const part of [value].flat()) data.append(name, part);
    const token = this.querySelector("input");
    data.set(token.name, token.value);
    return data;
  }

  async #showFailure(response) {
    const [reason] = await errorsOf(response);
    this.#show(response ? "refused" : "offline", reason ?? this.dataset.unsaved);
    // What the server has refused, it would refuse again.
    if (!response || response.status >= 500) this.#saveSoon(RETRY_DELAY);
    return false;
  }

  #show(state, reason = "") {
    const line = this.querySelector(".unsent-state");
    line.dataset.state = state;
    line.textContent = (this.dataset[state] ?? "").replace("%reason", reason).replace("%time", timeOf(Date.now()));
  }

  #leave() {
    this.saveLocally();
    if (!this.#isChanged || this.#request) return;
    const fields = this.fields;
    this.#post(fields, { keepalive: JSON.stringify(fields).length < MAX_KEEPALIVE });
  }

  /* Handles a page restored from the browser's cache: the cookie now says what was sent from it. */
  #comeBack() {
    forgetSent(this.#store);
    this.#isChanged = this.#hasUnsentText = Boolean(this.#store.load(this.draftKey));
  }

  /* Handles submitting: the text stays in this browser until the server has accepted the form. */
  #submit(event) {
    if (event.defaultPrevented || event.submitter?.name === "preview") return;
    if (this.#request) {
      event.preventDefault();
      this.#submitLater(event.submitter);
      return;
    }
    this.#isChanged ||= Boolean(this.#store.load(this.draftKey));
    if (navigator.onLine) {
      this.saveLocally();
      this.#stop();
      return;
    }
    if (this.hasAttribute("data-manual")) return;
    event.preventDefault();
    if (this.queue(event.submitter)) return;
    this.markChanged();
    this.saveLocally();
    this.#show("offline");
  }

  /* Keeps the form, as `submitter` would send it, to be sent when there is a connection, even if this page is closed by then; and
     empties it, unless it is an edit. Returns false for a form that cannot wait: only posts can, and chosen files are not kept. */
  queue(submitter, { url = this.form.action, more = {} } = {}) {
    const { elements } = this.form, isEdit = this.hasAttribute("data-edits");
    const hasFile = [...elements].some(({ type, files }) => type === "file" && files.length);
    if (!elements.source?.value.trim() || !elements.key || hasFile) return false;
    const token = this.querySelector("input");
    const button = submitter?.name ? { [submitter.name]: submitter.value } : {};
    const fields = { ...this.fields, ...button, ...more, [token.name]: token.value };
    const texts = Object.fromEntries(LATER_TEXTS.map((name) => [name, this.dataset[name]]));
    const id = isEdit ? this.draftKey : elements.key.value;
    if (!new Outbox(browserStorage(), this.dataset.account).add(id, { url, draftKey: this.draftKey, fields, texts })) return false;
    this.#queued = { id, fields };
    this.markSent();
    if (!isEdit) this.#startAnew();
    this.#show("queued");
    this.querySelector("[data-action=unqueue]").hidden = isEdit;
    this.dispatchEvent(new CustomEvent("unsent-queued", { bubbles: true, detail: this.dataset.queued }));
    document.dispatchEvent(new CustomEvent("outbox-added"));
    return true;
  }

  #startAnew() {
    for (const name of ["source", "title", "tags", "reply_to"]) if (this.form.elements[name]) this.form.elements[name].value = "";
    this.form.elements.key.value = randomKey();
  }

  /* Takes back what waits to be sent, to be changed. */
  #unqueue() {
    const { id, fields } = this.#queued;
    new Outbox(browserStorage(), this.dataset.account).remove(id);
    this.fill({ ...fields, source: mergeTexts(fields.source, this.fields.source) });
    this.querySelector("[data-action=unqueue]").hidden = true;
    this.markChanged();
  }

  /* What waited has been sent: the form forgets it, and saves again what has been written in it since. */
  #handleSentLater({ draftKey, fields }) {
    if (draftKey !== this.draftKey) return;
    this.querySelector("[data-action=unqueue]").hidden = true;
    if (fields.source === this.fields.source) {
      this.markSent();
      if (!this.hasAttribute("data-edits")) this.#startAnew();
    } else if (this.fields.source) this.markChanged();
    else this.#show("idle");
  }

  /* Submits the form once a pending save has arrived, so that the save cannot come after it. */
  async #submitLater(submitter) {
    await Promise.race([this.#request, new Promise((done) => { setTimeout(done, MAX_WAIT); })]);
    this.#request = null;
    this.form?.requestSubmit(submitter);
  }

  #stop() {
    clearTimeout(this.#serverTimer);
    clearTimeout(this.#localTimer);
    this.#localTimer = this.#serverTimer = 0;
    this.#isChanged = false;
  }

  /* The account signs out in another tab, where its text was kept or discarded. */
  #forgetText() {
    this.#stop();
    this.#hasUnsentText = false;
  }

  /* Waits for a pending save, so that it cannot arrive after what is sent next. */
  async waitForSave() {
    this.saveLocally();
    clearTimeout(this.#serverTimer);
    await this.#request;
  }

  /* Records that the server has accepted what a script has sent; what was typed since is a new text. */
  markSent() {
    this.#stop();
    this.#hasUnsentText = false;
    this.#store.remove(this.draftKey);
    this.#show("idle");
    this.querySelector(".unsent-restored").hidden = true;
  }

  /* Fills in the unsent text. */
  #restore() {
    const unsent = this.load();
    if (!unsent || sameFields(unsent.fields, this.fields)) return this.#tellServer(unsent);
    // The server has filled in what it had: neither text may replace the other.
    const source = this.hasAttribute("data-restored") ? mergeTexts(this.fields.source, unsent.fields.source) : unsent.fields.source;
    this.fill(source === undefined ? unsent.fields : { ...unsent.fields, source });
    const notice = this.querySelector(".unsent-restored");
    notice.hidden = false;
    notice.querySelector(".when").textContent = new Date(unsent.at).toLocaleString(document.documentElement.lang);
    this.dispatchEvent(new CustomEvent("unsent-restored", { bubbles: true }));
    this.#tellServer(unsent);
  }

  /* Saves on the server what only this browser had. */
  #tellServer(unsent) {
    if (!unsent || !this.#store.load(this.draftKey)) return;
    this.#isChanged = true;
    this.#saveSoon(0);
  }

  /* Sets the form's fields. Those that are not in `fields` stay as they are, except that boxes are unticked. */
  fill(fields) {
    for (const control of this.form.elements) {
      const { name, type } = control;
      if (type === "checkbox" || type === "radio") {
        // A group of radio buttons always has a choice.
        if (type === "radio" && !(name in fields)) continue;
        if (name && name !== "unsent_text") control.checked = [fields[name] ?? []].flat().includes(control.value);
      } else if (name in fields && type !== "file" && control.value !== undefined) setValue(control, fields[name]);
    }
  }

  async #act(action) {
    if (action === "discard") await this.discard();
    if (action === "unqueue") this.#unqueue();
  }

  /* Deletes what was written, here and on the server, and shows the form as it was before. */
  async discard() {
    this.#stop();
    this.#hasUnsentText = false;
    this.#store.remove(this.draftKey);
    const data = this.#data({});
    data.set("discard", "1");
    this.querySelector(".unsent-restored").hidden = true;
    await send(this.dataset.href, data, BY_SCRIPT);
    if (this.hasAttribute("data-manual")) return;
    if (!this.hasAttribute("data-restored")) this.fill(this.#initial);
    else if (this.hasAttribute("data-edits")) location.replace(location.pathname + location.search);
    else this.#empty();
    this.#show("idle");
  }

  #empty() {
    for (const control of this.form.elements) {
      if (control.matches("textarea, input:not([type]), input[type=text]")) setValue(control, "");
    }
  }
}

/* Sets the value of a control, and of the rich-text editor that replaces it. */
function setValue(control, value) {
  if (control.type === "select-multiple") {
    for (const option of control.options) option.selected = [value].flat().includes(option.value);
    return;
  }
  control.value = [value].flat()[0] ?? "";
  const editor = control.closest("lesson-editor, .prose-editor")?.querySelector(".ProseMirror")?.editor;
  editor?.commands.setContent(control.value);
  control.closest("tag-completion")?.show?.();
}

function timeOf(moment) {
  return new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

customElements.define("unsent-text", UnsentText);
