/* Offers to show posts that arrive while the page is open; never scrolls by itself. Does not poll while hidden. */

import { newPostsLabel } from "./lib/post-text.js";

const POLL_INTERVAL = 20_000;

class NewPosts extends HTMLElement {
  #timer = 0;
  #listeners = null;
  #etag = "";
  #lastPage = 1;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#timer = setInterval(() => this.#poll(), POLL_INTERVAL);
    this.addEventListener("click", () => this.#show(), { signal });
    document.addEventListener("outbox-sent", () => this.#show(), { signal });
    document.addEventListener("posts-shown", () => this.#clear(), { signal });
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#listeners.abort();
  }

  async #poll() {
    if (document.hidden) return;
    const headers = this.#etag ? { "If-None-Match": this.#etag } : {};
    const response = await fetch(`${this.dataset.href}?after=${this.dataset.after}`, { headers }).catch(() => null);
    if (!response?.ok) return;
    this.#etag = response.headers.get("ETag") ?? "";
    const { count, page } = await response.json();
    this.#lastPage = page;
    if (count) this.#offer(count);
  }

  #offer(count) {
    const button = this.querySelector("button") ?? document.createElement("button");
    button.type = "button";
    button.textContent = newPostsLabel(count, this.dataset.one, this.dataset.many);
    this.replaceChildren(button);
  }

  /* Adds the new posts to this page, or goes to the next page if this one is full. */
  async #show() {
    const response = await fetch(location.href);
    if (!response.ok) return;
    const after = Number(this.dataset.after);
    const newest = addPosts(new DOMParser().parseFromString(await response.text(), "text/html"));
    const current = Number(new URLSearchParams(location.search).get("page") ?? 1);
    if (!newest && this.#lastPage > current) location.assign(`?page=${current + 1}`);
    else firstAfter(after)?.focus();
  }

  #clear() {
    const numbers = [...document.querySelectorAll("#posts .post")].map((post) => Number(post.dataset.seq));
    this.dataset.after = Math.max(this.dataset.after, ...numbers);
    this.replaceChildren();
  }
}

/* Adds the posts of a fetched page that are not on this one, in a tree below the post they reply to; returns the newest. */
export function addPosts(page) {
  const added = [...page.querySelectorAll("#posts .post")].filter((post) => !document.getElementById(post.id));
  for (const post of added) addPost(post);
  document.dispatchEvent(new CustomEvent("posts-shown"));
  return added.sort((one, two) => one.dataset.seq - two.dataset.seq).at(-1);
}

function addPost(post) {
  const list = listFor(post), item = document.createElement("li");
  item.append(post);
  list.append(item);
}

/* Returns the list that a post belongs to: the answers to the post above it, or all. */
function listFor(post) {
  const answers = post.closest(".answers");
  const parent = answers && document.getElementById(`p${answers.dataset.to}`)?.parentElement;
  if (!parent) return document.querySelector("#posts");
  if (!parent.querySelector(".answers")) parent.append(answers.cloneNode());
  return parent.querySelector(".answers");
}

/* Returns the first post on the page with a greater number. */
function firstAfter(seq) {
  return [...document.querySelectorAll("#posts .post")].find((post) => Number(post.dataset.seq) > seq);
}

customElements.define("new-posts", NewPosts);
