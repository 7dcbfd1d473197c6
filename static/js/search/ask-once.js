/* While the title of a question is typed: what may answer it, as HTML from the address in `data-href`. */

const DELAY = 400;
const MIN_LENGTH = 6;

class AskOnce extends HTMLElement {
  #listeners = null;
  #request = null;
  #timer = 0;
  #asked = "";
  #list;
  #status;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#list = this.appendChild(document.createElement("div"));
    this.#status = this.appendChild(Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" }));
    this.form.addEventListener("input", ({ target }) => target.name === "title" && this.#suggestSoon(), { signal });
    this.form.addEventListener("change", ({ target }) => target.name === "kind" && this.#suggestSoon(), { signal });
    this.form.addEventListener("unsent-restored", () => this.#suggestSoon(), { signal });
    this.#list.addEventListener("click", (event) => this.#answer(event.target.closest("[data-answer]")), { signal });
    this.#suggestSoon();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#listeners.abort();
    this.replaceChildren();
  }

  get form() { return this.closest("form"); }

  /* What is asked; empty if it is no question, or hardly begun. */
  get #title() {
    const { kind, title } = this.form.elements, text = title.value.trim();
    return kind.value === "question" && [...text].length >= MIN_LENGTH ? text : "";
  }

  #suggestSoon() {
    clearTimeout(this.#timer);
    if (this.#title === this.#asked) return;
    if (this.#title) this.#timer = setTimeout(() => this.#suggest(this.#title), DELAY);
    else this.#show("", "");
  }

  async #suggest(title) {
    this.#request?.abort();
    const { signal } = this.#request = new AbortController();
    const url = new URL(this.dataset.href, location.href);
    url.searchParams.set("q", title);
    const response = await fetch(url, { signal }).catch(() => null);
    const html = response?.ok && !response.redirected ? await response.text().catch(() => null) : null;
    if (!signal.aborted && html !== null) this.#show(title, html);
  }

  #show(title, html) {
    this.#request?.abort();
    this.#asked = title;
    const { body } = new DOMParser().parseFromString(html, "text/html");
    // What has the focus stays while the same is suggested.
    if (body.innerHTML === this.#list.innerHTML) return;
    this.#list.replaceChildren(...body.childNodes);
    this.#status.textContent = this.#list.querySelector("[data-status]")?.dataset.status ?? "";
  }

  /* Sends the form to where an answered question is counted and discarded. Not by a button in the form: Enter would press it. */
  #answer(choice) {
    if (!choice || !navigator.onLine) return;
    const formAction = choice.closest("[data-answered]").dataset.answered;
    const button = Object.assign(document.createElement("button"), { name: "next", value: choice.dataset.answer, formAction });
    button.hidden = button.formNoValidate = true;
    this.form.append(button);
    this.form.requestSubmit(button);
    button.remove();
  }
}

customElements.define("ask-once", AskOnce);
