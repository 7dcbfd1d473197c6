/* The tools of a composer: the commands of its toolbar, Enter in lists, images, and suggestions of people. */

import "../mention-completion.js";
import { continueLine, edit, insertImage, pasteAddress } from "../lib/markdown-edit.js";
import { askForText } from "./image-panel.js";

export function startTools(composer) {
  return new Tools(composer);
}

class Tools {
  #composer;

  constructor(composer) {
    this.#composer = composer;
    composer.field.addEventListener("keydown", (event) => this.#handleEnter(event));
  }

  get #field() { return this.#composer.field; }

  run(command) {
    if (command === "image") return this.#chooseImages();
    const { value, selectionStart, selectionEnd } = this.#field;
    return this.#apply(edit(command, value, selectionStart, selectionEnd));
  }

  paste(text) {
    const { value, selectionStart, selectionEnd } = this.#field;
    this.#apply(pasteAddress(text.trim(), value, selectionStart, selectionEnd) ?? {
      from: selectionStart, to: selectionEnd, text, start: selectionStart + text.length, end: selectionStart + text.length,
    });
  }

  /* Changes the text in a way that the browser's own “Undo” takes back. */
  #apply({ from, to, text, start, end }) {
    const field = this.#field;
    field.focus();
    field.setSelectionRange(from, to);
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
      field.setRangeText(text, from, to);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.setSelectionRange(start, end);
  }

  #handleEnter(event) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (event.key !== "Enter" || !isPlain || event.isComposing || event.defaultPrevented) return;
    const { value, selectionStart, selectionEnd } = this.#field;
    const change = selectionStart === selectionEnd ? continueLine(value, selectionStart) : null;
    if (!change) return;
    event.preventDefault();
    this.#apply(change);
  }

  #chooseImages() {
    const input = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", multiple: true });
    input.addEventListener("change", () => this.addImages([...input.files]));
    input.click();
  }

  async addImages(files) {
    for (const file of files) {
      const markdown = await askForText(this.#composer, file);
      if (markdown) this.#apply(insertImage(markdown, this.#field.value, this.#field.selectionEnd));
      else this.#field.focus();
    }
  }
}
