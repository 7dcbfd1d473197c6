/* Moves members from group to group by dragging, or with the arrow keys on their names. Without scripts,
   the form around them moves the selected ones; this submits the same form. */

const CONFLICT = 409;

class GroupBoard extends HTMLElement {
  #listeners = null;
  #dragged = null;

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    for (const card of this.querySelectorAll("[data-membership]")) card.draggable = true;
    this.#showHint();
    this.addEventListener("dragstart", (event) => this.#startDrag(event), { signal });
    this.addEventListener("dragend", () => this.#endDrag(), { signal });
    this.addEventListener("dragover", (event) => this.#dragOver(event), { signal });
    this.addEventListener("drop", (event) => this.#drop(event), { signal });
    this.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
  }

  disconnectedCallback() {
    this.#listeners.abort();
  }

  get #groups() { return [...this.querySelectorAll(".group")]; }
  get #status() { return this.querySelector("[role=status]"); }

  #showHint() {
    if (this.querySelector(".hint")) return;
    const hint = document.createElement("p");
    hint.className = "help hint";
    hint.textContent = this.dataset.help;
    this.querySelector(".board").before(hint);
  }

  #startDrag(event) {
    this.#dragged = event.target.closest?.("[data-membership]");
    if (!this.#dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.#dragged.dataset.membership);
  }

  #endDrag() {
    this.#dragged = null;
    for (const group of this.#groups) group.classList.remove("drop-target");
  }

  #dragOver(event) {
    const target = event.target.closest(".group");
    if (!this.#dragged || !target) return;
    event.preventDefault();
    for (const group of this.#groups) group.classList.toggle("drop-target", group === target);
  }

  #drop(event) {
    const card = this.#dragged;
    const group = event.target.closest(".group");
    if (!card || !group) return;
    event.preventDefault();
    this.#move(card, group);
  }

  #handleKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const card = event.target.closest("[data-membership]");
    if (!step || !card || event.target.type !== "checkbox" || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const offset = getComputedStyle(this).direction === "rtl" ? -step : step;
    const groups = this.#groups;
    const group = groups[groups.indexOf(card.closest(".group")) + offset];
    if (group) this.#move(card, group);
  }

  async #move(card, group) {
    const from = card.closest(".group");
    if (group === from) return;
    const next = card.nextElementSibling;
    const focused = card.contains(document.activeElement) ? document.activeElement : null;
    this.#append(card, group);
    focused?.focus();
    if (await this.#save(card, group)) {
      const name = card.querySelector("bdi").textContent;
      this.#showStatus(this.dataset.moved.replace("%(name)s", name).replace("%(group)s", group.dataset.name));
      return;
    }
    from.querySelector("ul").insertBefore(card, next);
    this.#updateCounts();
    focused?.focus();
    this.#showStatus(this.dataset.failed);
  }

  #append(card, group) {
    group.querySelector("ul").append(card);
    this.#updateCounts();
  }

  #updateCounts() {
    for (const group of this.#groups) {
      group.querySelector(".count").textContent = group.querySelectorAll("[data-membership]").length + Number(group.dataset.more);
    }
  }

  async #save(card, group) {
    const form = this.querySelector("form");
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const box = card.querySelector("input");
    data.set("memberships", box.value);
    data.set("group", group.dataset.group);
    data.set("script", "1");
    const response = await fetch(form.action, { method: "POST", body: data }).catch(() => null);
    if (response?.status === CONFLICT) this.#showConflict(form, box, group);
    if (response?.ok) box.value = `${card.dataset.membership}-${group.dataset.group}`;
    return Boolean(response?.ok);
  }

  /* Opens the page that says where this member is now, after somebody else has moved them. */
  #showConflict(form, box, group) {
    for (const other of form.querySelectorAll("input:checked")) other.checked = false;
    box.checked = true;
    form.elements.group.value = group.dataset.group;
    form.submit();
  }

  #showStatus(message) {
    this.#status.classList.toggle("visually-hidden", message !== this.dataset.failed);
    this.#status.textContent = message;
  }
}

customElements.define("group-board", GroupBoard);
