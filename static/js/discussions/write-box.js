/* The form one writes in: keeps a draft while one types, previews and replies in place, quotes what is selected. */

import { quoted } from "./lib.js";

const PAUSE = 1500;

/* Whether that is the page of the thread that one sees. */
function isHere(address) {
  const page = (search) => new URLSearchParams(search).get("page") ?? "1";
  return address.pathname === location.pathname && page(address.search) === page(location.search);
}

/* To one's post where it stands: on another page, or in the thread that this one became a part of. */
function leadTo(page, address) {
  const last = [...page.querySelectorAll("#posts .post")].sort((one, two) => one.dataset.seq - two.dataset.seq).at(-1);
  location.assign(last ? `${address}#${last.id}` : address);
}

class WriteBox extends HTMLElement {
  #timer = 0;
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.addEventListener("input", () => this.#later(), { signal });
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    document.addEventListener("click", (event) => { this.#quote(event); this.#release(event); this.#hold(event); }, { signal });
    window.addEventListener("pagehide", () => this.#keep(), { signal });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#gone.abort();
  }

  get #form() { return this.querySelector("form"); }
  get #source() { return this.querySelector("[name=source]"); }

  #data() {
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "source", "title", "kind", "tags"]) data.set(name, this.querySelector(`[name=${name}]`)?.value ?? "");
    data.set("draft_key", this.dataset.place);
    return data;
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), PAUSE);
  }

  #keep() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    navigator.sendBeacon(this.dataset.draft, this.#data());
  }

  async #submit(event) {
    const name = event.submitter?.name;
    if (name === "preview") {
      event.preventDefault();
      await this.#preview();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (name === "send" && document.querySelector("new-posts")) {
      event.preventDefault();
      await this.#reply(event.submitter);
    }
  }

  async #preview() {
    const reply = await fetch(this.dataset.preview, { method: "POST", body: this.#data() }).catch(() => null);
    const box = this.querySelector(".preview");
    box.hidden = false;
    const said = box.querySelector(".said");
    if (reply?.ok) said.innerHTML = await reply.text();
    else said.textContent = reply ? await reply.text() : "";
  }

  /* What comes back is the whole page: its new posts are added here, its form takes this one's place. */
  async #reply(button) {
    button.disabled = true;
    const reply = await fetch(this.#form.action, { method: "POST", body: new FormData(this.#form) }).catch(() => null);
    button.disabled = false;
    const page = reply && new DOMParser().parseFromString(await reply.text(), "text/html");
    const form = page?.querySelector("write-box form");
    if (!form) this.#stay(page);
    else if (reply.ok && !isHere(new URL(reply.url))) leadTo(page, reply.url);
    else await this.#take(page, form, reply.ok);
  }

  async #take(page, form, wasSent) {
    const { takePosts } = await import("./new-posts.js");
    const last = wasSent ? takePosts(page) : null;
    this.#form.replaceWith(form);
    this.#tell(page.querySelector(".messages"));
    if (last) {
      last.tabIndex = -1;
      last.focus();
    }
  }

  /* What the server says of it, in place of what it said before. */
  #tell(messages) {
    this.querySelector(".messages")?.remove();
    if (messages) this.prepend(messages);
  }

  /* Nothing was posted, and the answer, if one came, has no form: the words stay here, and why is said. */
  #stay(page) {
    const why = page ? `${page.querySelector("main .message")?.textContent.trim() ?? ""} ${this.dataset.refused}` : this.dataset.offline;
    const box = this.querySelector(".message.unsent") ?? document.createElement("div");
    box.className = "message error unsent";
    box.setAttribute("role", "alert");
    box.textContent = why.trim();
    this.#source.before(box);
    this.#later();
  }

  /* A page of this thread shows the draft: it is kept before that page is asked for. */
  async #hold(event) {
    const link = event.target.closest("a[href]");
    const isPlain = !event.defaultPrevented && !event.button && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!this.#timer || !link || !isPlain || link.pathname !== location.pathname || link.search === location.search) return;
    event.preventDefault();
    clearTimeout(this.#timer);
    this.#timer = 0;
    await fetch(this.dataset.draft, { method: "POST", body: this.#data(), signal: AbortSignal.timeout(3000) }).catch(() => null);
    location.assign(link.href);
  }

  /* “Quote” with words selected in that post quotes those alone. */
  #quote(event) {
    const link = event.target.closest('.acts a[href*="quote="]');
    const words = getSelection().toString();
    const said = link?.closest(".post")?.querySelector(".said");
    if (!words.trim() || !said?.contains(getSelection().anchorNode)) return;
    event.preventDefault();
    this.#source.value = quoted(this.#source.value, words);
    this.#answer(link.closest(".post"));
    this.#source.focus();
    this.#later();
  }

  /* The reply is to that post, or with null to the whole thread; it says so over the form. */
  #answer(post) {
    const box = this.querySelector(".answered"), link = box.querySelector("a");
    this.querySelector("[name=reply_to]").value = post?.id.slice(1) ?? "";
    box.hidden = !post;
    if (!post) return;
    link.hash = post.id;
    link.textContent = `#${post.dataset.seq}`;
  }

  #release(event) {
    if (!event.target.closest("[data-act=to-nobody]")) return;
    event.preventDefault();
    this.#answer(null);
    this.#source.focus();
  }
}

customElements.define("write-box", WriteBox);
