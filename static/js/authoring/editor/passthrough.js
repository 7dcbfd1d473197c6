/* Elements that a lesson may contain but the editor has no button for: they pass through it unchanged. */

import {
  Code as PlainCode,
  Extension,
  Heading as PlainHeading,
  Mark,
  Node,
  OrderedList as PlainOrderedList,
} from "django-prose-editor/editor";

const BLOCKS = ["paragraph", "heading", "blockquote", "bulletList", "orderedList", "listItem", "codeBlock"];
const TABLES = ["table", "tableRow", "tableCell", "tableHeader"];
const OTHERS = ["figure", "image", "caption", "definitions", "term", "detail", "footnotes", "horizontalRule"];
const CONTAINERS = ["callout", "details", "summary"];
const MARKS = ["link", "footnoteReference", "superscript", "subscript", "bold", "italic", "quotation", "citation", "abbreviation", "code"];

const attribute = (name, more = {}) => ({
  [name]: {
    default: null,
    parseHTML: (element) => element.getAttribute(name),
    renderHTML: (attributes) => (attributes[name] === null ? {} : { [name]: attributes[name] }),
    ...more,
  },
});

const TASK = { keepOnSplit: false, parseHTML: (element) => (element.classList.contains("task") ? "task" : null) };

const ALIGNMENT = { parseHTML: (element) => ["align-center", "align-end"].find((name) => element.classList.contains(name)) ?? null };

/* Ids of headings and footnotes, language and direction; numbers of list items, and task items; alignment of cells. */
export const Anchors = Extension.create({
  name: "anchors",
  addGlobalAttributes: () => [
    {
      types: [...BLOCKS, ...TABLES, ...OTHERS, ...CONTAINERS, ...MARKS],
      attributes: { ...attribute("id", { keepOnSplit: false }), ...attribute("lang"), ...attribute("dir") },
    },
    { types: ["tableHeader"], attributes: attribute("scope") },
    { types: ["tableCell", "tableHeader"], attributes: attribute("class", ALIGNMENT) },
    { types: ["listItem"], attributes: { ...attribute("value", { keepOnSplit: false }), ...attribute("class", TASK) } },
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

/* A list may be reversed, or lettered. */
export const OrderedList = PlainOrderedList.extend({
  addAttributes() {
    return { ...this.parent?.(), ...attribute("type"), ...attribute("reversed") };
  },
  /* The package's own view would show neither. */
  addNodeView: () => null,
}).configure({ enableListAttributes: false });

/* Collapsible sections are always open in the editor. */
export const Details = block("details", "details", "summary? block+", {
  group: "block",
  defining: true,
  addAttributes: () => attribute("open"),
  addNodeView: () => () => {
    const dom = document.createElement("div");
    dom.className = "details";
    return { dom, contentDOM: dom };
  },
});
export const Summary = block("summary", "summary", "inline*", { defining: true });

/* Heading levels that a lesson does not have become those that it has, as they do when a text is saved. */
export const Heading = PlainHeading.extend({
  parseHTML() {
    const rules = Object.entries({ h1: 2, h5: 4, h6: 4 }).map(([tag, level]) => ({ tag, attrs: { level } }));
    return [...(this.parent?.() ?? []), ...rules];
  },
});

const parseElement = (html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;

/* Content that the editor cannot edit is one block in the text, to be moved or deleted as a whole. */
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

/* Text with its reading above it (ruby), an atomic inline node. */
export const Ruby = Node.create({
  name: "ruby",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ html: { default: "", rendered: false } }),
  parseHTML: () => [{ tag: "ruby", getAttrs: (element) => ({ html: element.outerHTML }) }],
  renderHTML: ({ node }) => parseElement(node.attrs.html) ?? ["span"],
});
