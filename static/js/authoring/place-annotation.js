/* Selecting a passage in the text fills in the form above it. */

import { TextMap } from "../annotations/lib/text-map.js";

class PlaceAnnotation extends HTMLElement {
  #text;
  #form;
  #listening;

  connectedCallback() {
    this.#text = this.querySelector("[data-revision]");
    this.#form = this.querySelector("form");
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("selectionchange", () => this.#takeSelection(), { signal });
    // A typed quote replaces an earlier selection.
    this.#form.elements.search_text.addEventListener("input", () => this.#setOffsets("", ""), { signal });
    // There may be a selection from before this was loaded.
    this.#takeSelection();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #takeSelection() {
    const selection = document.getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    if (!this.#text.contains(range.commonAncestorContainer)) return;
    const map = new TextMap(this.#text);
    const start = map.offset(range.startContainer, range.startOffset);
    const end = map.offset(range.endContainer, range.endOffset);
    if (start === null || end === null || start >= end) return;
    this.#setOffsets(start, end);
    this.#form.elements.search_text.value = map.textBetween(start, end);
    this.#showStatus(map.textBetween(start, end));
  }

  #setOffsets(start, end) {
    this.#form.elements.start.value = start;
    this.#form.elements.end.value = end;
  }

  #showStatus(text) {
    const status = this.querySelector("[data-part=status]");
    status.textContent = status.dataset.chosen.replace("%s", text.slice(0, 200));
  }
}

customElements.define("place-annotation", PlaceAnnotation);
