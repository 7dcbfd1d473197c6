/* Callouts: a note, a warning, an example. A new one begins with the name of its kind, because colour says it to few. */

import { Node, pm } from "django-prose-editor/editor";

const classOf = (kind) => `callout callout-${kind}`;

/* The names of the kinds, as the toolbar offers them. */
const nameOf = (kind) => document.querySelector(`[data-choice=callout] option[value="${kind}"]`)?.textContent.trim() ?? kind;

const lead = (kind) => ({
  type: "paragraph",
  content: [{ type: "text", text: nameOf(kind), marks: [{ type: "bold" }] }],
});

export const kindOf = (attributes) => /callout-(\w+)/.exec(attributes.class ?? "")?.[1] ?? "note";

/* Returns the callout around the selection and its position, null if there is none. */
const calloutAround = ({ $from }) => {
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    if ($from.node(depth).type.name === "callout") return { node: $from.node(depth), position: $from.before(depth) };
  }
  return null;
};

export const Callout = Node.create({
  name: "callout",
  content: "block+",
  group: "block",
  defining: true,
  addAttributes: () => ({
    class: {
      default: null,
      parseHTML: (element) => element.getAttribute("class"),
      renderHTML: (attributes) => (attributes.class === null ? {} : { class: attributes.class }),
    },
  }),
  parseHTML: () => [{ tag: "aside" }],
  renderHTML: ({ HTMLAttributes }) => ["aside", HTMLAttributes, 0],

  addCommands: () => ({
    /* Puts the selected blocks into a callout, or takes apart the one they are in. */
    toggleCallout:
      (kind = "note") =>
      ({ chain, state, commands }) => {
        if (calloutAround(state.selection)) return commands.unwrapCallout();
        return chain()
          .wrapIn("callout", { class: classOf(kind) })
          .command(({ tr }) => {
            const around = calloutAround(tr.selection);
            if (around) tr.insert(around.position + 1, state.schema.nodeFromJSON(lead(kind)));
            return true;
          })
          .run();
      },

    /* Leaves what is in the callout, without the name that it begins with. */
    unwrapCallout:
      () =>
      ({ tr, state, dispatch }) => {
        const around = calloutAround(state.selection);
        if (!around || !dispatch) return Boolean(around);
        const { node, position } = around;
        const { firstChild } = node;
        const isNamed = node.childCount > 1 && firstChild.textContent.trim() === nameOf(kindOf(node.attrs));
        const cut = isNamed ? firstChild.nodeSize : 0;
        const { anchor, head } = state.selection;
        tr.replaceWith(position, position + node.nodeSize, node.content.cut(cut));
        const shifted = (at) => Math.max(position, at - 1 - cut);
        tr.setSelection(pm.state.TextSelection.between(tr.doc.resolve(shifted(anchor)), tr.doc.resolve(shifted(head))));
        return true;
      },

    /* Changes the kind, and the name that the callout begins with if it is that of the old kind. */
    setCalloutKind:
      (kind) =>
      ({ tr, state, dispatch }) => {
        const around = calloutAround(state.selection);
        if (!around || !dispatch) return Boolean(around);
        const { node, position } = around;
        const first = node.firstChild;
        if (first?.textContent.trim() === nameOf(kindOf(node.attrs))) {
          tr.replaceWith(position + 1, position + 1 + first.nodeSize, state.schema.nodeFromJSON(lead(kind)));
        }
        tr.setNodeMarkup(position, null, { ...node.attrs, class: classOf(kind) });
        return true;
      },
  }),
});
