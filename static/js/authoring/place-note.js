/* Selecting words in the text fills in the place of the form above it. */

import { TextMap } from "../annotations/text-map.js";

class PlaceNote extends HTMLElement {
  #text;
  #form;
  #listening;

  connectedCallback() {
    this.#text = this.querySelector("[data-revision]");
    this.#form = this.querySelector("form");
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("selectionchange", () => this.#choose(), { signal });
    // Words that are typed count, not those that were selected before.
    this.#form.elements.words.addEventListener("input", () => this.#keep("", ""), { signal });
    // What was selected before this came.
    this.#choose();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #choose() {
    const selection = document.getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    if (!this.#text.contains(range.commonAncestorContainer)) return;
    const map = new TextMap(this.#text);
    const start = map.offset(range.startContainer, range.startOffset);
    const end = map.offset(range.endContainer, range.endOffset);
    if (start === null || end === null || start >= end) return;
    this.#keep(start, end);
    this.#form.elements.words.value = map.words(start, end);
    this.#say(map.words(start, end));
  }

  #keep(start, end) {
    this.#form.elements.start.value = start;
    this.#form.elements.end.value = end;
  }

  #say(words) {
    const status = this.querySelector("[data-part=status]");
    status.textContent = status.dataset.chosen.replace("%s", words.slice(0, 200));
  }
}

customElements.define("place-note", PlaceNote);
