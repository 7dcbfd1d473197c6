/*
Shows the tags of a field as chips with a button each, and suggests known tags as the user types. The field itself, hidden
meanwhile, holds what is sent. Without scripts it is a plain field of tags separated by commas.
*/

import { addTags, formatTags, parseTags, splitTyped, suggestions } from "./lib/tag-list.js";

class TagCompletion extends HTMLElement {
  #field;
  #entry;
  #chips;
  #list;
  #status;
  #tags = [];
  #known = [];
  #selected = -1;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#known = JSON.parse(this.dataset.known ?? "[]");
    this.#field = this.querySelector("input");
    this.#build();
    this.#entry.addEventListener("input", (event) => this.#type(event), { signal });
    this.#entry.addEventListener("change", (event) => event.stopPropagation(), { signal });
    this.#entry.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.#entry.addEventListener("blur", () => this.#leave(), { signal });
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal }); // The entry keeps the focus.
    this.#list.addEventListener("click", ({ target }) => this.#pick(target.closest("[role=option]")), { signal });
    this.#chips.addEventListener("click", (event) => this.#remove(event.target.closest("button")), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#field.id = this.#entry.id;
    this.#field.hidden = false;
    for (const part of [this.#chips, this.#entry, this.#list, this.#status]) part.remove();
  }

  /* Shows the tags that the field has now: something else has set its value. */
  show() {
    this.#tags = parseTags(this.#field.value);
    this.#entry.value = "";
    this.#drawChips();
  }

  #build() {
    this.#chips = Object.assign(document.createElement("ul"), { className: "tag-chips", hidden: true });
    this.#chips.setAttribute("aria-label", this.dataset.chosen);
    this.#status = Object.assign(document.createElement("span"), { className: "visually-hidden", role: "status" });
    this.#list = Object.assign(document.createElement("ul"), { role: "listbox", hidden: true });
    this.#list.id = `${this.#field.id}_suggestions`;
    this.#list.setAttribute("aria-label", this.#field.labels?.[0]?.textContent.trim() || this.#field.name);
    this.#entry = this.#makeEntry();
    this.append(this.#chips, this.#entry, this.#list, this.#status);
  }

  /* The entry takes the field's id, so that its label and links to it lead there. */
  #makeEntry() {
    const entry = document.createElement("input");
    const { id, className } = this.#field;
    this.#field.id = `${id}_list`;
    this.#field.hidden = true;
    Object.assign(entry, { id, className, type: "text", autocomplete: "off", role: "combobox" });
    entry.setAttribute("aria-controls", this.#list.id);
    entry.setAttribute("aria-expanded", "false");
    entry.setAttribute("aria-autocomplete", "list");
    for (const name of ["aria-describedby", "aria-invalid"])
      if (this.#field.hasAttribute(name)) entry.setAttribute(name, this.#field.getAttribute(name));
    return entry;
  }

  #drawChips() {
    const chips = this.#tags.map((tag) => {
      const chip = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      button.setAttribute("aria-label", this.dataset.remove.replace("%s", tag));
      const name = Object.assign(document.createElement("span"), { textContent: tag, dir: "auto" });
      chip.append(name, button);
      return chip;
    });
    this.#chips.replaceChildren(...chips);
    this.#chips.hidden = !chips.length;
  }

  #type(event) {
    event.stopPropagation();
    const [complete, rest] = splitTyped(this.#entry.value);
    const isQuoted = (this.#entry.value.match(/"/g)?.length ?? 0) % 2 === 1;
    if (complete.length && !isQuoted) {
      this.#entry.value = rest;
      this.#tags = addTags(this.#tags, complete);
      this.#drawChips();
    }
    this.#send();
    this.#suggest();
  }

  /* Writes the tags, and what is being typed, into the field, as if it had been typed there. */
  #send() {
    const value = formatTags(addTags(this.#tags, [this.#entry.value]));
    if (value === this.#field.value) return;
    this.#field.value = value;
    for (const name of ["input", "change"]) this.#field.dispatchEvent(new Event(name, { bubbles: true }));
  }

  #add(tag) {
    this.#tags = addTags(this.#tags, [tag]);
    this.#entry.value = "";
    this.#drawChips();
    this.#send();
    this.#hide();
  }

  #remove(button) {
    if (!button) return;
    const index = [...this.#chips.children].indexOf(button.closest("li"));
    const [tag] = this.#tags.splice(index, 1);
    this.#drawChips();
    this.#send();
    this.#status.textContent = this.dataset.removed.replace("%s", tag);
    const next = this.#chips.children[index] ?? this.#chips.children[index - 1];
    (next?.querySelector("button") ?? this.#entry).focus();
  }

  #leave() {
    if (this.#entry.value.trim()) this.#add(this.#entry.value);
    else this.#hide();
  }

  #suggest() {
    this.#selected = -1;
    const options = suggestions(this.#entry.value, this.#tags, this.#known).map((tag, n) => {
      const option = document.createElement("li");
      return Object.assign(option, { id: `${this.#list.id}_${n}`, role: "option", textContent: tag });
    });
    this.#list.replaceChildren(...options);
    this.#list.hidden = !options.length;
    this.#entry.setAttribute("aria-expanded", String(!this.#list.hidden));
    this.#mark();
  }

  #hide() {
    this.#list.hidden = true;
    this.#selected = -1;
    this.#entry.setAttribute("aria-expanded", "false");
    this.#entry.removeAttribute("aria-activedescendant");
  }

  #mark() {
    [...this.#list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === this.#selected)));
    const option = this.#list.children[this.#selected];
    if (option) this.#entry.setAttribute("aria-activedescendant", option.id);
    else this.#entry.removeAttribute("aria-activedescendant");
  }

  #handleKey(event) {
    if (event.isComposing) return;
    const { value } = this.#entry;
    if (event.key === "Backspace" && !value) {
      this.#remove(this.#chips.querySelector("li:last-child button"));
      this.#entry.focus();
    } else if (event.key === "Enter" && value.trim()) this.#add(this.#list.children[this.#selected]?.textContent ?? value);
    else if (this.#list.hidden || !this.#choose(event.key)) return;
    event.preventDefault();
  }

  /* Moves among the suggestions, or closes them; returns whether the key does. */
  #choose(key) {
    const count = this.#list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const isFromField = step === -1 && this.#selected < 0;
    if (step) this.#selected = (this.#selected + step + count + (isFromField ? 1 : 0)) % count;
    else if (key === "Escape") this.#hide();
    else return false;
    this.#mark();
    return true;
  }

  #pick(option) {
    if (option) this.#add(option.textContent);
  }
}

customElements.define("tag-completion", TagCompletion);
