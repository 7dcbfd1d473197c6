/* The bar of labels over a passage, and the toast that says what one press has highlighted. */

import { randomKey } from "../../unsent/random-key.js";
import { appendPassage, submit } from "./submit.js";

const GAP = 10;
const TOPBAR_HEIGHT = 72;

export class LabelBar {
  #bar;
  #toast;
  #messages;
  #passage = null;
  #saved = null;
  #anchor = null;
  #isSending = false;

  /* `callbacks`: write(passage, label, editUrl), leave(), changed(detail), announce(message). */
  constructor(toolbar, { url, messages, callbacks, signal }) {
    this.#bar = toolbar.querySelector(".label-bar");
    this.#toast = toolbar.querySelector(".annotation-toast");
    this.#messages = messages;
    this.url = url;
    this.callbacks = callbacks;
    // A press must not clear the selection before it is read.
    this.#bar.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.#bar.addEventListener("click", (event) => this.#pressLabel(event.target.closest("button")), { signal });
    this.#bar.addEventListener("keydown", (event) => this.#handleKey(event), { signal });
    this.#toast.addEventListener("click", (event) => this.#pressToast(event.target.closest("button")), { signal });
    this.#toast.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.hide();
    }, { signal });
    addEventListener("resize", () => this.#position(), { signal });
  }

  get isShown() { return !this.#bar.hidden; }
  get isBusy() { return this.#bar.matches(":focus-within") || this.#toast.matches(":focus-within"); }

  /* Shows the bar at `range`, or with `atEdge` at the bottom of the window, where touch does not cover it. */
  show(passage, range, atEdge) {
    this.#passage = passage;
    this.#anchor = range;
    this.#toast.hidden = true;
    this.#bar.hidden = false;
    for (const element of [this.#bar, this.#toast]) element.classList.toggle("at-edge", atEdge);
    this.#position();
  }

  focus() {
    this.#bar.querySelector("button").focus();
  }

  hide() {
    const wasBusy = this.isBusy;
    this.#bar.hidden = this.#toast.hidden = true;
    if (wasBusy) this.callbacks.leave();
  }

  hideToast() {
    this.#toast.hidden = true;
  }

  #position() {
    const element = this.#bar.hidden ? this.#toast : this.#bar;
    if (element.hidden || element.classList.contains("at-edge")) return;
    const lines = this.#anchor.getClientRects();
    const bounds = this.#anchor.getBoundingClientRect();
    const first = lines[0] ?? bounds;
    const { width, height } = element.getBoundingClientRect();
    const above = first.top - height - GAP;
    const top = above > TOPBAR_HEIGHT ? above : Math.min(bounds.bottom + GAP, innerHeight - height - GAP);
    const middle = lines.length === 1 ? (first.left + first.right - width) / 2 : first.left;
    const left = Math.max(8, Math.min(middle, document.documentElement.clientWidth - width - 8));
    element.style.setProperty("top", `${top + scrollY}px`);
    element.style.setProperty("left", `${left + scrollX}px`);
  }

  #handleKey(event) {
    const buttons = [...this.#bar.querySelectorAll("button")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = buttons.at((buttons.indexOf(document.activeElement) + (step ?? 0)) % buttons.length);
    if (step) next.focus();
    if (event.key === "Escape") this.hide();
    if (step || event.key === "Escape") event.preventDefault();
  }

  #pressLabel(button) {
    if (!button || this.#isSending) return;
    if (button.dataset.highlightOnly) this.highlight(this.#passage, button);
    else {
      this.#bar.hidden = true;
      this.callbacks.write(this.#passage, button.dataset.label);
    }
  }

  /* Saves a private highlight without a comment; the toast then offers to comment on it, share it or undo it. */
  async highlight(passage, { dataset: { label, question }, textContent: name }) {
    getSelection().removeAllRanges();
    const data = appendPassage(new FormData(), passage);
    const fields = { kind: label, highlight_only: "1", audience: "me", key: randomKey() };
    for (const [field, value] of Object.entries(fields)) data.set(field, value);
    await this.#save({ passage, label, isQuestion: Boolean(question), name, data });
  }

  async #save(saved) {
    this.#saved = saved;
    const { ok, body, errors } = await this.#send(this.url, saved.data);
    if (ok) {
      saved.id = body.id;
      saved.editUrl = body.edit_url;
      this.callbacks.changed(body);
      this.#showResult(this.#toast.dataset.savedMessage.replace("%s", saved.name), "saved");
    } else this.#showResult(errors.join(" "), "failed");
  }

  /* Sends a request; presses are ignored until it is answered. */
  async #send(url, data) {
    this.#isSending = true;
    const result = await submit(url, data, this.#messages);
    this.#isSending = false;
    return result;
  }

  /* `state`: saved, shared, deleted or failed. */
  #showResult(message, state) {
    const hadFocus = this.isBusy;
    this.#bar.hidden = true;
    this.#toast.hidden = false;
    this.#toast.querySelector("p").textContent = message;
    this.#toast.classList.toggle("failed", state === "failed");
    const { id, isQuestion } = this.#saved;
    this.#toast.querySelector(".share-buttons").hidden = state !== "saved" || !isQuestion;
    const exists = Boolean(id) && state !== "deleted";
    const offered = { comment: exists, delete: exists, retry: state === "failed" };
    for (const [action, isOffered] of Object.entries(offered)) {
      this.#toast.querySelector(`[data-action=${action}]`).hidden = !isOffered;
    }
    this.#position();
    if (hadFocus) this.#toast.focus();
    this.callbacks.announce(message);
  }

  async #pressToast(button) {
    const action = button?.dataset.action;
    const saved = this.#saved;
    if (this.#isSending) return;
    if (action === "close") this.hide();
    else if (action === "retry") await (saved.retry?.() ?? this.#save(saved));
    else if (action === "comment") {
      this.#toast.hidden = true;
      this.callbacks.write(saved.passage, saved.label, saved.editUrl);
    } else if (action) await this.#change(action, button.dataset.audience ?? "");
  }

  async #change(action, audience) {
    const saved = this.#saved;
    const data = new FormData();
    const { group } = this.#toast.querySelector(".share-buttons").dataset;
    for (const [field, value] of Object.entries({ action, audience, group })) data.set(field, value);
    const { ok, body, errors } = await this.#send(saved.editUrl, data);
    saved.retry = ok ? null : () => this.#change(action, audience);
    if (ok) this.callbacks.changed({ ...body, isDeleted: action === "delete" });
    this.#showResult(
      ok ? body.notice : errors.join(" "),
      ok ? { share: "shared", delete: "deleted" }[action] : "failed",
    );
  }
}
