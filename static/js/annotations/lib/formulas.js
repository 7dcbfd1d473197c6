/* Formulas in a text: a passage that begins or ends within one contains all of it. */

/* Returns the spans of the formulas in the text of `map`, in order, in code points. */
export const formulaSpans = (map) =>
  [...map.root.querySelectorAll("math")].map((math) => [map.offset(math, 0), map.offset(math, math.childNodes.length)]);

/* Returns `[start, end]`, widened to the whole of each span within which it begins or ends. */
export const widenToSpans = (spans, start, end) => {
  const around = (offset) => spans.find(([first, last]) => first < offset && offset < last);
  return [around(start)?.[0] ?? start, around(end)?.[1] ?? end];
};
