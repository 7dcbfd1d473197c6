/* Shows a term's definition where it is used: by pointer, by focus, by touch. Without script it links to the list below. */

const HIDE_DELAY = 250;

class GlossaryTerms extends HTMLElement {
  #card = null;
  #term = null;
  #timer = 0;
  #listening = null;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#card = this.#makeCard();
    const on = (type, listener) => this.addEventListener(type, (event) => {
      const term = event.target.closest?.("a.term");
      if (term) listener(term, event);
    }, { signal });
    on("pointerover", (term, event) => { if (event.pointerType === "mouse") this.#show(term); });
    on("pointerout", (term, event) => { if (event.pointerType === "mouse") this.#hideSoon(); });
    on("focusin", (term) => { if (term.matches(":focus-visible")) this.#show(term); });
    on("focusout", () => this.#hideSoon());
    on("click", (term, event) => this.#press(term, event));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.#hide(); }, { signal });
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest?.("a.term, .term-card")) this.#hide();
    }, { signal });
    window.addEventListener("scroll", () => this.#position(), { signal, passive: true });
    window.addEventListener("resize", () => this.#hide(), { signal });
    // The pointer or the focus may already be on a term.
    const hovered = matchMedia("(hover: hover)").matches && this.querySelector("a.term:hover");
    const term = hovered || this.querySelector("a.term:focus-visible");
    if (term) this.#show(term);
  }

  disconnectedCallback() {
    this.#listening.abort();
    this.#card.remove();
  }

  #makeCard() {
    const card = document.createElement("div");
    card.className = "term-card";
    card.id = "term-card";
    card.popover = "manual";
    card.setAttribute("role", "tooltip");
    card.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    card.addEventListener("pointerleave", () => this.#hideSoon());
    this.append(card);
    return card;
  }

  /* The first touch or click shows the definition; a second one follows the link to the list. */
  #press(term, event) {
    if (this.#term === term && this.#card.dataset.pressed) return;
    event.preventDefault();
    this.#show(term);
    this.#card.dataset.pressed = "true";
  }

  #show(term) {
    clearTimeout(this.#timer);
    if (this.#term === term) return;
    this.#hide();
    const entry = document.querySelector(term.hash);
    if (!entry) return;
    const name = document.createElement("b");
    name.textContent = entry.querySelector("dt").textContent;
    this.#card.replaceChildren(name, entry.querySelector("dd").textContent);
    this.#card.dir = "auto";
    this.#card.lang = term.closest("[lang]").lang;
    this.#term = term;
    term.setAttribute("aria-describedby", this.#card.id);
    this.#card.showPopover();
    this.#position();
  }

  #hideSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { if (this.#term !== document.activeElement) this.#hide(); }, HIDE_DELAY);
  }

  #hide() {
    this.#term?.removeAttribute("aria-describedby");
    this.#term = null;
    delete this.#card.dataset.pressed;
    if (this.#card.matches(":popover-open")) this.#card.hidePopover();
  }

  /* Below the term's last line, above it where there is no room; never outside the window. */
  #position() {
    if (!this.#term) return;
    const word = [...this.#term.getClientRects()].at(-1);
    const { width, height } = this.#card.getBoundingClientRect();
    const below = word.bottom + 6;
    const top = below + height < innerHeight ? below : word.top - height - 6;
    const left = Math.min(Math.max(8, word.left), document.documentElement.clientWidth - width - 8);
    this.#card.style.setProperty("top", `${Math.max(8, top)}px`);
    this.#card.style.setProperty("left", `${left}px`);
  }
}

customElements.define("glossary-terms", GlossaryTerms);
