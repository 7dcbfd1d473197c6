/* Creates annotations: a selected passage goes to the label bar, from there into a highlight or into the form. */

import "../../discussions/post-form.js";
import { AnnotationForm } from "./annotation-form.js";
import { KeyboardSelection } from "./keyboard-selection.js";
import { LabelBar } from "./label-bar.js";
import { passageFromOffsets, passageFromRange } from "./selection.js";
import { isShortcut, shortcutsEnabled } from "../../course-bar.js";
import { TextMap } from "../lib/text-map.js";

const SELECTION_DELAY = 120;
const MAX_EXCERPT = 120;

/* Returns the tool, null where the server cannot be reached; `signal` aborts when the page no longer needs it. */
export async function start(loader, signal) {
  const toolbar = await fetchToolbar(loader);
  if (!toolbar) return null;
  document.querySelector("main").append(toolbar);
  const tool = new AnnotationTool(loader, toolbar, signal);
  tool.readSelection();
  return tool;
}

/* Fetches the forms and their style sheet. */
async function fetchToolbar(loader) {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: loader.dataset.style });
  const styled = new Promise((done) => { style.onload = style.onerror = done; });
  document.head.append(style);
  const response = await fetch(`${loader.dataset.href}?toolbar`).catch(() => null);
  await styled;
  if (!response?.ok || response.redirected) {
    return loader.showError(response ? loader.dataset.signedOut : loader.dataset.offline);
  }
  loader.showError("");
  const toolbar = document.createElement("div");
  toolbar.className = "annotation-toolbar";
  toolbar.lang = document.documentElement.lang;
  toolbar.innerHTML = await response.text();
  return toolbar;
}

class AnnotationTool {
  #loader;
  #toolbar;
  #text = document.querySelector("[data-revision]");
  #bar;
  #form;
  #keyboard;
  #timer = 0;
  #byTouch = matchMedia("(pointer: coarse)").matches;
  // The press that loaded this module may not have ended.
  #isPressed = !this.#byTouch && document.documentElement.matches(":active");
  #isFromKeyboard = false;

  constructor(loader, toolbar, signal) {
    this.#loader = loader;
    this.#toolbar = toolbar;
    const { href: url } = loader.dataset;
    const messages = loader.dataset;
    const status = toolbar.querySelector(":scope > [role=status]");
    const callbacks = {
      announce: (message) => { status.textContent = message; },
      changed: (detail) => document.dispatchEvent(new CustomEvent("annotation-changed", { detail })),
      write: (passage, label, editUrl) => this.#write(passage, label, editUrl),
      highlight: (passage, label) => this.#highlight(passage, label),
      leave: () => this.#leave(),
      pick: (start, end, range) => this.#pick(start, end, range),
      passageAt: (start, end) => this.#withRevision(passageFromOffsets(new TextMap(this.#text), start, end)),
      rangeOf: (passage) => this.#rangeOf(passage),
    };
    const revision = Number(loader.dataset.number);
    this.#bar = new LabelBar(toolbar, { url, messages, callbacks, signal });
    this.#form = new AnnotationForm(toolbar, { url, revision, messages, callbacks, signal });
    this.#keyboard = new KeyboardSelection(toolbar, { root: this.#text, callbacks, signal });
    this.#listen(signal);
    this.#offerDraft();
  }

  #listen(signal) {
    document.addEventListener("selectionchange", () => this.#readSelectionSoon(), { signal });
    document.addEventListener("pointerdown", (event) => this.#handlePointer(event, true), { signal });
    document.addEventListener("pointerup", (event) => this.#handlePointer(event, false), { signal });
    document.addEventListener("pointercancel", () => { this.#isPressed = false; }, { signal });
    const checkbox = this.#toolbar.querySelector("#annotation-shortcuts-enabled");
    checkbox.checked = shortcutsEnabled();
    checkbox.addEventListener("change", () => shortcutsEnabled(checkbox.checked), { signal });
  }

  #handlePointer({ pointerType, target }, isPressed) {
    if (this.#toolbar.contains(target)) return;
    if (isPressed) this.#bar.hideToast();
    if (isPressed && this.#isFromKeyboard) {
      this.#isFromKeyboard = false;
      this.#bar.hide();
    }
    this.#byTouch = pointerType === "touch";
    this.#isPressed = isPressed && !this.#byTouch;
    if (!isPressed) this.#readSelectionSoon();
  }

  #readSelectionSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.readSelection(), SELECTION_DELAY);
  }

  /* Shows the label bar at what is selected in the text, but not while the mouse button is still down. */
  readSelection() {
    if (this.#isPressed || this.#keyboard.isActive) return;
    const selection = getSelection();
    const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const passage = range && passageFromRange(range, this.#text);
    if (passage) {
      this.#isFromKeyboard = false;
      this.#hideDraftOffer();
      this.#bar.show(this.#withRevision(passage), range.cloneRange(), this.#byTouch);
    } else if (!this.#isFromKeyboard && !this.#bar.isBusy && this.#bar.isShown) this.#bar.hide();
  }

  #withRevision(passage) {
    return passage && { ...passage, revision: Number(this.#loader.dataset.number) };
  }

  #rangeOf(passage) {
    return passage.hasServerOffsets ? new TextMap(this.#text).range(passage.start, passage.end) : null;
  }

  handleKey(event) {
    const { key } = event;
    if (!isShortcut(event)) return;
    if (key === "n") this.act("select");
    else if (key === "?") this.act("shortcuts");
    else if (key === "Escape" && this.#bar.isShown) this.#bar.hide();
    else return;
    event.preventDefault();
  }

  act(action) {
    if (action === "shortcuts") this.#toolbar.querySelector("dialog").showModal();
    else if (action === "select" && this.#bar.isShown) this.#bar.focus();
    else if (action === "select") {
      this.#hideDraftOffer();
      this.#keyboard.enter();
    }
  }

  /* The offer gives way to whatever the reader does next; the draft stays in the form. */
  #hideDraftOffer() {
    this.#toolbar.querySelector(".draft-offer").hidden = true;
  }

  /* After a selection by keyboard the label bar takes the focus, and gives it back. */
  #pick(start, end, range) {
    const passage = this.#withRevision(passageFromOffsets(new TextMap(this.#text), start, end));
    if (!passage) return;
    this.#isFromKeyboard = true;
    this.#bar.show(passage, range, false);
    this.#bar.focus();
  }

  #write(passage, label, editUrl) {
    getSelection().removeAllRanges();
    this.#form.open(passage, label, editUrl);
    this.#keyboard.paint(this.#rangeOf(passage));
  }

  #highlight(passage, label) {
    const button = this.#toolbar.querySelector(`.label-bar [data-label="${CSS.escape(label)}"]`);
    const range = this.#rangeOf(passage);
    this.#bar.show(passage, range ?? new Range(), this.#byTouch || !range);
    this.#bar.highlight(passage, button);
  }

  /* The focus returns to where it came from: to the selection by keyboard, or to the text. */
  #leave() {
    this.#keyboard.paint(null);
    if (this.#isFromKeyboard) {
      this.#isFromKeyboard = false;
      this.#keyboard.enter();
      return;
    }
    this.#text.tabIndex = -1;
    this.#text.focus({ preventScroll: true });
  }

  /* Offers an unsent draft again, without standing in the way of reading. */
  #offerDraft() {
    const draft = this.#form.restoreDraft();
    const offer = this.#toolbar.querySelector(".draft-offer");
    if (!draft?.passage) return;
    offer.hidden = false;
    offer.querySelector("q").textContent = draft.passage.exact.slice(0, MAX_EXCERPT);
    offer.addEventListener("click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (!action) return;
      offer.hidden = true;
      if (action === "continue") this.#write(draft.passage, draft.label, draft.editUrl);
      else this.#form.discard();
    });
  }
}
