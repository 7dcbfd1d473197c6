/* Elements that a lesson may contain and the editor has no button for: they pass through it unchanged. */

import { Code as PlainCode, Extension, Mark, Node, OrderedList as PlainOrderedList } from "django-prose-editor/editor";

const BLOCKS = ["paragraph", "heading", "blockquote", "bulletList", "orderedList", "listItem", "codeBlock"];
const TABLES = ["table", "tableRow", "tableCell", "tableHeader"];
const OTHERS = ["figure", "image", "caption", "definitions", "term", "detail", "footnotes", "horizontalRule"];
const MARKS = ["link", "superscript", "subscript", "bold", "italic", "quotation", "citation", "abbreviation", "code"];

const attribute = (name, more = {}) => ({
  [name]: {
    default: null,
    parseHTML: (element) => element.getAttribute(name),
    renderHTML: (attributes) => (attributes[name] === null ? {} : { [name]: attributes[name] }),
    ...more,
  },
});

/* Ids of headings and footnotes, language and direction. */
export const Anchors = Extension.create({
  name: "anchors",
  addGlobalAttributes: () => [
    {
      types: [...BLOCKS, ...TABLES, ...OTHERS, ...MARKS],
      attributes: { ...attribute("id", { keepOnSplit: false }), ...attribute("lang"), ...attribute("dir") },
    },
    { types: ["tableHeader"], attributes: attribute("scope") },
  ],
});

const block = (name, tag, content, more = {}) =>
  Node.create({ name, content, parseHTML: () => [{ tag }], renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0], ...more });

export const Definitions = block("definitions", "dl", "(term | detail)+", { group: "block" });
export const Term = block("term", "dt", "inline*", { defining: true });
export const Detail = block("detail", "dd", "block+", { defining: true });

const mark = (name, tag, more = {}) =>
  Mark.create({ name, parseHTML: () => [{ tag }], renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0], ...more });

export const Keyboard = mark("keyboard", "kbd");
export const Quotation = mark("quotation", "q");
export const Citation = mark("citation", "cite");
export const Abbreviation = mark("abbreviation", "abbr", { addAttributes: () => attribute("title") });

/* Code may be a link, or bold, or both. */
export const Code = PlainCode.extend({ excludes: "" });

/* A list may count down; the style of its numbers is up to the style sheet. */
export const OrderedList = PlainOrderedList.extend({
  addAttributes() {
    return { ...this.parent?.(), ...attribute("reversed") };
  },
}).configure({ enableListAttributes: false });

const parseElement = (html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;

/* What the editor cannot edit is one block in the text, to be moved or deleted as a whole. */
export const PassthroughBlock = Node.create({
  name: "passthroughBlock",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({ html: { default: "", rendered: false } }),
  parseHTML: () =>
    ["table:has(caption, tfoot)", "section:not(.footnotes)", "figure:not(:has(> img))", "figure:has(> :not(img, figcaption))"].map(
      (tag) => ({ tag, priority: 100, getAttrs: (element) => ({ html: element.outerHTML }) }),
    ),
  renderHTML: ({ node }) => parseElement(node.attrs.html) ?? ["p"],
  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("div");
      dom.className = "passthrough-block";
      dom.textContent = parseElement(node.attrs.html)?.textContent.trim() ?? "";
      return { dom };
    };
  },
});
