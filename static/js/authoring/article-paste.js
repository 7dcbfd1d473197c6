/* Keeps the HTML of what is pasted beside its plain text, so that headings and lists need not be guessed. */

const MOST = 2_000_000;
// Pictures that stand in the clipboard itself: no use to the reader, and millions of characters long.
const INLINE_PICTURE = /\ssrc=(["'])data:[^"']*\1/gi;

class ArticlePaste extends HTMLElement {
  #text;
  #rich;
  #pasting = false;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#text = this.querySelector("textarea");
    this.#rich = this.querySelector("[name=rich]");
    this.#text.addEventListener("paste", (event) => this.#paste(event), { signal });
    this.#text.addEventListener("input", () => this.#edit(), { signal });
    this.#say();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /* Pasted after what was pasted before, it is added; pasted over or into words, the HTML no longer fits. */
  #paste({ clipboardData }) {
    const html = clipboardData.getData("text/html").replace(INLINE_PICTURE, "");
    const { value, selectionStart, selectionEnd } = this.#text;
    const replacesAll = selectionStart === 0 && selectionEnd === value.length;
    const atEnd = selectionStart === value.length && this.#rich.value;
    const whole = replacesAll ? html : atEnd && html ? this.#rich.value + html : "";
    this.#rich.value = whole.length <= MOST ? whole : "";
    this.#pasting = true;
  }

  /* Typing into a paste changes the plain text only: from now on that is what counts. */
  #edit() {
    if (!this.#pasting) this.#rich.value = "";
    this.#pasting = false;
    this.#say();
  }

  #say() {
    const words = this.#rich.value ? this.dataset.rich : this.dataset.plain;
    this.querySelector("[role=status]").textContent = this.#text.value ? words : "";
  }
}

customElements.define("article-paste", ArticlePaste);
