/* Shows how far an article is read, and opens its review, or says why there is none, as soon as that is known. */

const INTERVAL = 1500;

class ArticleReading extends HTMLElement {
  #timer;

  connectedCallback() {
    this.#timer = setInterval(() => this.#update(), INTERVAL);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /* A request that fails is repeated with the next one; an import that is gone has a page that says so. */
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
