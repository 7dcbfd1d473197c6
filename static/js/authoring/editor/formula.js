/* Formulas: MathML in the text, as atomic nodes. Their TeX is edited in a dialog: ../formula-dialog.js. */

import { Node } from "django-prose-editor/editor";

import { asFormula, mathIn } from "./mathml.js";

const parseRule = (tag) => ({
  tag,
  priority: 100,
  getAttrs: (element) => {
    const math = element.localName === "math" ? element : element.querySelector("math");
    return math ? { html: asFormula(math).outerHTML } : false;
  },
});

const request = (editor, detail = {}) =>
  editor.view.dom.dispatchEvent(new CustomEvent("formula-requested", { bubbles: true, detail: { editor, ...detail } }));

const isSelected = ({ selection }) => selection.node?.type.name === "formula";

export const Formula = Node.create({
  name: "formula",
  group: "inline",
  inline: true,
  atom: true,
  draggable: true,
  addAttributes: () => ({ html: { default: "", rendered: false } }),
  /* KaTeX, MathJax and Wikipedia put MathML on the clipboard, with a visual copy of it. */
  parseHTML: () => ["math", ".katex-display", ".katex", ".mwe-math-element", "mjx-container"].map(parseRule),
  renderHTML: ({ node }) => mathIn(node.attrs.html) ?? ["span"],

  addNodeView: () => ({ node, editor, getPos }) => {
    const dom = document.createElement("span");
    const math = mathIn(node.attrs.html);
    dom.className = "formula";
    if (math) dom.append(asFormula(math));
    dom.addEventListener("dblclick", () => request(editor, { position: getPos(), html: node.attrs.html }));
    return { dom };
  },

  addCommands: () => ({
    editFormula:
      () =>
      ({ editor, state, dispatch }) => {
        if (!dispatch) return true;
        const { selection } = state;
        request(editor, isSelected(state) ? { position: selection.from, html: selection.node.attrs.html } : {});
        return true;
      },
  }),

  addKeyboardShortcuts() {
    return { Enter: () => isSelected(this.editor.state) && this.editor.commands.editFormula() };
  },
});
