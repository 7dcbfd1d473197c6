/* Sends the review's buttons without loading the page, and saves what is typed or ticked a moment later. */

const PAUSE = 900;

class ArticleReview extends HTMLElement {
  #waiting;
  #queue = Promise.resolve();
  #typed = 0;
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("input", (event) => this.#input(event), { signal });
    window.addEventListener("beforeunload", (event) => this.#waiting && event.preventDefault(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
    clearTimeout(this.#waiting);
  }

  get #form() {
    return this.querySelector("#review");
  }

  /* A button is called "action" too, hence getAttribute below. Creating the module leaves the page: that is the browser's. */
  #submit(event) {
    const action = event.submitter?.value ?? "save";
    if (event.target !== this.#form || action === "create") return this.#leave();
    event.preventDefault();
    return this.#enqueue(() => this.#act(action));
  }

  #leave() {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
  }

  /* To update a module or to make one: the page says something else then. */
  #input(event) {
    if (event.target.name === "again") this.#enqueue(() => this.#act("save"));
    else this.#wait();
  }

  #wait() {
    this.#typed += 1;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#enqueue(() => this.#save()), PAUSE);
  }

  /* One request after the other: each needs the version that the one before made. */
  #enqueue(work) {
    this.#leave();
    this.#queue = this.#queue.then(work).catch((error) => this.#say(error.cause === 404 ? this.dataset.gone : this.dataset.failed));
    return this.#queue;
  }

  async #send(action) {
    const body = new FormData(this.#form);
    body.set("action", action);
    const answer = await fetch(this.#form.getAttribute("action"), { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("#review")) throw new Error(answer.status, { cause: answer.status });
    return { page, saved: answer.ok, sent: body };
  }

  /* What was typed while the answer was on its way stays: only the numbers are taken from it. */
  async #save() {
    const typed = this.#typed;
    const { page, saved } = await this.#send("save");
    if (!saved) return this.#show(page);
    this.#form.elements.version.value = page.querySelector("[name=version]").value;
    this.#take(page, "[data-part=statement]");
    this.#take(page, ".review-outline");
    this.#take(page, "[data-part=problems]");
    if (typed === this.#typed) this.#takeChanges(page);
    return this.#say(this.dataset.saved);
  }

  async #act(action) {
    const typed = this.#typed;
    const { page, saved, sent } = await this.#send(action);
    this.#show(page, action, sent);
    if (typed !== this.#typed) this.#wait();
    this.#say(saved && !page.querySelector(".messagelist .error") ? this.dataset.saved : "");
  }

  #show(page, action = "save", sent = new FormData(this.#form)) {
    const scroll = window.scrollY;
    const fresh = document.adoptNode(page.querySelector("#review"));
    carryOver(this.#form, sent, fresh);
    this.#form.replaceWith(fresh);
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

  #take(page, selector) {
    const fresh = page.querySelector(selector);
    if (fresh) this.querySelector(selector).replaceWith(document.adoptNode(fresh));
  }

  /* What the update does now; what is unfolded there stays so, and the focus where it was. */
  #takeChanges(page) {
    const open = new Set([...this.querySelectorAll(".changes details[open]")].map((one) => one.dataset.section));
    const { name, value } = this.querySelector(".review-again :focus") ?? {};
    this.#take(page, "[data-part=again]");
    for (const one of this.querySelectorAll(".changes details")) one.open = one.open || open.has(one.dataset.section);
    if (name) [...this.#form.elements].find((field) => field.name === name && field.value === value)?.focus();
  }

  #say(words) {
    const status = this.querySelector("[data-part=status]");
    if (status) status.textContent = words;
  }
}

/* What was typed or ticked since `sent` goes from the old form into the new one. */
const carryOver = (old, sent, fresh) => {
  for (const field of old.elements) {
    const twin = field.name && field.name !== "version" && field.type !== "submit" && fresh.elements.namedItem(field.name);
    if (!twin || !("value" in twin)) continue;
    if (field.type === "checkbox") {
      if (sent.has(field.name) !== field.checked) twin.checked = field.checked;
    } else if (field.type === "radio") {
      if (field.checked && sent.get(field.name) !== field.value) twin.value = field.value;
    } else if (sent.get(field.name)?.replaceAll("\r\n", "\n") !== field.value) twin.value = field.value;
  }
};

customElements.define("article-review", ArticleReview);
