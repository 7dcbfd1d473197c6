/* The editor's toolbar: one stop for the Tab key, arrow keys between its buttons, Escape back to the text. */

import { COMMANDS, CONTEXTS } from "./editor/commands.js";
import { kindOf } from "./editor/callout.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

class EditorToolbar extends HTMLElement {
  #editor = null;
  #listening;
  #frame = 0;
  #bars = [];

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("editor-ready", ({ detail }) => this.#connect(detail.editor), { signal });
    const ready = document.querySelector("lesson-editor")?.editor;
    if (ready) this.#connect(ready);
  }

  disconnectedCallback() {
    this.#listening.abort();
    cancelAnimationFrame(this.#frame);
  }

  /* Moves the focus to the toolbar: to the button that had it last. */
  enter() {
    this.#current(this.#bars[0])?.focus();
  }

  #connect(editor) {
    if (this.#editor) return;
    const { signal } = this.#listening;
    this.#editor = editor;
    this.#bars = [...this.querySelectorAll("[role=toolbar]")];
    this.hidden = false;
    if (/Mac|iP/.test(navigator.platform)) this.#nameMacKeys();
    for (const bar of this.#bars) this.#setCurrent(bar, this.#buttons(bar)[0]);
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("change", (event) => this.#choose(event), { signal });
    this.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.addEventListener("focusin", ({ target }) => this.#setCurrent(target.closest("[role=toolbar]"), target), { signal });
    // A press of the pointer leaves the selection in the text as it is.
    this.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault(), { signal });
    editor.on("transaction", () => this.#updateSoon());
    editor.view.dom.addEventListener("keyup", () => this.#uncoverCursor(), { signal });
    const observer = new ResizeObserver(() => this.#makeRoom());
    for (const bar of [this, document.querySelector(".editor-bar")]) observer.observe(bar);
    signal.addEventListener("abort", () => observer.disconnect());
    this.#update();
  }

  #nameMacKeys() {
    for (const button of this.querySelectorAll("[title]")) button.title = button.title.replace("Ctrl", "⌘").replace("Alt", "⌥");
  }

  /* Keeps the toolbar below the bar, however high that is, and what is being written below both. */
  #makeRoom() {
    const { offsetHeight } = document.querySelector(".editor-bar");
    const top = offsetHeight + this.offsetHeight + 16;
    document.querySelector(".lesson-form").style.setProperty("--bar-height", `${offsetHeight}px`);
    document.documentElement.style.scrollPaddingBlockStart = `${top}px`;
    const margin = { top, right: 0, bottom: 48, left: 0 };
    this.#editor.view.setProps({ scrollMargin: margin, scrollThreshold: margin });
  }

  /* Browsers scroll a cursor that is moved by keyboard into the window, but not out from under what is sticky. */
  #uncoverCursor() {
    const { view, state } = this.#editor;
    const { top, bottom } = view.coordsAtPos(state.selection.head);
    const hidden = this.getBoundingClientRect().bottom - top;
    if (hidden > 0 && bottom > 0) window.scrollBy(0, -hidden - 8);
  }

  #buttons(bar) {
    return [...bar.querySelectorAll("button, select")].filter((button) => !button.closest("[hidden]"));
  }

  #current(bar) {
    return this.#buttons(bar).find((button) => button.tabIndex === 0) ?? this.#buttons(bar)[0];
  }

  #setCurrent(bar, button) {
    if (!bar || !button?.matches("button, select")) return;
    for (const other of bar.querySelectorAll("button, select")) other.tabIndex = other === button ? 0 : -1;
  }

  #click({ target }) {
    const button = target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    if (button.dataset.part === "more") this.#toggleMore(button);
    else COMMANDS[button.dataset.command].run(this.#editor);
  }

  #toggleMore(button) {
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(isOpen));
    this.querySelector(`#${button.getAttribute("aria-controls")}`).hidden = !isOpen;
  }

  #choose({ target }) {
    const chain = this.#editor.chain();
    if (target.dataset.choice === "language") chain.updateAttributes("codeBlock", { language: target.value || null }).run();
    if (target.dataset.choice === "callout") chain.setCalloutKind(target.value).run();
  }

  #handleKey(event) {
    const bar = event.target.closest("[role=toolbar]");
    if (event.key === "Escape") this.#editor.view.focus();
    else if (bar && !event.ctrlKey && !event.altKey && !event.metaKey) this.#move(bar, event);
    else return;
    if (event.key === "Escape") event.preventDefault();
  }

  #move(bar, event) {
    const buttons = this.#buttons(bar);
    const isReversed = getComputedStyle(bar).direction === "rtl";
    const step = (STEPS[event.key] ?? 0) * (isReversed ? -1 : 1);
    const here = buttons.indexOf(event.target);
    const next = { Home: 0, End: buttons.length - 1 }[event.key] ?? (step ? (here + step + buttons.length) % buttons.length : -1);
    if (next < 0) return;
    event.preventDefault();
    buttons[next].focus();
  }

  #updateSoon() {
    this.#frame ||= requestAnimationFrame(() => this.#update());
  }

  #update() {
    this.#frame = 0;
    const editor = this.#editor;
    if (editor.isDestroyed) return;
    for (const row of this.querySelectorAll("[data-context]")) this.#showRow(row, CONTEXTS[row.dataset.context](editor));
    for (const button of this.querySelectorAll("button[data-command]")) this.#showState(button, COMMANDS[button.dataset.command]);
    this.#setValue("language", editor.getAttributes("codeBlock").language ?? "");
    if (editor.isActive("callout")) this.#setValue("callout", kindOf(editor.getAttributes("callout")));
  }

  /* A row that goes away gives the focus back to the text. */
  #showRow(row, isShown) {
    if (!isShown && row.contains(document.activeElement)) this.#editor.commands.focus();
    row.hidden = !isShown;
  }

  #showState(button, { isPressed, can }) {
    if (button.closest("[hidden]")) return;
    if (isPressed) button.setAttribute("aria-pressed", String(isPressed(this.#editor)));
    // Not `disabled`: the button that was just pressed keeps the focus.
    button.setAttribute("aria-disabled", String(can ? !can(this.#editor) : false));
  }

  /* Shows a value that the list does not have, as another program may write it, as one more choice. */
  #setValue(name, value) {
    const select = this.querySelector(`[data-choice=${name}]`);
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(value, value));
    select.value = value;
  }
}

customElements.define("editor-toolbar", EditorToolbar);
