/* Cards as the server renders them, fetched in batches and cached. */

const BATCH_SIZE = 50;

export class CardStore {
  #cards = new Map();
  #requested = new Set();

  constructor(url) {
    this.url = url;
  }

  get(id) {
    return this.#cards.get(id);
  }

  delete(id) {
    this.#cards.delete(id);
    this.#requested.delete(id);
  }

  /* Fetches missing cards and returns whether any came. Those that the server does not return are not requested again. */
  async fetch(ids) {
    const missing = ids.filter((id) => !this.#requested.has(id));
    for (const id of missing) this.#requested.add(id);
    const batches = [];
    for (let n = 0; n < missing.length; n += BATCH_SIZE) {
      batches.push(this.#request(`ids=${missing.slice(n, n + BATCH_SIZE)}`));
    }
    const cards = (await Promise.all(batches)).flat();
    if (cards.includes(null)) missing.forEach((id) => this.#requested.delete(id));
    return cards.some(Boolean);
  }

  /* Returns the id of the annotation with this UUID, null where there is none for the reader. */
  async idOf(uid) {
    const [card] = await this.#request(`uid=${encodeURIComponent(uid)}`);
    return card ? Number(card.dataset.id) : null;
  }

  /* Fetches a card again, with all its replies; returns whether it came. */
  async fetchWhole(id) {
    const [card] = await this.#request(`ids=${id}&replies=all`);
    return Boolean(card);
  }

  fetchOrphaned() {
    return this.#request("orphaned=1");
  }

  async #request(query) {
    const response = await fetch(`${this.url}?${query}`).catch(() => null);
    if (!response?.ok) return [null];
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const cards = [...page.querySelectorAll("body > .annotation")].map((card) => document.adoptNode(card));
    for (const card of cards) {
      this.#requested.add(Number(card.dataset.id));
      this.#cards.set(Number(card.dataset.id), card);
    }
    return cards;
  }
}

/* Lists cards below the text, with a link to the rest, and scrolls to the one that the URL names. */
export function renderList(section, cards, count) {
  section.querySelector("ol").replaceChildren(...cards.filter(Boolean).map((card) => {
    const item = document.createElement("li");
    item.append(card);
    return item;
  }));
  section.querySelector(".older").hidden = count <= cards.length;
  section.hidden = false;
  if (location.hash.startsWith("#note-")) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}
