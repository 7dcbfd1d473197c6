/* Pastes formatted text as such: it can be edited in place of the plain text, and keeps its formatting.

   Unless it is edited, the clipboard's own HTML is sent, which contains more for the server than is shown. */

import { hasStructure, htmlOf, paragraphsOf, previewOf } from "./office/preview.js";

const MAX_LENGTH = 2_000_000;
// Images embedded in the clipboard's HTML: useless to the importer, and millions of characters long.
const INLINE_IMAGE = /\ssrc=(["'])data:[^"']*\1/gi;

class ArticlePaste extends HTMLElement {
  #text;
  #html;
  #preview;
  #plainButton;
  #isEdited = false;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#text = this.querySelector("textarea");
    this.#html = this.querySelector("[name=pasted_html]");
    this.#preview ??= this.#createPreview();
    this.#plainButton ??= this.#createButton();
    this.#text.addEventListener("paste", (event) => this.#pasteIntoText(event), { signal });
    this.#text.addEventListener("input", () => this.#showStatus(), { signal });
    this.#preview.addEventListener("paste", (event) => this.#pasteIntoPreview(event), { signal });
    this.#preview.addEventListener("input", () => this.#handleEdit(), { signal });
    this.#plainButton.addEventListener("click", () => this.#usePlainText(), { signal });
    this.closest("form").addEventListener("submit", () => this.#prepareToSend(), { signal });
    // A rejected form is shown again with the pasted HTML.
    if (this.#html.value) this.#show(previewOf(this.#html.value));
    this.#showStatus();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #createPreview() {
    const preview = document.createElement("div");
    const label = this.querySelector("label").textContent.trim().replace(/:$/, "");
    Object.assign(preview, { className: "formatted-paste", contentEditable: "true", hidden: true });
    for (const [name, value] of Object.entries({ role: "textbox", "aria-multiline": "true", "aria-label": label })) {
      preview.setAttribute(name, value);
    }
    this.#text.after(preview);
    return preview;
  }

  #createButton() {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", hidden: true, textContent: this.dataset.usePlain });
    this.append(button);
    return button;
  }

  /* The plain text around the pasted text becomes paragraphs around it. */
  #pasteIntoText(event) {
    const html = this.#clipboardHtml(event);
    if (!html) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.#text;
    const before = paragraphsOf(value.slice(0, selectionStart));
    const after = paragraphsOf(value.slice(selectionEnd));
    this.#html.value = html;
    this.#isEdited = before.length + after.length > 0;
    this.#show([...before, ...previewOf(html), ...after]);
    this.#preview.focus();
    this.#showStatus();
  }

  #pasteIntoPreview(event) {
    event.preventDefault();
    const html = this.#clipboardHtml(event);
    const container = document.createElement("div");
    if (html) container.append(...previewOf(html));
    // Deprecated, but the only way that supports undo in the browser.
    if (html) document.execCommand("insertHTML", false, container.innerHTML);
    else document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  }

  #clipboardHtml({ clipboardData }) {
    const html = clipboardData.getData("text/html").replace(INLINE_IMAGE, "");
    return html && html.length <= MAX_LENGTH && hasStructure(html) ? html : "";
  }

  #show(nodes) {
    this.#preview.replaceChildren(...nodes);
    this.#setFormatted(true);
  }

  #setFormatted(isFormatted) {
    this.#text.hidden = isFormatted;
    this.#preview.hidden = !isFormatted;
    this.#plainButton.hidden = !isFormatted;
  }

  #handleEdit() {
    this.#isEdited = true;
    if (!this.#preview.textContent.trim() && !this.#preview.querySelector("img, math")) this.#usePlainText();
  }

  #usePlainText() {
    this.#text.value = this.#preview.innerText.trim();
    this.#html.value = "";
    this.#isEdited = false;
    this.#preview.replaceChildren();
    this.#setFormatted(false);
    this.#text.focus();
    this.#showStatus();
  }

  #prepareToSend() {
    if (this.#preview.hidden || !this.#isEdited) return;
    this.#html.value = htmlOf(this.#preview);
  }

  #showStatus() {
    const isFormatted = !this.#preview.hidden;
    const message = isFormatted ? this.dataset.rich : this.dataset.plain;
    this.querySelector("[role=status]").textContent = isFormatted || this.#text.value ? message : "";
  }
}

customElements.define("article-paste", ArticlePaste);
