/* The bar of labels over a passage, and the strip that says what one press has marked. */

import { newKey, putPassage, send } from "./sending.js";

const GAP = 10;

export class Bar {
  #bar;
  #strip;
  #words;
  #passage = null;
  #made = null;
  #anchor = null;
  #isSending = false;

  /* `on`: write(passage, kind, edit), leave(), changed(detail), announce(words). */
  constructor(tools, { address, words, on, signal }) {
    this.#bar = tools.querySelector(".note-bar");
    this.#strip = tools.querySelector(".note-strip");
    this.#words = words;
    this.address = address;
    this.on = on;
    // A press must not take the selection away before it is read.
    this.#bar.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.#bar.addEventListener("click", (event) => this.#press(event.target.closest("button")), { signal });
    this.#bar.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#strip.addEventListener("click", (event) => this.#act(event.target.closest("button")), { signal });
    this.#strip.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.hide();
    }, { signal });
    addEventListener("resize", () => this.#place(), { signal });
  }

  get isShown() { return !this.#bar.hidden; }
  get isBusy() { return this.#bar.matches(":focus-within") || this.#strip.matches(":focus-within"); }

  /* `range` is where the passage stands; at the edge below where fingers select. */
  show(passage, range, atEdge) {
    this.#passage = passage;
    this.#anchor = range;
    this.#strip.hidden = true;
    this.#bar.hidden = false;
    for (const part of [this.#bar, this.#strip]) part.classList.toggle("at-edge", atEdge);
    this.#place();
  }

  focus() {
    this.#bar.querySelector("button").focus();
  }

  hide() {
    const wasBusy = this.isBusy;
    this.#bar.hidden = this.#strip.hidden = true;
    if (wasBusy) this.on.leave();
  }

  /* What was marked is not spoken of any more. */
  rest() {
    this.#strip.hidden = true;
  }

  #place() {
    const part = this.#bar.hidden ? this.#strip : this.#bar;
    if (part.hidden || part.classList.contains("at-edge")) return;
    const lines = this.#anchor.getClientRects();
    const whole = this.#anchor.getBoundingClientRect();
    const first = lines[0] ?? whole;
    const { width, height } = part.getBoundingClientRect();
    const above = first.top - height - GAP;
    const top = above > 72 ? above : Math.min(whole.bottom + GAP, innerHeight - height - GAP);
    const middle = lines.length === 1 ? (first.left + first.right - width) / 2 : first.left;
    const left = Math.max(8, Math.min(middle, document.documentElement.clientWidth - width - 8));
    part.style.setProperty("top", `${top + scrollY}px`);
    part.style.setProperty("left", `${left + scrollX}px`);
  }

  #key(event) {
    const buttons = [...this.#bar.querySelectorAll("button")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = buttons.at((buttons.indexOf(document.activeElement) + (step ?? 0)) % buttons.length);
    if (step) next.focus();
    if (event.key === "Escape") this.hide();
    if (step || event.key === "Escape") event.preventDefault();
  }

  #press(button) {
    if (!button || this.#isSending) return;
    if (button.dataset.bare) this.mark(this.#passage, button);
    else {
      this.#bar.hidden = true;
      this.on.write(this.#passage, button.dataset.kind);
    }
  }

  /* A mark without words, for oneself; the strip then offers what more can be done with it. */
  async mark(passage, { dataset: { kind, asks }, textContent: name }) {
    getSelection().removeAllRanges();
    const data = putPassage(new FormData(), passage);
    for (const [field, value] of Object.entries({ kind, bare: "1", audience: "me", key: newKey() })) data.set(field, value);
    await this.#sent({ passage, kind, asks, name, data });
  }

  async #sent(made) {
    this.#made = made;
    const { ok, said, errors } = await this.#send(this.address, made.data);
    if (ok) {
      made.id = said.id;
      made.edit = said.edit;
      this.on.changed(said);
    }
    this.#tell(ok ? this.#strip.dataset.made.replace("%s", made.name) : errors.join(" "), ok ? "made" : "failed");
  }

  /* A second press while the first is on its way does nothing. */
  async #send(address, data) {
    this.#isSending = true;
    const answer = await send(address, data, this.#words);
    this.#isSending = false;
    return answer;
  }

  /* `state`: made, shared, gone or failed. */
  #tell(words, state) {
    const hadFocus = this.isBusy;
    this.#bar.hidden = true;
    this.#strip.hidden = false;
    this.#strip.querySelector("p").textContent = words;
    this.#strip.classList.toggle("trouble", state === "failed");
    const { id, asks } = this.#made;
    this.#strip.querySelector(".shares").hidden = state !== "made" || !asks;
    const shown = { say: id && state !== "gone", delete: id && state !== "gone", again: state === "failed" };
    for (const [act, is] of Object.entries(shown)) this.#strip.querySelector(`[data-act=${act}]`).hidden = !is;
    this.#place();
    if (hadFocus) this.#strip.focus();
    this.on.announce(words);
  }

  async #act(button) {
    const act = button?.dataset.act;
    const made = this.#made;
    if (this.#isSending) return;
    if (act === "close") this.hide();
    else if (act === "again") await (made.again?.() ?? this.#sent(made));
    else if (act === "say") {
      this.#strip.hidden = true;
      this.on.write(made.passage, made.kind, made.edit);
    } else if (act) await this.#change(act, button.dataset.audience ?? "");
  }

  async #change(act, audience) {
    const made = this.#made;
    const data = new FormData();
    const group = this.#strip.querySelector(".shares").dataset.group;
    for (const [field, value] of Object.entries({ act, audience, group })) data.set(field, value);
    const { ok, said, errors } = await this.#send(made.edit, data);
    made.again = ok ? null : () => this.#change(act, audience);
    if (ok) this.on.changed({ ...said, gone: act === "delete" });
    this.#tell(ok ? said.notice : errors.join(" "), ok ? { share: "shared", delete: "gone" }[act] : "failed");
  }
}
