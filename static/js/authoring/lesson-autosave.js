/* Saves the text of a draft as one types, and says so in the page's bar. What the server does not take, because it cannot be
   reached, the session has ended or somebody else has saved meanwhile, stays in this browser and comes back with the page. */

import { browserStorage, SIGNING_OUT } from "../unsent/browser-storage.js";
import { readFields } from "../unsent/lib/fields.js";
import { UnsentStore } from "../unsent/lib/store.js";
import { currentToken, send } from "../unsent/send.js";
import { forgetSent } from "../unsent/sent-cookie.js";
import "./lesson-editor.js";
import { changedFields, failureOf, pick } from "./lib/draft-fields.js";

const LOCAL_DELAY = 200;
const SAVE_DELAY = 1500;
// Who types without a pause is saved this often.
const MAX_DELAY = 8000;
const RETRY_DELAY = 15_000;
const MAX_WAIT = 5000;
// The most characters of a request that may outlive its page (`keepalive`).
const MAX_KEEPALIVE = 60_000;
const BY_SCRIPT = { headers: { Accept: "application/json" }, redirect: "manual" };

const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

class LessonAutosave extends HTMLElement {
  #store;
  #listening;
  #saved = {};
  // Names the text that is being written: the server tells by it which text it has taken (`unsent/sent-cookie.js`).
  #key = newKey();
  #storedKey = "";
  #localTimer = 0;
  #saveTimer = 0;
  #changedAt = 0;
  #request = null;
  #problem = "";
  #isLeaving = false;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#store = new UnsentStore(browserStorage(), this.dataset.account);
    forgetSent(this.#store);
    this.#saved = this.hasAttribute("data-unsaved") ? {} : this.fields;
    this.form.addEventListener("input", ({ target }) => this.#changed(target), { signal });
    this.form.addEventListener("change", ({ target }) => this.#changed(target), { signal });
    this.form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("click", (event) => event.target.closest("[data-action=discard]") && this.#discardHere(), { signal });
    document.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    document.addEventListener("check-saved", ({ detail }) => this.#showStatus(detail.status), { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && this.#retry(), { signal });
    window.addEventListener("online", () => this.#retry(), { signal });
    window.addEventListener("focus", () => this.#retry(), { signal });
    window.addEventListener("pagehide", () => this.#leave(), { signal });
    window.addEventListener("beforeunload", (event) => this.#warn(event), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#comeBack(), { signal });
    window.addEventListener("storage", ({ key, newValue }) => {
      if (key === SIGNING_OUT && newValue === this.dataset.account) this.forget();
    }, { signal });
    if (this.hasAttribute("data-unsaved")) this.#show(this.dataset.restored);
    else this.#restore();
  }

  disconnectedCallback() {
    this.#stop();
    this.#listening.abort();
  }

  get form() { return this.closest("form"); }
  get fields() { return readFields(this.form.elements); }
  get #textNames() { return this.dataset.text.split(" "); }
  get #isFrozen() { return ["conflict", "gone"].includes(this.#problem); }
  /* What the server does not have. */
  get #changes() { return changedFields(this.#saved, this.fields); }
  get #isTextChanged() {
    const names = this.#textNames;
    return Object.keys(changedFields(pick(this.#saved, names), pick(this.fields, names))).length > 0;
  }

  get hasUnsentText() { return Object.keys(this.#changes).length > 0; }

  /* Compares nothing yet: it is called for each key, and the text may be long. */
  #changed(control) {
    this.#localTimer ||= setTimeout(() => this.saveLocally(), LOCAL_DELAY);
    if (!this.#textNames.includes(control.name)) return;
    this.#changedAt ||= Date.now();
    this.#saveSoon(Math.max(0, Math.min(SAVE_DELAY, this.#changedAt + MAX_DELAY - Date.now())));
  }

  #showSettings() {
    const others = Object.keys(pick(this.#changes, this.dataset.settings.split(" ")));
    const line = document.querySelector("[data-part=settings-state]");
    if (line) line.hidden = !others.length;
  }

  /* Keeps what the server does not have in this browser. */
  saveLocally() {
    clearTimeout(this.#localTimer);
    this.#localTimer = 0;
    this.#showSettings();
    const changes = this.#changes;
    this.form.elements.form_key.value = this.#key;
    if (!Object.keys(changes).length) return this.#removeStored();
    const { version } = this.fields;
    this.#storedKey = this.#key;
    return this.#store.save(this.dataset.draftKey, { ...changes, version, form_key: this.#key });
  }

  /* Removes what this page has stored, not what the same lesson in another tab has. */
  #removeStored() {
    const stored = this.#store.load(this.dataset.draftKey);
    if (stored && stored.fields.form_key === this.#storedKey) this.#store.remove(this.dataset.draftKey);
  }

  #saveSoon(delay) {
    clearTimeout(this.#saveTimer);
    if (!this.#isFrozen) this.#saveTimer = setTimeout(() => this.save(), delay);
  }

  #retry() {
    if (this.#problem && this.#problem !== "refused" && this.#isTextChanged) this.#saveSoon(0);
  }

  /* Ctrl+S saves at once; changed settings, too, which readers see. */
  #handleKey(event) {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const hasSettings = Object.keys(pick(this.#changes, this.dataset.settings.split(" "))).length;
    if (hasSettings || this.#isFrozen) this.form.querySelector("[name=_continue]").click();
    else this.save().then((isSaved) => isSaved && this.#showSaved());
  }

  /* Saves the text on the server. Returns whether the server has it. */
  async save() {
    clearTimeout(this.#saveTimer);
    this.saveLocally();
    if (this.#request) await this.#request;
    if (!this.#isTextChanged) return true;
    if (this.#isFrozen) return false;
    const fields = this.fields;
    this.#changedAt = 0;
    this.#show(this.dataset.saving);
    this.#request = this.#post(fields);
    const { response, answer } = await this.#request;
    this.#request = null;
    if (!this.isConnected) return Boolean(response?.ok);
    if (!response?.ok) return this.#showFailure(failureOf(response, answer), answer);
    this.#accept(fields, answer);
    return true;
  }

  async #post(fields, options = {}) {
    const data = new FormData();
    for (const name of [...this.#textNames, "version", "unsent_text"]) {
      data.set(name, fields[name] ?? this.form.elements[name]?.value ?? "");
    }
    data.set("form_key", this.#key);
    this.#key = newKey();
    const response = await send(this.dataset.href, data, { ...BY_SCRIPT, ...options });
    const isJson = response?.headers.get("Content-Type")?.includes("json");
    return { response, answer: isJson ? await response.json().catch(() => null) : null };
  }

  #accept(fields, { version, status, merged = null, own_version: ownVersion = "", message = "" }) {
    this.#saved = { ...this.#saved, ...pick(fields, this.#textNames) };
    const isCurrent = !this.#isTextChanged;
    this.form.elements.version.value = merged && !isCurrent ? ownVersion : version;
    if (merged && isCurrent) this.#showMerged(merged, message);
    this.#problem = "";
    forgetSent(this.#store);
    this.saveLocally();
    this.#showSaved();
    this.#showStatus(status);
    this.#showNotice(false);
    document.dispatchEvent(new CustomEvent("lesson-saved", { detail: { version } }));
    if (this.#isTextChanged) this.#saveSoon(SAVE_DELAY);
  }

  /* Shows what the server has made of both texts. Where somebody has typed on, the next save merges them once more. */
  #showMerged(merged, message) {
    for (const [name, value] of Object.entries(merged)) {
      const control = this.form.elements[name];
      if (control.value !== value) setValue(control, value);
      this.#saved[name] = control.value;
    }
    const note = document.querySelector("[data-part=save-note]");
    note.textContent = message;
    note.hidden = !message;
  }

  #showStatus(status) {
    const chip = document.querySelector(".editor-bar [data-part=status]");
    if (!chip || !status) return;
    chip.querySelector(".long").textContent = status.label;
    chip.querySelector(".short").textContent = status.short;
    chip.className = `status-badge status-${status.value}`;
  }

  #showFailure(problem, answer) {
    this.#problem = problem;
    this.saveLocally();
    const reason = answer?.errors?.join(" ") ?? "";
    this.#show(this.dataset[problem], this.dataset[`${problem}More`]?.replace("%reason", reason) ?? reason);
    if (problem === "conflict") this.#keepOnServer();
    else if (problem === "offline" || problem === "busy") this.#saveSoon(RETRY_DELAY);
    return false;
  }

  #showSaved() {
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    this.#show(this.dataset.saved.replace("%time", time));
  }

  #show(text, more = "") {
    const state = document.querySelector("[data-part=save-state]");
    state.textContent = text;
    state.classList.toggle("problem", Boolean(this.#problem) && text !== this.dataset.saving);
    const line = document.querySelector("[data-part=save-problem]");
    line.hidden = !this.#problem || !more;
    line.querySelector("[data-part=reason]").textContent = more;
    line.querySelector("[data-part=sign-in]").hidden = this.#problem !== "signedOut";
    line.querySelector("[data-part=compare]").hidden = this.#problem !== "conflict";
  }

  /* Keeps what was written on the server, too, apart from the draft: for another browser. */
  #keepOnServer() {
    return this.#sendUnsent({ ...this.#changes, version: this.fields.version });
  }

  #sendUnsent(fields, more = {}) {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) for (const part of [value].flat()) data.append(name, part);
    for (const [name, value] of Object.entries(more)) data.set(name, value);
    data.set("unsent_text", this.form.elements.unsent_text.value);
    return send(this.dataset.unsent, data, BY_SCRIPT);
  }

  /* Puts back what was written and not saved: kept in this browser, or by the server after the session had ended. */
  #restore() {
    const record = this.#newest();
    if (!record) return;
    const { version, ...fields } = record.fields;
    const changes = changedFields(this.fields, { ...this.fields, ...fields });
    if (!Object.keys(changes).length) return this.#store.remove(this.dataset.draftKey);
    // The version that the text was written on: if somebody has saved another since, the server says so.
    if (version) this.form.elements.version.value = version;
    for (const control of this.form.elements) if (control.name in changes) setValue(control, changes[control.name]);
    this.#showNotice(true, record.at);
    this.#show(this.dataset.restored);
    this.saveLocally();
  }

  #newest() {
    const local = this.#store.load(this.dataset.draftKey);
    const { stored, storedAt } = this.dataset;
    const server = stored ? { fields: JSON.parse(stored), at: Date.parse(storedAt) } : null;
    return local && (!server || local.at >= server.at) ? local : server;
  }

  #showNotice(isShown, at = 0) {
    const notice = this.querySelector(".unsent-restored");
    notice.hidden = !isShown;
    if (at) notice.querySelector(".when").textContent = new Date(at).toLocaleString(document.documentElement.lang);
  }

  /* Forgets what was written and not saved, here and on the server. */
  async discard() {
    this.forget();
    this.#store.remove(this.dataset.draftKey);
    await this.#sendUnsent({}, { discard: "1" });
  }

  async #discardHere() {
    await this.discard();
    location.replace(location.pathname + location.search);
  }

  #leave() {
    if (this.#isLeaving) return;
    this.saveLocally();
    if (!this.#isTextChanged || this.#request || this.#isFrozen) return;
    const fields = this.fields;
    if (JSON.stringify(pick(fields, this.#textNames)).length < MAX_KEEPALIVE) this.#post(fields, { keepalive: true });
  }

  /* Asks before the page is left with something that is saved nowhere but in this browser. */
  #warn(event) {
    if (!this.#isLeaving && this.hasUnsentText && (this.#problem || !this.#isTextChanged)) event.preventDefault();
  }

  /* A page from the browser's cache may show an old version. */
  #comeBack() {
    this.#isLeaving = false;
    if (!this.hasUnsentText || !this.#problem) location.reload();
  }

  /* Submits the form once a save on its way has arrived: the form carries the version that it makes. */
  #submit(event) {
    if (event.defaultPrevented) return;
    if (this.#request) {
      event.preventDefault();
      const { submitter } = event;
      Promise.race([this.#request, new Promise((done) => { setTimeout(done, MAX_WAIT); })]).then(() => {
        this.#request = null;
        this.form.requestSubmit(submitter);
      });
    } else if (this.#problem === "gone") {
      event.preventDefault();
      this.#submitIfBack(event.submitter);
    } else if (navigator.onLine) {
      this.form.elements.csrfmiddlewaretoken.value = currentToken() ?? this.form.elements.csrfmiddlewaretoken.value;
      this.saveLocally();
      this.#stop();
      this.#isLeaving = true;
    } else {
      event.preventDefault();
      this.#showFailure("offline");
    }
  }

  /* Submits the form if the lesson has been put back since. Otherwise a page that says "not found" would replace the text. */
  async #submitIfBack(submitter) {
    this.#problem = "";
    if (await this.save()) this.form.requestSubmit(submitter);
  }

  /* The account signs out: its text was kept or discarded, and nothing more is stored here. */
  forget() {
    this.#stop();
    this.#isLeaving = true;
  }

  #stop() {
    clearTimeout(this.#localTimer);
    clearTimeout(this.#saveTimer);
    this.#localTimer = this.#saveTimer = 0;
  }
}

/* Sets the value of a control, and of the editor that stands for it. */
function setValue(control, value) {
  if (control.type === "checkbox" || control.type === "radio") {
    control.checked = [value].flat().includes(control.value);
    return;
  }
  control.value = [value].flat()[0] ?? "";
  control.closest("lesson-editor, tag-completion")?.show?.(control.value);
}

customElements.define("lesson-autosave", LessonAutosave);
