/* Converts pasted HTML to elements that are safe to show and edit, and these to the HTML to send.

   Only known elements and attributes are kept. Ids are stored separately, since the page has its own; images do not load. */

import { asFormula } from "../editor/mathml.js";
import { normaliseOffice, parsePasted } from "./normalise.js";

const ELEMENTS = new Set(
  ("a abbr b blockquote br caption cite code dd dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre q rp rt " +
    "ruby s section strong sub sup table tbody td tfoot th thead tr u ul").split(" "),
);
const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, table, blockquote, pre, dl";
const ATTRIBUTES = new Set("alt colspan dir lang reversed rowspan scope start title type value".split(" "));
const ADDRESS = /^(?:https?:|mailto:|#)/i;
// Attributes stored with the prefix `data-`, and sent without it.
const ASIDE = ["id", "name", "src"];

/* Returns whether HTML from the clipboard is more than lines of text. */
export const hasStructure = (html) =>
  parsePasted(html).querySelector("h1, h2, h3, h4, h5, h6, li, table, p, blockquote") !== null;

const copy = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  if (node.localName === "math") return [asFormula(node)];
  const inside = [...node.childNodes].flatMap(copy);
  if (!ELEMENTS.has(node.localName)) return isLoose(node) ? [wrapped("p", inside)] : inside;
  const result = wrapped(node.localName, inside);
  for (const { name, value } of node.attributes) {
    if (ATTRIBUTES.has(name)) result.setAttribute(name, value);
    if (ASIDE.includes(name) && !(name === "src" && /^data:/i.test(value))) result.setAttribute(`data-${name}`, value);
  }
  if (node.localName === "a" && ADDRESS.test(node.getAttribute("href") ?? "")) result.setAttribute("href", node.getAttribute("href"));
  return [result];
};

const wrapped = (name, children) => {
  const element = document.createElement(name);
  element.append(...children);
  return element;
};

/* Returns whether an unknown element is a block of text, such as the `<div>` of a line. */
const isLoose = (node) => node.localName === "div" && !node.querySelector(`${BLOCKS}, div`) && node.textContent.trim() !== "";

/* Returns the nodes to show for HTML from the clipboard. */
export const previewOf = (html) => [...normaliseOffice(html).childNodes].flatMap(copy);

/* Returns a paragraph for each line of plain text. */
export const paragraphsOf = (text) =>
  text
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => wrapped("p", [line]));

/* Returns the HTML to send for the content of `preview`. */
export const htmlOf = (preview) => {
  // A document that is not displayed does not load images.
  const sent = document.implementation.createHTMLDocument("").importNode(preview, true);
  for (const name of ASIDE) {
    for (const element of sent.querySelectorAll(`[data-${name}]`)) {
      element.setAttribute(name, element.getAttribute(`data-${name}`));
      element.removeAttribute(`data-${name}`);
    }
  }
  return sent.innerHTML;
};
