/* The form of a check in a dialog over the editor: what it saves is put at the cursor. The server renders it. */

import { send } from "../unsent/send.js";
import "../unsent/unsent-text.js";
import "./check-form.js";
import "./check-list.js";

const BY_SCRIPT = { headers: { Accept: "application/json" }, redirect: "manual" };

class CheckDialog extends HTMLElement {
  #listening;
  #editor = null;
  #isNew = false;
  #isSending = false;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("check-requested", ({ detail }) => this.#request(detail), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("click", (event) => this.#follow(event), { signal });
    this.#dialog.addEventListener("close", () => this.#close(), { signal });
    this.querySelector("[data-part=problem] button").addEventListener("click", () => this.#dialog.close(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  get #dialog() { return this.querySelector("dialog"); }
  get #form() { return this.querySelector("[data-part=form]"); }
  get #unsent() { return this.querySelector("unsent-text"); }

  #request({ editor, uid = "", href = `${this.dataset.href}${uid || "new"}/`, act = "" }) {
    this.#editor = editor;
    if (act) this.#act(act);
    else this.#open(href);
  }

  async #open(href) {
    const response = await fetch(href, BY_SCRIPT).catch(() => null);
    this.#unsent?.save();
    this.#isNew = new URL(href, location.href).pathname.endsWith("/new/");
    await this.#show(response);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#form.querySelector("[name=question]")?.focus();
  }

  /* Shows the form that the server has rendered; otherwise says that it could not be reached. */
  async #show(response) {
    const page = response?.ok || [400, 409].includes(response?.status) ? await response.text() : "";
    const form = new DOMParser().parseFromString(page, "text/html").querySelector(".check-form");
    this.querySelector("[data-part=problem]").hidden = Boolean(form);
    if (!form) return;
    this.#form.replaceChildren(form);
    form.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
    form.querySelector(".error-links a")?.focus();
  }

  async #submit(event) {
    const { target: form, submitter } = event;
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (this.#isSending) return;
    const isSaved = !submitter?.hasAttribute("formaction");
    this.#isSending = true;
    const response = await send(isSaved ? form.action : submitter.formAction, new FormData(form, submitter), BY_SCRIPT);
    this.#isSending = false;
    if (!response?.ok || !response.headers.get("Content-Type")?.includes("json")) return this.#show(response);
    const saved = await response.json();
    if (isSaved) this.#unsent?.markSent();
    await announce(saved);
    this.#dialog.close();
    if (isSaved && this.#isNew) this.#editor.commands.insertCheck(saved.uid);
  }

  /* Does what a button of the list does, which has no form of its own. */
  async #act(address) {
    const response = await send(address, new FormData(), BY_SCRIPT);
    if (response?.ok) await announce(await response.json());
  }

  /* Links between the forms stay in the dialog; “Cancel” closes it. */
  #follow(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.action === "cancel") this.#dialog.close();
    else if (new URL(link.href).pathname.startsWith(this.dataset.href)) this.#open(link.href);
    else return;
    event.preventDefault();
  }

  /* What was written and not saved is kept, and comes back with the form. */
  #close() {
    this.#unsent?.save();
    this.#form.replaceChildren();
    this.#editor?.commands.focus();
  }
}

/* Shows what has changed: the list, the report and the status of the lesson. */
const announce = async ({ status }) => {
  await document.querySelector("check-list").reload();
  document.dispatchEvent(new CustomEvent("check-saved", { detail: { status } }));
};

customElements.define("check-dialog", CheckDialog);
