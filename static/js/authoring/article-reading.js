/* Shows the progress of reading an article, and then opens its review, or the page that says why it failed. */

const INTERVAL = 1500;

class ArticleReading extends HTMLElement {
  #timer;

  connectedCallback() {
    this.#timer = setInterval(() => this.#update(), INTERVAL);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /* A failed request is followed by the next one; for a deleted import the page that says so is loaded. */
  async #update() {
    const response = await fetch(this.dataset.progress, { headers: { Accept: "application/json" } }).catch(() => null);
    if (response?.status === 404) return location.reload();
    if (!response?.ok) return undefined;
    const { isReading, progress, state } = await response.json();
    if (!isReading) return location.reload();
    this.querySelector("progress").value = progress;
    const label = this.querySelector("[data-part=state]");
    if (label.textContent !== state) label.textContent = state;
    return undefined;
  }
}

customElements.define("article-reading", ArticleReading);
