/* The list of a lesson's checks beside the editor: says what stands at a place in the text, opens the forms in a dialog, and
   puts into the text what is not there. Without this script its links lead to pages. */

class CheckList extends HTMLElement {
  #listening;
  #editor = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("editor-ready", ({ detail }) => this.#connect(detail.editor), { signal });
    document.addEventListener("lesson-saved", () => this.reload(), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    const ready = document.querySelector("lesson-editor")?.editor;
    if (ready) this.#connect(ready);
    document.dispatchEvent(new CustomEvent("checks-changed"));
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  /* Returns the kind and the question of a check, as readers see or miss it. */
  find(uid) {
    const row = this.querySelector(`[data-uid="${CSS.escape(uid)}"]`);
    if (!row) return { kind: this.dataset.unknown, question: "" };
    const { kind, question, state = "" } = row.dataset;
    return { kind: state === "deleted" ? this.dataset.deleted : kind, question };
  }

  /* Reads the list anew: the check or the text was saved. */
  async reload() {
    const response = await fetch(this.dataset.src).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const rows = page.querySelector(".check-rows");
    const focused = this.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const isOpen = Boolean(this.querySelector("details[open]"));
    this.querySelector(".check-rows").replaceWith(rows);
    this.closest("details").querySelector("[data-part=count]").textContent = rows.dataset.count;
    if (isOpen) rows.querySelector("details")?.setAttribute("open", "");
    this.#showTools();
    if (focused) rows.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    document.dispatchEvent(new CustomEvent("checks-changed"));
  }

  #connect(editor) {
    this.#editor = editor;
    this.#showTools();
  }

  #showTools() {
    for (const button of this.querySelectorAll("[data-action=place]")) button.hidden = !this.#editor;
  }

  #click(event) {
    if (!this.#editor || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = event.target.closest("[data-uid]");
    const button = event.target.closest("button");
    const link = event.target.closest("a[href]");
    if (button?.dataset.action === "place") this.#editor.commands.insertCheck(row.dataset.uid);
    else if (link || button?.dataset.action === "restore") {
      event.preventDefault();
      const detail = link ? { editor: this.#editor, href: link.href } : { editor: this.#editor, act: button.formAction };
      document.dispatchEvent(new CustomEvent("check-requested", { detail }));
    }
  }
}

customElements.define("check-list", CheckList);
