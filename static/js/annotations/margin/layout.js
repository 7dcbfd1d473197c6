/* The blocks of a text that have annotations, the button at each that counts them, and what changes their layout. */

const SETTLED_AFTER = 300;
const BLOCKS = "p, li, h2, h3, h4, dt, dd, figcaption, blockquote, pre, summary, aside";
const FRAMES = ".scroll, pre";

/* Returns the blocks in which annotations begin, in their order: { element, numbers }. */
export function annotatedBlocks(map, starts) {
  const elements = new Map(), blocks = new Map();
  for (let n = 0; n < starts.length; n += 1) {
    const [node] = map.locate(starts[n]);
    if (!elements.has(node)) elements.set(node, blockOf(node, map.root));
    const element = elements.get(node);
    if (!blocks.has(element)) blocks.set(element, { element, numbers: [] });
    blocks.get(element).numbers.push(n);
  }
  return [...blocks.values()];
}

function blockOf(node, root) {
  const parent = node.parentElement;
  const closest = parent.closest(FRAMES) ?? parent.closest(BLOCKS);
  if (closest && root.contains(closest)) return closest;
  let block = parent;
  while (block.parentElement && block.parentElement !== root && block !== root) block = block.parentElement;
  return block;
}

/* Puts a button at each of the blocks that says how many annotations it has, and removes the others. `open` is called
   with the block and the click. */
export function renderCounts(root, blocks, messages, open) {
  const current = new Set(blocks.map((block) => {
    const button = countButton(block);
    const count = block.numbers.length;
    button.dataset.count = count;
    button.dataset.label = count === 1 ? messages.countOne : messages.countMany.replace("%n", count);
    button.setAttribute("aria-label", count === 1 ? messages.one : messages.many.replace("%n", count));
    button.onclick = (event) => open(block, event);
    return button;
  }));
  for (const button of root.querySelectorAll(".annotation-toggle")) if (!current.has(button)) button.remove();
}

/* Marks the buttons of the blocks that the reader is at. */
export function markCurrent(blocks, active) {
  for (const { element, numbers } of blocks) {
    element.annotationToggle?.toggleAttribute("data-current", numbers.some((n) => active.has(n)));
  }
}

/* Returns the button of a block. It holds no text, so that the text of the document stays what it is. */
function countButton({ element }) {
  const existing = element.annotationToggle;
  if (existing?.isConnected) return existing;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "annotation-toggle";
  element.annotationToggle = button;
  if (element.matches(FRAMES)) element.before(button);
  else appendBeforeList(element.closest(".anchored-heading") ?? element, button);
  return button;
}

/* At the end of the block's own text: a list inside an item has its own button. */
function appendBeforeList(block, button) {
  const list = [...block.children].find((child) => child.matches("ul, ol"));
  if (list) list.before(button);
  else block.append(button);
}

/* Calls `onResize` when one of the elements changes size. */
export function observeSizes(elements, onResize, signal) {
  const observer = new ResizeObserver(onResize);
  for (const element of elements) observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}

/* Calls `onChange` when something has changed the text of `root` and is done with it. */
export function observeText(root, onChange, signal) {
  let timer = 0;
  const observer = new MutationObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLED_AFTER);
  });
  observer.observe(root, { childList: true, characterData: true, subtree: true });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    observer.disconnect();
  });
}
