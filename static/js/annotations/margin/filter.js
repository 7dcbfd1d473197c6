/* The form that says which annotations are shown. Without script it leads to their list. */

export class Filter {
  #form;

  /* `changed` is called when other annotations are wanted, `hidden` when all are hidden or shown again. */
  constructor(form, { changed, hidden, signal }) {
    this.#form = form;
    const on = (type, listener) => form.addEventListener(type, listener, { signal });
    on("change", (event) => {
      this.#updateBadge();
      if (event.target.name === "hide") hidden();
      else changed();
    });
    on("submit", (event) => {
      event.preventDefault();
      changed();
    });
    on("reset", () => setTimeout(() => {
      this.#updateBadge();
      changed();
    }));
  }

  /* Shows on the closed filter whether it is on. */
  #updateBadge() {
    this.#form.parentElement.querySelector(".filter-on").hidden = !this.isOn;
  }

  get hidesAll() {
    return this.#form.querySelector("[name=hide]").checked;
  }

  get isOn() {
    return this.hidesAll || Boolean(this.query);
  }

  get query() {
    const data = new FormData(this.#form);
    data.delete("hide");
    const fields = [...data].filter(([name, value]) => value && !(name === "scope" && value === "all"));
    return fields.length ? `?${new URLSearchParams(fields)}` : "";
  }

  /* Adds the course's labels to the choices. */
  addLabels(labels) {
    const select = this.#form.querySelector("[name=label]");
    const missing = labels.filter(({ key }) => !select.querySelector(`option[value="${CSS.escape(key)}"]`));
    select.append(...missing.map(({ key, name }) => new Option(name, key)));
  }
}
