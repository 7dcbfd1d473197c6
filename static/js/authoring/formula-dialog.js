/* A dialog with the TeX of a formula: the server renders it, and the result is inserted into the text. */

import { asFormula, mathIn } from "./editor/mathml.js";

class FormulaDialog extends HTMLElement {
  #dialog;
  #listening;
  #timer;
  #editor = null;
  #position = null;
  #requests = 0;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#dialog = this.querySelector("dialog");
    document.addEventListener("formula-requested", (event) => this.#open(event.detail), { signal });
    this.#part("tex").addEventListener("input", () => this.#previewSoon(), { signal });
    this.#part("display").addEventListener("change", () => this.#preview(), { signal });
    this.querySelector("form").addEventListener("submit", (event) => this.#save(event), { signal });
    this.#part("close").addEventListener("click", () => this.#dialog.close(), { signal });
    this.#dialog.addEventListener("close", () => this.#editor?.commands.focus(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  #open({ editor, position = null, html = "" }) {
    const math = mathIn(html);
    this.#editor = editor;
    this.#position = position;
    this.#part("tex").value = math?.getAttribute("alttext") ?? "";
    this.#part("display").checked = math?.getAttribute("display") === "block";
    this.#part("save").textContent = position === null ? this.dataset.insert : this.dataset.save;
    this.#showError("");
    this.#part("preview").replaceChildren(...(math ? [asFormula(math)] : []));
    this.#dialog.showModal();
    this.#part("tex").focus();
  }

  #previewSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#preview(), 250);
  }

  /* Shows the formula, and returns it; null if the server could not be reached. */
  async #preview() {
    clearTimeout(this.#timer);
    const query = new URLSearchParams({ tex: this.#part("tex").value });
    if (this.#part("display").checked) query.set("display", "block");
    this.#requests += 1;
    const request = this.#requests;
    try {
      const response = await fetch(`${this.dataset.url}?${query}`);
      if (!response.ok) throw new Error(response.status);
      const math = mathIn((await response.json()).html);
      if (request === this.#requests) {
        this.#showError("");
        this.#part("preview").replaceChildren(...(math ? [asFormula(math)] : []));
      }
      return math ?? "";
    } catch {
      if (request === this.#requests) this.#showError(this.dataset.failed);
      return null;
    }
  }

  #showError(message) {
    this.#part("errors").textContent = message;
    this.#part("errors").hidden = !message;
  }

  async #save(event) {
    event.preventDefault();
    const math = await this.#preview();
    if (math === null) return;
    const chain = this.#editor.chain();
    if (this.#position !== null) chain.setNodeSelection(this.#position);
    if (math) chain.insertContent({ type: "formula", attrs: { html: asFormula(math).outerHTML } });
    else if (this.#position !== null) chain.deleteSelection();
    chain.run();
    this.#dialog.close();
  }
}

customElements.define("formula-dialog", FormulaDialog);
