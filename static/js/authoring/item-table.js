/*
A table that is edited by keyboard: Enter goes to the same column of the next row, and from the last row to a new one;
Ctrl with Enter saves. Rows are added and sorted without reloading the page, so that nothing typed is lost.
*/

class ItemTable extends HTMLElement {
  #form;
  #body;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#form = this.querySelector("form");
    this.#body = this.querySelector("tbody");
    this.querySelector(".keyboard-help").hidden = false;
    this.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.addEventListener("click", (event) => this.#handleClick(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #handleClick(event) {
    const heading = event.target.closest("th[data-column] a");
    if (event.target.closest("[data-action=add]")) this.#add();
    else if (heading && !event.ctrlKey && !event.metaKey && !event.shiftKey && this.#canSort) this.#sort(heading.closest("th"));
    else return;
    event.preventDefault();
  }

  #handleKey(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.#form.requestSubmit(this.#form.querySelector("[name=save]"));
    } else if (event.target.matches("input[type=text], textarea[data-line], select")) {
      event.preventDefault();
      const column = columnOf(event.target);
      const row = event.target.closest("tr");
      const rows = this.#rows;
      const next = rows[rows.indexOf(row) + (event.shiftKey ? -1 : 1)];
      if (next) fieldOf(next, column).focus();
      else if (!event.shiftKey) this.#add(column);
    }
  }

  /* The rows with fields: below a row may be another that says what is wrong with it. */
  get #rows() {
    return [...this.#body.rows].filter(({ dataset }) => dataset.row);
  }

  /* Adds a row, and puts the cursor into one of its fields. */
  #add(column) {
    const numbers = this.#rows.map(({ dataset }) => /^new-(\d+)$/.exec(dataset.row)?.[1] ?? -1).map(Number);
    const number = Math.max(...numbers, -1) + 1;
    const row = this.querySelector("template").content.querySelector("tr").cloneNode(true);
    for (const element of [row, ...row.querySelectorAll("[id], [name], [for]")])
      for (const name of ["id", "name", "for", "data-row"])
        if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace("new-N", `new-${number}`));
    this.#body.append(row);
    fieldOf(row, column).focus();
    this.querySelector(":scope > [role=status]").textContent = this.dataset.added;
  }

  /* Dates need the server to be ordered, and so do several pages. */
  get #canSort() {
    return !this.nextElementSibling?.matches("nav");
  }

  #sort(heading) {
    const { column } = heading.dataset;
    if (column === "date") return this.#sortOnServer(heading);
    const isReversed = heading.getAttribute("aria-sort") === "ascending";
    for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", isReversed ? "descending" : "ascending");
    const rows = this.#rows.filter((row) => textOf(row, column));
    rows.sort((a, b) => textOf(a, column).localeCompare(textOf(b, column), undefined, { sensitivity: "base" }));
    if (isReversed) rows.reverse();
    this.#body.prepend(...rows.flatMap((row) => [row, ...detailsOf(row)]));
    return null;
  }

  #sortOnServer(heading) {
    location.assign(heading.querySelector("a").href);
  }
}

const columnOf = (field) => field.name.split("-")[2];
const fieldOf = (row, column) => row.querySelector(column ? `[name$="-${column}"]` : "input, textarea, select");

const detailsOf = ({ nextElementSibling: next }) => (next && !next.dataset.row ? [next] : []);

const textOf = (row, column) => {
  const field = fieldOf(row, column);
  return (field.selectedOptions?.[0].text ?? field.value).trim();
};

customElements.define("item-table", ItemTable);
