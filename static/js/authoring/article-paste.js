/* Stores the HTML of what is pasted next to its plain text, so that headings and lists need not be guessed. */

const MAX_LENGTH = 2_000_000;
// Images embedded in the clipboard: no use to the importer, and millions of characters long.
const INLINE_IMAGE = /\ssrc=(["'])data:[^"']*\1/gi;

class ArticlePaste extends HTMLElement {
  #text;
  #html;
  #isPasting = false;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#text = this.querySelector("textarea");
    this.#html = this.querySelector("[name=pasted_html]");
    this.#text.addEventListener("paste", (event) => this.#handlePaste(event), { signal });
    this.#text.addEventListener("input", () => this.#handleInput(), { signal });
    this.#showStatus();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /* A paste over everything replaces the HTML, one after an earlier paste is appended; any other makes it unusable. */
  #handlePaste({ clipboardData }) {
    const html = clipboardData.getData("text/html").replace(INLINE_IMAGE, "");
    const { value, selectionStart, selectionEnd } = this.#text;
    const replacesAll = selectionStart === 0 && selectionEnd === value.length;
    const atEnd = selectionStart === value.length && this.#html.value;
    const combined = replacesAll ? html : atEnd && html ? this.#html.value + html : "";
    this.#html.value = combined.length <= MAX_LENGTH ? combined : "";
    this.#isPasting = true;
  }

  /* Typing changes only the plain text, so the HTML is dropped. */
  #handleInput() {
    if (!this.#isPasting) this.#html.value = "";
    this.#isPasting = false;
    this.#showStatus();
  }

  #showStatus() {
    const message = this.#html.value ? this.dataset.rich : this.dataset.plain;
    this.querySelector("[role=status]").textContent = this.#text.value ? message : "";
  }
}

customElements.define("article-paste", ArticlePaste);
