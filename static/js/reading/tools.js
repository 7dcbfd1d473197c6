/* Closes a sheet when a place on the page has been chosen in it, so that the place can be seen. */

class ReadingTools extends HTMLElement {
  #gone = null;

  connectedCallback() {
    this.#gone = new AbortController();
    document.addEventListener("click", (event) => this.#chosen(event), { signal: this.#gone.signal });
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #chosen(event) {
    const sheet = event.target.closest?.('.sheet a[href^="#"]')?.closest(".sheet");
    if (sheet?.matches(":popover-open")) sheet.hidePopover();
  }
}

customElements.define("reading-tools", ReadingTools);
