/* Answers checks without leaving the page: the part of the answering page that is the check takes its place, and so do
   the parts that say how far the reader is, which have the attribute data-refresh. */

class LessonChecks extends HTMLElement {
  #listening = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.addEventListener("click", (event) => this.#tryAgain(event), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  async #submit(event) {
    const form = event.target, check = form.closest(".knowledge-check");
    if (!check || event.defaultPrevented) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    body.set("page", "checks");
    await this.#replace(check, form.action, { method: "POST", body }, () => form.requestSubmit(event.submitter));
  }

  async #tryAgain(event) {
    const link = event.target.closest?.("a[data-again]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const check = link.closest(".knowledge-check");
    const url = new URL(this.dataset.page ?? location.pathname, location.href);
    url.searchParams.set("again", check.id.replace("check-", ""));
    await this.#replace(check, url, {});
  }

  /* Shows what the server answers in place of the check. An answer that is a page of its own, as when the session has
     ended, is opened as such: the form is sent again, as without this script. */
  async #replace(check, url, options) {
    check.setAttribute("aria-busy", "true");
    const response = await fetch(url, options).catch(() => null);
    const page = response ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
    check.removeAttribute("aria-busy");
    const answered = page?.getElementById(check.id);
    for (const part of page?.querySelectorAll("[data-refresh]") ?? []) {
      document.querySelector(`[data-refresh="${part.dataset.refresh}"]`)?.replaceWith(part);
    }
    if (answered) return this.#show(check, answered);
    if (!response) return this.#say(check, this.dataset.failed);
    const message = page.querySelector("main [role=alert]")?.textContent.trim();
    if (message) return this.#say(check, message);
    this.#listening.abort();
    check.querySelector("form")?.submit();
  }

  #show(check, answered) {
    check.replaceWith(answered);
    const field = answered.querySelector(".error") ? answered.querySelector("input:not([type=hidden]), textarea, select") : null;
    (field ?? answered).focus({ preventScroll: true });
    answered.scrollIntoView({ block: "nearest" });
  }

  #say(check, text) {
    const line = check.querySelector("[role=alert]") ?? check.querySelector("form").insertAdjacentElement("afterbegin",
      Object.assign(document.createElement("p"), { className: "message error", role: "alert" }));
    line.setAttribute("role", "alert");
    line.textContent = text;
  }
}

customElements.define("lesson-checks", LessonChecks);
