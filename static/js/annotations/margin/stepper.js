/* Goes from note to note in the order of the text: by key, by the buttons above the cards, or to the next unread one. */

import { isShortcut } from "../../course-bar.js";
import { UNREAD } from "../lib/spans.js";

const STEPS = { j: 1, k: -1 };
const BAR_HEIGHT = 96;

export class Stepper {
  #column;
  #goTo;

  /* `goTo` is called with the number of an annotation. */
  constructor(column, goTo) {
    [this.#column, this.#goTo] = [column, goTo];
  }

  handleKey(event) {
    const step = STEPS[event.key];
    if (!step || !isShortcut(event)) return;
    event.preventDefault();
    this.step(step);
  }

  /* Goes to the next or previous note, at first from where the window is. */
  step(by) {
    if (!this.#column.positions) return;
    const { order } = this.#column, at = order.indexOf(this.#active);
    const next = order[at >= 0 ? at + by : this.#firstInView(order, by)];
    if (next !== undefined) this.#goTo(next);
  }

  stepToUnread() {
    if (!this.#column.positions) return;
    const { order, positions } = this.#column;
    const unread = order.filter((n) => positions.flags[n] & UNREAD);
    const next = unread.find((n) => n > this.#active) ?? unread[0];
    if (next !== undefined) this.#goTo(next);
  }

  get #active() { return [...this.#column.active][0] ?? -1; }

  #firstInView(order, by) {
    const below = this.#column.blocks.find(({ element }) => element.getBoundingClientRect().bottom > BAR_HEIGHT);
    if (!below) return by > 0 ? 0 : order.length - 1;
    const first = order.findIndex((n) => n >= below.numbers[0]);
    return by > 0 ? first : first - 1;
  }
}
