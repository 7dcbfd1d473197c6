/* Reduces MathML from the server or the clipboard to its presentation. */

const MATHML = "http://www.w3.org/1998/Math/MathML";
// Elements that are not displayed, and attributes that link to, load or run something.
const HIDDEN = new Set(["annotation", "annotation-xml"]);
const UNWANTED = /^(?:on|href|src|style|class|id$|xmlns|action|data-)|:/i;

const texOf = (math) => {
  const annotation = [...math.getElementsByTagName("annotation")].find((element) => /tex/i.test(element.getAttribute("encoding")));
  return (annotation?.textContent ?? math.getAttribute("alttext") ?? "").trim();
};

const copy = (element) => {
  const result = document.createElementNS(MATHML, element.localName);
  for (const { name, value } of element.attributes) {
    if (!UNWANTED.test(name)) result.setAttribute(name, value);
  }
  result.append(...copiesOfChildren(element));
  return result;
};

const copiesOfChildren = (element) => [...element.childNodes].flatMap((child) => {
  if (child.nodeType === Node.TEXT_NODE) return [child.data];
  if (child.nodeType !== Node.ELEMENT_NODE || HIDDEN.has(child.localName)) return [];
  if (child.namespaceURI !== MATHML) return [child.textContent];
  return ["semantics", "maction"].includes(child.localName) ? copiesOfChildren(child).slice(0, 1) : [copy(child)];
});

/* Returns the first `<math>` in HTML, null if it has none. */
export const mathIn = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("math");

/* Returns a new `<math alttext="TEX">`; it has no `alttext` if `math` has no TeX. */
export const asFormula = (math) => {
  const result = copy(math);
  const tex = texOf(math);
  if (tex) result.setAttribute("alttext", tex);
  return result;
};
