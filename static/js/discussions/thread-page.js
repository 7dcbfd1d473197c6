/* A thread's page on which one acts in place. Its buttons and forms are sent by script, and what the answer shows changed is
   replaced; its links with `data-in-place` open a part of another page. Without the script, all of them lead to pages. */

import { errorsOf, send } from "../unsent/send.js";
import { closePanel, fillPanel, openPanel, panelOf } from "./in-place-panel.js";
import { addPosts } from "./new-posts.js";
import { clearMessages, prepareMessages, showMessage, showMessagesOf } from "../page-messages.js";

// The parts of the page, besides its posts, that an act can change.
const PARTS = ["#thread-head", "#following", "#about", "#manage"];
const CONTROLS = "a, button, summary";

class ThreadPage extends HTMLElement {
  #listeners = null;
  #isSending = false;
  // The id of the post or part of the page on which one acted last: Undo leads back there.
  #actedOn = "";

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    // In the capturing phase, before the custom elements within a form.
    document.addEventListener("submit", (event) => this.#submit(event), { signal, capture: true });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("keydown", (event) => this.#keydown(event), { signal });
    window.addEventListener("hashchange", () => this.#unfoldTarget(), { signal });
    document.addEventListener("posts-shown", () => clearMessages(), { signal });
    prepareMessages(this.dataset.dismiss);
    this.#unfoldTarget();
  }

  disconnectedCallback() {
    this.#listeners.abort();
  }

  #click(event) {
    const link = event.target.closest("a[data-in-place]");
    const isPlain = !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || event.defaultPrevented) return;
    if (event.target.closest("[data-action=close-panel]")) {
      event.preventDefault();
      closePanel(panelOf(event.target));
    } else if (link) {
      event.preventDefault();
      openPanel(link, this.dataset);
    }
  }

  #keydown(event) {
    const panel = panelOf(event.target);
    if (event.key !== "Escape" || event.defaultPrevented || !panel) return;
    if (!panel.querySelector("unsent-text")?.hasUnsentText) closePanel(panel);
  }

  /* Opens the folded replies if the address leads to one of them. */
  #unfoldTarget() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const fold = target && target.closest("details.earlier:not([open])");
    if (!fold) return;
    fold.open = true;
    target.scrollIntoView();
  }

  /* Whether the form is a button of the page, Undo in a message, or in an opened panel; not if it leads to another thread. */
  #isHandled(form) {
    if (form.matches(".messages form")) return !new URL(form.action).search.endsWith("next=thread");
    return form.id === "act" || (this.contains(form) && panelOf(form) !== null && !form.hasAttribute("data-leaves"));
  }

  async #submit(event) {
    const form = event.target, button = event.submitter;
    if (event.defaultPrevented || !this.#isHandled(form) || form.method === "get" || button?.name === "preview") return;
    event.preventDefault();
    if (this.#isSending) return;
    this.#isSending = true;
    const unsent = form.querySelector("unsent-text");
    const data = new FormData(form, button), url = button?.hasAttribute("formaction") ? button.formAction : form.action;
    await unsent?.waitForSave();
    const response = await send(url, data);
    this.#isSending = false;
    if (response?.ok) unsent?.markSent();
    await this.#show(response, panelOf(form), button);
  }

  async #show(response, panel, button) {
    const [error] = await errorsOf(response);
    if (!response || error) return showMessage(error ?? this.dataset.offline, "error");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = panel && page.getElementById(panel.dataset.part);
    if (page.querySelector("thread-page")?.dataset.thread === this.dataset.thread) this.#update(page, response.url, panel, button);
    else if (part) fillPanel(panel, part);
    else if (response.ok) return location.assign(response.url);
    else return showMessage(this.dataset.failed, "error");
    showMessagesOf(page);
    return this.#focusActedOn();
  }

  /* Replaces what the answer shows changed, except what has a panel open. */
  #update(page, url, panel, button) {
    this.#actedOn = (panel?.parentElement ?? button)?.closest("[id]")?.id || this.#actedOn;
    if (panel) closePanel(panel);
    for (const fresh of page.querySelectorAll("#posts .post")) replaceChanged(document.getElementById(fresh.id), fresh);
    for (const part of PARTS) replaceChanged(this.querySelector(part), page.querySelector(part));
    if (isSamePage(url)) addPosts(page);
  }

  /* Where Undo was pressed, it is gone now. */
  #focusActedOn() {
    if (document.activeElement && document.activeElement !== document.body) return;
    document.getElementById(this.#actedOn)?.focus({ preventScroll: true });
  }
}

function isSamePage(url) {
  const page = (search) => new URLSearchParams(search).get("page") ?? "1";
  return page(new URL(url).search) === page(location.search);
}

/* Replaces a post or a part of the page. If it had the focus, the same control gets it, or the one at its place. */
function replaceChanged(old, fresh) {
  if (!old || !fresh || old.querySelector(".in-place") || old.outerHTML === fresh.outerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const index = [...old.querySelectorAll(CONTROLS)].indexOf(focused);
  old.replaceWith(fresh);
  if (!focused) return;
  const controls = [...fresh.querySelectorAll(CONTROLS)];
  const same = controls.find((control) => nameOf(control) === nameOf(focused));
  (same ?? controls[index] ?? fresh).focus({ preventScroll: true });
}

function nameOf(control) {
  return control.getAttribute("aria-label") ?? control.textContent.trim();
}

customElements.define("thread-page", ThreadPage);
