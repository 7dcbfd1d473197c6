/* Guards the rich-text editor: content that it cannot hold is never lost. Announces the editor once it is ready. */

import { contentFingerprint } from "./editor/content-fingerprint.js";

class LessonEditor extends HTMLElement {
  #listening;
  #editor = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("keydown", (event) => this.#saveNew(event), { signal });
    this.addEventListener("prose-editor:ready", (event) => this.#ready(event.detail), { signal });
    // The editor may have been ready before this script was loaded.
    const editor = this.querySelector(".ProseMirror")?.editor;
    if (editor) this.#ready({ editor, textarea: this.querySelector("textarea") });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /* The editor, null while it is not ready or where the field shows HTML instead. */
  get editor() { return this.#editor; }

  /* Shows another text, as that of somebody else merged with one's own, and leaves the cursor where it was. */
  show(html) {
    if (!this.#editor) return;
    const { from, to } = this.#editor.state.selection;
    this.#editor.commands.setContent(html, { emitUpdate: true });
    const { size } = this.#editor.state.doc.content;
    this.#editor.commands.setTextSelection({ from: Math.min(from, size), to: Math.min(to, size) });
  }

  /* Ctrl+S saves a lesson that is not saved yet; `lesson-autosave.js` saves the others. */
  #saveNew(event) {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (document.querySelector("lesson-autosave")) return;
    event.preventDefault();
    this.closest("form").querySelector("[name=_continue]").click();
  }

  /* Title and summary have one line: Enter leads on to what follows. */
  #leadByEnter(name, goOn) {
    document.querySelector(`#id_${name}`)?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      goOn();
    }, { signal: this.#listening.signal });
  }

  #ready({ editor, textarea }) {
    if (this.#editor) return;
    if (contentFingerprint(textarea.value) !== contentFingerprint(editor.getHTML())) this.#showSource(editor);
    else this.#start(editor, textarea);
  }

  /* Falls back to the field with the HTML, and says so. */
  #showSource(editor) {
    editor.destroy();
    const message = document.createElement("p");
    Object.assign(message, { className: "errornote", textContent: this.dataset.source });
    message.setAttribute("role", "status");
    this.prepend(message);
  }

  #start(editor, textarea) {
    this.#editor = editor;
    const surface = editor.view.dom;
    surface.classList.add("prose");
    surface.setAttribute("aria-label", textarea.labels[0]?.textContent.trim() ?? textarea.name);
    surface.setAttribute("aria-multiline", "true");
    surface.setAttribute("spellcheck", "true");
    if (textarea.lang) surface.lang = textarea.lang;
    this.#leadByEnter("title", () => document.querySelector("#id_summary").focus());
    this.#leadByEnter("summary", () => editor.commands.focus("start"));
    document.dispatchEvent(new CustomEvent("editor-ready", { detail: { editor } }));
  }
}

customElements.define("lesson-editor", LessonEditor);
