/* The form for an annotation's text: beside its passage where there is a margin, else a sheet from below. */

import { clear, load, save } from "./draft-store.js";
import { appendPassage, randomKey, submit } from "./submit.js";

const SAVE_DELAY = 300;
const NARROW = 960;
const MIN_TOP = 80;
const EDGE = 16;
// A passage of an earlier revision has the server's offsets, but not those of the page.
const EARLIER_REVISION = { hasServerOffsets: false, isOfEarlierRevision: true };

export class AnnotationForm {
  #section;
  #form;
  #passage = null;
  #editUrl = "";
  #previous = null;
  #timer = 0;
  #options;

  /* `options`: url, draftKey, revision, messages, signal, and callbacks: changed, leave, announce, passageAt, rangeOf,
     highlight. */
  constructor(toolbar, options) {
    this.#options = options;
    this.#section = toolbar.querySelector(".annotation-form");
    this.#form = this.#section.querySelector("form");
    const { signal } = options;
    this.#form.addEventListener("input", () => this.#saveSoon(), { signal });
    this.#form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#section.addEventListener("click", (event) => {
      this.#act(event.target.closest("[data-action]")?.dataset.action);
    }, { signal });
    this.#section.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    addEventListener("pagehide", () => this.#save(), { signal });
    for (const target of [window, visualViewport]) target.addEventListener("resize", () => this.#position(), { signal });
  }

  get isOpen() { return !this.#section.hidden; }
  get #source() { return this.#form.elements.source; }
  get #label() { return this.#form.elements.kind; }
  get #callbacks() { return this.#options.callbacks; }

  /* Opens the form for `passage` with the text that is in it already. `editUrl` is that of a highlight to comment on. */
  open(passage, label, editUrl = "") {
    this.#passage = passage;
    this.#editUrl = editUrl;
    appendPassage({ set: (name, value) => { this.#form.elements[name].value = value; } }, passage);
    this.#form.elements.title.value = `${passage.revision} ${passage.start} ${passage.end}`;
    const title = this.#section.dataset.draftTitle;
    const isOfOtherPassage = Boolean(this.#source.value.trim() && title && title !== this.#form.elements.title.value);
    if (isOfOtherPassage) this.#previous = { title, label: this.#label.value };
    if ([...this.#label.options].some(({ value }) => value === label)) this.#label.value = label;
    this.#section.querySelector(".passage").textContent = passage.exact;
    this.#section.querySelector(".restored-draft").hidden = !isOfOtherPassage;
    this.#section.querySelector("[data-action=back]").hidden = !this.#previous || !this.#draftAt(this.#previous.title);
    this.#section.querySelector("[data-action=highlight]").hidden = Boolean(editUrl);
    this.#section.querySelector("details").open = Boolean(this.#form.elements.tags?.value);
    this.#showErrors([]);
    this.#section.hidden = false;
    this.#position();
    this.#uncoverPassage();
    this.#source.focus({ preventScroll: true });
    this.#save();
  }

  /* Returns what was being written when the page was left: in this tab, or as a draft on the server. */
  restoreDraft() {
    const { draftKey } = this.#options;
    const stored = load(draftKey);
    if (stored?.source.trim()) {
      if (stored.passage.revision !== this.#options.revision) Object.assign(stored.passage, EARLIER_REVISION);
      for (const name of ["source", "tags"]) {
        if (this.#form.elements[name]) this.#form.elements[name].value = stored[name] ?? "";
      }
      return stored;
    }
    const draft = this.#source.value.trim() ? this.#draftAt(this.#section.dataset.draftTitle) : null;
    if (!draft) clear(draftKey);
    return draft;
  }

  /* Returns the draft whose title names its passage: revision, start, end. Of an earlier revision the server has sent the
     quote, and finds where it is now. */
  #draftAt(title) {
    const [revision, start, end] = title.split(" ").map(Number);
    const exact = this.#section.dataset.draftQuote;
    let passage = null;
    if (end && revision === this.#options.revision) passage = this.#callbacks.passageAt(start, end);
    else if (end && exact) passage = { revision, start, end, exact, prefix: "", suffix: "", ...EARLIER_REVISION };
    return passage && { passage, label: this.#label.value };
  }

  discard() {
    this.#source.value = "";
    // An empty draft counts as none: the server deletes its copy too.
    this.#source.dispatchEvent(new Event("input", { bubbles: true }));
    this.#reset();
  }

  #reset() {
    clearTimeout(this.#timer);
    clear(this.#options.draftKey);
    for (const name of ["source", "tags", "image", "alt"]) {
      if (this.#form.elements[name]) this.#form.elements[name].value = "";
    }
    this.#form.elements.key.value = randomKey();
    this.#section.dataset.draftTitle = "";
    this.#form.querySelector(".preview").hidden = true;
  }

  #saveSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), SAVE_DELAY);
  }

  #save() {
    clearTimeout(this.#timer);
    if (!this.#passage || !this.isOpen) return;
    const { source, tags, kind } = this.#form.elements;
    if (!source.value.trim()) return;
    save(this.#options.draftKey, {
      passage: this.#passage,
      label: kind.value,
      editUrl: this.#editUrl,
      source: source.value,
      tags: tags?.value,
    });
    this.#section.dataset.draftTitle = this.#form.elements.title.value;
  }

  async #submit(event) {
    const { submitter } = event;
    if (submitter?.name !== "audience") return;
    event.preventDefault();
    this.#save();
    const data = new FormData(this.#form, submitter);
    if (this.#editUrl) data.set("action", "comment");
    const buttons = this.#form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    this.#section.setAttribute("aria-busy", "true");
    const { ok, body, errors } = await submit(this.#editUrl || this.#options.url, data, this.#options.messages);
    for (const button of buttons) button.disabled = false;
    this.#section.removeAttribute("aria-busy");
    if (!ok) return this.#showErrors(errors);
    this.#reset();
    this.#leave(body.notice);
    this.#callbacks.changed(body);
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
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#form.requestSubmit(this.#form.querySelector("[name=audience]"));
    }
  }

  #act(action) {
    const { dataset } = this.#section;
    if (action === "close") {
      this.#save();
      this.#leave(this.#source.value.trim() ? dataset.waiting : "");
    } else if (action === "discard") {
      this.discard();
      this.#leave(dataset.discarded);
    } else if (action === "back") {
      this.open(this.#draftAt(this.#previous.title).passage, this.#previous.label);
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
    for (const name of ["top", "left"]) this.#section.style.removeProperty(name);
    // Some on-screen keyboards lie over the page instead of making it smaller.
    const { height: visible, offsetTop, scale } = visualViewport;
    const keyboard = scale === 1 ? Math.max(0, innerHeight - visible - offsetTop) : 0;
    this.#section.style.setProperty("--keyboard", `${keyboard}px`);
    if (isSheet) return;
    const text = document.querySelector("[data-revision]").getBoundingClientRect();
    const { width, height } = this.#section.getBoundingClientRect();
    const maxLeft = document.documentElement.clientWidth - width - EDGE;
    const left = margin.left > text.left ? Math.min(margin.left, maxLeft) : Math.max(EDGE, margin.right - width);
    const passage = this.#passage ? this.#callbacks.rangeOf(this.#passage)?.getBoundingClientRect() : null;
    const top = Math.max(MIN_TOP, Math.min(passage?.top ?? MIN_TOP, innerHeight - height - EDGE));
    this.#section.style.setProperty("left", `${left}px`);
    this.#section.style.setProperty("top", `${top + scrollY}px`);
  }
}
