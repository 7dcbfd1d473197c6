/* Says every 20 seconds that the lesson is open here, and shows who else has it open. */

import { send } from "../unsent/send.js";

const INTERVAL = 20_000;

class EditingPresence extends HTMLElement {
  #timer = 0;
  #listening;
  #shown = "";

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#shown = normal(this.innerHTML);
    this.#timer = setInterval(() => this.#beat(), INTERVAL);
    window.addEventListener("pagehide", () => this.#leave(), { signal });
    window.addEventListener("pageshow", () => this.#beat(), { signal });
    document.addEventListener("lesson-saved", () => this.#beat(), { signal });
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#listening.abort();
  }

  async #beat() {
    const data = new FormData();
    data.set("version", this.closest("form")?.elements.version?.value ?? "");
    const response = await send(this.dataset.href, data, { redirect: "manual" });
    if (!response?.ok) return;
    this.#show(await response.text());
  }

  /* Screen readers announce what changes: nothing is replaced by the same. */
  #show(html) {
    if (normal(html) === this.#shown) return;
    this.#shown = normal(html);
    this.innerHTML = html;
  }

  #leave() {
    const data = new FormData();
    data.set("leaving", "1");
    send(this.dataset.href, data, { keepalive: true });
  }
}

const normal = (html) => html.replace(/\s+/g, " ").trim();

customElements.define("editing-presence", EditingPresence);
