/* Moves an answer of a check up without sending the form, as the server would. */

const PARTS = ["right", "text", "feedback"];

class CheckForm extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    this.addEventListener("click", (event) => this.#moveUp(event), { signal: this.#listening.signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #moveUp(event) {
    const button = event.target.closest("button[name=move_up]");
    if (!button) return;
    event.preventDefault();
    const { elements } = button.form, number = Number(button.value);
    for (const part of PARTS) swap(elements[`options-${number - 1}-${part}`], elements[`options-${number}-${part}`]);
    const moved = elements[`options-${number - 1}-text`];
    moved.dispatchEvent(new Event("input", { bubbles: true }));
    (this.querySelector(`button[name=move_up][value="${number - 1}"]`) ?? moved).focus();
  }
}

const swap = (one, other) => {
  const property = one.type === "checkbox" ? "checked" : "value";
  [one[property], other[property]] = [other[property], one[property]];
};

customElements.define("check-form", CheckForm);
