/* Around the text of a post: modes, toolbar, keys, and images that are pasted or dropped. What they need is loaded when somebody
   first comes here. Without scripts it is a plain text field with a button for the preview. */

import { send } from "../../unsent/send.js";
import { attachAudienceMenu } from "./audience-menu.js";

const SHORTCUTS = { b: "bold", i: "italic", k: "link" };

class TextComposer extends HTMLElement {
  #listeners;
  #tools = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#setMode("write");
    this.#setToolbarStop(this.#toolbarButtons[0]);
    this.addEventListener("focusin", () => this.#load(), { signal });
    this.addEventListener("click", (event) => this.#handleClick(event), { signal });
    this.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.addEventListener("paste", (event) => this.#handlePaste(event), { signal });
    this.addEventListener("dragover", (event) => this.#handleDrag(event), { signal });
    this.addEventListener("drop", (event) => this.#handleDrop(event), { signal });
    this.form.addEventListener("keydown", (event) => this.#submitByKey(event), { signal });
    attachAudienceMenu(this.form, signal);
  }

  disconnectedCallback() {
    this.#listeners.abort();
  }

  get form() { return this.closest("form"); }
  get field() { return this.querySelector("[name=source]"); }
  get #toolbarButtons() { return [...this.querySelectorAll(".toolbar button")]; }
  get #isPreview() { return !this.querySelector(".preview").hidden; }

  #load() {
    this.#tools ??= import("./tools.js").then(({ startTools }) => startTools(this)).catch(() => (this.#tools = null));
    return this.#tools;
  }

  #handleClick(event) {
    const button = event.target.closest("[data-mode], [data-command]");
    const { mode, command } = button?.dataset ?? {};
    if (mode === "write") this.write();
    if (mode === "preview") {
      event.preventDefault();
      this.#preview();
    }
    if (command) this.#run(command);
  }

  async #run(command) {
    (await this.#load())?.run(command);
  }

  #handleKey(event) {
    if (event.target.closest(".toolbar")) return this.#moveInToolbar(event);
    if (event.target !== this.field || event.isComposing) return;
    const isShortcut = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const command = isShortcut ? SHORTCUTS[event.key.toLowerCase()] : "";
    if (command) {
      event.preventDefault();
      this.#run(command);
    }
  }

  /* A toolbar is one stop for the Tab key; the arrow keys go through its buttons. */
  #moveInToolbar(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = this.#toolbarButtons;
    const direction = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const next = buttons.at((buttons.indexOf(event.target.closest("button")) + step * direction) % buttons.length);
    this.#setToolbarStop(next);
    next.focus();
  }

  #setToolbarStop(stop) {
    for (const button of this.#toolbarButtons) button.tabIndex = button === stop ? 0 : -1;
  }

  #submitByKey(event) {
    const isEnter = event.key === "Enter" && !event.isComposing && !event.defaultPrevented;
    const isText = event.target.matches("input:not([type]), input[type=text]") && !event.target.closest(".image-panel");
    if (!isEnter || !(event.ctrlKey || event.metaKey || isText)) return;
    event.preventDefault();
    event.stopPropagation();
    const button = this.form.querySelector("button.primary:not([type=button])");
    if (button && !button.disabled) this.form.requestSubmit(button);
  }

  async #handlePaste(event) {
    const { files } = event.clipboardData, text = event.clipboardData.getData("text/plain");
    if (event.target !== this.field) return;
    if (images(files).length && !text) {
      event.preventDefault();
      (await this.#load())?.addImages(images(files));
    } else if (/^\S+:\S+$/.test(text) && this.field.selectionStart !== this.field.selectionEnd) {
      event.preventDefault();
      (await this.#load())?.paste(text);
    }
  }

  #handleDrag(event) {
    if ([...event.dataTransfer.items].some(({ kind, type }) => kind === "file" && type.startsWith("image/"))) event.preventDefault();
  }

  async #handleDrop(event) {
    const dropped = images(event.dataTransfer.files);
    if (!dropped.length) return;
    event.preventDefault();
    (await this.#load())?.addImages(dropped);
  }

  write() {
    this.showText();
    this.field.focus();
  }

  showText() {
    this.#setMode("write");
  }

  #setMode(mode) {
    this.dataset.shown = mode;
    for (const button of this.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    if (mode === "write") this.querySelector(".preview").hidden = true;
  }

  async #preview() {
    const pane = this.querySelector(".preview"), body = pane.querySelector(".post-body");
    pane.style.minBlockSize = this.#isPreview ? "" : `${this.field.offsetHeight}px`;
    const data = new FormData();
    data.set("source", this.field.value);
    data.set("course", this.dataset.course);
    const response = await send(this.dataset.preview, data);
    if (response?.ok) body.innerHTML = await response.text();
    else body.textContent = response ? await response.text() : this.dataset.offline;
    pane.hidden = false;
    this.#setMode("preview");
  }
}

function images(files) {
  return [...files].filter(({ type }) => type.startsWith("image/"));
}

customElements.define("text-composer", TextComposer);
