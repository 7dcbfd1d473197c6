/* Keys of a card: space shows the answer, 1 to 4 grade it. The answer takes the focus when it is shown. A card whose question
   was changed has no answer to show. */

class ReviewCard extends HTMLElement {
  #listening = null;

  connectedCallback() {
    const answer = this.querySelector("details.reveal");
    if (!answer) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener("keydown", (event) => this.#press(event, answer), { signal });
    answer.addEventListener("toggle", () => { if (answer.open) this.querySelector(".grades button").focus(); }, { signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  #press(event, answer) {
    if (event.target.closest("input, textarea, select, button, a, summary") && !event.target.closest("review-card .grades")) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " " && !answer.open) {
      event.preventDefault();
      answer.open = true;
    } else if (answer.open) {
      this.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  }
}

customElements.define("review-card", ReviewCard);
