/* Offers posts that came while one reads; the page never moves by itself. Quiet while nobody looks at it. */

import { newPostsWords } from "./lib.js";

const EVERY = 20_000;

class NewPosts extends HTMLElement {
  #timer = 0;
  #gone = null;
  #tag = "";
  #last = 1;

  connectedCallback() {
    this.#gone = new AbortController();
    this.#timer = setInterval(() => this.#ask(), EVERY);
    this.addEventListener("click", () => this.#show(), { signal: this.#gone.signal });
    document.addEventListener("posts-shown", () => this.#forget(), { signal: this.#gone.signal });
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#gone.abort();
  }

  async #ask() {
    if (document.hidden) return;
    const headers = this.#tag ? { "If-None-Match": this.#tag } : {};
    const reply = await fetch(`${this.dataset.address}?after=${this.dataset.after}`, { headers }).catch(() => null);
    if (!reply?.ok) return;
    this.#tag = reply.headers.get("ETag") ?? "";
    const { count, page } = await reply.json();
    this.#last = page;
    if (count) this.#offer(count);
  }

  #offer(count) {
    const button = this.querySelector("button") ?? document.createElement("button");
    button.type = "button";
    button.textContent = newPostsWords(count, this.dataset.one, this.dataset.many);
    this.replaceChildren(button);
  }

  /* Beneath those that are here; where this page is full, on the next one. */
  async #show() {
    const reply = await fetch(location.href);
    if (!reply.ok) return;
    const fresh = takePosts(new DOMParser().parseFromString(await reply.text(), "text/html"));
    const here = Number(new URLSearchParams(location.search).get("page") ?? 1);
    if (!fresh && this.#last > here) location.assign(`?page=${here + 1}`);
  }

  #forget() {
    const numbers = [...document.querySelectorAll("#posts .post")].map((post) => Number(post.dataset.seq));
    this.dataset.after = Math.max(this.dataset.after, ...numbers);
    this.replaceChildren();
  }
}

/* Adds the posts of a fetched page that are not here yet, beneath those that are, in a tree beneath what they answer;
   returns the newest of them. */
export function takePosts(page) {
  const fresh = [...page.querySelectorAll("#posts .post")].filter((post) => !document.getElementById(post.id));
  for (const post of fresh) branchOf(post)?.append(post);
  document.dispatchEvent(new CustomEvent("posts-shown"));
  return fresh.sort((one, two) => one.dataset.seq - two.dataset.seq).at(-1);
}

function branchOf(post) {
  const here = document.querySelector("#posts");
  const branch = post.parentElement.closest(".answers");
  const above = branch && document.getElementById(`p${branch.dataset.to}`);
  if (!above) return here;
  if (!above.nextElementSibling?.matches(".answers")) above.after(branch.cloneNode());
  return above.nextElementSibling;
}

customElements.define("new-posts", NewPosts);
