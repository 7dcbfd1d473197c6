/* Cards as the server prints them, fetched by the dozen and kept. */

const MOST = 50;

export class Cards {
  #kept = new Map();
  #asked = new Set();

  constructor(address) {
    this.address = address;
  }

  get(id) {
    return this.#kept.get(id);
  }

  forget(id) {
    this.#kept.delete(id);
    this.#asked.delete(id);
  }

  /* Those that are not here yet; tells whether any came. What the server does not give out is not asked for again. */
  async fetch(ids) {
    const missing = ids.filter((id) => !this.#asked.has(id));
    for (const id of missing) this.#asked.add(id);
    const batches = [];
    for (let n = 0; n < missing.length; n += MOST) batches.push(this.#ask(`ids=${missing.slice(n, n + MOST)}`));
    const found = (await Promise.all(batches)).flat();
    if (found.includes(null)) missing.forEach((id) => this.#asked.delete(id));
    return found.some(Boolean);
  }

  /* The id of the note with this name, null where there is none for the reader. */
  async named(uid) {
    const [card] = await this.#ask(`uid=${encodeURIComponent(uid)}`);
    return card ? Number(card.dataset.id) : null;
  }

  gone() {
    return this.#ask("gone=1");
  }

  async #ask(query) {
    const reply = await fetch(`${this.address}?${query}`).catch(() => null);
    if (!reply?.ok) return [null];
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const cards = [...page.querySelectorAll("body > .note")].map((card) => document.adoptNode(card));
    for (const card of cards) {
      this.#asked.add(Number(card.dataset.id));
      this.#kept.set(Number(card.dataset.id), card);
    }
    return cards;
  }
}

/* Lists cards under the text, with a way to the rest, and goes to the one that the address names. */
export function list(section, cards, count) {
  section.querySelector("ol").replaceChildren(...cards.filter(Boolean).map((card) => {
    const li = document.createElement("li");
    li.append(card);
    return li;
  }));
  section.querySelector(".older").hidden = count <= cards.length;
  section.hidden = false;
  if (location.hash.startsWith("#note-")) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}
