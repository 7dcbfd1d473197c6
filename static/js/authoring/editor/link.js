/* Links: typed or pasted text becomes one only if it is meant as an address. */

import { Link as PlainLink } from "django-prose-editor/editor";

import { completeAddress, isAddress } from "../lib/address.js";
import { ask } from "./ask.js";

const setLink = (editor, { href, text }) => {
  const attrs = { href: completeAddress(href) };
  const chain = editor.chain().focus();
  if (editor.isActive("link")) chain.extendMarkRange("link").updateAttributes("link", attrs).run();
  else if (!editor.state.selection.empty) chain.setMark("link", attrs).run();
  else chain.insertContent({ type: "text", text: text.trim() || href.trim(), marks: [{ type: "link", attrs }] }).unsetMark("link").run();
};

export const Link = PlainLink.extend({
  addOptions() {
    return { ...this.parent?.(), shouldAutoLink: isAddress };
  },

  addCommands() {
    return {
      ...this.parent?.(),
      /* Asks for the address of the selected words, of the link that the cursor is in, or of words to be inserted. */
      addLink:
        () =>
        ({ editor, dispatch }) => {
          if (!dispatch) return true;
          const isLink = editor.isActive("link");
          const hidden = [isLink ? "" : "remove", isLink || !editor.state.selection.empty ? "text" : ""];
          ask("link", { href: editor.getAttributes("link").href ?? "" }, hidden).then((answer) => {
            if (answer?.action === "remove") editor.chain().focus().extendMarkRange("link").unsetLink().run();
            else if (answer?.href.trim()) setLink(editor, answer);
            else editor.commands.focus();
          });
          return true;
        },
    };
  },

  addKeyboardShortcuts() {
    return { "Mod-k": () => this.editor.commands.addLink() };
  },
});
