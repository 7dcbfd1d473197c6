/* A dialog in which the selected words become a term of the module's glossary; shows its terms in the text of the editor. */

import { termAround } from "./editor/glossary.js";
import { findTerm } from "./lib/terms.js";
import { errorsOf, send } from "../unsent/send.js";

class GlossaryDialog extends HTMLElement {
  #listening;
  #editor = null;
  #terms = [];

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("editor-ready", ({ detail }) => this.#connect(detail.editor), { signal });
    document.addEventListener("term-requested", () => this.#open(), { signal });
    document.querySelector("#id_module")?.addEventListener("change", () => this.#load(), { signal });
    this.#form.addEventListener("submit", (event) => this.#save(event), { signal });
    this.#form.elements.term.addEventListener("input", () => this.#showKnown(), { signal });
    this.querySelector("[data-action=cancel]").addEventListener("click", () => this.#dialog.close(), { signal });
    this.#dialog.addEventListener("close", () => this.#editor?.commands.focus(), { signal });
    const ready = document.querySelector("lesson-editor")?.editor;
    if (ready) this.#connect(ready);
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  get #dialog() { return this.querySelector("dialog"); }
  get #form() { return this.querySelector("form"); }
  get #module() { return document.querySelector("#id_module")?.value ?? ""; }
  get #known() { return this.#terms[findTerm(this.#form.elements.term.value.trim(), this.#terms)]; }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  #connect(editor) {
    if (this.#editor) return;
    this.#editor = editor;
    this.#load();
  }

  async #load() {
    this.#terms = [];
    if (this.#module) {
      const response = await fetch(`${this.dataset.href}?${new URLSearchParams({ module: this.#module })}`).catch(() => null);
      if (response?.ok) this.#terms = (await response.json()).terms;
    }
    this.#showTerms();
  }

  #showTerms() {
    this.#part("known").replaceChildren(...this.#terms.map(({ term }) => new Option(term, term)));
    this.#editor?.commands.setTerms(this.#terms);
  }

  #open() {
    const words = selectedWords(this.#editor.state);
    const known = this.#terms[findTerm(words, this.#terms)];
    this.#form.reset();
    this.#form.elements.term.value = known?.term ?? words;
    this.#form.elements.definition.value = "";
    this.#showError(this.#module ? "" : this.dataset.module);
    this.#showKnown();
    this.#dialog.showModal();
    this.#form.elements[this.#form.elements.term.value ? "definition" : "term"].focus();
  }

  /* Shows the definition that the glossary has, unless one has written another. */
  #showKnown() {
    const known = this.#known;
    const { definition } = this.#form.elements;
    if (!definition.value.trim() || this.#terms.some((term) => term.definition === definition.value)) {
      definition.value = known?.definition ?? "";
    }
    this.#part("old").hidden = !known;
    this.#part("new").hidden = Boolean(known);
  }

  async #save(event) {
    event.preventDefault();
    const { term, definition } = this.#form.elements;
    const known = this.#known;
    const data = new FormData();
    const fields = { module: this.#module, term: known?.term ?? term.value.trim(), definition: definition.value };
    for (const [name, value] of Object.entries({ ...fields, term_id: known?.id ?? "", version: known?.version ?? "" })) {
      data.set(name, value);
    }
    data.set("lesson", this.dataset.lesson ?? "");
    const response = await send(this.dataset.href, data, { headers: { Accept: "application/json" } });
    if (!response?.ok) {
      const errors = await errorsOf(response);
      return this.#showError(errors.join(" ") || this.dataset.failed);
    }
    this.#terms = (await response.json()).terms;
    this.#showTerms();
    return this.#dialog.close();
  }

  #showError(message) {
    this.#part("errors").textContent = message;
    this.#part("errors").hidden = !message;
  }
}

/* Returns the term that the cursor is in, the selected words, or the word that the cursor is in. */
const selectedWords = (state) => {
  const { doc, selection } = state;
  const { from, to, empty, $from } = selection;
  const term = termAround(state);
  if (term) return doc.textBetween(term.from, term.to, " ");
  if (!empty) return doc.textBetween(from, to, " ").trim().replace(/\s+/g, " ").slice(0, 120);
  const before = /[\p{L}\p{N}’'-]*$/u.exec($from.parent.textBetween(0, $from.parentOffset, " ", " "))[0];
  const after = /^[\p{L}\p{N}’'-]*/u.exec($from.parent.textBetween($from.parentOffset, $from.parent.content.size, " ", " "))[0];
  return before + after;
};

customElements.define("glossary-dialog", GlossaryDialog);
