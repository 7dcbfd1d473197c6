/* Puts elements into a box that its browser edits, without the browser's own command: that writes inline styles, which the
   page's Content Security Policy forbids. */

const isEmpty = (element) => !element.textContent.trim() && !element.querySelector("img, math, td");

/* Returns the child of `box` that has the place, null if that is between its children. */
const blockAt = (box, node) => {
  let block = node;
  while (block && block.parentNode !== box) block = block.parentNode;
  return block?.nodeType === Node.ELEMENT_NODE ? block : null;
};

/* Puts `nodes` in the place of `range`, and the cursor behind them: a single paragraph into a text, others between blocks. */
export function insertNodes(box, range, nodes) {
  range.deleteContents();
  const elements = nodes.filter((node) => node.nodeType === Node.ELEMENT_NODE);
  const block = blockAt(box, range.startContainer);
  const isInline = block && elements.length === 1 && elements[0].localName === "p";
  const inserted = isInline ? [...elements[0].childNodes] : elements;
  if (!inserted.length) return;
  if (isInline || !block) range.insertNode(fragmentOf(inserted));
  else {
    const rest = document.createRange();
    rest.setStart(range.startContainer, range.startOffset);
    rest.setEndAfter(block);
    const after = rest.extractContents();
    block.after(fragmentOf(inserted), after);
    inserted.at(-1).nextElementSibling?.querySelector(":scope > li:first-child:empty")?.remove();
    for (const part of [block, inserted.at(-1).nextElementSibling]) if (part && isEmpty(part)) part.remove();
  }
  const end = document.createRange();
  if (isInline) end.setStartAfter(inserted.at(-1));
  else end.selectNodeContents(inserted.at(-1));
  end.collapse(isInline);
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(end);
}

const fragmentOf = (nodes) => {
  const fragment = document.createDocumentFragment();
  fragment.append(...nodes);
  return fragment;
};
