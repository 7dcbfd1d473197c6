/* Shows while one types what the search finds: a combobox, whose list is HTML from the address in `data-href`. Without it, a plain
   form. With `data-choose-first`, Enter opens the first of them; otherwise all results, until one is chosen. */

const DELAY = 150;
const MIN_LENGTH = 2;
// In these scripts one character says as much as a word.
const ENOUGH_ALONE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

let boxCount = 0;

class SearchBox extends HTMLElement {
  #listeners = null;
  #field;
  #panel;
  #status;
  #request = null;
  #timer = 0;
  #number = boxCount += 1;
  // What the panel answers, as HTML by what was typed since the field was last left.
  #answers = new Map();
  #shown = "";
  #chosen = -1;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: this.dataset.style }));
    this.#field = this.querySelector("input[type=search]");
    this.#panel = this.#append("div", { className: "suggestions", id: `suggestions-${this.#number}`, hidden: true });
    this.#status = this.#append("p", { className: "visually-hidden", role: "status" });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": false })) {
      this.#field.setAttribute(name, value);
    }
    this.#field.addEventListener("input", (event) => event.isComposing || this.#suggestSoon(), { signal });
    this.#field.addEventListener("compositionend", () => this.#suggestSoon(), { signal });
    this.#field.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.addEventListener("submit", () => this.#hide(), { signal });
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget) || this.#leave(), { signal });
    // The field keeps the focus while an option is pressed.
    this.#panel.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.#panel.addEventListener("click", (event) => event.target.closest("a") && this.#hide(), { signal });
    if (this.#field.value && this.#field.value !== this.#field.defaultValue) this.#suggestSoon();
  }

  disconnectedCallback() {
    this.#hide();
    this.#listeners.abort();
    this.#panel.remove();
    this.#status.remove();
  }

  #append(tag, properties) {
    const element = Object.assign(document.createElement(tag), properties);
    this.querySelector("form").append(element);
    return element;
  }

  get #text() { return this.#field.value.trim(); }
  get #options() { return [...this.#panel.querySelectorAll("[role=option]")]; }

  #suggestSoon() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    if ([...this.#text].length < MIN_LENGTH && !ENOUGH_ALONE.test(this.#text)) this.#hide();
    else if (this.#answers.has(this.#text)) this.#show(this.#text);
    else this.#timer = setTimeout(() => this.#suggest(this.#text), DELAY);
  }

  async #suggest(text) {
    const { signal } = this.#request = new AbortController();
    const url = new URL(this.dataset.href, location.href);
    for (const [name, value] of new FormData(this.querySelector("form"))) url.searchParams.set(name, value);
    url.searchParams.set("q", text);
    const response = await fetch(url, { signal }).catch(() => null);
    const html = response?.ok && !response.redirected ? await response.text().catch(() => "") : "";
    if (signal.aborted) return;
    if (html) this.#answers.set(text, html);
    if (html && text === this.#text && this.contains(document.activeElement)) this.#show(text);
    else this.#hide();
  }

  #show(text) {
    this.#panel.replaceChildren(...new DOMParser().parseFromString(this.#answers.get(text), "text/html").body.childNodes);
    this.#panel.hidden = false;
    this.#shown = text;
    this.#options.forEach((option, n) => { [option.id, option.tabIndex] = [`${this.#panel.id}-${n}`, -1]; });
    const list = this.#panel.querySelector("[role=listbox]");
    if (list) list.id = `${this.#panel.id}-list`;
    this.#field.setAttribute("aria-controls", list?.id ?? this.#panel.id);
    this.#field.setAttribute("aria-expanded", Boolean(list));
    this.#status.textContent = this.#panel.querySelector("[data-status]")?.dataset.status ?? "";
    this.#choose(list && this.hasAttribute("data-choose-first") ? 0 : -1);
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#shown = this.#status.textContent = "";
    this.#field.setAttribute("aria-expanded", false);
    this.#choose(-1);
  }

  #leave() {
    this.#answers.clear();
    this.#hide();
  }

  /* Marks an option as what Enter opens; -1 for none, so that Enter shows all results. */
  #choose(number) {
    const options = this.#options;
    options.forEach((option, n) => option.setAttribute("aria-selected", n === number));
    this.#chosen = number;
    if (number < 0) return this.#field.removeAttribute("aria-activedescendant");
    this.#field.setAttribute("aria-activedescendant", options[number].id);
    options[number].scrollIntoView({ block: "nearest" });
  }

  #handleKey(event) {
    if (event.isComposing) return;
    const isOpen = !this.#panel.hidden, step = STEPS[event.key], count = this.#options.length;
    if (step && !event.altKey && isOpen) this.#choose(((this.#chosen + 1 + step + count + 1) % (count + 1)) - 1);
    else if (event.key === "ArrowDown" && !isOpen) this.#suggestSoon();
    else if (event.key === "Escape" && isOpen) this.#hide();
    else if (event.key === "Enter" && isOpen && this.#shown === this.#text && this.#chosen >= 0) this.#open(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* As a click with the same keys: Ctrl opens another tab. */
  #open({ ctrlKey, metaKey, shiftKey }) {
    const click = new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey });
    this.#options[this.#chosen].dispatchEvent(click);
  }
}

customElements.define("search-box", SearchBox);
