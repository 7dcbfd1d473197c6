/* The form for an annotation's text: beside its passage where there is a margin, else a sheet from below. */

import { addMessage } from "../../page-messages.js";
import { remainder } from "../../unsent/lib/fields.js";
import { randomKey } from "../../unsent/random-key.js";
import { appendPassage, submit } from "./submit.js";

const NARROW = 1024;
const MIN_WIDTH = 288;
const MIN_TOP = 80;
const EDGE = 16;

const isSame = (one, two) => ["revision", "start", "end"].every((name) => one?.[name] === two[name]);

export class AnnotationForm {
  #section;
  #form;
  #passage = null;
  #editUrl = "";
  // What the text in the form is about, and what it was about before: { passage, label, editUrl }.
  #draft = null;
  #previous = null;
  #options;

  /* `options`: url, revision, messages, signal, and callbacks: changed, leave, announce, passageAt, rangeOf,
     highlight. */
  constructor(toolbar, options) {
    this.#options = options;
    this.#section = toolbar.querySelector(".annotation-form");
    this.#form = this.#section.querySelector("form");
    const { signal } = options;
    this.#form.addEventListener("input", () => this.#rememberDraft(), { signal });
    this.#form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#section.addEventListener("click", (event) => {
      this.#act(event.target.closest("[data-action]")?.dataset.action);
    }, { signal });
    this.#section.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    for (const target of [window, visualViewport]) target.addEventListener("resize", () => this.#position(), { signal });
  }

  get isOpen() { return !this.#section.hidden; }
  get #source() { return this.#form.elements.source; }
  get #unsent() { return this.#form.querySelector("unsent-text"); }
  get #label() { return this.#form.elements.kind; }
  get #callbacks() { return this.#options.callbacks; }

  /* Opens the form for `passage` with the text that is in it already. `editUrl` is that of a highlight to comment on. */
  open(passage, label, editUrl = "") {
    this.#passage = passage;
    this.#editUrl = editUrl;
    appendPassage({ set: (name, value) => { this.#form.elements[name].value = value; } }, passage);
    this.#form.elements.edit_url.value = editUrl;
    const isOfOtherPassage = Boolean(this.#source.value.trim() && this.#draft && !isSame(this.#draft.passage, passage));
    if (isOfOtherPassage) this.#previous = this.#draft;
    if ([...this.#label.options].some(({ value }) => value === label)) this.#label.value = label;
    this.#section.querySelector(".passage").textContent = passage.exact;
    this.#section.querySelector(".restored-draft").hidden = !isOfOtherPassage;
    this.#section.querySelector("[data-action=back]").hidden = !this.#previous?.passage;
    this.#section.querySelector("[data-action=highlight]").hidden = Boolean(editUrl);
    this.#section.querySelector(".attach").open = Boolean(this.#form.elements.tags?.value);
    this.#showErrors([]);
    this.#section.hidden = false;
    this.#position();
    this.#uncoverPassage();
    this.#source.focus({ preventScroll: true });
    if (this.#source.value.trim()) this.#unsent.markChanged();
    this.#rememberDraft();
  }

  /* Fills in the unsent text and returns what it is about: { passage, label, editUrl }, or null. */
  restoreDraft() {
    const fields = this.#unsent.load()?.fields;
    if (!fields?.source?.trim()) return null;
    this.#unsent.fill(fields);
    this.#draft = { passage: this.#passageOf(fields), label: this.#label.value, editUrl: fields.edit_url ?? "" };
    return this.#draft;
  }

  /* Returns the passage of a stored form, or null. The server finds where a passage of an earlier revision is now. */
  #passageOf({ exact = "", prefix = "", suffix = "", ...fields }) {
    const [revision, start, end] = [fields.revision, fields.start, fields.end].map(Number);
    if (end && revision === this.#options.revision) return this.#callbacks.passageAt(start, end);
    if (!exact) return null;
    return { revision, start, end, exact, prefix, suffix, hasServerOffsets: false, isOfEarlierRevision: Boolean(end) };
  }

  discard() {
    this.#unsent.discard();
    this.#empty();
  }

  #empty() {
    for (const name of ["source", "tags", "image", "alt"]) {
      if (this.#form.elements[name]) this.#form.elements[name].value = "";
    }
    this.#form.elements.key.value = randomKey();
    this.#draft = this.#previous = null;
    this.#form.querySelector("text-composer").showText();
  }

  #rememberDraft() {
    if (!this.#passage || !this.#source.value.trim()) return;
    this.#draft = { passage: this.#passage, label: this.#label.value, editUrl: this.#editUrl };
  }

  /* Sends the note. What was typed meanwhile stays, as the beginning of another note on the same passage. */
  async #submit(event) {
    const { submitter } = event;
    if (event.defaultPrevented || submitter?.name !== "send") return;
    event.preventDefault();
    await this.#unsent.waitForSave();
    const data = new FormData(this.#form, submitter), sent = this.#source.value;
    if (this.#editUrl) data.set("action", "comment");
    const buttons = this.#form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    this.#section.setAttribute("aria-busy", "true");
    const url = this.#editUrl || this.#options.url;
    const { ok, isOffline, body, errors } = await submit(url, data, this.#options.messages);
    for (const button of buttons) button.disabled = false;
    this.#section.removeAttribute("aria-busy");
    if (isOffline && this.#unsent.queue(submitter, { url, more: this.#editUrl ? { action: "comment" } : {} })) {
      this.#empty();
      addMessage(this.#unsent.dataset.queued, { kind: "warning waiting", label: this.#unsent.dataset.dismiss });
      return this.#leave("");
    }
    if (!ok) return this.#handleRefusal(errors);
    const typedSince = remainder(sent, this.#source.value);
    this.#unsent.markSent();
    this.#empty();
    if (typedSince) this.#continue(typedSince, body.notice);
    else this.#leave(body.notice);
    this.#callbacks.changed(body);
  }

  #handleRefusal(errors) {
    this.#unsent.markChanged();
    this.#showErrors(errors);
  }

  #continue(text, notice) {
    this.#editUrl = this.#form.elements.edit_url.value = "";
    this.#source.value = text;
    this.#rememberDraft();
    this.#unsent.markChanged();
    this.#showErrors([]);
    this.#callbacks.announce(notice);
  }

  #showErrors(errors) {
    const panel = this.#section.querySelector(".error-panel");
    panel.hidden = !errors.length;
    panel.replaceChildren(...errors.map((message) => {
      return Object.assign(document.createElement("p"), { textContent: message });
    }));
    if (!errors.length) return;
    panel.scrollIntoView({ block: "nearest" });
    this.#position();
  }

  #handleKey(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#act("close");
    }
  }

  #act(action) {
    const { dataset } = this.#section;
    if (action === "close") {
      this.#unsent.save();
      this.#leave(this.#source.value.trim() ? dataset.waiting : "");
    } else if (action === "discard") {
      this.discard();
      this.#leave(dataset.discarded);
    } else if (action === "back") {
      this.open(this.#previous.passage, this.#previous.label, this.#previous.editUrl);
    } else if (action === "highlight") {
      this.#section.hidden = true;
      this.#callbacks.highlight(this.#passage, this.#label.value);
    }
  }

  #leave(message) {
    this.#section.hidden = true;
    this.#callbacks.leave();
    if (message) this.#callbacks.announce(message);
  }

  /* Scrolls the end of the passage out from under a sheet. */
  #uncoverPassage() {
    const end = this.#callbacks.rangeOf(this.#passage)?.getBoundingClientRect().bottom;
    const covered = end - this.#section.getBoundingClientRect().top + EDGE;
    if (this.#section.matches(".at-edge") && covered > 0) scrollBy({ top: covered, behavior: "instant" });
  }

  /* In the margin, level with the passage and fully visible; over the text's edge where the margin is narrow. */
  #position() {
    if (!this.isOpen) return;
    const columns = [".annotations", ".margin"].map((name) => document.querySelector(name)?.getBoundingClientRect());
    const margin = columns.find((box) => box?.width);
    const isSheet = !margin?.width || innerWidth <= NARROW;
    this.#section.classList.toggle("at-edge", isSheet);
    for (const name of ["top", "left", "inline-size"]) this.#section.style.removeProperty(name);
    // Some on-screen keyboards lie over the page instead of making it smaller.
    const { height: visible, offsetTop, scale } = visualViewport;
    const keyboard = scale === 1 ? Math.max(0, innerHeight - visible - offsetTop) : 0;
    this.#section.style.setProperty("--keyboard", `${keyboard}px`);
    if (isSheet) return;
    const text = document.querySelector("[data-revision]").getBoundingClientRect();
    this.#section.style.setProperty("inline-size", `${Math.max(MIN_WIDTH, margin.width)}px`);
    const { width, height } = this.#section.getBoundingClientRect();
    const maxLeft = document.documentElement.clientWidth - width - EDGE;
    const left = margin.left > text.left ? Math.min(margin.left, maxLeft) : Math.max(EDGE, margin.right - width);
    const passage = this.#passage ? this.#callbacks.rangeOf(this.#passage)?.getBoundingClientRect() : null;
    const top = Math.max(MIN_TOP, Math.min(passage?.top ?? MIN_TOP, innerHeight - height - EDGE));
    this.#section.style.setProperty("left", `${left}px`);
    this.#section.style.setProperty("top", `${top + scrollY}px`);
  }
}
