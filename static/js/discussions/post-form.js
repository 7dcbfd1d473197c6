/* The form for a post: saves drafts while the user types, previews and replies in place, quotes the selection. */

import { quoteMarkdown } from "./lib/post-text.js";

const SAVE_DELAY = 1500;
const SAVE_TIMEOUT = 3000;
const DRAFT_FIELDS = ["csrfmiddlewaretoken", "source", "title", "kind", "tags"];

/* Returns whether `url` is the current page of the thread. */
function isCurrentPage(url) {
  const page = (search) => new URLSearchParams(search).get("page") ?? "1";
  return url.pathname === location.pathname && page(url.search) === page(location.search);
}

/* Goes to the new post, which is on another page or in the thread that this one was merged into. */
function goToPost(page, url) {
  const posts = [...page.querySelectorAll("#posts .post")];
  const last = posts.sort((one, two) => one.dataset.seq - two.dataset.seq).at(-1);
  location.assign(last ? `${url}#${last.id}` : url);
}

class PostForm extends HTMLElement {
  #timer = 0;
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("input", () => this.#saveSoon(), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    document.addEventListener("click", (event) => {
      this.#quoteSelection(event);
      this.#replyToThread(event);
      this.#saveBeforeLeaving(event);
    }, { signal });
    window.addEventListener("pagehide", () => this.#save(), { signal });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#listeners.abort();
  }

  get #form() { return this.querySelector("form"); }
  get #source() { return this.querySelector("[name=source]"); }

  #draft() {
    const data = new FormData();
    for (const name of DRAFT_FIELDS) data.set(name, this.querySelector(`[name=${name}]`)?.value ?? "");
    data.set("draft_key", this.dataset.draftKey);
    return data;
  }

  #saveSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), SAVE_DELAY);
  }

  #save() {
    if (!this.#timer) return;
    this.#cancelSave();
    navigator.sendBeacon(this.dataset.draft, this.#draft());
  }

  #cancelSave() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  async #submit(event) {
    const name = event.submitter?.name;
    if (name === "preview") {
      event.preventDefault();
      await this.#preview();
      return;
    }
    this.#cancelSave();
    if (name === "send" && document.querySelector("new-posts")) {
      event.preventDefault();
      await this.#send(event.submitter);
    }
  }

  async #preview() {
    const response = await fetch(this.dataset.preview, { method: "POST", body: this.#draft() }).catch(() => null);
    const box = this.querySelector(".preview");
    box.hidden = false;
    const body = box.querySelector(".post-body");
    if (response?.ok) body.innerHTML = await response.text();
    else body.textContent = response ? await response.text() : "";
  }

  /* The response is a whole page: its new posts are added to this one, its form replaces this form. */
  async #send(button) {
    button.disabled = true;
    const response = await fetch(this.#form.action, { method: "POST", body: new FormData(this.#form) }).catch(() => null);
    button.disabled = false;
    const page = response && new DOMParser().parseFromString(await response.text(), "text/html");
    const form = page?.querySelector("post-form form");
    if (!form) this.#showFailure(page);
    else if (response.ok && !isCurrentPage(new URL(response.url))) goToPost(page, response.url);
    else await this.#update(page, form, response.ok);
  }

  async #update(page, form, wasSent) {
    const { addPosts } = await import("./new-posts.js");
    const newest = wasSent ? addPosts(page) : null;
    this.#form.replaceWith(form);
    this.#showMessages(page.querySelector(".messages"));
    if (newest) {
      newest.tabIndex = -1;
      newest.focus();
    }
  }

  #showMessages(messages) {
    this.querySelector(".messages")?.remove();
    if (messages) this.prepend(messages);
  }

  /* Nothing was posted and the response, if any, has no form: keeps the text and shows the reason above it. */
  #showFailure(page) {
    const reason = page?.querySelector("main .message")?.textContent.trim() ?? "";
    const box = this.querySelector(".message.unsent") ?? document.createElement("div");
    box.className = "message error unsent";
    box.setAttribute("role", "alert");
    box.textContent = page ? `${reason} ${this.dataset.refused}`.trim() : this.dataset.offline;
    this.#source.before(box);
    this.#saveSoon();
  }

  /* Saves the draft before following a link to another page of this thread, which shows the draft. */
  async #saveBeforeLeaving(event) {
    const link = event.target.closest("a[href]");
    const isPlain = !event.defaultPrevented && !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!this.#timer || !link || !isPlain) return;
    if (link.pathname !== location.pathname || link.search === location.search) return;
    event.preventDefault();
    this.#cancelSave();
    const signal = AbortSignal.timeout(SAVE_TIMEOUT);
    await fetch(this.dataset.draft, { method: "POST", body: this.#draft(), signal }).catch(() => null);
    location.assign(link.href);
  }

  /* If text of the post is selected, “Quote” quotes only the selection. */
  #quoteSelection(event) {
    const link = event.target.closest('.post-actions a[href*="quote="]');
    const text = getSelection().toString();
    const body = link?.closest(".post")?.querySelector(".post-body");
    if (!text.trim() || !body?.contains(getSelection().anchorNode)) return;
    event.preventDefault();
    this.#source.value = quoteMarkdown(this.#source.value, text);
    this.#setReplyTo(link.closest(".post"));
    this.#source.focus();
    this.#saveSoon();
  }

  /* Sets the post to reply to (null: the whole thread) and shows it above the form. */
  #setReplyTo(post) {
    const line = this.querySelector(".reply-target"), link = line.querySelector("a");
    this.querySelector("[name=reply_to]").value = post?.id.slice(1) ?? "";
    line.hidden = !post;
    if (!post) return;
    link.hash = post.id;
    link.textContent = `#${post.dataset.seq}`;
  }

  #replyToThread(event) {
    if (!event.target.closest("[data-action=reply-to-thread]")) return;
    event.preventDefault();
    this.#setReplyTo(null);
    this.#source.focus();
  }
}

customElements.define("post-form", PostForm);
