/* Offers people while one types @name. The words stay an ordinary text field; without a script they are all there is. */

import { mentionAt, narrowed } from "./lib.js";

const PAUSE = 150;
const GONE = ["ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];
const MIRRORED = ["font", "letterSpacing", "lineHeight", "padding", "border", "boxSizing", "direction", "tabSize"];

class MentionCompletion extends HTMLElement {
  #field;
  #list;
  #status;
  #gone;
  #asking;
  #timer = 0;
  #chosen = 0;
  #at = null;
  #left = -1;
  #known = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#field = this.querySelector("textarea");
    this.#list = this.#made("ul", { id: `${this.#field.id}_people`, role: "listbox", hidden: true });
    this.#list.setAttribute("aria-label", this.dataset.label);
    this.#status = this.#made("p", { className: "unseen", role: "status" });
    this.#field.setAttribute("aria-autocomplete", "list");
    this.#field.setAttribute("aria-haspopup", "listbox");
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#field.setAttribute("autocomplete", "off");
    this.#field.addEventListener("input", () => this.#later(), { signal });
    this.#field.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.#field.addEventListener("blur", () => this.#hide(), { signal });
    this.#field.addEventListener("click", () => this.#later(), { signal });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    this.#list.addEventListener("click", (event) => this.#pick(event), { signal });
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#gone.abort();
    this.#asking?.abort();
    this.#list.remove();
    this.#status.remove();
  }

  #made(tag, properties) {
    const element = Object.assign(document.createElement(tag), properties);
    this.append(element);
    return element;
  }

  #later() {
    clearTimeout(this.#timer);
    const at = mentionAt(this.#field.value, this.#field.selectionStart);
    if (!at || at.start === this.#left) this.#hide();
    else this.#timer = setTimeout(() => this.#offer(at), this.#list.hidden ? PAUSE : PAUSE / 2);
    if (!at) this.#left = -1;
  }

  async #offer(at) {
    const people = narrowed(this.#known, at.prefix) ?? (await this.#ask(at.prefix));
    if (!people || document.activeElement !== this.#field) return;
    this.#at = at;
    this.#show(people);
  }

  async #ask(prefix) {
    this.#asking?.abort();
    this.#asking = new AbortController();
    const address = new URL(this.dataset.address, location.href);
    address.searchParams.set("q", prefix);
    const reply = await fetch(address, { signal: this.#asking.signal }).catch(() => null);
    if (!reply?.ok) return null;
    const { people, whole } = await reply.json().catch(() => ({ people: [] }));
    this.#known = { prefix, people, whole };
    return people;
  }

  #show(people) {
    const options = people.map((person, n) => {
      const { handle, name } = person;
      const option = Object.assign(document.createElement("li"), { id: `${this.#list.id}_${n}`, role: "option", person });
      const [shown, at] = [document.createElement("bdi"), document.createElement("small")];
      [shown.textContent, at.textContent] = [name, `@${handle}`];
      option.append(shown, " ", at);
      return option;
    });
    if (!options.length) return this.#hide();
    this.#list.replaceChildren(...options);
    this.#list.hidden = false;
    this.#chosen = 0;
    this.#mark();
    this.#place();
    this.#status.textContent = people.length === 1 ? this.dataset.one : this.dataset.many.replace("%n", people.length);
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#at = null;
    this.#list.hidden = true;
    this.#status.textContent = "";
    this.#field.removeAttribute("aria-activedescendant");
  }

  #mark() {
    const options = [...this.#list.children];
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === this.#chosen)));
    this.#field.setAttribute("aria-activedescendant", options[this.#chosen].id);
    options[this.#chosen].scrollIntoView({ block: "nearest" });
  }

  /* Under the line one writes in: a copy of the text up to the @ tells where that is. */
  #place() {
    const mirror = document.createElement("div");
    const style = getComputedStyle(this.#field);
    for (const name of MIRRORED) mirror.style[name] = style[name];
    Object.assign(mirror.style, { position: "absolute", visibility: "hidden", inset: "0 auto auto 0", whiteSpace: "pre-wrap", overflowWrap: "break-word" });
    mirror.style.inlineSize = `${this.#field.clientWidth}px`;
    mirror.textContent = this.#field.value.slice(0, this.#at.start);
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

  #press(event) {
    if (this.#list.hidden || event.isComposing) return;
    const count = this.#list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#chosen = (this.#chosen + step + count) % count;
      this.#mark();
    } else if (event.key === "Escape") {
      this.#left = this.#at.start;
      this.#hide();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      const option = this.#caughtUp();
      if (!option) return this.#hide();
      this.#take(option);
    } else {
      if (GONE.includes(event.key)) this.#hide();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /* One may have typed on since the list was made: the option that still fits, the chosen one if it does. */
  #caughtUp() {
    const now = mentionAt(this.#field.value, this.#field.selectionStart);
    if (now?.start !== this.#at.start) return null;
    const options = [...this.#list.children];
    const known = { prefix: this.#at.prefix, people: options.map((option) => option.person), whole: true };
    const fits = narrowed(known, now.prefix) ?? [];
    this.#at = now;
    const open = options.filter(({ person }) => fits.includes(person));
    return open.includes(options[this.#chosen]) ? options[this.#chosen] : open[0];
  }

  #pick(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.#take(option);
  }

  #take(option) {
    const { start, prefix } = this.#at;
    this.#field.setRangeText(`@${option.person.handle} `, start, start + 1 + prefix.length, "end");
    this.#hide();
    this.#field.focus();
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("mention-completion", MentionCompletion);
