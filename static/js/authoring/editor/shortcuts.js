/* The keys of the toolbar's buttons that have none in the package. Each button names its key in its title. */

import { Extension } from "django-prose-editor/editor";

import { COMMANDS } from "./commands.js";

const KEYS = {
  "Mod-Alt-2": "heading2",
  "Mod-Alt-3": "heading3",
  "Mod-Alt-4": "heading4",
  "Mod-Alt-i": "image",
  "Mod-Alt-t": "table",
  "Mod-Alt-c": "codeBlock",
  "Mod-Alt-m": "formula",
  "Mod-Alt-f": "footnote",
  "Mod-Alt-n": "callout",
  "Mod-Alt-g": "term",
  "Mod-Alt-k": "check",
  "Mod-Alt-0": "clear",
};
// In a table only.
const TABLE_KEYS = {
  "Alt-Shift-ArrowDown": "addRowAfter",
  "Alt-Shift-ArrowUp": "addRowBefore",
  "Alt-Shift-ArrowRight": "addColumnAfter",
  "Alt-Shift-ArrowLeft": "addColumnBefore",
  "Alt-Shift-Backspace": "deleteRow",
  "Alt-Shift-Delete": "deleteColumn",
};

const run = (editor, name) => {
  COMMANDS[name].run(editor);
  return true;
};

export const Shortcuts = Extension.create({
  name: "shortcuts",
  priority: 200,
  addKeyboardShortcuts() {
    const { editor } = this;
    const everywhere = Object.entries(KEYS).map(([key, name]) => [key, () => run(editor, name)]);
    const inTables = Object.entries(TABLE_KEYS).map(([key, name]) => [key, () => editor.isActive("table") && run(editor, name)]);
    return {
      ...Object.fromEntries([...everywhere, ...inTables]),
      "Alt-F10": () => {
        document.querySelector("editor-toolbar")?.enter();
        return true;
      },
    };
  },
});
