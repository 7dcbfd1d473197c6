/* What is told over the cards: that there are new notes, which wait until the reader wants them, or why there are none. */

export class News {
  #box;
  #words;
  #waiting = null;

  /* `taken` is called with the places that waited, when the reader wants them. */
  constructor(box, words, { taken, signal }) {
    [this.#box, this.#words] = [box, words];
    box.addEventListener("click", () => this.#waiting && taken(this.#waiting), { signal });
  }

  /* `count` of the notes in `places` are new. */
  offer(places, count) {
    this.#waiting = places;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = count === 1 ? this.#words.newsOne : this.#words.newsMany.replace("%n", count);
    this.#box.replaceChildren(button);
  }

  forget() {
    this.#waiting = null;
  }

  /* Says what else there is to say, unless something waits. */
  tell(words) {
    if (!this.#waiting) this.#box.textContent = words;
  }
}
