/* What must stay the same when the editor reads a text: its characters, and each element that carries meaning. */

// The editor adds or removes these without changing the meaning of the text.
const IGNORED = new Set(["p", "thead", "tbody", "br", "body"]);
const SYNONYMS = { b: "strong", i: "em" };
const ATTRIBUTES = ["id", "href", "title", "src", "alt", "lang", "dir", "start", "reversed", "colspan", "rowspan", "scope", "alttext"];
const DEFAULTS = { start: "1", colspan: "1", rowspan: "1" };

const describe = (element) => {
  const name = element.localName;
  const attributes = ATTRIBUTES.filter((key) => element.hasAttribute(key) && element.getAttribute(key) !== DEFAULTS[key]);
  return [SYNONYMS[name] ?? name, ...attributes.map((key) => `${key}=${element.getAttribute(key)}`)].join(" ");
};

export const contentFingerprint = (html) => {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const elements = [...body.querySelectorAll("*")].filter((element) => !IGNORED.has(element.localName)).map(describe);
  return [body.textContent.replace(/\s+/g, ""), ...elements.sort()].join("\n");
};
