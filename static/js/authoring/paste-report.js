/* Says that a paste is being cleaned, what of it was left out, and which of its images are missing. */

class PasteReport extends HTMLElement {
  #listening;
  #pending = 0;
  #shown = {};

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#part("close").addEventListener("click", () => this.clear(), { signal });
    this.#part("images").addEventListener("click", () => document.dispatchEvent(new CustomEvent("paste-images-requested")), { signal });
    document.addEventListener("paste-images-done", () => this.show(this.#shown), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  #say(text) {
    this.classList.toggle("problem", false);
    this.#part("status").textContent = text;
    this.#part("close").hidden = !text || this.#pending > 0;
  }

  /* Says that a paste is being cleaned. Each call is followed by one of `end`. */
  begin() {
    this.clear();
    this.#pending += 1;
    this.#say(this.dataset.working);
  }

  end() {
    this.#pending -= 1;
    if (!this.#pending && this.#part("status").textContent === this.dataset.working) this.#say("");
  }

  clear() {
    this.#shown = {};
    this.#say("");
    this.#part("left-out").hidden = true;
    this.#part("images").hidden = true;
  }

  /* Says what was left out of a paste: items of { text, why }, and the addresses of missing images. */
  show(answer, missing = [], canAdd = false) {
    const { left_out: leftOut = [], more = 0 } = answer;
    this.#shown = answer;
    const count = leftOut.length + more;
    const sentences = [];
    if (count) sentences.push(count === 1 ? this.dataset.leftOutOne : this.dataset.leftOut.replace("%n", count));
    const { missingOne, missing: missingMany } = this.dataset;
    if (missing.length) sentences.push(missing.length === 1 ? missingOne : missingMany.replace("%n", missing.length));
    this.#say(sentences.join(" "));
    const images = missing.map((image) => ({ text: nameOf(image), why: this.dataset.missingWhy }));
    this.#part("left-out").hidden = !sentences.length;
    this.#part("left-out").open = false;
    this.#part("list").replaceChildren(...[...leftOut, ...images].map(item), ...(more ? [item({ text: `+ ${more}`, why: "" })] : []));
    this.#part("images").hidden = !canAdd;
  }

  /* Says why a paste has lost its formats. */
  fail({ reason = "offline", sentence = "" }) {
    this.clear();
    this.#say([this.dataset.plain, sentence || this.dataset[reason] || this.dataset.offline].join(" "));
    this.classList.toggle("problem", true);
  }

  say(name, value = "") {
    this.clear();
    this.#say(this.dataset[name].replace("%s", value));
  }
}

const nameOf = ({ alt, address }) => [alt, /^data:/i.test(address) ? "" : address].filter(Boolean).join(" – ") || "?";

const item = ({ text, why }) => {
  const line = document.createElement("li");
  const words = document.createElement("q");
  words.textContent = text;
  line.append(words, why ? ` ${why}` : "");
  return line;
};

customElements.define("paste-report", PasteReport);
