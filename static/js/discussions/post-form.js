/* The form for a post: replies in place, quotes the selection. Its `text-composer` helps to write, its `unsent-text` saves what
   is typed. */

import "./composer/text-composer.js";
import "../unsent/unsent-text.js";
import { remainder } from "../unsent/lib/fields.js";
import { errorsOf, send } from "../unsent/send.js";
import { quoteMarkdown } from "./lib/post-text.js";
import { selectedText } from "./selected-text.js";

const SAVE_TIMEOUT = 3000;

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
  #listeners = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("unsent-queued", () => this.#setReplyTo(null), { signal });
    this.addEventListener("unsent-restored", () => this.#showReplyTarget(), { signal });
    document.addEventListener("click", (event) => {
      this.#quoteSelection(event);
      this.#replyInPlace(event);
      this.#replyToThread(event);
      this.#saveBeforeLeaving(event);
    }, { signal });
  }

  disconnectedCallback() {
    this.#listeners.abort();
  }

  get #form() { return this.querySelector("form"); }
  get #source() { return this.querySelector("[name=source]"); }
  get #unsent() { return this.querySelector("unsent-text"); }

  async #submit(event) {
    if (event.defaultPrevented || event.submitter?.name !== "send" || !document.querySelector("new-posts")) return;
    event.preventDefault();
    await this.#send(event.submitter);
  }

  /* The response is a whole page: its new posts are added to this one, its form replaces this form. */
  async #send(button) {
    await this.#unsent.waitForSave();
    const data = new FormData(this.#form), sent = this.#source.value;
    button.disabled = true;
    const response = await send(this.#form.action, data);
    button.disabled = false;
    const errors = await errorsOf(response);
    const page = response && !errors.length ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
    const form = page?.querySelector("post-form form");
    if (!form) this.showFailure(errors[0] ?? page?.querySelector("main .message")?.textContent.trim() ?? "", response);
    else if (response.ok && !isCurrentPage(new URL(response.url))) this.#leaveFor(page, response.url);
    else await this.#update(page, form, response.ok, remainder(sent, this.#source.value));
  }

  #leaveFor(page, url) {
    this.#unsent.markSent();
    goToPost(page, url);
  }

  /* Shows the response. What was typed meanwhile stays; after a sent reply, as the beginning of the next. */
  async #update(page, form, wasSent, typedSince) {
    const { addPosts } = await import("./new-posts.js");
    const newest = wasSent ? addPosts(page) : null;
    const text = this.#source.value, hadFocus = document.activeElement === this.#source;
    if (wasSent) this.#unsent.markSent();
    this.#form.replaceWith(form);
    if (!wasSent || typedSince) {
      this.#source.value = wasSent ? typedSince : text;
      this.#unsent.markChanged();
    }
    this.#showMessages(page.querySelector(".messages"));
    if (typedSince && hadFocus) this.#source.focus();
    else if (newest) {
      newest.tabIndex = -1;
      newest.focus();
    }
  }

  /* Fills in a text as if it had been typed. */
  write(text) {
    this.#source.value = text;
    this.#unsent.markChanged();
    this.#source.focus();
  }

  #showMessages(messages) {
    this.querySelector(".messages")?.remove();
    if (messages) this.prepend(messages);
  }

  /* Nothing was posted and the response has no form: keeps the text and shows the reason above it. Without a response the text waits
     for a connection. */
  showFailure(reason, response) {
    if (!response && this.#unsent.queue(this.#form.querySelector("[name=send]"))) return;
    const box = this.querySelector(".message.unsent") ?? document.createElement("div");
    box.className = "message error unsent";
    box.setAttribute("role", "alert");
    box.textContent = response ? `${this.dataset.refused} ${reason || this.dataset.advice}` : this.dataset.offline;
    this.#source.before(box);
    this.#unsent.markChanged();
  }

  /* Saves the text before following a link to another page of this thread, which shows it. */
  async #saveBeforeLeaving(event) {
    const link = event.target.closest("a[href]");
    const isPlain = !event.defaultPrevented && !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!this.#unsent?.hasUnsentText || !link || !isPlain) return;
    if (link.pathname !== location.pathname || link.search === location.search) return;
    event.preventDefault();
    await Promise.race([this.#unsent.save(), new Promise((done) => { setTimeout(done, SAVE_TIMEOUT); })]);
    location.assign(link.href);
  }

  /* If text of the post is selected, “Quote” quotes only the selection. */
  #quoteSelection(event) {
    const link = event.target.closest('.post a[href*="quote="]');
    const body = link?.closest(".post")?.querySelector(".post-body");
    const text = body?.contains(getSelection().anchorNode) ? selectedText(body) : "";
    if (!text.trim()) return;
    event.preventDefault();
    this.#source.value = quoteMarkdown(this.#source.value, text);
    this.#setReplyTo(link.closest(".post"));
    this.#source.focus();
    this.#unsent.markChanged();
  }

  /* “Reply” at a post leads to the form below, without loading the page again. */
  #replyInPlace(event) {
    const link = event.target.closest('.post a[href*="reply="]');
    const isPlain = !event.defaultPrevented && !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !isPlain || !this.querySelector(".reply-target")) return;
    event.preventDefault();
    this.#setReplyTo(link.closest(".post"));
    this.#source.focus();
    this.#unsent.markChanged();
  }

  /* Shows which post a restored text replies to. */
  #showReplyTarget() {
    const pk = this.querySelector("[name=reply_to]")?.value;
    const post = pk && document.getElementById(`p${pk}`);
    if (post) this.#setReplyTo(post);
  }

  /* Sets the post to reply to (null: the whole thread) and shows it above the form. */
  #setReplyTo(post) {
    const line = this.querySelector(".reply-target"), link = line?.querySelector("a");
    if (!line) return;
    this.querySelector("[name=reply_to]").value = post?.id.slice(1) ?? "";
    line.hidden = !post;
    if (!post) return;
    link.hash = post.id;
    link.textContent = post.querySelector(".post-head bdi").textContent;
  }

  #replyToThread(event) {
    if (!event.target.closest("[data-action=reply-to-thread]")) return;
    event.preventDefault();
    this.#setReplyTo(null);
    this.#source.focus();
  }
}

customElements.define("post-form", PostForm);
