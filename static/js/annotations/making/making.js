/* Making a note: what is selected or picked goes to the bar, from there into a mark or into the form. */

import "../../discussions/write-box.js";
import { Bar } from "./bar.js";
import { forget, usesKeys } from "./kept.js";
import { NoteForm } from "./note-form.js";
import { ReadingMode } from "./reading-mode.js";
import { passageAt, passageOf } from "./selection.js";
import { TextMap } from "../text-map.js";

const PAUSE = 120;
const EDITABLE = "input, textarea, select, [contenteditable]";

/* Null where the server cannot be reached; `signal` says when the page has no more use for it. */
export async function begin(maker, signal) {
  const tools = await fetched(maker);
  if (!tools) return null;
  document.querySelector("main").append(tools);
  const making = new Making(maker, tools, signal);
  making.look();
  return making;
}

/* The server's words and forms, and their look. */
async function fetched(maker) {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: maker.dataset.style });
  const styled = new Promise((done) => { style.onload = style.onerror = done; });
  document.head.append(style);
  const reply = await fetch(`${maker.dataset.address}?tools`).catch(() => null);
  await styled;
  if (!reply?.ok || reply.redirected) return maker.tell(reply ? maker.dataset.signedOut : maker.dataset.offline);
  maker.tell("");
  const tools = document.createElement("div");
  tools.className = "note-tools";
  tools.lang = document.documentElement.lang;
  tools.innerHTML = await reply.text();
  return tools;
}

class Making {
  #maker;
  #tools;
  #text = document.querySelector("[data-revision]");
  #bar;
  #form;
  #reading;
  #timer = 0;
  #byTouch = matchMedia("(pointer: coarse)").matches;
  // The press that brought all this may not have ended.
  #isPressed = !this.#byTouch && document.documentElement.matches(":active");
  #picked = false;

  constructor(maker, tools, signal) {
    this.#maker = maker;
    this.#tools = tools;
    const { address, place } = maker.dataset;
    const words = maker.dataset;
    const announce = (said) => { tools.querySelector(":scope > [role=status]").textContent = said; };
    const on = {
      announce,
      changed: (detail) => document.dispatchEvent(new CustomEvent("note-made", { detail })),
      write: (passage, kind, edit) => this.#write(passage, kind, edit),
      mark: (passage, kind) => this.#mark(passage, kind),
      leave: () => this.#leave(),
      pick: (start, end, range) => this.#pick(start, end, range),
      passageAt: (start, end) => this.#known(passageAt(new TextMap(this.#text), start, end)),
      rangeOf: (passage) => passage.isSure ? new TextMap(this.#text).range(passage.start, passage.end) : null,
    };
    const revision = Number(maker.dataset.number);
    this.#bar = new Bar(tools, { address, words, on, signal });
    this.#form = new NoteForm(tools, { address, place, revision, words, on, signal });
    this.#reading = new ReadingMode(tools, { root: this.#text, on, signal });
    this.#listen(signal);
    this.#offerWaiting();
  }

  #listen(signal) {
    document.addEventListener("selectionchange", () => this.#later(), { signal });
    document.addEventListener("pointerdown", (event) => this.#pointer(event, true), { signal });
    document.addEventListener("pointerup", (event) => this.#pointer(event, false), { signal });
    document.addEventListener("pointercancel", () => { this.#isPressed = false; }, { signal });
    const keys = this.#tools.querySelector("#note-single-keys");
    keys.checked = usesKeys();
    keys.addEventListener("change", () => usesKeys(keys.checked), { signal });
  }

  #pointer({ pointerType, target }, isPressed) {
    if (this.#tools.contains(target)) return;
    if (isPressed) this.#bar.rest();
    if (isPressed && this.#picked) {
      this.#picked = false;
      this.#bar.hide();
    }
    this.#byTouch = pointerType === "touch";
    this.#isPressed = isPressed && !this.#byTouch;
    if (!isPressed) this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), PAUSE);
  }

  /* What is selected in the text is offered to the bar; while somebody is still selecting by mouse, nothing. */
  look() {
    if (this.#isPressed || this.#reading.isActive) return;
    const selection = getSelection();
    const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const passage = range && passageOf(range, this.#text);
    if (passage) {
      this.#picked = false;
      this.#begun();
      this.#bar.show(this.#known(passage), range.cloneRange(), this.#byTouch);
    } else if (!this.#picked && !this.#bar.isBusy && this.#bar.isShown) this.#bar.hide();
  }

  #known(passage) {
    return passage && { ...passage, revision: Number(this.#maker.dataset.number) };
  }

  key(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !usesKeys() || target.closest?.(EDITABLE)) return;
    if (this.#tools.querySelector("dialog[open]")) return;
    if (key === "n") this.act("pick");
    else if (key === "?") this.act("keys");
    else if (key === "Escape" && this.#bar.isShown) this.#bar.hide();
    else return;
    event.preventDefault();
  }

  act(act) {
    if (act === "keys") this.#tools.querySelector("dialog").showModal();
    else if (act === "pick" && this.#bar.isShown) this.#bar.focus();
    else if (act === "pick") {
      this.#begun();
      this.#reading.enter();
    }
  }

  /* What is offered gives way to what somebody does; the words are in the form. */
  #begun() {
    this.#tools.querySelector(".note-waiting").hidden = true;
  }

  /* From reading mode: the bar has the keyboard, and gives it back. */
  #pick(start, end, range) {
    const passage = this.#known(passageAt(new TextMap(this.#text), start, end));
    if (!passage) return;
    this.#picked = true;
    this.#bar.show(passage, range, false);
    this.#bar.focus();
  }

  #write(passage, kind, edit) {
    getSelection().removeAllRanges();
    this.#form.open(passage, kind, edit);
    const range = passage.isSure ? new TextMap(this.#text).range(passage.start, passage.end) : null;
    this.#reading.paint(range);
  }

  #mark(passage, kind) {
    const button = this.#tools.querySelector(`.note-bar [data-kind="${CSS.escape(kind)}"]`);
    const range = passage.isSure ? new TextMap(this.#text).range(passage.start, passage.end) : null;
    this.#bar.show(passage, range ?? new Range(), this.#byTouch || !range);
    this.#bar.mark(passage, button);
  }

  /* The keyboard goes back to where it came from: to reading mode, or to the text. */
  #leave() {
    this.#reading.paint(null);
    if (this.#picked) {
      this.#picked = false;
      this.#reading.enter();
      return;
    }
    this.#text.tabIndex = -1;
    this.#text.focus({ preventScroll: true });
  }

  /* Words that were not sent are offered again, and never in the way of reading. */
  #offerWaiting() {
    const waiting = this.#form.waiting();
    const offer = this.#tools.querySelector(".note-waiting");
    if (!waiting?.passage) return;
    offer.hidden = false;
    offer.querySelector("q").textContent = waiting.passage.exact.slice(0, 120);
    offer.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (!act) return;
      offer.hidden = true;
      if (act === "go-on") this.#write(waiting.passage, waiting.kind, waiting.edit);
      else {
        this.#form.discard();
        forget(this.#maker.dataset.place);
      }
    });
  }
}
