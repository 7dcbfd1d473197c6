/* The picture button opens our chooser of the course's pictures; of a picture that stands there it asks the words. */

import { Figure as PlainFigure, updateAttrsDialog } from "django-prose-editor/editor";

const said = (name) => document.querySelector("lesson-text")?.dataset[name] ?? name;

const chosenImage = ({ selection }) => {
  if (selection.node?.type.name === "image") return { place: selection.from, node: selection.node };
  const figure = selection.node ?? selection.$from.node(1);
  if (figure?.type.name !== "figure" || figure.firstChild?.type.name !== "image") return null;
  const start = selection.node ? selection.from : selection.$from.before(1);
  return { place: start + 1, node: figure.firstChild };
};

const describe = (editor, { place, node }) =>
  updateAttrsDialog(
    { alt: { type: "string", title: said("alt"), required: true } },
    { title: said("picture") },
  )(editor, { alt: node.attrs.alt }).then((given) => {
    if (!given) return;
    editor.chain().setNodeSelection(place).updateAttributes("image", { alt: given.alt.trim() }).run();
  });

export const Figure = PlainFigure.extend({
  /* The package's own view would write attributes that are not set as the word "null". */
  addNodeView: () => ({ HTMLAttributes }) => {
    const dom = document.createElement("figure");
    for (const [name, value] of Object.entries(HTMLAttributes)) dom.setAttribute(name, value);
    return { dom, contentDOM: dom };
  },

  addCommands() {
    return {
      ...this.parent?.(),
      insertFigure:
        () =>
        ({ editor, state, dispatch }) => {
          if (!dispatch) return true;
          const image = chosenImage(state);
          if (image) describe(editor, image);
          else editor.view.dom.dispatchEvent(new CustomEvent("picture-wanted", { bubbles: true, detail: { editor } }));
          return true;
        },
    };
  },
});
