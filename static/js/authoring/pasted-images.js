/* A dialog with the images of a paste: each gets its alternative text, and its file if that was not on the clipboard; then it
   is stored on the server, and stands in the text in the place that was kept for it. */

import { send } from "../unsent/send.js";
import { fileOf, isImage } from "./lib/clipboard.js";

let lastKey = 0;

const readAddress = (file) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("loadend", () => resolve(reader.result ?? ""));
    reader.readAsDataURL(file);
  });

/* Returns an image of another course, which whoever pastes may see, as a file; null for what cannot be fetched. */
const fetchOwn = async (address) => {
  const response = await fetch(address).catch(() => null);
  const blob = response?.ok ? await response.blob() : null;
  return blob && isImage(blob) ? new File([blob], "image", { type: blob.type }) : null;
};

class PastedImages extends HTMLElement {
  #dialog;
  #listening;
  #formKey = `${Date.now()}-${Math.random()}`;
  // { key, alt, address, file, item } of images that are not on the server yet.
  #entries = [];

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#dialog = this.querySelector("dialog");
    document.addEventListener("paste-images-requested", () => this.open(), { signal });
    this.#part("add").addEventListener("click", () => this.#addAll(), { signal });
    this.#part("close").addEventListener("click", () => this.#dialog.close(), { signal });
    this.#dialog.addEventListener("close", () => this.#editor?.commands.focus(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  get #editor() {
    return document.querySelector("lesson-editor")?.editor ?? null;
  }

  /* The images whose places are still in the text. */
  get #shown() {
    const keys = new Set();
    this.#editor?.state.doc.descendants(({ type, attrs }) => { if (type.name === "imagePlace") keys.add(attrs.key); });
    return this.#entries.filter(({ key }) => keys.has(key));
  }

  /* Takes images as the server names them, { uid, alt, address }, and the `data:` addresses that the page has kept for some of
     theirs. Returns { keys, entries }: the keys of their places by uid, and what is known of each. */
  async take(images, kept) {
    const keys = new Map();
    const entries = [];
    for (const { uid, alt, address } of images) {
      const data = kept.get(address) ?? address;
      const file = data.startsWith("/assets/") ? await fetchOwn(data) : fileOf(data, "image");
      const entry = this.#remember({ alt, address: kept.has(address) ? "" : address, file });
      keys.set(uid, entry.key);
      entries.push(entry);
    }
    return { keys, entries };
  }

  /* Takes a file, and returns the key of its place. */
  add(file, alt = "") {
    return this.#remember({ alt, address: "", file }).key;
  }

  #remember(fields) {
    lastKey += 1;
    const entry = { ...fields, key: `image-${lastKey}`, item: null };
    this.#entries.push(entry);
    return entry;
  }

  open() {
    const entries = this.#shown;
    this.#part("none").hidden = entries.length > 0;
    this.#part("add").hidden = !entries.length;
    this.#part("list").replaceChildren(...entries.map((entry) => this.#itemOf(entry)));
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#part("list").querySelector("textarea, input")?.focus();
  }

  #itemOf(entry) {
    if (entry.item) return entry.item;
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const part = (name) => item.querySelector(`[data-part="${name}"]`);
    part("alt").value = entry.alt;
    part("address").textContent = /^data:/i.test(entry.address) ? "" : entry.address;
    part("absent").hidden = Boolean(entry.file);
    part("file").addEventListener("change", () => {
      entry.file = part("file").files[0] ?? null;
      showImage(part("image"), entry.file);
    });
    showImage(part("image"), entry.file);
    entry.item = item;
    return item;
  }

  /* Stores each image that has a file. Those that are refused stay in the dialog, with the reason. */
  async #addAll() {
    this.#part("add").disabled = true;
    for (const entry of this.#shown.filter(({ file }) => file)) {
      const { image, errors } = await this.#store(entry);
      if (image) this.#fill(entry, image);
      else showErrors(entry.item, errors);
    }
    this.#part("add").disabled = false;
    const left = this.#shown;
    if (!left.length) document.dispatchEvent(new CustomEvent("paste-images-done"));
    if (!left.length) return this.#dialog.close();
    for (const { file, item } of left) if (!file) showErrors(item, [this.dataset.noFile]);
    return left[0].item.querySelector("textarea, input").focus();
  }

  async #store({ key, file, item }) {
    const data = new FormData();
    data.set("form_key", `${this.#formKey}-${key}`);
    data.set("module", document.querySelector("#id_module")?.value ?? "");
    data.set("alt", item.querySelector("[data-part=alt]").value.trim());
    data.set("file", file, file.name || "image");
    if (!data.get("module")) return { errors: [this.dataset.module] };
    const response = await send(this.dataset.href, data);
    const answer = await response?.json().catch(() => null);
    return answer?.image || answer?.errors ? answer : { errors: [this.dataset.failed] };
  }

  #fill(entry, image) {
    this.#editor.commands.fillImage(entry.key, image);
    this.#entries = this.#entries.filter((other) => other !== entry);
    entry.item.remove();
  }
}

async function showImage(image, file) {
  image.hidden = !file;
  if (file) image.src = await readAddress(file);
}

function showErrors(item, errors) {
  const line = item.querySelector("[data-part=errors]");
  line.textContent = errors.join(" ");
  line.hidden = !errors.length;
}

customElements.define("pasted-images", PastedImages);
