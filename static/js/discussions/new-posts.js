/* Offers posts that came while one reads; the page never moves by itself. Quiet while nobody looks at it. */

import { newPostsWords } from "./lib.js";

const EVERY = 20_000;

class NewPosts extends HTMLElement {
  #timer = 0;
  #gone = null;
  #tag = "";

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
    const { count } = await reply.json();
    if (count) this.#offer(count);
  }

  #offer(count) {
    const button = this.querySelector("button") ?? document.createElement("button");
    button.type = "button";
    button.textContent = newPostsWords(count, this.dataset.one, this.dataset.many);
    this.replaceChildren(button);
  }

  async #show() {
    const reply = await fetch(location.href);
    if (reply.ok) takePosts(new DOMParser().parseFromString(await reply.text(), "text/html"));
  }

  #forget() {
    this.dataset.after = document.querySelector(".posts > :last-child")?.dataset.seq || this.dataset.after;
    this.replaceChildren();
  }
}

/* Adds the posts of a fetched page that are not here yet, beneath those that are; returns the last of them. */
export function takePosts(page) {
  const here = document.querySelector("#posts");
  const fresh = [...page.querySelectorAll("#posts > .post")].filter((post) => !document.getElementById(post.id));
  here?.append(...fresh);
  document.dispatchEvent(new CustomEvent("posts-shown"));
  return fresh.at(-1);
}

customElements.define("new-posts", NewPosts);
