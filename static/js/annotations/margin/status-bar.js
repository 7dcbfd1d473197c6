/* The line above the cards: that there are new annotations, which wait until the reader wants them, how many are unread, or
   why there are none. */

const MOST = 100;

export class StatusBar {
  #element;
  #unread;
  #done;
  #messages;
  #pending = null;

  /* In `root` are `.status-bar`, `.unread` with the count and a button, and `.done` for what was just done. `accept` is called
     with the waiting positions when the reader wants them, `undo` with the URL that takes back what was done. */
  constructor(root, messages, { accept, undo, signal }) {
    const parts = [".status-bar", ".unread", ".done"].map((selector) => root.querySelector(selector));
    [this.#element, this.#unread, this.#done] = parts;
    this.#messages = messages;
    this.#element.addEventListener("click", () => this.#pending && accept(this.#pending), { signal });
    this.#done.addEventListener("click", (event) => {
      if (event.target.matches(".undo")) undo(event.target.value);
      else if (event.target.matches("button")) this.#done.replaceChildren();
    }, { signal });
  }

  /* Says what was done, with a button that takes it back if `undoUrl` does; it has the focus. */
  confirm(notice, undoUrl = "") {
    const text = Object.assign(document.createElement("p"), { textContent: notice });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "small" });
    Object.assign(button, undoUrl ? { textContent: this.#messages.undo, value: undoUrl } : { textContent: this.#messages.close });
    button.classList.toggle("undo", Boolean(undoUrl));
    this.#done.replaceChildren(...(notice ? [text, button] : []));
    if (undoUrl) button.focus({ preventScroll: true });
  }

  /* `count` of the annotations in `positions` are new. */
  offer(positions, count) {
    this.#pending = positions;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.#newText(count);
    this.#element.replaceChildren(button);
  }

  clear() {
    this.#pending = null;
  }

  /* Shows a message, unless new annotations wait. */
  show(message) {
    if (!this.#pending) this.#element.textContent = message;
  }

  showUnread(count) {
    this.#unread.hidden = !count;
    this.#unread.querySelector("b").textContent = this.#newText(count);
  }

  #newText(count) {
    return count === 1 ? this.#messages.newOne : this.#messages.newMany.replace("%n", count > MOST ? `${MOST}+` : count);
  }
}
