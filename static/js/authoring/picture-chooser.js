/* A dialog with the pictures of the course: one is chosen, or a new one added, and put into the text as a figure. */

class PictureChooser extends HTMLElement {
  #dialog;
  #editor = null;
  #listening;
  #typing;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.#dialog = this.querySelector("dialog");
    document.addEventListener("picture-wanted", (event) => this.#open(event.detail.editor), { signal });
    this.#part("search").addEventListener("input", () => this.#wait(), { signal });
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
    this.#complain("");
    this.#dialog.showModal();
    this.#load();
  }

  #wait() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#load(), 200);
  }

  async #load() {
    if (!this.#module) return this.#say(this.dataset.module, []);
    const query = new URLSearchParams({ module: this.#module, q: this.#part("search").value });
    try {
      const answer = await fetch(`${this.dataset.url}?${query}`);
      const { pictures } = await answer.json();
      return this.#say(pictures.length ? "" : this.dataset.none, pictures);
    } catch {
      return this.#say(this.dataset.failed, []);
    }
  }

  #say(words, pictures) {
    this.#part("status").textContent = words;
    this.#part("list").replaceChildren(...pictures.map(thumbnail));
  }

  #choose(event) {
    const button = event.target.closest("button");
    if (button) this.#put({ url: button.value, ...button.dataset });
  }

  async #add() {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("module", this.#module);
    body.append("alt", this.#part("alt").value);
    if (this.#part("file").files[0]) body.append("file", this.#part("file").files[0]);
    try {
      const { picture, errors } = await (await fetch(this.dataset.url, { method: "POST", body })).json();
      if (picture) this.#put(picture);
      else this.#complain(errors.join(" "));
    } catch {
      this.#complain(this.dataset.failed);
    }
  }

  #complain(words) {
    this.#part("errors").textContent = words;
    this.#part("errors").hidden = !words;
  }

  #put({ url, alt, width, height }) {
    const caption = this.#part("caption").value.trim();
    const image = { type: "image", attrs: { src: url, alt, width: Number(width), height: Number(height) } };
    const words = caption ? [{ type: "caption", content: [{ type: "text", text: caption }] }] : [];
    this.#dialog.close();
    this.#editor.chain().focus().insertContent({ type: "figure", content: [image, ...words] }).run();
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

customElements.define("picture-chooser", PictureChooser);
