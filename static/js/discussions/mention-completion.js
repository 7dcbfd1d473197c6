/* Suggests people while the user types @name. Without scripts it is a plain text field. */

import { mentionAt, filterByPrefix } from "./lib/post-text.js";

const DELAY = 150;
const CLOSING_KEYS = ["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];
const MIRRORED_STYLES = ["font", "letterSpacing", "lineHeight", "padding", "border", "boxSizing", "direction", "tabSize"];

class MentionCompletion extends HTMLElement {
  #field;
  #list;
  #status;
  #listeners;
  #request;
  #timer = 0;
  #chosen = 0;
  #mention = null;
  #dismissedAt = -1;
  #known = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#field = this.querySelector("textarea");
    this.#list = this.#append("ul", { id: `${this.#field.id}_people`, role: "listbox", hidden: true });
    this.#list.setAttribute("aria-label", this.dataset.label);
    this.#status = this.#append("p", { className: "visually-hidden", role: "status" });
    this.#field.setAttribute("aria-autocomplete", "list");
    this.#field.setAttribute("aria-haspopup", "listbox");
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#field.setAttribute("autocomplete", "off");
    this.#field.addEventListener("input", () => this.#suggestSoon(), { signal });
    this.#field.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.#field.addEventListener("blur", () => this.#hide(), { signal });
    this.#field.addEventListener("click", () => this.#suggestSoon(), { signal });
    this.closest("form")?.addEventListener("change", () => { this.#known = null; }, { signal });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.#list.addEventListener("click", (event) => this.#pick(event), { signal });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#listeners.abort();
    this.#request?.abort();
    this.#list.remove();
    this.#status.remove();
  }

  #append(tag, properties) {
    const element = Object.assign(document.createElement(tag), properties);
    this.append(element);
    return element;
  }

  #suggestSoon() {
    clearTimeout(this.#timer);
    const mention = mentionAt(this.#field.value, this.#field.selectionStart);
    if (!mention || mention.start === this.#dismissedAt) this.#hide();
    else this.#timer = setTimeout(() => this.#suggest(mention), this.#list.hidden ? DELAY : DELAY / 2);
    if (!mention) this.#dismissedAt = -1;
  }

  async #suggest(mention) {
    const people = filterByPrefix(this.#known, mention.prefix) ?? (await this.#fetchPeople(mention.prefix));
    if (!people || document.activeElement !== this.#field) return;
    this.#mention = mention;
    this.#show(people);
  }

  async #fetchPeople(prefix) {
    this.#request?.abort();
    this.#request = new AbortController();
    const url = new URL(this.dataset.href, location.href);
    url.searchParams.set("q", prefix);
    for (const [name, value] of Object.entries(this.#audience)) url.searchParams.set(name, value);
    const response = await fetch(url, { signal: this.#request.signal }).catch(() => null);
    if (!response?.ok) return null;
    const { people, complete: isComplete } = await response.json().catch(() => ({ people: [] }));
    this.#known = { prefix, people, isComplete };
    return people;
  }

  /* Who will read a new thread, as its form says now: only they are suggested. */
  get #audience() {
    const form = this.closest("form"), audience = form?.querySelector("[name=audience]:checked")?.value;
    const group = form?.querySelector("select[name=group]")?.value;
    return audience ? { audience, ...(group && { group }) } : {};
  }

  #show(people) {
    const options = people.map((person, n) => {
      const { handle, name } = person;
      const option = Object.assign(document.createElement("li"), { id: `${this.#list.id}_${n}`, role: "option", person });
      const label = document.createElement("bdi"), mention = document.createElement("small");
      [label.textContent, mention.textContent] = [name, `@${handle}`];
      option.append(label, " ", mention);
      return option;
    });
    if (!options.length) return this.#hide();
    this.#list.replaceChildren(...options);
    this.#list.hidden = false;
    this.#chosen = 0;
    this.#highlightChosen();
    this.#position();
    this.#status.textContent = people.length === 1 ? this.dataset.one : this.dataset.many.replace("%n", people.length);
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#mention = null;
    this.#list.hidden = true;
    this.#status.textContent = "";
    this.#field.removeAttribute("aria-activedescendant");
  }

  #highlightChosen() {
    const options = [...this.#list.children];
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === this.#chosen)));
    this.#field.setAttribute("aria-activedescendant", options[this.#chosen].id);
    options[this.#chosen].scrollIntoView({ block: "nearest" });
  }

  /* Places the list below the line of the @, which a hidden copy of the text locates. */
  #position() {
    const mirror = document.createElement("div");
    const style = getComputedStyle(this.#field);
    for (const name of MIRRORED_STYLES) mirror.style[name] = style[name];
    const hidden = { position: "absolute", visibility: "hidden", inset: "0 auto auto 0" };
    Object.assign(mirror.style, hidden, { whiteSpace: "pre-wrap", overflowWrap: "break-word" });
    mirror.style.inlineSize = `${this.#field.clientWidth}px`;
    mirror.textContent = this.#field.value.slice(0, this.#mention.start);
    const caret = document.createElement("span");
    caret.textContent = "@";
    mirror.append(caret);
    this.append(mirror);
    const below = caret.offsetTop + caret.offsetHeight - this.#field.scrollTop;
    const room = this.clientWidth - this.#list.offsetWidth;
    this.#list.style.top = `${Math.min(below, this.#field.offsetHeight) + 4}px`;
    this.#list.style.left = `${Math.max(0, Math.min(caret.offsetLeft, room))}px`;
    mirror.remove();
  }

  #handleKey(event) {
    if (this.#list.hidden || event.isComposing) return;
    const count = this.#list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#chosen = (this.#chosen + step + count) % count;
      this.#highlightChosen();
    } else if (event.key === "Escape") {
      this.#dismissedAt = this.#mention.start;
      this.#hide();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      const option = this.#optionForCurrentPrefix();
      if (!option) return this.#hide();
      this.#insert(option);
    } else {
      if (CLOSING_KEYS.includes(event.key)) this.#hide();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /* Returns an option that still matches what has been typed since the list was built, preferably the chosen one. */
  #optionForCurrentPrefix() {
    const current = mentionAt(this.#field.value, this.#field.selectionStart);
    if (current?.start !== this.#mention.start) return null;
    const options = [...this.#list.children];
    const known = { prefix: this.#mention.prefix, people: options.map((option) => option.person), isComplete: true };
    const matches = filterByPrefix(known, current.prefix) ?? [];
    this.#mention = current;
    const remaining = options.filter(({ person }) => matches.includes(person));
    return remaining.includes(options[this.#chosen]) ? options[this.#chosen] : remaining[0];
  }

  #pick(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.#insert(option);
  }

  #insert(option) {
    const { start, prefix } = this.#mention;
    this.#field.setRangeText(`@${option.person.handle} `, start, start + 1 + prefix.length, "end");
    this.#hide();
    this.#field.focus();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("mention-completion", MentionCompletion);
