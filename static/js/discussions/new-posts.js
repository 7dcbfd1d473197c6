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
    const newest = addPosts(new DOMParser().parseFromString(await response.text(), "text/html"));
    const current = Number(new URLSearchParams(location.search).get("page") ?? 1);
    if (!newest && this.#lastPage > current) location.assign(`?page=${current + 1}`);
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
  for (const post of added) branchOf(post)?.append(post);
  document.dispatchEvent(new CustomEvent("posts-shown"));
  return added.sort((one, two) => one.dataset.seq - two.dataset.seq).at(-1);
}

function branchOf(post) {
  const posts = document.querySelector("#posts");
  const branch = post.parentElement.closest(".answers");
  const parent = branch && document.getElementById(`p${branch.dataset.to}`);
  if (!parent) return posts;
  if (!parent.nextElementSibling?.matches(".answers")) parent.after(branch.cloneNode());
  return parent.nextElementSibling;
}

customElements.define("new-posts", NewPosts);
