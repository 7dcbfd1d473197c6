/* Numbers footnotes in the order in which the text refers to them. */

const NUMBER = /^(fn(?:ref)?-?)(\d+)/;

const linkOf = (node) => node.marks.find(({ type }) => type.name === "link");

const numberIn = (id) => Number(NUMBER.exec((id ?? "").replace(/^#/, ""))?.[2] ?? 0);

/* Returns the number that a piece of text refers to; 0 if it is no reference. */
const referenceNumber = (node) => {
  const isReference = node.isText && node.marks.some(({ type }) => type.name === "footnoteReference");
  return isReference ? numberIn(linkOf(node)?.attrs.href) : 0;
};

const findAll = (doc) => {
  const references = [], items = [];
  let list = null;
  doc.descendants((node, position, parent) => {
    const number = referenceNumber(node);
    if (number) references.push({ node, position, number });
    if (node.type.name === "orderedList" && parent.type.name === "footnotes") list = { node, position };
    if (node.type.name === "listItem" && numberIn(node.attrs.id)) items.push({ node, number: numberIn(node.attrs.id) });
  });
  return { references, items, list };
};

/* Returns an id or the address of one with another number. */
const renamed = (id, numbers) => {
  const [, hash, rest] = /^(#?)(.*)$/.exec(id);
  return hash + rest.replace(NUMBER, (_all, kind, number) => kind + (numbers.get(Number(number)) ?? number));
};

/* Returns the node with the new numbers in the links to and from footnotes, and in references themselves. */
const renumbered = (node, numbers) => {
  if (!node.isText) {
    const content = [];
    node.content.forEach((child) => content.push(renumbered(child, numbers)));
    const attrs = numberIn(node.attrs.id) ? { ...node.attrs, id: renamed(node.attrs.id, numbers) } : node.attrs;
    return node.type.create(attrs, content, node.marks);
  }
  const link = linkOf(node);
  if (!numberIn(link?.attrs.href)) return node;
  const { href, id } = link.attrs;
  const renamedLink = link.type.create({ ...link.attrs, href: renamed(href, numbers), id: id && renamed(id, numbers) });
  const marks = node.marks.map((mark) => (mark === link ? renamedLink : mark));
  const number = referenceNumber(node);
  return node.type.schema.text(number ? `[${numbers.get(number) ?? number}]` : node.text, marks);
};

/* Renumbers the footnotes in `tr`. Returns the new numbers by the old ones: none if the order is right already, or if a
   reference is not written as we write it. */
export function renumber(tr) {
  const { references, items, list } = findAll(tr.doc);
  const isOurs = list?.node.childCount === items.length && references.every(({ node, number }) => node.text === `[${number}]`);
  const order = [...new Set([...references, ...items].map(({ number }) => number))];
  const numbers = new Map(order.map((number, n) => [number, n + 1]));
  if (!isOurs || order.every((number) => numbers.get(number) === number)) return new Map();
  const sorted = [...items].sort((one, two) => numbers.get(one.number) - numbers.get(two.number));
  const newItems = sorted.map(({ node }) => renumbered(node, numbers));
  const end = list.position + list.node.nodeSize;
  const changes = references
    .filter(({ position }) => position < list.position || position > end)
    .map(({ node, position }) => ({ from: position, to: position + node.nodeSize, by: renumbered(node, numbers) }));
  changes.push({ from: list.position + 1, to: end - 1, by: newItems });
  for (const { from, to, by } of changes.sort((one, two) => two.from - one.from)) tr.replaceWith(from, to, by);
  return numbers;
}
