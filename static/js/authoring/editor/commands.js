/* What the toolbar's buttons do, when they are pressed in, and when they can be used. */

import { ask } from "./ask.js";
import { isCheckSelected } from "./check.js";
import { isImageSelected } from "./figure.js";

const chained = (command, ...args) => ({
  run: (editor) => editor.chain().focus()[command](...args).run(),
  can: (editor) => editor.can()[command]?.(...args) ?? true,
});

const mark = (name, command) => ({ ...chained(command), isPressed: (editor) => editor.isActive(name) });

const heading = (level) => ({
  ...chained("toggleHeading", { level }),
  isPressed: (editor) => editor.isActive("heading", { level }),
});

const inside = (name, command) => ({ ...chained(command), isPressed: (editor) => editor.isActive(name) });

/* Commands that open a dialog: it takes the focus, and gives it back. */
const opening = (command) => ({ run: (editor) => editor.commands[command]() });

const insertTable = async (editor) => {
  const answer = await ask("table");
  if (!answer) return editor.commands.focus();
  const count = (value) => Math.min(50, Math.max(1, Number.parseInt(value, 10) || 1));
  const size = { rows: count(answer.rows), cols: count(answer.columns), withHeaderRow: Boolean(answer.head) };
  return editor.chain().focus().insertTable(size).run();
};

const editSource = async (editor) => {
  const answer = await ask("source", { html: editor.getHTML() });
  if (answer) editor.chain().focus().setContent(answer.html, { emitUpdate: true }).run();
  else editor.commands.focus();
};

export const COMMANDS = {
  heading2: heading(2),
  heading3: heading(3),
  heading4: heading(4),
  quote: inside("blockquote", "toggleBlockquote"),
  bulletList: inside("bulletList", "toggleBulletList"),
  orderedList: inside("orderedList", "toggleOrderedList"),
  indent: chained("sinkListItem", "listItem"),
  outdent: chained("liftListItem", "listItem"),
  bold: mark("bold", "toggleBold"),
  italic: mark("italic", "toggleItalic"),
  strike: mark("strike", "toggleStrike"),
  superscript: mark("superscript", "toggleSuperscript"),
  subscript: mark("subscript", "toggleSubscript"),
  code: mark("code", "toggleCode"),
  link: { ...opening("addLink"), isPressed: (editor) => editor.isActive("link") },
  footnote: {
    run: (editor) => editor.chain().focus().addFootnote().scrollIntoView().run(),
    can: (editor) => !editor.isActive("footnotes") && !editor.isActive("codeBlock"),
  },
  term: opening("defineTerm"),
  image: { ...opening("insertFigure"), can: (editor) => !editor.isActive("codeBlock") },
  table: { run: insertTable, can: (editor) => !editor.isActive("table") && !editor.isActive("codeBlock") },
  formula: {
    ...opening("editFormula"),
    isPressed: (editor) => editor.isActive("formula"),
    can: (editor) => !editor.isActive("codeBlock"),
  },
  codeBlock: inside("codeBlock", "toggleCodeBlock"),
  callout: { ...inside("callout", "toggleCallout"), can: () => true },
  rule: chained("setHorizontalRule"),
  clear: { run: (editor) => editor.chain().focus().unsetAllMarks().run() },
  source: { run: editSource },
  undo: chained("undo"),
  redo: chained("redo"),
  addRowBefore: chained("addRowBefore"),
  addRowAfter: chained("addRowAfter"),
  deleteRow: chained("deleteRow"),
  addColumnBefore: chained("addColumnBefore"),
  addColumnAfter: chained("addColumnAfter"),
  deleteColumn: chained("deleteColumn"),
  headerRow: chained("toggleHeaderRow"),
  headerColumn: chained("toggleHeaderColumn"),
  mergeCells: chained("mergeCells"),
  splitCell: chained("splitCell"),
  deleteTable: chained("deleteTable"),
  describe: opening("insertFigure"),
  caption: chained("writeCaption"),
  deleteImage: chained("deleteImage"),
  check: { ...opening("editCheck"), can: (editor) => !editor.isActive("codeBlock") },
  editCheck: opening("editCheck"),
  checkUp: chained("moveCheck", -1),
  checkDown: chained("moveCheck", 1),
  removeCheck: chained("removeCheck"),
};

/* When each of the toolbar's further rows is shown. */
export const CONTEXTS = {
  table: (editor) => editor.isActive("table"),
  codeBlock: (editor) => editor.isActive("codeBlock"),
  callout: (editor) => editor.isActive("callout"),
  image: isImageSelected,
  check: isCheckSelected,
  list: (editor) => editor.isActive("listItem"),
};
