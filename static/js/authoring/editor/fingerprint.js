/* What must be the same before and after the editor has read a text: its letters, and each element that says something. */

// The editor adds or leaves these out without changing what the text says.
const SILENT = new Set(["p", "thead", "tbody", "br", "body"]);
const SAME = { b: "strong", i: "em" };
const TELLING = ["id", "href", "title", "src", "alt", "lang", "dir", "start", "reversed", "colspan", "rowspan", "scope"];
const PLAIN = { start: "1", colspan: "1", rowspan: "1" };

const sign = (element) => {
  const name = element.localName;
  const attributes = TELLING.filter((key) => element.hasAttribute(key) && element.getAttribute(key) !== PLAIN[key]);
  return [SAME[name] ?? name, ...attributes.map((key) => `${key}=${element.getAttribute(key)}`)].join(" ");
};

export const fingerprint = (html) => {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const signs = [...body.querySelectorAll("*")].filter((element) => !SILENT.has(element.localName)).map(sign);
  return [body.textContent.replace(/\s+/g, ""), ...signs.sort()].join("\n");
};
