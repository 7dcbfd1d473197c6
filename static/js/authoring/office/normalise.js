/* Converts HTML of Word, Google Docs, LibreOffice and the like from the clipboard to semantic elements.

   The server does the same for imports: lessons/importing/readers/office_html. Comments, tables of contents and
   deletions are removed. Scripts in pasted HTML never run. */

import { elementsOf, formatOf, redirectTarget, withoutConditions, withoutStyles } from "../lib/office-text.js";
import { makeLists } from "./lists.js";

const UNWANTED = "script, xmp, link, meta, title, xml, base, iframe, object, embed";
const DELETIONS = "del, span.msoDel";
const COMMENT_SIGNS = "a.msocomanchor, a.msocomoff, a[href^='#_msocom_'], a[href^='#cmnt'], span.MsoCommentReference";
const COMMENTS = "[data-style*='mso-element:comment'], [data-style*='mso-element:header'], [data-style*='mso-element:footer']";
const CONTENTS = "[class*='MsoToc'], .MsoTableofFigures, .TOC, .TOCHeading, div[id^='Table of Contents']";
const CONTENTS_TARGET = /^#(?:_Toc|h\.|heading=|__RefHeading|_heading)/;
const MIN_ENTRIES = 3;
const TITLE = ".MsoTitle, .MsoTitleCxSpFirst, .MsoTitleCxSpMiddle, .MsoTitleCxSpLast, p.title";
const HEADING_CLASS = /^Mso(?:Heading|Überschrift)([1-9])$/i;
const OUTLINE_LEVEL = /mso-outline-level:\s*([1-9])/i;
const PASTED_BY_OURSELVES = "data-pm-slice";

const style = (element) => element.dataset.style ?? "";

const rename = (element, name) => {
  const renamed = document.createElement(name);
  for (const attribute of ["id", "dir", "lang"]) {
    if (element.hasAttribute(attribute)) renamed.setAttribute(attribute, element.getAttribute(attribute));
  }
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
};

const wrapContent = (element, name) => {
  const wrapper = document.createElement(name);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
};

const removeAsides = (root) => {
  for (const element of root.querySelectorAll(DELETIONS)) element.remove();
  // In Google Docs a comment is an element that begins with its reference mark.
  for (const link of root.querySelectorAll("a[id^='cmnt'][href^='#cmnt_ref']")) link.closest("div, p")?.remove();
  for (const element of root.querySelectorAll(`${COMMENTS}, ${CONTENTS}`)) element.remove();
  for (const sign of root.querySelectorAll(COMMENT_SIGNS)) {
    const parent = sign.parentElement;
    sign.remove();
    if (parent?.matches("sup, span") && !parent.textContent.trim()) parent.remove();
  }
  let run = [];
  for (const paragraph of [...root.querySelectorAll("p"), null]) {
    if (paragraph && isEntry(paragraph)) {
      run.push(paragraph);
      continue;
    }
    if (run.length >= MIN_ENTRIES) for (const entry of run) entry.remove();
    run = [];
  }
};

/* Returns whether a paragraph is a link to a heading, perhaps with a page number. */
const isEntry = (paragraph) => {
  const link = paragraph.querySelector("a[href^='#']");
  if (!link || !CONTENTS_TARGET.test(link.getAttribute("href"))) return false;
  return !/\p{L}/u.test(paragraph.textContent.replace(link.textContent, ""));
};

const headingLevel = (element) => {
  if (element.matches(TITLE)) return 1;
  if (!element.matches("p, div")) return 0;
  const level = HEADING_CLASS.exec(element.className)?.[1] ?? OUTLINE_LEVEL.exec(style(element))?.[1];
  return Number(level ?? (element.getAttribute("role") === "heading" ? element.getAttribute("aria-level") : 0)) || 0;
};

const makeHeadings = (root) => {
  for (const element of root.querySelectorAll("p, div[role=heading], h1, h2, h3, h4, h5, h6")) {
    const level = Math.min(headingLevel(element), 6);
    if (level && element.textContent.trim() && element.localName !== `h${level}`) rename(element, `h${level}`);
  }
};

/* Unwraps `<b style="font-weight:normal">`, which Google Docs puts around everything it copies. */
const unwrapNormal = (root) => {
  for (const element of root.querySelectorAll("b, strong, i, em")) {
    const format = formatOf(style(element));
    if ((element.matches("b, strong") ? format.strong : format.em) === false) element.replaceWith(...element.childNodes);
  }
};

const markFormats = (root) => {
  for (const element of [...root.querySelectorAll("strike")].reverse()) rename(element, "s");
  for (const element of [...root.querySelectorAll("span, font")].reverse()) {
    const isLinked = element.querySelector("a[href]") || element.closest("a");
    for (const name of elementsOf(formatOf(style(element))).reverse()) {
      if (name !== "u" || !isLinked) wrapContent(element, name);
    }
  }
};

const removeRest = (root) => {
  const comments = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  for (const comment of found) comment.remove();
  for (const element of root.querySelectorAll("[data-style]")) element.removeAttribute("data-style");
  // `<o:p>` and the like, and spans, have no further meaning.
  for (const element of [...root.querySelectorAll("*")].filter((one) => one.localName.includes(":") || one.localName === "font")) {
    element.replaceWith(...element.childNodes);
  }
  for (const paragraph of root.querySelectorAll("p")) {
    if (!paragraph.textContent.trim() && !paragraph.querySelector("img, math, br")) paragraph.remove();
  }
};

/* Returns the body of HTML from the clipboard, with `data-style` for `style`. */
export const parsePasted = (html) =>
  new DOMParser().parseFromString(withoutStyles(withoutConditions(html)), "text/html").body;

/* Returns the body of the normalised HTML, whose elements are inert until they are inserted into a page. */
export const normaliseOffice = (html) => {
  const body = parsePasted(html);
  for (const element of body.querySelectorAll(UNWANTED)) element.remove();
  for (const link of body.querySelectorAll("a[href]")) link.setAttribute("href", redirectTarget(link.getAttribute("href")));
  unwrapNormal(body);
  removeAsides(body);
  makeHeadings(body);
  makeLists(body);
  markFormats(body);
  removeRest(body);
  return body;
};

/* Returns the HTML for the lesson editor, with headings of levels 2 to 4 in their relative order. */
export const forEditor = (html) => {
  if (html.includes(PASTED_BY_OURSELVES)) return html;
  const body = normaliseOffice(html);
  const lower = body.querySelector("h1") ? 1 : 0;
  for (const heading of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const level = Math.min(Number(heading.localName[1]) + lower, 4);
    if (heading.localName !== `h${level}`) rename(heading, `h${level}`);
  }
  return body.innerHTML;
};
