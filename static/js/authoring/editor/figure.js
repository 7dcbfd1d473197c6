/* The image button opens the chooser of the course's images; on an existing image it asks for the alternative text. */

import { Figure as PlainFigure } from "django-prose-editor/editor";

import { ask } from "./ask.js";

/* Returns the selected image, or that of the figure with the cursor: its node and position, and the figure's if it has one. */
const selectedImage = ({ selection }) => {
  if (selection.node?.type.name === "image") {
    const { parent } = selection.$from;
    const figure = parent.type.name === "figure" ? { node: parent, position: selection.$from.before() } : null;
    return { position: selection.from, node: selection.node, figure };
  }
  const isSelected = selection.node?.type.name === "figure";
  for (let depth = selection.$from.depth; depth > 0 || isSelected; depth -= 1) {
    const node = isSelected ? selection.node : selection.$from.node(depth);
    if (node.type.name === "figure" && node.firstChild?.type.name === "image") {
      const position = isSelected ? selection.from : selection.$from.before(depth);
      return { position: position + 1, node: node.firstChild, figure: { node, position } };
    }
    if (isSelected) break;
  }
  return null;
};

const describe = async (editor, { position, node }) => {
  const answer = await ask("image", { alt: node.attrs.alt ?? "" });
  if (!answer) return editor.commands.focus();
  return editor.chain().focus().setNodeSelection(position).updateAttributes("image", { alt: answer.alt.trim() }).run();
};

export const Figure = PlainFigure.extend({
  /* The package's own view would write attributes that are not set as the text "null". */
  addNodeView: () => ({ HTMLAttributes }) => {
    const dom = document.createElement("figure");
    for (const [name, value] of Object.entries(HTMLAttributes)) dom.setAttribute(name, value);
    return { dom, contentDOM: dom };
  },

  /* The package's menu over an image: what it offers stands in our toolbar. */
  addExtensions: () => [],

  addCommands() {
    return {
      ...this.parent?.(),
      insertFigure:
        () =>
        ({ editor, state, dispatch }) => {
          if (!dispatch) return true;
          const image = selectedImage(state);
          if (image) describe(editor, image);
          else editor.view.dom.dispatchEvent(new CustomEvent("image-requested", { bubbles: true, detail: { editor } }));
          return true;
        },

      /* Puts the cursor into the caption of the image, and gives it one if it has none. */
      writeCaption:
        () =>
        ({ state, dispatch, tr, commands }) => {
          const image = selectedImage(state);
          if (!image?.figure) return false;
          if (!dispatch) return true;
          const after = image.position + image.node.nodeSize;
          if (image.figure.node.childCount === 1) tr.insert(after, state.schema.nodes.caption.create());
          return commands.setTextSelection(after + 1);
        },

      deleteImage:
        () =>
        ({ state, dispatch, tr }) => {
          const image = selectedImage(state);
          if (!image || !dispatch) return Boolean(image);
          const { position, node } = image.figure ?? image;
          tr.delete(position, position + node.nodeSize);
          return true;
        },
    };
  },
});

export const isImageSelected = (editor) => selectedImage(editor.state) !== null;
