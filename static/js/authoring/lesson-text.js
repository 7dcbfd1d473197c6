/* Watches over the rich-text editor: what it could not hold is never lost, and its buttons have names. */

import { fingerprint } from "./editor/fingerprint.js";

class LessonText extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("prose-editor:ready", (event) => this.#ready(event.detail), { signal });
    // The editor may have been ready before this script was here.
    const editor = this.querySelector(".ProseMirror")?.editor;
    if (editor) this.#ready({ editor, textarea: this.querySelector("textarea") });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #ready({ editor, textarea }) {
    if (fingerprint(textarea.value) !== fingerprint(editor.getHTML())) this.#showSource(editor);
    else this.#name(editor, textarea);
  }

  /* The page falls back to the field with the HTML, and says so. */
  #showSource(editor) {
    editor.destroy();
    const words = document.createElement("p");
    Object.assign(words, { className: "errornote", textContent: this.dataset.source });
    words.setAttribute("role", "status");
    this.prepend(words);
  }

  #name(editor, textarea) {
    const label = document.querySelector(`label[for="${textarea.id}"]`)?.textContent.trim().replace(/:$/, "");
    const surface = editor.view.dom;
    surface.setAttribute("aria-label", label ?? textarea.name);
    surface.setAttribute("spellcheck", "true");
    for (const button of this.querySelectorAll(".prose-menubar button[title]")) {
      button.setAttribute("aria-label", button.title);
    }
    this.querySelector(".prose-menubar")?.setAttribute("role", "group");
    this.querySelector(".prose-menubar")?.setAttribute("aria-label", this.dataset.tools);
  }
}

customElements.define("lesson-text", LessonText);
