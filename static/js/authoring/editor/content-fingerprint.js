/* What must stay the same when the editor reads a text: its characters, and each element that carries meaning. */

// The editor adds or removes these without changing the meaning of the text.
const IGNORED = new Set(["p", "thead", "tbody", "br", "body"]);
const SYNONYMS = { b: "strong", i: "em" };
const ATTRIBUTES = [
  ..."id href title src alt lang dir start reversed type value open colspan rowspan scope alttext".split(" "),
];
// Code that is not in any language may be in a `pre` alone.
const PLAIN_CODE = "pre > code:not([class])";
const isIgnored = (element) => IGNORED.has(element.localName) || element.matches(PLAIN_CODE);
// Elements whose class says what they are.
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
