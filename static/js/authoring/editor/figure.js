/* The image button opens the chooser of the course's images; on an existing image it asks for the alternative text. */

import { Figure as PlainFigure, updateAttrsDialog } from "django-prose-editor/editor";

const message = (name) => document.querySelector("lesson-editor")?.dataset[name] ?? name;

const selectedImage = ({ selection }) => {
  if (selection.node?.type.name === "image") return { position: selection.from, node: selection.node };
  const figure = selection.node ?? selection.$from.node(1);
  if (figure?.type.name !== "figure" || figure.firstChild?.type.name !== "image") return null;
  const start = selection.node ? selection.from : selection.$from.before(1);
  return { position: start + 1, node: figure.firstChild };
};

const editAltText = (editor, { position, node }) =>
  updateAttrsDialog(
    { alt: { type: "string", title: message("alt"), required: true } },
    { title: message("image") },
  )(editor, { alt: node.attrs.alt }).then((values) => {
    if (!values) return;
    editor.chain().setNodeSelection(position).updateAttributes("image", { alt: values.alt.trim() }).run();
  });

export const Figure = PlainFigure.extend({
  /* The package's own view would write attributes that are not set as the text "null". */
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
          const image = selectedImage(state);
          if (image) editAltText(editor, image);
          else editor.view.dom.dispatchEvent(new CustomEvent("image-requested", { bubbles: true, detail: { editor } }));
          return true;
        },
    };
  },
});
