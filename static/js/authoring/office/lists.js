/* Converts lists of office programs, which are paragraphs with markers, or sibling lists instead of nested ones. */

import { makeMarker, nest, typedMarkers } from "../lib/nested-lists.js";
import { declarations } from "../lib/office-text.js";

const WORD_LIST = /mso-list:\s*(l\d+)\s+level(\d)/i;
const LIST_CLASS = /MsoListParagraph|MsoListBullet|MsoListNumber|MsoList\b/;
const GOOGLE_LIST = /lst-(kix_[\w-]+)-(\d)\b/;
// Letters that Word uses as bullets, in symbol fonts.
const BULLET_LETTERS = new Set("o§ØüvàèqnulF");
const TYPES = { "lower-latin": "a", "lower-alpha": "a", "upper-latin": "A", "upper-alpha": "A", "lower-roman": "i", "upper-roman": "I" };
const TWIPS = { pt: 20, px: 15, in: 1440, cm: 567, mm: 57, em: 240 };
const START_LENGTH = 40;

const style = (element) => element.dataset.style ?? "";

const isList = (node) => node.localName === "ul" || node.localName === "ol";

const isBlank = (node) =>
  node.nodeType === Node.COMMENT_NODE || (node.nodeType === Node.TEXT_NODE && !node.data.trim());

const children = (element) => [...element.childNodes].filter((node) => !isBlank(node));

const leftMargin = (element) => {
  const found = declarations(style(element));
  const [, number, unit] = /^(-?[\d.]+)(pt|px|in|cm|mm|em)?/.exec(found["margin-left"] ?? found.margin?.split(/\s+/).at(-1) ?? "") ?? [];
  return Number(number ?? 0) * (TWIPS[unit] ?? TWIPS.px);
};

/* Returns the element that separates a marker from the text, as in Word's filtered HTML. */
const gapOf = (paragraph) => {
  const gap = [...paragraph.querySelectorAll("span")].find((span) => /font:\s*7\.0pt/.test(style(span)));
  return gap && textBefore(paragraph, gap).length <= START_LENGTH ? gap : null;
};

const textBefore = (paragraph, end) => {
  const range = document.createRange();
  range.setStart(paragraph, 0);
  range.setEndBefore(end);
  return range.toString();
};

const wordList = (paragraph) => {
  const match = WORD_LIST.exec(style(paragraph));
  if (match) return { list: match[1], level: Number(match[2]) - 1 };
  const isItem = LIST_CLASS.test(paragraph.className) && gapOf(paragraph);
  return isItem ? { list: `class ${leftMargin(paragraph)}`, level: 0 } : null;
};

const takeMarker = (paragraph) => {
  const ignored = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(style(span)));
  const gap = ignored ? null : gapOf(paragraph);
  const label = ignored?.textContent ?? (gap ? textBefore(paragraph, gap) : "");
  if (gap) cutStart(paragraph, label.length);
  (ignored ?? gap)?.remove();
  return label.split(/\s+/).join(" ").trim();
};

const isBullet = (label) => !/[\p{L}\p{N}]/u.test(label) || BULLET_LETTERS.has(label);

const wordEntries = (run) => {
  const taken = run.map((element) => {
    const label = takeMarker(element);
    return { element, ...wordListOf.get(element), label: isBullet(label) ? "" : label };
  });
  const before = new Map();
  return taken.map(({ element, list, level, label }, n) => {
    const next = taken.slice(n + 1, n + 10).find((other) => other.list === list && other.level === level);
    const marker = makeMarker(list, level, label, next?.label, before.get(`${list} ${level}`));
    before.set(`${list} ${level}`, marker);
    return { marker, indent: leftMargin(element), content: { element, nodes: [...element.childNodes] } };
  });
};

// The lists of paragraphs, found before their markers are removed.
const wordListOf = new WeakMap();

const kindOf = (node) => {
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.localName === "p") {
    const found = wordList(node);
    if (found) wordListOf.set(node, found);
    return found ? "paragraph" : "";
  }
  if (isList(node)) return listLevel(node) || [...node.children].some(isList) ? "list" : "";
  const inside = node.classList.contains("ListContainerWrapper") ? children(node) : [];
  return inside.length === 1 && isList(inside[0]) ? "list" : "";
};

/* Returns the { list, level } stated by a list of Google Docs or Word Online. */
const listLevel = (list) => {
  const match = GOOGLE_LIST.exec(list.className);
  if (match) return { list: match[1], level: Number(match[2]) };
  const item = list.querySelector("li");
  const level = Number(item?.getAttribute("aria-level") ?? item?.getAttribute("data-aria-level") ?? 0);
  return level > 0 ? { list: item.dataset.listid ?? "list", level: level - 1 } : null;
};

const typeOf = (list, item) => {
  const types = [item, list].map((element) => TYPES[declarations(style(element))["list-style-type"]]);
  return list.getAttribute("type") ?? types.find(Boolean) ?? "";
};

const addEntries = (list, depth, entries) => {
  const place = listLevel(list) ?? { list: "list", level: depth };
  let value = Number.parseInt(list.getAttribute("start") ?? "1", 10) || 1;
  for (const child of children(list)) {
    if (isList(child)) {
      addEntries(child, depth + 1, entries);
    } else if (child.localName === "li") {
      value = Number.parseInt(child.getAttribute("value") ?? "", 10) || value;
      const isNumbered = list.localName === "ol";
      const label = isNumbered ? `${value}.` : "";
      const marker = { ...place, label, value: isNumbered ? value : 1, type: isNumbered ? typeOf(list, child) : "", isPlain: true };
      const nodes = [...child.childNodes];
      const inner = [];
      while (nodes.length && (isList(nodes.at(-1)) || isBlank(nodes.at(-1)))) inner.unshift(nodes.pop());
      entries.push({ marker, indent: 0, content: { element: child, nodes } });
      for (const one of inner.filter(isList)) addEntries(one, place.level + 1, entries);
      value += 1;
    } else {
      entries.push({ marker: makeMarker(place.list, place.level, ""), indent: 0, content: { element: child, nodes: [child] } });
    }
  }
};

const mergeLists = (run) => {
  const lists = run.map((node) => (isList(node) ? node : node.querySelector("ul, ol")));
  const levels = new Set(lists.map((list) => JSON.stringify(listLevel(list))));
  if (levels.size < 2 && !lists.some((list) => [...list.children].some(isList))) return;
  const entries = [];
  for (const list of lists) addEntries(list, 0, entries);
  replace(run, entries);
};

const replace = (run, entries) => {
  const lists = nest(entries).map(elementOf);
  run[0].before(...lists);
  for (const node of run) node.remove();
};

const elementOf = (node) => {
  const list = document.createElement(node.isNumbered ? "ol" : "ul");
  let expected = node.items[0].marker.value;
  if (node.isNumbered && expected !== 1) list.setAttribute("start", expected);
  if (node.isNumbered && node.marker.type) list.setAttribute("type", node.marker.type);
  for (const { marker, parts } of node.items) {
    const item = list.appendChild(document.createElement("li"));
    if (node.isNumbered && marker.value !== expected) item.setAttribute("value", marker.value);
    expected = marker.value + 1;
    if (marker.label && !marker.isPlain) item.append(`${marker.label} `);
    for (const part of parts) item.append(...(part.items ? [elementOf(part)] : part.nodes));
  }
  return list;
};

const startOf = (node) =>
  node.localName === "p" ? node.textContent.slice(0, 3 * START_LENGTH).replace(/[\r\n]/g, " ").replace(/^[ \t]+/, "") : null;

/* Removes the first characters of an element's text, not counting leading white space. */
const cutStart = (element, length) => {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let isAtStart = true;
  while (texts.nextNode() && (length > 0 || isAtStart)) {
    const { currentNode } = texts;
    const kept = isAtStart ? currentNode.data.replace(/^[ \t\r\n]+/, "") : currentNode.data;
    isAtStart = isAtStart && !kept;
    currentNode.data = kept.slice(length);
    length -= Math.min(length, kept.length);
  }
};

const makeTypedLists = (container) => {
  const nodes = children(container);
  const markers = typedMarkers(nodes.map(startOf));
  for (let n = 0; n < nodes.length; n += 1) {
    const first = markers[n];
    if (!first) continue;
    const run = [];
    while (markers[n + run.length]?.marker.list === first.marker.list) run.push(nodes[n + run.length]);
    const entries = run.map((element, index) => {
      cutStart(element, markers[n + index].length);
      return { marker: markers[n + index].marker, indent: 0, content: { element, nodes: [...element.childNodes] } };
    });
    replace(run, entries);
    n += run.length - 1;
  }
};

/* Replaces paragraphs with markers, and sibling lists of several levels, by nested lists. */
export const makeLists = (root) => {
  const members = root.querySelectorAll("p, ul, ol, div.ListContainerWrapper");
  const containers = [...new Set([...members].map((element) => element.parentElement))].filter((element) => !isList(element));
  for (const container of containers.reverse()) {
    const runs = [];
    let before = "";
    for (const node of children(container)) {
      const kind = kindOf(node);
      if (kind && kind === before) runs.at(-1).push(node);
      else if (kind) runs.push([node]);
      before = kind;
    }
    for (const run of runs) {
      if (run[0].localName === "p") replace(run, wordEntries(run));
      else mergeLists(run);
    }
    makeTypedLists(container);
  }
};
