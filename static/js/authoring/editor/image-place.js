/* The place of a pasted image that is not on the server yet. To readers, and once the page is left, it is a placeholder in words. */

import { Node, pm } from "django-prose-editor/editor";

const request = () => document.dispatchEvent(new CustomEvent("paste-images-requested"));
const text = (caption) => caption.replace(/<[^<>]*>/g, "").trim();

/* Returns the words in the place of an image, as the importer writes them. */
export const placeholderOf = ({ alt, caption = "" }) => {
  const words = [alt, text(caption)].filter(Boolean).join(" – ");
  const { placeholder = "[Image: %s]", emptyPlaceholder = "[Image]" } = document.querySelector("pasted-images")?.dataset ?? {};
  return words ? placeholder.replace("%s", words) : emptyPlaceholder;
};

/* Returns the places of the image `key`, the last first, as [node, position]. */
const placesOf = (doc, key) => {
  const found = [];
  doc.descendants((node, position) => {
    if (node.type.name === "imagePlace" && node.attrs.key === key) found.unshift([node, position]);
  });
  return found;
};

const captionOf = (schema, html) => {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const { content } = pm.model.DOMParser.fromSchema(schema).parseSlice(body);
  const inline = content.childCount && content.firstChild.isTextblock ? content.firstChild.content : content;
  return schema.nodes.caption.create(null, inline);
};

/* Puts a block in the place of an inline node; a paragraph that was nothing else goes. */
const replaceByBlock = (tr, position, node, block) => {
  const $from = tr.doc.resolve(position);
  const isAlone = $from.parent.childCount === 1;
  const [start, end] = [$from.before(), $from.after()];
  const $start = tr.doc.resolve(start);
  if (isAlone && $start.parent.canReplaceWith($start.index(), $start.index() + 1, block.type)) {
    tr.replaceWith(start, end, block);
  } else if (isAlone) {
    tr.insert(end, block).delete(position, position + node.nodeSize);
  } else {
    tr.replaceWith(position, position + node.nodeSize, block);
  }
};

export const ImagePlace = Node.create({
  name: "imagePlace",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({
    key: { default: "", parseHTML: (element) => element.dataset.image, rendered: false },
    alt: { default: "", parseHTML: (element) => element.dataset.alt, rendered: false },
    caption: { default: "", parseHTML: (element) => element.dataset.caption ?? "", rendered: false },
  }),
  parseHTML: () => [{ tag: "span[data-image]" }],
  renderHTML: ({ node: { attrs } }) => [
    "span",
    { "data-image": attrs.key, "data-alt": attrs.alt, "data-caption": attrs.caption },
    placeholderOf(attrs),
  ],
  renderText: ({ node }) => placeholderOf(node.attrs),

  addNodeView: () => ({ node }) => {
    const dom = document.createElement("button");
    Object.assign(dom, { type: "button", className: "image-place", textContent: placeholderOf(node.attrs), tabIndex: -1 });
    dom.addEventListener("click", request);
    return { dom, stopEvent: ({ type }) => type === "mousedown" || type === "click" };
  },

  addKeyboardShortcuts() {
    return {
      Enter: () => {
        const isSelected = this.editor.state.selection.node?.type.name === "imagePlace";
        if (isSelected) request();
        return isSelected;
      },
    };
  },

  addCommands: () => ({
    /* Puts an image of the course in the places of the image `key`. */
    fillImage:
      (key, { url, alt, width, height }) =>
      ({ tr, state: { schema }, dispatch }) => {
        const places = placesOf(tr.doc, key);
        if (!places.length || !dispatch) return places.length > 0;
        for (const [node, position] of places) {
          const image = schema.nodes.image.create({ src: url, alt, width: Number(width), height: Number(height) });
          const caption = node.attrs.caption ? [captionOf(schema, node.attrs.caption)] : [];
          replaceByBlock(tr, position, node, schema.nodes.figure.create(null, [image, ...caption]));
        }
        return true;
      },
  }),
});
