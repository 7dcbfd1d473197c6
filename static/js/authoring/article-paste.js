/* Stores the HTML of what is pasted next to its plain text, so that headings and lists need not be guessed.

What is typed afterwards the server finds in it, by comparing the text with what was pasted. */

const MAX_LENGTH = 2_000_000;
// Images embedded in the clipboard: no use to the importer, and millions of characters long.
const INLINE_IMAGE = /\ssrc=(["'])data:[^"']*\1/gi;

class ArticlePaste extends HTMLElement {
  #text;
  #html;
  #pasted;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#text = this.querySelector("textarea");
    this.#html = this.querySelector("[name=pasted_html]");
    this.#pasted = this.querySelector("[name=pasted_text]");
    this.#text.addEventListener("paste", (event) => this.#handlePaste(event), { signal });
    this.#text.addEventListener("input", () => this.#handleInput(), { signal });
    this.#showStatus();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /* A paste over everything replaces the HTML, one at the end is appended; any other counts as typing. */
  #handlePaste({ clipboardData }) {
    const html = clipboardData.getData("text/html").replace(INLINE_IMAGE, "");
    const text = clipboardData.getData("text/plain");
    const { value, selectionStart, selectionEnd } = this.#text;
    const replacesAll = selectionStart === 0 && selectionEnd === value.length;
    const atEnd = selectionStart === value.length && this.#html.value && html;
    if (replacesAll) this.#keep(html, text);
    else if (atEnd) this.#keep(this.#html.value + html, `${this.#pasted.value}\n${text}`);
  }

  #keep(html, text) {
    const fits = html.length <= MAX_LENGTH;
    this.#html.value = fits ? html : "";
    this.#pasted.value = fits && html ? text : "";
  }

  #handleInput() {
    if (!this.#text.value.trim()) this.#keep("", "");
    this.#showStatus();
  }

  #showStatus() {
    const message = this.#html.value ? this.dataset.rich : this.dataset.plain;
    this.querySelector("[role=status]").textContent = this.#text.value ? message : "";
  }
}

customElements.define("article-paste", ArticlePaste);
