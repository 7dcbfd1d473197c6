/* Suggests known tags as the user types into a field of tags separated by commas. Without scripts, it is a plain field. */

import { insertTag, suggestions } from "./lib/tag-list.js";

class TagCompletion extends HTMLElement {
  #field;
  #list;
  #known = [];
  #selected = -1;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#known = JSON.parse(this.dataset.known ?? "[]");
    this.#field = this.querySelector("input");
    this.#list = this.#makeList();
    this.#field.addEventListener("input", () => this.#show(), { signal });
    this.#field.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.#field.addEventListener("blur", () => this.#hide(), { signal });
    this.#list.addEventListener("pointerdown", (event) => this.#pick(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#list.remove();
  }

  #makeList() {
    const list = document.createElement("ul");
    Object.assign(list, { id: `${this.#field.id}_suggestions`, role: "listbox", hidden: true });
    list.setAttribute("aria-label", this.#field.labels?.[0]?.textContent.trim() || this.#field.name);
    this.#field.setAttribute("role", "combobox");
    this.#field.setAttribute("aria-controls", list.id);
    this.#field.setAttribute("aria-expanded", "false");
    this.#field.setAttribute("aria-autocomplete", "list");
    this.append(list);
    return list;
  }

  #show() {
    this.#selected = -1;
    const options = suggestions(this.#field.value, this.#known).map((tag, n) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `${this.#list.id}_${n}`, role: "option", textContent: tag });
      return option;
    });
    this.#list.replaceChildren(...options);
    this.#list.hidden = !options.length;
    this.#field.setAttribute("aria-expanded", String(!this.#list.hidden));
    this.#mark();
  }

  #hide() {
    this.#list.hidden = true;
    this.#field.setAttribute("aria-expanded", "false");
    this.#field.removeAttribute("aria-activedescendant");
  }

  #mark() {
    [...this.#list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === this.#selected)));
    const option = this.#list.children[this.#selected];
    if (option) this.#field.setAttribute("aria-activedescendant", option.id);
    else this.#field.removeAttribute("aria-activedescendant");
  }

  #handleKey(event) {
    if (this.#list.hidden) return;
    const count = this.#list.children.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isFromField = step === -1 && this.#selected < 0;
    if (step) this.#selected = (this.#selected + step + count + (isFromField ? 1 : 0)) % count;
    else if (event.key === "Escape") this.#hide();
    else if (event.key === "Enter" && this.#selected >= 0) this.#insert(this.#list.children[this.#selected].textContent);
    else return;
    event.preventDefault();
    this.#mark();
  }

  #pick(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    this.#insert(option.textContent);
  }

  #insert(tag) {
    this.#field.value = insertTag(this.#field.value, tag);
    this.#field.dispatchEvent(new Event("change", { bubbles: true }));
    this.#hide();
  }
}

customElements.define("tag-completion", TagCompletion);
