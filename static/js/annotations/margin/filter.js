/* The form that says which notes are shown. Without script it leads to their list. */

export class Filter {
  #form;

  /* `changed` is called when other notes are wanted, `hidden` when none are, or they again. */
  constructor(form, { changed, hidden, signal }) {
    this.#form = form;
    const on = (type, act) => form.addEventListener(type, act, { signal });
    on("change", (event) => {
      this.#tell();
      if (event.target.name === "hide") hidden();
      else changed();
    });
    on("submit", (event) => {
      event.preventDefault();
      changed();
    });
    on("reset", () => setTimeout(() => {
      this.#tell();
      changed();
    }));
  }

  /* A filter that is folded away still says that it hides something. */
  #tell() {
    this.#form.parentElement.querySelector(".is-on").hidden = !this.isOn;
  }

  get hides() {
    return this.#form.querySelector("[name=hide]").checked;
  }

  get isOn() {
    return this.hides || Boolean(this.query);
  }

  get query() {
    const given = new FormData(this.#form);
    given.delete("hide");
    const wanted = [...given].filter(([name, value]) => value && !(name === "who" && value === "all"));
    return wanted.length ? `?${new URLSearchParams(wanted)}` : "";
  }

  /* The kinds of notes as the course names them. */
  name(kinds) {
    const select = this.#form.querySelector("[name=label]");
    const missing = kinds.filter((kind) => !select.querySelector(`option[value="${CSS.escape(kind.key)}"]`));
    select.append(...missing.map((kind) => new Option(kind.name, kind.key)));
  }
}
