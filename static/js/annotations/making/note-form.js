/* The form for a note's words: beside its passage where there is a margin, else a sheet from below. */

import { forget, keep, kept } from "./kept.js";
import { newKey, putPassage, send } from "./sending.js";

const PAUSE = 300;
const NARROW = 960;
const HIGHEST = 80;
// A passage of an earlier revision: its offsets are the server's, but not those of the page.
const OF_BEFORE = { isSure: false, isOfBefore: true };

export class NoteForm {
  #section;
  #form;
  #passage = null;
  #edit = "";
  #from = null;
  #timer = 0;
  #options;

  /* `options`: address, place, revision, words, on (changed, leave, announce, passageAt, rangeOf, mark), signal. */
  constructor(tools, options) {
    this.#options = options;
    this.#section = tools.querySelector(".note-writing");
    this.#form = this.#section.querySelector("form");
    const { signal } = options;
    this.#form.addEventListener("input", () => this.#later(), { signal });
    this.#form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#section.addEventListener("click", (event) => this.#act(event.target.closest("[data-act]")?.dataset.act), { signal });
    this.#section.addEventListener("keydown", (event) => this.#key(event), { signal });
    addEventListener("pagehide", () => this.#keep(), { signal });
    for (const target of [window, visualViewport]) target.addEventListener("resize", () => this.#place(), { signal });
  }

  get isOpen() { return !this.#section.hidden; }
  get #source() { return this.#form.elements.source; }
  get #kind() { return this.#form.elements.kind; }

  /* The form for `passage`, with the words that are in it already. `edit` is the address of a mark that gets words. */
  open(passage, kind, edit = "") {
    this.#passage = passage;
    this.#edit = edit;
    putPassage({ set: (name, value) => { this.#form.elements[name].value = value; } }, passage);
    this.#form.elements.title.value = `${passage.revision} ${passage.start} ${passage.end}`;
    const from = this.#section.dataset.kept;
    const isOfAnother = Boolean(this.#source.value.trim() && from && from !== this.#form.elements.title.value);
    if (isOfAnother) this.#from = { title: from, kind: this.#kind.value };
    if ([...this.#kind.options].some(({ value }) => value === kind)) this.#kind.value = kind;
    this.#section.querySelector(".passage").textContent = passage.exact;
    this.#section.querySelector(".kept-before").hidden = !isOfAnother;
    this.#section.querySelector("[data-act=back]").hidden = !this.#from || !this.#placed(this.#from.title);
    this.#section.querySelector("[data-act=bare]").hidden = Boolean(edit);
    this.#section.querySelector("details").open = Boolean(this.#form.elements.tags?.value);
    this.#trouble([]);
    this.#section.hidden = false;
    this.#place();
    this.#uncover();
    this.#source.focus({ preventScroll: true });
    this.#keep();
  }

  /* What was being written before the page was left: in this tab, or as a draft on the server. */
  waiting() {
    const { place } = this.#options;
    const written = kept(place);
    if (written?.source.trim()) {
      if (written.passage.revision !== this.#options.revision) Object.assign(written.passage, OF_BEFORE);
      for (const name of ["source", "tags"]) if (this.#form.elements[name]) this.#form.elements[name].value = written[name] ?? "";
      return written;
    }
    const draft = this.#source.value.trim() ? this.#placed(this.#section.dataset.kept) : null;
    if (!draft) forget(place);
    return draft;
  }

  /* What a draft's title says of its passage: revision, start, end. Of a text that is no longer this one the server has
     sent the words, and finds where they stand now. */
  #placed(title) {
    const [revision, start, end] = title.split(" ").map(Number);
    const { on } = this.#options, exact = this.#section.dataset.keptExact;
    let passage = null;
    if (end && revision === this.#options.revision) passage = on.passageAt(start, end);
    else if (end && exact) passage = { revision, start, end, exact, prefix: "", suffix: "", ...OF_BEFORE };
    return passage && { passage, kind: this.#kind.value };
  }

  discard() {
    this.#source.value = "";
    // An empty draft is none: what the server keeps goes too.
    this.#source.dispatchEvent(new Event("input", { bubbles: true }));
    this.#emptied();
  }

  #emptied() {
    clearTimeout(this.#timer);
    forget(this.#options.place);
    for (const name of ["source", "tags", "picture", "alt"]) if (this.#form.elements[name]) this.#form.elements[name].value = "";
    this.#form.elements.key.value = newKey();
    this.#section.dataset.kept = "";
    this.#form.querySelector(".preview").hidden = true;
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), PAUSE);
  }

  #keep() {
    clearTimeout(this.#timer);
    if (!this.#passage || !this.isOpen) return;
    const { source, tags, kind } = this.#form.elements;
    if (!source.value.trim()) return;
    const written = { passage: this.#passage, kind: kind.value, edit: this.#edit, source: source.value, tags: tags?.value };
    keep(this.#options.place, written);
    this.#section.dataset.kept = this.#form.elements.title.value;
  }

  async #submit(event) {
    const { submitter } = event;
    if (submitter?.name !== "audience") return;
    event.preventDefault();
    this.#keep();
    const data = new FormData(this.#form, submitter);
    if (this.#edit) data.set("act", "say");
    const buttons = this.#form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    this.#section.setAttribute("aria-busy", "true");
    const { ok, said, errors } = await send(this.#edit || this.#options.address, data, this.#options.words);
    for (const button of buttons) button.disabled = false;
    this.#section.removeAttribute("aria-busy");
    if (!ok) return this.#trouble(errors);
    this.#emptied();
    this.#leave(said.notice);
    this.#options.on.changed(said);
  }

  #trouble(errors) {
    const box = this.#section.querySelector(".trouble");
    box.hidden = !errors.length;
    box.replaceChildren(...errors.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
    if (!errors.length) return;
    box.scrollIntoView({ block: "nearest" });
    this.#place();
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#act("close");
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#form.requestSubmit(this.#form.querySelector("[name=audience]"));
    }
  }

  #act(act) {
    const { dataset } = this.#section;
    if (act === "close") {
      this.#keep();
      this.#leave(this.#source.value.trim() ? dataset.waiting : "");
    } else if (act === "discard") {
      this.discard();
      this.#leave(dataset.discarded);
    } else if (act === "back") {
      this.open(this.#placed(this.#from.title).passage, this.#from.kind);
    } else if (act === "bare") {
      this.#section.hidden = true;
      this.#options.on.mark(this.#passage, this.#kind.value);
    }
  }

  #leave(words) {
    this.#section.hidden = true;
    this.#options.on.leave();
    if (words) this.#options.on.announce(words);
  }

  /* A sheet from below leaves the end of the passage in sight. */
  #uncover() {
    const end = this.#options.on.rangeOf(this.#passage)?.getBoundingClientRect().bottom;
    const hidden = end - this.#section.getBoundingClientRect().top + 16;
    if (this.#section.matches(".at-edge") && hidden > 0) scrollBy({ top: hidden, behavior: "instant" });
  }

  /* In the margin, level with the passage and whole in sight; over the text's edge where the margin is narrow. */
  #place() {
    if (!this.isOpen) return;
    const beside = [".notes", ".margin"].map((name) => document.querySelector(name)?.getBoundingClientRect());
    const margin = beside.find((box) => box?.width);
    const isSheet = !margin?.width || innerWidth <= NARROW;
    this.#section.classList.toggle("at-edge", isSheet);
    for (const name of ["top", "left"]) this.#section.style.removeProperty(name);
    // Some keyboards lie over the page instead of making it smaller.
    const { height: seen, offsetTop, scale } = visualViewport;
    this.#section.style.setProperty("--keyboard", `${scale === 1 ? Math.max(0, innerHeight - seen - offsetTop) : 0}px`);
    if (isSheet) return;
    const text = document.querySelector("[data-revision]").getBoundingClientRect();
    const { width, height } = this.#section.getBoundingClientRect();
    const widest = document.documentElement.clientWidth - width - 16;
    const left = margin.left > text.left ? Math.min(margin.left, widest) : Math.max(16, margin.right - width);
    const at = this.#passage ? this.#options.on.rangeOf(this.#passage)?.getBoundingClientRect() : null;
    const top = Math.max(HIGHEST, Math.min(at?.top ?? HIGHEST, innerHeight - height - 16));
    this.#section.style.setProperty("left", `${left}px`);
    this.#section.style.setProperty("top", `${top + scrollY}px`);
  }
}
