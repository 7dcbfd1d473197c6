/* What is selected in a post, to be quoted. */

const asTex = (math) => {
  const tex = math.getAttribute("alttext");
  if (tex.includes("$")) return `\\(${tex}\\)`;
  return math.getAttribute("display") === "block" ? `$$${tex}$$` : `$${tex}$`;
};

/* Returns the selected text, with the formulas of `body` as TeX, whole ones only. */
export function selectedText(body) {
  const selection = getSelection();
  const formulas = [...body.querySelectorAll("math[alttext]")].filter((math) => selection.containsNode(math, true));
  if (!formulas.length) return selection.toString();
  const range = selection.getRangeAt(0).cloneRange();
  if (formulas[0].contains(range.startContainer)) range.setStartBefore(formulas[0]);
  if (formulas.at(-1).contains(range.endContainer)) range.setEndAfter(formulas.at(-1));
  const copy = document.createElement("div");
  copy.append(range.cloneContents());
  for (const math of copy.querySelectorAll("math[alttext]")) math.replaceWith(asTex(math));
  // In the page, for a moment, because only there `innerText` has line ends between paragraphs.
  body.after(copy);
  const text = copy.innerText;
  copy.remove();
  return text;
}
