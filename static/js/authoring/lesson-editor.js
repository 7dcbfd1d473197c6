/* Guards the rich-text editor: content that it cannot hold is never lost, and its buttons have accessible names. */

import { contentFingerprint } from "./editor/content-fingerprint.js";

class LessonEditor extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("prose-editor:ready", (event) => this.#ready(event.detail), { signal });
    // The editor may have been ready before this script was loaded.
    const editor = this.querySelector(".ProseMirror")?.editor;
    if (editor) this.#ready({ editor, textarea: this.querySelector("textarea") });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #ready({ editor, textarea }) {
    if (contentFingerprint(textarea.value) !== contentFingerprint(editor.getHTML())) this.#showSource(editor);
    else this.#labelEditor(editor, textarea);
  }

  /* Falls back to the field with the HTML, and says so. */
  #showSource(editor) {
    editor.destroy();
    const message = document.createElement("p");
    Object.assign(message, { className: "errornote", textContent: this.dataset.source });
    message.setAttribute("role", "status");
    this.prepend(message);
  }

  #labelEditor(editor, textarea) {
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

customElements.define("lesson-editor", LessonEditor);
