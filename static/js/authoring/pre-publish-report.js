/* The report beside the editor: its links lead to the places in the editor, and it is read anew when the draft is saved.
   Without this script they lead to the preview. */

const ELEMENTS = {
  image: "img",
  link: "a",
  heading: "h2, h3, h4",
  paragraph: "p",
  passage: "p, li, th, td, dt, dd, figcaption",
  table: "table",
  text: ":scope",
  check: ".check-place",
};

class PrePublishReport extends HTMLElement {
  #listening;

  connectedCallback() {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.addEventListener("click", (event) => this.#follow(event), { signal });
    for (const name of ["lesson-saved", "check-saved"]) document.addEventListener(name, () => this.#reload(), { signal });
    document.addEventListener("editor-ready", () => this.#openLinked(), { signal, once: true });
    if (surface()) this.#openLinked();
  }

  disconnectedCallback() {
    this.#listening.abort();
  }

  #follow(event) {
    const link = event.target.closest("a[data-kind]");
    const element = link && find(link.dataset);
    if (!element) return;
    event.preventDefault();
    show(element);
  }

  /* Another page has linked to an item of this report, to lead to its place, or to a passage: `#place=` with the
     kind, a colon, and the beginning of its text without white space. */
  #openLinked() {
    if (location.hash.startsWith("#place=")) {
      const [kind, ...text] = decodeURIComponent(location.hash.slice(7)).split(":");
      const element = kind in ELEMENTS && find({ kind, text: text.join(":"), number: 0 });
      if (element) show(element);
      return;
    }
    if (!location.hash.startsWith("#report-")) return;
    document.getElementById(location.hash.slice(1))?.querySelector("a[data-kind]")?.click();
  }

  async #reload() {
    const response = await fetch(this.dataset.src).catch(() => null);
    if (!response?.ok || response.redirected) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const hadFocus = this.contains(document.activeElement);
    this.replaceChildren(...page.body.childNodes);
    if (hadFocus) this.querySelector("a, summary")?.focus();
  }
}

const surface = () => document.querySelector(".lesson-form .ProseMirror");

const withoutSpace = (text) => text.replace(/\s+/gu, "");

/* Returns the n-th element of the kind that has the text, in the editor. */
const find = ({ kind, text, number }) => {
  const root = surface();
  if (!root) return null;
  if (kind === "text") return root;
  const isNamed = {
    image: (element) => element.getAttribute("src") === text,
    check: (element) => element.dataset.uid === text,
  }[kind] ?? ((element) => withoutSpace(element.textContent).startsWith(text));
  const matches = [...root.querySelectorAll(ELEMENTS[kind])].filter(isNamed);
  return matches[Number(number)] ?? matches[0] ?? null;
};

/* Scrolls to the element and puts the cursor into it. */
const show = (element) => {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  surface().focus({ preventScroll: true });
  const range = document.createRange();
  if (element.matches("img, .check-place")) range.selectNode(element);
  else range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};

customElements.define("pre-publish-report", PrePublishReport);
