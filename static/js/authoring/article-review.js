/* Submits the review's buttons without reloading the page, and saves what is typed or ticked after a short delay. */

const SAVE_DELAY = 900;

class ArticleReview extends HTMLElement {
  #timer;
  #queue = Promise.resolve();
  #typed = 0;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("input", (event) => this.#input(event), { signal });
    window.addEventListener("beforeunload", (event) => this.#timer && event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  get #form() {
    return this.querySelector("#review");
  }

  /* A button is called "action" too, hence getAttribute below. Creating the module leaves the page: the browser does that. */
  #submit(event) {
    const action = event.submitter?.value ?? "save";
    if (event.target !== this.#form || action === "create") return this.#cancelSave();
    event.preventDefault();
    return this.#enqueue(() => this.#run(action));
  }

  #cancelSave() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /* The choice between updating a module and creating one changes the page at once. */
  #input(event) {
    if (event.target.name === "reimport") this.#enqueue(() => this.#run("save"));
    else this.#saveSoon();
  }

  #saveSoon() {
    this.#typed += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#enqueue(() => this.#save()), SAVE_DELAY);
  }

  /* One request after the other: each needs the version saved by the one before. */
  #enqueue(work) {
    this.#cancelSave();
    this.#queue = this.#queue.then(work).catch((error) => {
      this.#showStatus(error.cause === 404 ? this.dataset.missing : this.dataset.failed);
    });
    return this.#queue;
  }

  async #send(action) {
    const body = new FormData(this.#form);
    body.set("action", action);
    const response = await fetch(this.#form.getAttribute("action"), { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!page.querySelector("#review")) throw new Error(response.status, { cause: response.status });
    return { page, saved: response.ok, sent: body };
  }

  /* What is typed while the request is on its way stays: only the summaries are updated from the response. */
  async #save() {
    const typed = this.#typed;
    const { page, saved } = await this.#send("save");
    if (!saved) return this.#show(page);
    this.#form.elements.version.value = page.querySelector("[name=version]").value;
    this.#replacePart(page, "[data-part=completeness]");
    this.#replacePart(page, ".review-outline");
    this.#replacePart(page, "[data-part=problems]");
    if (typed === this.#typed) this.#updateChanges(page);
    return this.#showStatus(this.dataset.saved);
  }

  async #run(action) {
    const typed = this.#typed;
    const { page, saved, sent } = await this.#send(action);
    this.#show(page, action, sent);
    if (typed !== this.#typed) this.#saveSoon();
    this.#showStatus(saved && !page.querySelector(".messagelist .error") ? this.dataset.saved : "");
  }

  #show(page, action = "save", sent = new FormData(this.#form)) {
    const scroll = window.scrollY;
    const replacement = document.adoptNode(page.querySelector("#review"));
    carryOver(this.#form, sent, replacement);
    this.#form.replaceWith(replacement);
    const messages = page.querySelector(".messagelist");
    document.querySelector(".messagelist")?.remove();
    if (messages) document.querySelector("#content").before(document.adoptNode(messages));
    window.scrollTo({ top: scroll, behavior: "instant" });
    this.#focus(action);
  }

  #focus(action) {
    const subject = action.split(":")[1];
    const same = [...this.#form.querySelectorAll("button[name=action]")].find((button) => button.value === action);
    const near = subject && this.querySelector(`#${CSS.escape(subject)} :is(input, button):not(:disabled)`);
    const target = same && !same.disabled && same.tabIndex >= 0 ? same : near;
    target?.focus({ preventScroll: true });
  }

  #replacePart(page, selector) {
    const replacement = page.querySelector(selector);
    if (replacement) this.querySelector(selector).replaceWith(document.adoptNode(replacement));
  }

  /* Updates what the reimport changes; open details stay open, and the focus where it was. */
  #updateChanges(page) {
    const open = new Set([...this.querySelectorAll(".changes details[open]")].map((details) => details.dataset.section));
    const { name, value } = this.querySelector(".review-reimport :focus") ?? {};
    this.#replacePart(page, "[data-part=reimport]");
    for (const details of this.querySelectorAll(".changes details")) details.open ||= open.has(details.dataset.section);
    if (name) [...this.#form.elements].find((field) => field.name === name && field.value === value)?.focus();
  }

  #showStatus(message) {
    const status = this.querySelector("[data-part=status]");
    if (status) status.textContent = message;
  }
}

/* What was typed or ticked since `sent` goes from the old form into the new one. */
const carryOver = (old, sent, replacement) => {
  for (const field of old.elements) {
    const isCarried = field.name && field.name !== "version" && field.type !== "submit";
    const counterpart = isCarried && replacement.elements.namedItem(field.name);
    if (!counterpart || !("value" in counterpart)) continue;
    if (field.type === "checkbox") {
      if (sent.has(field.name) !== field.checked) counterpart.checked = field.checked;
    } else if (field.type === "radio") {
      if (field.checked && sent.get(field.name) !== field.value) counterpart.value = field.value;
    } else if (sent.get(field.name)?.replaceAll("\r\n", "\n") !== field.value) counterpart.value = field.value;
  }
};

customElements.define("article-review", ArticleReview);
