/* Builds nested lists from paragraphs by their markers, as nested_lists.py does. */

const DEEPER = 200; // twentieths of a point by which a list is indented more than the one around it
const BULLET = /^([-–•●○▪◦‣⁃·∙*§]|o(?=\t|\u00a0| {2}))[ \t\u00a0]+(?=\S)/u;
const NUMBER = /^(\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])[ \t\u00a0]+(?=\S)/;
// Signs that also begin other paragraphs, so that a single one does not make a list.
const COMMON_SIGNS = "-–*";
const ROMAN = { i: 1, v: 5, x: 10, l: 50, c: 100, d: 500, m: 1000 };

export const romanValue = (numeral) => {
  const values = [...numeral.toLowerCase()].map((letter) => ROMAN[letter] ?? 0);
  if (!values.length || values.includes(0)) return 0;
  return values.reduce((sum, value, n) => sum + (value < (values[n + 1] ?? 0) ? -value : value), 0);
};

/* Returns { value, type } of a label: { value: 3, type: "a" } of "c)". after: the label of the next item, if any. */
export const firstNumber = (label, after = "") => {
  const body = label.replace(/[(). ]/g, "");
  const next = after.replace(/[(). ]/g, "");
  if (/^\d{1,9}$/.test(body)) return { value: Number(body), type: "" };
  if (!/^[a-z]+$/i.test(body)) return null;
  const isRoman = romanValue(body) > 0 && next && romanValue(next) === romanValue(body) + 1;
  const isLetter = body.length === 1 && !isRoman && (body.toLowerCase() !== "i" || next.toLowerCase() === "j");
  const value = isLetter ? body.toLowerCase().charCodeAt(0) - 96 : romanValue(body);
  const type = isLetter ? "a" : "i";
  return value ? { value, type: body === body.toLowerCase() ? type : type.toUpperCase() } : null;
};

/* Returns the marker of a label, which is empty for a bullet. before: the marker of the previous item, if any. */
export const makeMarker = (list, level, label, after = "", before = null) => {
  if (!label) return { list, level, label, value: 1, type: "", isPlain: true };
  const letter = label.replace(/[(). ]/g, "");
  const isNext = /^[a-z]$/i.test(letter) && letter.toLowerCase().charCodeAt(0) - 96 === (before?.value ?? 0) + 1;
  const found = isNext && /^a$/i.test(before?.type ?? "") ? { value: before.value + 1, type: before.type } : null;
  const number = found ?? (/^\(?[^\s().]+[.)]?$/.test(label) ? firstNumber(label, after) : null);
  return { list, level, label, value: number?.value ?? 1, type: number?.type ?? "", isPlain: number !== null };
};

const accepts = (node, marker) =>
  Boolean(node.marker.label) === Boolean(marker.label) &&
  node.marker.type === marker.type &&
  node.marker.isPlain === marker.isPlain &&
  (node.marker.list === marker.list || !node.isNumbered || marker.value === node.items.at(-1).marker.value + 1);

const isDeeper = (one, other) => one.level > other.level || (one.level === other.level && one.indent > other.indent);

const isEqual = (one, other) => one.level === other.level && one.indent === other.indent;

const depthOf = (indent, marker, stack) => {
  const same = stack.findLast((node) => node.marker.list === marker.list);
  if (same && same.marker.level === marker.level) return same.depth;
  const top = stack.at(-1);
  if (!top) return { level: marker.level, indent };
  if (!same && top.marker.level === marker.level) {
    return stack.findLast((node) => Math.abs(node.depth.indent - indent) <= DEEPER)?.depth ?? { level: marker.level, indent };
  }
  return { level: marker.level, indent: marker.level === top.depth.level ? top.depth.indent : indent };
};

/* Returns the lists of entries { marker, indent, content }: { marker, isNumbered, items: [{ marker, parts }] }. */
export const nest = (entries) => {
  const lists = [];
  const stack = [];
  for (const { marker, indent, content } of entries) {
    const depth = depthOf(indent, marker, stack);
    while (stack.length && isDeeper(stack.at(-1).depth, depth)) stack.pop();
    if (stack.length && isEqual(stack.at(-1).depth, depth) && !accepts(stack.at(-1), marker)) stack.pop();
    if (!stack.length || isDeeper(depth, stack.at(-1).depth)) {
      const node = { depth, marker, isNumbered: Boolean(marker.label) && marker.isPlain, items: [] };
      (stack.at(-1)?.items.at(-1).parts ?? lists).push(node);
      stack.push(node);
    }
    stack.at(-1).items.push({ marker, parts: [content] });
  }
  return lists;
};

const follows = (before, after) => {
  if (!/[.)]$/.test(before)) return before === after;
  const shape = (label) => label.replace(/[^().]+/, "");
  const [one, other] = [firstNumber(before, after), firstNumber(after)];
  const isNextLetter = /^\W*[a-z]\W*$/i.test(before) && /^\W*[a-z]\W*$/i.test(after) &&
    after.replace(/\W/g, "").charCodeAt(0) === before.replace(/\W/g, "").charCodeAt(0) + 1;
  return shape(before) === shape(after) && one !== null && other !== null && (isNextLetter || other.value === one.value + 1);
};

/* Returns for the start of each paragraph its typed { marker, length }, or null. Numbers must be consecutive. */
export const typedMarkers = (starts) => {
  const result = starts.map(() => null);
  let run = [];
  const finish = () => {
    const sign = run[0]?.label ?? "";
    const isNumbered = /[.)]$/.test(sign);
    if (run.length > 1 || (sign && !isNumbered && !COMMON_SIGNS.includes(sign))) {
      let before = null;
      for (const [n, { index, label, length }] of run.entries()) {
        before = makeMarker(`typed ${run[0].index}`, 0, isNumbered ? label : "", run[n + 1]?.label, before);
        result[index] = { marker: before, length };
      }
    }
    run = [];
  };
  for (const [index, start] of starts.entries()) {
    const match = start ? (BULLET.exec(start) ?? NUMBER.exec(start)) : null;
    if (run.length && !(match && follows(run.at(-1).label, match[1]))) finish();
    if (match) run.push({ index, label: match[1], length: match[0].length });
  }
  finish();
  return result;
};
