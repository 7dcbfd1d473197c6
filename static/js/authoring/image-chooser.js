/* A dialog with the images of the course: one is chosen or uploaded, and inserted into the text as a figure. */

class ImageChooser extends HTMLElement {
  #dialog;
  #editor = null;
  #listening;
  #timer;
  // An upload that is sent twice is stored once: the server compares this key and the content.
  #formKey = `${Date.now()}-${Math.random()}`;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#dialog = this.querySelector("dialog");
    document.addEventListener("image-requested", (event) => this.#open(event.detail.editor), { signal });
    this.#part("search").addEventListener("input", () => this.#searchSoon(), { signal });
    this.#part("list").addEventListener("click", (event) => this.#choose(event), { signal });
    this.#part("add").addEventListener("click", () => this.#add(), { signal });
    this.#part("close").addEventListener("click", () => this.#dialog.close(), { signal });
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  get #module() {
    return document.querySelector("#id_module")?.value ?? "";
  }

  #open(editor) {
    this.#editor = editor;
    for (const name of ["search", "caption", "alt", "file"]) this.#part(name).value = "";
    this.#showErrors("");
    this.#dialog.showModal();
    this.#load();
  }

  #searchSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), 200);
  }

  async #load() {
    if (!this.#module) return this.#showImages(this.dataset.module, []);
    const query = new URLSearchParams({ module: this.#module, q: this.#part("search").value });
    try {
      const response = await fetch(`${this.dataset.url}?${query}`);
      const { images } = await response.json();
      return this.#showImages(images.length ? "" : this.dataset.none, images);
    } catch {
      return this.#showImages(this.dataset.failed, []);
    }
  }

  #showImages(message, images) {
    this.#part("status").textContent = message;
    this.#part("list").replaceChildren(...images.map(thumbnail));
  }

  #choose(event) {
    const button = event.target.closest("button");
    if (button) this.#insert({ url: button.value, ...button.dataset });
  }

  async #add() {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("form_key", this.#formKey);
    body.append("module", this.#module);
    body.append("alt", this.#part("alt").value);
    if (this.#part("file").files[0]) body.append("file", this.#part("file").files[0]);
    this.#part("add").disabled = true;
    try {
      const { image, errors } = await (await fetch(this.dataset.url, { method: "POST", body })).json();
      if (image) this.#insert(image);
      else this.#showErrors(errors.join(" "));
    } catch {
      this.#showErrors(this.dataset.failed);
    } finally {
      this.#part("add").disabled = false;
    }
  }

  #showErrors(message) {
    this.#part("errors").textContent = message;
    this.#part("errors").hidden = !message;
  }

  #insert({ url, alt, width, height }) {
    const caption = this.#part("caption").value.trim();
    const image = { type: "image", attrs: { src: url, alt, width: Number(width), height: Number(height) } };
    const figcaption = caption ? [{ type: "caption", content: [{ type: "text", text: caption }] }] : [];
    this.#dialog.close();
    this.#editor.chain().focus().insertContent({ type: "figure", content: [image, ...figcaption] }).run();
  }
}

const thumbnail = ({ url, alt, width, height }) => {
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", value: url });
  Object.assign(button.dataset, { alt, width, height });
  button.append(Object.assign(document.createElement("img"), { src: url, alt, loading: "lazy" }));
  item.append(button);
  return item;
};

customElements.define("image-chooser", ImageChooser);
