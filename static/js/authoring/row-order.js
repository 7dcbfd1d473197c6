/*
Reorders the lessons of a module, or the modules of a course, by dragging, and without reloading the page by the buttons and,
anywhere in a row, by Alt with an arrow key. `data-field` names the form's field, `lesson` or `module`.
*/

const CONFLICT = 409;

class RowOrder extends HTMLElement {
  #form;
  #list;
  #dragged = null;
  #saving = Promise.resolve();
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#form = this.querySelector("form");
    this.#list = this.querySelector("ol");
    for (const handle of this.#list.querySelectorAll(".handle")) handle.hidden = false;
    this.#form.addEventListener("submit", (event) => this.#handleSubmit(event), { signal });
    this.#list.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.#list.addEventListener("pointerdown", (event) => this.#startDrag(event), { signal });
    this.#list.addEventListener("pointermove", (event) => this.#drag(event), { signal });
    this.#list.addEventListener("pointerup", () => this.#drop(), { signal });
    this.#list.addEventListener("pointercancel", () => this.#drop(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #startDrag(event) {
    const handle = event.target.closest(".handle");
    if (!handle) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    this.#dragged = handle.closest("li");
    this.#dragged.classList.add("dragged");
  }

  #drag(event) {
    if (!this.#dragged) return;
    const rows = [...this.#list.children];
    const after = rows.find((row) => row !== this.#dragged && event.clientY < middleOf(row));
    if ((after ?? null) !== this.#dragged.nextElementSibling) this.#list.insertBefore(this.#dragged, after ?? null);
  }

  #drop() {
    if (!this.#dragged) return;
    const row = this.#dragged;
    row.classList.remove("dragged");
    this.#dragged = null;
    this.#save(row);
  }

  #handleSubmit(event) {
    event.preventDefault();
    const button = event.submitter;
    const row = button.closest("li");
    this.#move(row, button.name === "up");
    const usable = button.disabled ? row.querySelector("button:not(:disabled)") : button;
    usable?.focus();
  }

  #handleKey(event) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const focused = event.target;
    this.#move(focused.closest("li"), event.key === "ArrowUp");
    focused.focus();
  }

  #move(row, isUp) {
    const other = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (isUp) other.before(row);
    else other.after(row);
    this.#save(row);
  }

  #save(row) {
    this.#refresh();
    const body = new FormData(this.#form);
    const order = [...this.#list.children].map(({ dataset }) => dataset.pk);
    for (const pk of order) body.append(this.dataset.field, pk);
    const moved = this.dataset.moved.replace("%s", row.dataset.title).replace("%n", [...this.#list.children].indexOf(row) + 1);
    // One after the other, because each names the order that it replaces.
    this.#saving = this.#saving.then(() => this.#send(body, order, moved));
  }

  async #send(body, order, moved) {
    body.set("version", this.#form.elements.version.value);
    const response = await fetch(this.#form.action, { method: "POST", body }).catch(() => null);
    if (response?.status === CONFLICT) this.#showConflict(order);
    else {
      if (response?.ok) this.#form.elements.version.value = order.join(",");
      this.#showStatus(response?.ok ? moved : this.dataset.failed, Boolean(response?.ok));
    }
  }

  /* Opens the page that shows both orders, after somebody else has changed the saved one. */
  #showConflict(order) {
    for (const pk of order) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: this.dataset.field, value: pk });
      this.#form.append(field);
    }
    this.#form.submit();
  }

  #refresh() {
    const rows = [...this.#list.children];
    rows.forEach((row, n) => {
      row.querySelector("[name=up]").disabled = n === 0;
      row.querySelector("[name=down]").disabled = n === rows.length - 1;
    });
  }

  #showStatus(message, isDone) {
    const status = this.querySelector("[role=status]");
    status.textContent = message;
    status.classList.toggle("visually-hidden", isDone);
  }
}

const middleOf = (row) => {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
};

customElements.define("row-order", RowOrder);
