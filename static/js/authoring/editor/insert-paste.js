/* Puts cleaned HTML into the text, in one step that one “Undo” takes back: its footnotes go to those of the lesson. */

import { pm } from "django-prose-editor/editor";

import { findFootnotes } from "./footnotes.js";
import { pendingKey } from "./pending-pastes.js";

const { Fragment, Slice } = pm.model;
const ASSET = /^\/assets\/([0-9a-f-]{36})\/?$/;

/* Returns the body of HTML of our server, in which the images that it does not have are places for them.

   `images`: their keys by the uids that the server has given them. */
export function parsePaste(html, images = new Map()) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const image of body.querySelectorAll("img")) {
    const key = images.get(ASSET.exec(image.getAttribute("src"))?.[1]);
    if (key) putPlace(image, key);
  }
  return body;
}

const putPlace = (image, key) => {
  const place = document.createElement("span");
  Object.assign(place.dataset, { image: key, alt: image.alt });
  place.textContent = image.alt || "?";
  const figure = image.closest("figure");
  if (!figure || figure.querySelectorAll("img").length > 1) return image.replaceWith(place);
  place.dataset.caption = figure.querySelector("figcaption")?.innerHTML ?? "";
  const paragraph = document.createElement("p");
  paragraph.append(place);
  return figure.replaceWith(paragraph);
};

/* A single paragraph goes into the one where it is pasted, and so do the first and the last of several; nothing else does. */
const sliceOf = (content) => {
  const isOpen = ({ type, isTextblock }) => type.name === "paragraph" || (content.childCount === 1 && isTextblock && !type.spec.code);
  return new Slice(content, isOpen(content.firstChild) ? 1 : 0, isOpen(content.lastChild) ? 1 : 0);
};

const blocksOf = (schema, body, isPlain = false) =>
  pm.model.DOMParser.fromSchema(schema).parse(body, { preserveWhitespace: isPlain }).content;

/* Takes the footnotes out of `body`, with numbers from `first` on, and returns their elements. */
const takeNotes = (body, first) => {
  const notes = [...body.querySelectorAll("section.footnotes > ol > li")];
  notes.forEach((note, index) => {
    const number = first + index;
    for (const [n, link] of [...body.querySelectorAll(`sup.footnote-ref a[href="#${CSS.escape(note.id)}"]`)].entries()) {
      if (!note.id) break;
      link.setAttribute("href", `#fn${number}`);
      link.setAttribute("id", n ? `fnref${number}-${n + 1}` : `fnref${number}`);
      link.textContent = `[${number}]`;
    }
    note.id = `fn${number}`;
  });
  for (const section of body.querySelectorAll("section.footnotes")) section.remove();
  return notes;
};

const withNotes = (tr, schema, notes, end) => {
  const list = document.createElement("ol");
  list.append(...notes);
  const section = document.createElement("section");
  section.className = "footnotes";
  section.append(list);
  const body = document.createElement("div");
  body.append(section);
  const parsed = blocksOf(schema, body).firstChild;
  if (end === null) tr.insert(tr.doc.content.size, parsed);
  else tr.insert(end, parsed.firstChild.content);
};

const isTableOnly = (content) => content.childCount === 1 && content.firstChild.type.name === "table";

/* Inserts `body`, as `parsePaste` returns it, in the place of the pending paste. Around a single paragraph there are the spaces
   of `text`, the same as plain text; with `isPlain` those of `body` are kept. */
export function insertPaste(view, { id, from, to }, body, { text = "", isPlain = false } = {}) {
  const { schema } = view.state;
  const { last, end } = findFootnotes(view.state.doc);
  const notes = takeNotes(body, last + 1);
  const hasContent = body.textContent.trim() || body.querySelector("img, math, hr, [data-image]");
  const content = hasContent ? withSpaces(blocksOf(schema, body, isPlain), text) : Fragment.empty;
  const tr = pm.history.closeHistory(view.state.tr).setMeta(pendingKey, { remove: id }).setMeta("paste", true);
  // Cells go into the cells of a table.
  if (isTableOnly(content) && !notes.length && pasteCells(view, tr, from, to, content)) return;
  if (notes.length) withNotes(tr, schema, notes, end);
  if (content.childCount) insertBlocks(tr, from, to, content);
  view.dispatch(tr.scrollIntoView());
  // What is typed next is a step of its own.
  view.dispatch(pm.history.closeHistory(view.state.tr));
}

/* Returns the content with the spaces around plain text that HTML does not show: words are pasted between others. */
const withSpaces = (content, plain) => {
  const { type, content: inline } = content.firstChild;
  if (content.childCount !== 1 || type.name !== "paragraph" || !plain.trim()) return content;
  const space = (pattern) => (pattern.test(plain) ? Fragment.from(type.schema.text(" ")) : Fragment.empty);
  return Fragment.from(content.firstChild.copy(space(/^[ \t\u00a0]/).append(inline).append(space(/[ \t\u00a0]$/))));
};

const isList = ({ type }) => type.spec.group?.split(" ").includes("list");

const insertBlocks = (tr, from, to, content) => {
  const $to = tr.doc.resolve(to);
  const item = $to.depth > 1 && $to.node(-1).type.name === "listItem" && isList(content.firstChild) && content.childCount === 1;
  if (item && from === to && !$to.parent.content.size) tr.replaceRange(from, to, Slice.maxOpen(content));
  else if (item && from === to && $to.parentOffset === $to.parent.content.size) tr.insert($to.after(-1), content.firstChild.content);
  else {
    tr.replaceRange(from, to, sliceOf(content));
    removeEmptyAfter(tr, to, content);
  }
};

const pasteCells = (view, tr, from, to, content) => {
  const { $from } = view.state.selection;
  if (!pm.tables.isInTable(view.state)) return false;
  view.dispatch(tr.setSelection(pm.state.TextSelection.create(tr.doc, from, to)));
  return $from.doc === view.state.doc && pm.tables.handlePaste(view, null, new Slice(content, 0, 0));
};

/* A list or a table at the end of a paragraph leaves no empty one behind it. */
const removeEmptyAfter = (tr, to, content) => {
  if (!content.childCount || content.lastChild.type.name === "paragraph") return;
  const end = tr.mapping.map(to);
  const $end = tr.doc.resolve(end);
  const isEmpty = $end.parent.type.name === "paragraph" && !$end.parent.content.size && $end.depth > 0;
  if (isEmpty && $end.after() < tr.doc.content.size && $end.index(-1) > 0) tr.delete($end.before(), $end.after());
};
