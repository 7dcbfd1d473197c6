/* Footnotes: a number in the text and the footnote in a list at its end, each linked to the other. */

import { Node, Superscript as PlainSuperscript } from "django-prose-editor/editor";

import { renumber } from "./footnote-numbers.js";

const REFERENCE = "footnote-ref";

/* Keeps the class of a superscript number that links to a footnote. */
export const Superscript = PlainSuperscript.extend({
  addAttributes: () => ({
    class: {
      default: null,
      parseHTML: (element) => (element.classList.contains(REFERENCE) ? REFERENCE : null),
      renderHTML: (attributes) => (attributes.class ? { class: REFERENCE } : {}),
    },
  }),
});

export const numberOf = (id) => Number(/^fn-?(\d+)$/.exec(id ?? "")?.[1] ?? 0);

/* Returns the highest footnote number, and the position where the list of footnotes ends, null if there is none. */
const findFootnotes = (doc) => {
  let last = 0;
  let end = null;
  doc.descendants((node, position) => {
    if (node.type.name === "listItem") last = Math.max(last, numberOf(node.attrs.id));
    if (node.type.name === "footnotes" && node.lastChild?.type.name === "orderedList") end = position + node.nodeSize - 2;
  });
  return { last, end };
};

const reference = (number) => ({
  type: "text",
  text: `[${number}]`,
  marks: [
    { type: "superscript", attrs: { class: REFERENCE } },
    { type: "link", attrs: { href: `#fn${number}`, id: `fnref${number}` } },
  ],
});

const footnote = (number) => ({
  type: "listItem",
  attrs: { id: `fn${number}` },
  content: [
    {
      type: "paragraph",
      content: [
        { type: "text", text: " " },
        { type: "text", text: "↩", marks: [{ type: "link", attrs: { href: `#fnref${number}` } }] },
      ],
    },
  ],
});

export const Footnotes = Node.create({
  name: "footnotes",
  group: "block",
  content: "block+",
  isolating: true,
  parseHTML: () => [{ tag: "section.footnotes" }],
  renderHTML: ({ HTMLAttributes }) => ["section", { ...HTMLAttributes, class: "footnotes" }, 0],

  addCommands: () => ({
    addFootnote:
      () =>
      ({ chain, state }) => {
        const { last, end } = findFootnotes(state.doc);
        const number = last + 1;
        const list = { type: "footnotes", content: [{ type: "orderedList", content: [footnote(number)] }] };
        return chain()
          .insertContentAt(end ?? state.doc.content.size, end ? footnote(number) : list, { updateSelection: false })
          .insertContentAt(state.selection.to, reference(number), { updateSelection: false })
          .command(({ tr, commands }) => {
            const numbers = renumber(tr);
            return commands.setTextSelection(textStart(tr.doc, `fn${numbers.get(number) ?? number}`));
          })
          .run();
      },
  }),
});

/* Returns the position at which to type the footnote: before the space in front of the back link. */
const textStart = (doc, id) => {
  let position = 0;
  doc.descendants((node, at) => {
    if (node.attrs.id === id && node.type.name === "listItem") position = at + 2;
  });
  return position;
};
