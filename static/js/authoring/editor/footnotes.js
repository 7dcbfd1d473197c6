/* Footnotes: a number in the text and the footnote in a list at its end, each linked to the other. */

import { Mark, Node } from "django-prose-editor/editor";

import { renumber } from "./footnote-numbers.js";

const REFERENCE = "footnote-ref";

/* The number that links to a footnote. Unlike other superscript text it does not go on with what is typed after it. */
export const FootnoteReference = Mark.create({
  name: "footnoteReference",
  inclusive: false,
  parseHTML: () => [{ tag: `sup.${REFERENCE}`, priority: 60 }],
  renderHTML: () => ["sup", { class: REFERENCE }, 0],
});

export const numberOf = (id) => Number(/^fn-?(\d+)$/.exec(id ?? "")?.[1] ?? 0);

/* Returns the highest footnote number, and the position where the list of footnotes ends, null if there is none. */
export const findFootnotes = (doc) => {
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
    { type: "footnoteReference" },
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

/* Whether the selection is in a paragraph of a footnote, and not in a list within it. */
const isInFootnote = ({ $from }) => $from.depth > 3 && $from.node(-1).type.name === "listItem" && $from.node(-3).type.name === "footnotes";

export const Footnotes = Node.create({
  name: "footnotes",
  priority: 110, // before the Enter key of lists
  group: "block",
  content: "block+",
  isolating: true,
  parseHTML: () => [{ tag: "section.footnotes" }],
  renderHTML: ({ HTMLAttributes }) => ["section", { ...HTMLAttributes, class: "footnotes" }, 0],

  /* A list item of its own would be a footnote that nothing refers to. */
  addKeyboardShortcuts() {
    return { Enter: ({ editor }) => isInFootnote(editor.state.selection) && editor.commands.splitBlock() };
  },

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
