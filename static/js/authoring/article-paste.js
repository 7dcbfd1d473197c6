/* Takes formatted text from the clipboard: the server cleans it, and it can be edited in the place of the plain text.

   As long as nothing is changed, the clipboard's own HTML is sent, in which the server finds more than is shown. */

import { fileOf, hasStructure, paragraphsOf, splitAround, takeImages } from "./lib/clipboard.js";
import { clean } from "./paste/clean.js";
import { insertNodes } from "./paste/insert-nodes.js";
import { elementsOf, htmlOf } from "./paste/preview.js";

class ArticlePaste extends HTMLElement {
  #text;
  #html;
  #files;
  #report;
  #preview;
  #plainButton;
  #isEdited = false;
  #isDragged = false;
  // What was in the box before the last paste, as long as nothing was typed since.
  #before = null;
  #pending = 0;
  #pastes = 0;
  // The `data:` addresses of the images that are pasted, by `pasted:1` and so on.
  #images = new Map();
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#text = this.querySelector("textarea");
    this.#html = this.querySelector("[name=pasted_html]");
    this.#files = this.querySelector("[name=pasted_images]");
    this.#report = this.querySelector("paste-report");
    this.#preview ??= this.#createPreview();
    this.#plainButton ??= this.#createButton();
    this.#text.addEventListener("paste", (event) => this.#pasteIntoText(event, event.clipboardData), { signal });
    this.#text.addEventListener("drop", (event) => this.#pasteIntoText(event, event.dataTransfer), { signal });
    this.#text.addEventListener("input", () => this.#showStatus(), { signal });
    this.#preview.addEventListener("paste", (event) => this.#pasteIntoPreview(event, event.clipboardData), { signal });
    this.#preview.addEventListener("drop", (event) => this.#dropIntoPreview(event), { signal });
    this.#preview.addEventListener("keydown", (event) => this.#undo(event), { signal });
    this.#preview.addEventListener("dragstart", () => { this.#isDragged = true; }, { signal });
    this.#preview.addEventListener("dragend", () => { this.#isDragged = false; }, { signal });
    this.#preview.addEventListener("input", () => this.#handleEdit(), { signal });
    this.#plainButton.addEventListener("click", () => this.#usePlainText(), { signal });
    this.closest("form").addEventListener("submit", (event) => this.#prepareToSend(event), { signal });
    this.#showStatus();
    // A form that was refused comes back with what was pasted.
    if (this.#html.value) this.#restore(this.#html.value);
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

  /* Takes the images out of HTML, each under a name of its own. */
  #takeImages(transfer) {
    const before = this.#images.size;
    const taken = takeImages(transfer.getData("text/html"), transfer.getData("text/rtf"));
    const name = (key) => `pasted:${before + Number(key.slice("pasted:".length))}`;
    for (const [key, address] of taken.images) this.#images.set(name(key), address);
    return taken.html.replace(/\ssrc="(pasted:\d+)"/g, (_all, key) => ` src="${name(key)}"`);
  }

  /* Returns what the server makes of HTML, null if that is not to be had: then the page says why. */
  async #clean(html) {
    this.#pending += 1;
    this.#report.begin();
    const answer = await clean(html, { levels: "own" }).catch((error) => error);
    this.#report.end();
    this.#pending -= 1;
    if (answer instanceof Error) {
      this.#report.fail(answer);
      return null;
    }
    const addresses = new Map(answer.images.map(({ uid, address }) => [uid, address]));
    this.#report.show(answer, answer.images.filter(({ address }) => !this.#isHere(address)));
    this.#pastes += 1;
    return elementsOf(answer.html, addresses, this.#images, this.#pastes > 1 ? `-${this.#pastes}` : "");
  }

  #isHere(address) {
    return this.#images.has(address) || /^data:|^\/assets\//i.test(address);
  }

  /* What stands around a paste in the plain text becomes paragraphs around it, with what is typed until it is cleaned. */
  async #pasteIntoText(event, transfer) {
    if (!hasStructure(transfer.getData("text/html"))) return;
    event.preventDefault();
    const html = this.#takeImages(transfer);
    const plain = transfer.getData("text/plain");
    const { selectionStart, selectionEnd, value } = this.#text;
    this.#text.setRangeText("", selectionStart, selectionEnd, "start");
    const nodes = await this.#clean(html);
    const [before, after] = splitAround(value.slice(0, selectionStart), value.slice(selectionEnd), this.#text.value);
    if (nodes && this.#text.hidden) this.#preview.append(...nodes);
    else if (nodes) {
      this.#html.value = html;
      this.#isEdited = (before + after).trim() !== "";
      this.#show([...elementsOf(paragraphsOf(before)), ...nodes, ...elementsOf(paragraphsOf(after))]);
      this.#preview.focus();
    } else this.#typePlain(before.length, plain);
    this.#showStatus();
  }

  /* Types text into the field, as its browser can undo. */
  #typePlain(at, plain) {
    this.#text.focus();
    this.#text.setSelectionRange(at, at);
    document.execCommand("insertText", false, plain);
  }

  #pasteIntoPreview(event, transfer) {
    const selection = document.getSelection();
    event.preventDefault();
    return this.#insert(transfer, selection.rangeCount ? selection.getRangeAt(0).cloneRange() : null);
  }

  #dropIntoPreview(event) {
    // What is moved within the box is moved by the browser.
    if (this.#isDragged) return;
    event.preventDefault();
    const found = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = found ? document.createRange() : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    if (found) range.setStart(found.offsetNode, found.offset);
    this.#insert(event.dataTransfer, range);
  }

  async #insert(transfer, range) {
    const plain = transfer.getData("text/plain");
    const html = hasStructure(transfer.getData("text/html")) ? this.#takeImages(transfer) : "";
    const nodes = html ? await this.#clean(html) : null;
    this.#preview.focus();
    // What is typed meanwhile moves the range.
    const place = range && this.#preview.contains(range.startContainer) ? range : endOf(this.#preview);
    if (nodes) {
      this.#before = [...this.#preview.cloneNode(true).childNodes];
      insertNodes(this.#preview, place, nodes);
      this.#isEdited = true;
    } else {
      select(place);
      // Deprecated, but the only way that leaves undoing to the browser.
      document.execCommand("insertText", false, plain);
    }
  }

  /* The browser can undo what it has done itself, and no paste. */
  #undo(event) {
    if (!this.#before || event.key.toLowerCase() !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#preview.replaceChildren(...this.#before);
    this.#before = null;
  }

  async #restore(html) {
    const nodes = await this.#clean(html);
    if (nodes && !this.#text.hidden) this.#show(nodes);
    this.#showStatus();
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
    this.#before = null;
    this.#isEdited = true;
    if (!this.#preview.textContent.trim() && !this.#preview.querySelector("img, math")) this.#usePlainText();
  }

  #usePlainText() {
    this.#text.value = this.#preview.innerText.trim();
    this.#html.value = "";
    this.#isEdited = false;
    this.#images.clear();
    this.#report.clear();
    this.#preview.replaceChildren();
    this.#setFormatted(false);
    this.#text.focus();
    this.#showStatus();
  }

  /* Waits for what is being cleaned. */
  #prepareToSend(event) {
    if (this.#pending) {
      event.preventDefault();
      const timer = setInterval(() => {
        if (this.#pending) return;
        clearInterval(timer);
        event.target.requestSubmit(event.submitter);
      }, 50);
      return;
    }
    if (this.#preview.hidden) return;
    if (this.#isEdited) this.#html.value = htmlOf(this.#preview);
    const files = new DataTransfer();
    for (const [key, address] of this.#images) {
      const file = this.#html.value.includes(`"${key}"`) ? fileOf(address, key.replace(":", "-")) : null;
      if (file) files.items.add(file);
    }
    this.#files.files = files.files;
  }

  #showStatus() {
    const isFormatted = !this.#preview.hidden;
    const message = isFormatted ? this.dataset.rich : this.dataset.plain;
    this.querySelector("[data-part=form]").textContent = isFormatted || this.#text.value ? message : "";
  }
}

function endOf(box) {
  const range = document.createRange();
  range.selectNodeContents(box);
  range.collapse(false);
  return range;
}

function select(range) {
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

customElements.define("article-paste", ArticlePaste);
