/* Computes what must not change when the editor parses a text: its characters, and each element with meaning. */

// The editor adds or removes these without changing the meaning of the text.
const IGNORED = new Set(["p", "thead", "tbody", "br", "body"]);
const SYNONYMS = { b: "strong", i: "em" };
const ATTRIBUTES = [
  ..."id href title src alt lang dir start reversed type value open colspan rowspan scope alttext data-check".split(" "),
];
// Code without a language may be in a `pre` alone.
const PLAIN_CODE = "pre > code:not([class])";
const isIgnored = (element) => IGNORED.has(element.localName) || element.matches(PLAIN_CODE);
// Elements whose class gives their meaning.
const CLASSED = "aside, li, section, sup, pre > code";
const DEFAULTS = { start: "1", colspan: "1", rowspan: "1" };

const describe = (element) => {
  const name = element.localName;
  const attributes = ATTRIBUTES.filter((key) => element.hasAttribute(key) && element.getAttribute(key) !== DEFAULTS[key]);
  const classes = element.matches(CLASSED) ? [...element.classList] : [];
  return [SYNONYMS[name] ?? name, ...classes, ...attributes.map((key) => `${key}=${element.getAttribute(key)}`)].join(" ");
};

export const contentFingerprint = (html) => {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const elements = [...body.querySelectorAll("*")].filter((element) => !isIgnored(element)).map(describe);
  return [body.textContent.replace(/\s+/g, ""), ...elements.sort()].join("\n");
};
