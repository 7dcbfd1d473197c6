/* Members dragged from group to group, or moved by the arrow keys on their names. Without script they are ticked and
   moved by the form around them, which this posts too. */

class GroupBoard extends HTMLElement {
  #gone = null;
  #dragged = null;

  connectedCallback() {
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    for (const card of this.querySelectorAll("[data-seat]")) card.draggable = true;
    this.#hint();
    this.addEventListener("dragstart", (event) => this.#lift(event), { signal });
    this.addEventListener("dragend", () => this.#release(), { signal });
    this.addEventListener("dragover", (event) => this.#hover(event), { signal });
    this.addEventListener("drop", (event) => this.#drop(event), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  get #groups() { return [...this.querySelectorAll(".group")]; }
  get #status() { return this.querySelector("[role=status]"); }

  #hint() {
    if (this.querySelector(".hint")) return;
    const words = document.createElement("p");
    words.className = "help hint";
    words.textContent = this.dataset.help;
    this.querySelector(".board").before(words);
  }

  #lift(event) {
    this.#dragged = event.target.closest?.("[data-seat]");
    if (!this.#dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.#dragged.dataset.seat);
  }

  #release() {
    this.#dragged = null;
    for (const group of this.#groups) group.classList.remove("over");
  }

  #hover(event) {
    const over = event.target.closest(".group");
    if (!this.#dragged || !over) return;
    event.preventDefault();
    for (const group of this.#groups) group.classList.toggle("over", group === over);
  }

  #drop(event) {
    const card = this.#dragged;
    const group = event.target.closest(".group");
    if (!card || !group) return;
    event.preventDefault();
    this.#move(card, group);
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const card = event.target.closest("[data-seat]");
    if (!step || !card || event.target.type !== "checkbox" || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const forward = getComputedStyle(this).direction === "rtl" ? -step : step;
    const groups = this.#groups;
    const group = groups[groups.indexOf(card.closest(".group")) + forward];
    if (group) this.#move(card, group);
  }

  async #move(card, group) {
    const from = card.closest(".group");
    if (group === from) return;
    const next = card.nextElementSibling;
    const focused = card.contains(document.activeElement) ? document.activeElement : null;
    this.#put(card, group);
    focused?.focus();
    if (await this.#save(card, group)) {
      this.#say(this.dataset.moved.replace("%(name)s", card.querySelector("bdi").textContent).replace("%(group)s", group.dataset.name));
      return;
    }
    from.querySelector("ul").insertBefore(card, next);
    this.#count();
    focused?.focus();
    this.#say(this.dataset.failed);
  }

  #put(card, group) {
    group.querySelector("ul").append(card);
    this.#count();
  }

  #count() {
    for (const group of this.#groups) {
      group.querySelector(".n").textContent = group.querySelectorAll("[data-seat]").length + Number(group.dataset.more);
    }
  }

  async #save(card, group) {
    const form = this.querySelector("form");
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("seats", card.dataset.seat);
    data.set("group", group.dataset.group);
    data.set("script", "1");
    try {
      return (await fetch(form.action, { method: "POST", body: data })).ok;
    } catch {
      return false;
    }
  }

  #say(words) {
    this.#status.classList.toggle("unseen", words !== this.dataset.failed);
    this.#status.textContent = words;
  }
}

customElements.define("group-board", GroupBoard);
