/* The line above the cards: that there are new annotations, which wait until the reader wants them, or why there are none. */

export class StatusBar {
  #element;
  #messages;
  #pending = null;

  /* `accept` is called with the waiting positions when the reader wants them. */
  constructor(element, messages, { accept, signal }) {
    [this.#element, this.#messages] = [element, messages];
    element.addEventListener("click", () => this.#pending && accept(this.#pending), { signal });
  }

  /* `count` of the annotations in `positions` are new. */
  offer(positions, count) {
    this.#pending = positions;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = count === 1 ? this.#messages.newOne : this.#messages.newMany.replace("%n", count);
    this.#element.replaceChildren(button);
  }

  clear() {
    this.#pending = null;
  }

  /* Shows a message, unless new annotations wait. */
  show(message) {
    if (!this.#pending) this.#element.textContent = message;
  }
}
