/* Offers known tags while one types into a field of tags between commas. Without a script the field works as it is. */

const MOST = 8;

export const lastWord = (value) => value.slice(value.lastIndexOf(",") + 1).trim();

export const completed = (value, tag) => {
  const before = value.slice(0, value.lastIndexOf(",") + 1);
  const word = /[\s,"]/.test(tag) ? `"${tag}"` : tag;
  return `${before}${before ? " " : ""}${word}, `;
};

export const offers = (value, known) => {
  const word = lastWord(value).replaceAll('"', "").toLocaleLowerCase();
  if (!word) return [];
  const taken = new Set(value.split(",").map((tag) => tag.trim().replaceAll('"', "").toLocaleLowerCase()));
  const open = known.filter((tag) => !taken.has(tag.toLocaleLowerCase()));
  return open.filter((tag) => tag.toLocaleLowerCase().includes(word)).slice(0, MOST);
};

class TagCompletion extends HTMLElement {
  #field;
  #list;
  #known = [];
  #chosen = -1;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#known = JSON.parse(this.dataset.known ?? "[]");
    this.#field = this.querySelector("input");
    this.#list = this.#makeList();
    this.#field.addEventListener("input", () => this.#show(), { signal });
    this.#field.addEventListener("keydown", (event) => this.#press(event), { signal });
    this.#field.addEventListener("blur", () => this.#hide(), { signal });
    this.#list.addEventListener("pointerdown", (event) => this.#pick(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#list.remove();
  }

  #makeList() {
    const list = document.createElement("ul");
    Object.assign(list, { id: `${this.#field.id}_offers`, role: "listbox", hidden: true });
    list.setAttribute("aria-label", this.#field.labels?.[0]?.textContent.trim() || this.#field.name);
    this.#field.setAttribute("role", "combobox");
    this.#field.setAttribute("aria-controls", list.id);
    this.#field.setAttribute("aria-expanded", "false");
    this.#field.setAttribute("aria-autocomplete", "list");
    this.append(list);
    return list;
  }

  #show() {
    this.#chosen = -1;
    const options = offers(this.#field.value, this.#known).map((tag, n) => {
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
    [...this.#list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === this.#chosen)));
    const option = this.#list.children[this.#chosen];
    if (option) this.#field.setAttribute("aria-activedescendant", option.id);
    else this.#field.removeAttribute("aria-activedescendant");
  }

  #press(event) {
    if (this.#list.hidden) return;
    const count = this.#list.children.length;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) this.#chosen = (this.#chosen + steps[event.key] + count + (this.#chosen < 0 && event.key === "ArrowUp")) % count;
    else if (event.key === "Escape") this.#hide();
    else if (event.key === "Enter" && this.#chosen >= 0) this.#take(this.#list.children[this.#chosen].textContent);
    else return;
    event.preventDefault();
    this.#mark();
  }

  #pick(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    this.#take(option.textContent);
  }

  #take(tag) {
    this.#field.value = completed(this.#field.value, tag);
    this.#field.dispatchEvent(new Event("change", { bubbles: true }));
    this.#hide();
  }
}

customElements.define("tag-completion", TagCompletion);
