/* Glossary terms: shown where the text first uses them, as readers see them, and defined in a dialog: ../glossary-dialog.js. */

import { Extension, Plugin, pm } from "django-prose-editor/editor";

import { firstUses, termPattern } from "../lib/terms.js";

const DELAY = 500;
const NOT_IN = new Set(["heading", "codeBlock"]);

/* Returns the runs of text in which readers get terms linked, each with its position. */
const runs = (doc) => {
  const found = [];
  doc.descendants((node, position) => {
    if (NOT_IN.has(node.type.name)) return false;
    if (node.isText && !node.marks.some(({ type }) => ["link", "code", "keyboard"].includes(type.name))) {
      found.push({ text: node.text, position });
    }
    return true;
  });
  return found;
};

const key = new pm.state.PluginKey("glossary");

const decorate = (doc, terms) => {
  const uses = firstUses(runs(doc), termPattern(terms));
  const decorations = uses.map(({ from, to, index }) =>
    pm.view.Decoration.inline(from, to, { class: "term", title: terms[index].definition }));
  return pm.view.DecorationSet.create(doc, decorations);
};

/* Returns where the term is used that the selection is in, as `{ from, to }`; undefined if it is in none. */
export const termAround = (state) => {
  const { from, to } = state.selection;
  return key.getState(state)?.find(from, to).find((use) => use.from <= from && to <= use.to);
};

export const Glossary = Extension.create({
  name: "glossary",
  addStorage: () => ({ terms: [] }),

  addCommands: () => ({
    setTerms:
      (terms) =>
      ({ editor, tr, dispatch }) => {
        editor.storage.glossary.terms = terms;
        dispatch?.(tr.setMeta(key, true).setMeta("addToHistory", false));
        return true;
      },
    /* Opens the dialog for the selected words, or for the word that the cursor is in. */
    defineTerm:
      () =>
      ({ editor, dispatch }) => {
        if (dispatch) editor.view.dom.dispatchEvent(new CustomEvent("term-requested", { bubbles: true, detail: { editor } }));
        return true;
      },
  }),

  addProseMirrorPlugins() {
    const { storage } = this;
    return [
      new Plugin({
        key,
        state: {
          init: (_config, { doc }) => decorate(doc, storage.terms),
          apply: (tr, decorations) =>
            tr.getMeta(key) ? decorate(tr.doc, storage.terms) : decorations.map(tr.mapping, tr.doc),
        },
        props: { decorations: (state) => key.getState(state) },
        /* Finds the terms anew once somebody has stopped typing. */
        view: () => {
          let timer = 0;
          return {
            update: (view, before) => {
              if (before.doc.eq(view.state.doc) || !storage.terms.length) return;
              clearTimeout(timer);
              timer = setTimeout(() => view.dispatch(view.state.tr.setMeta(key, true).setMeta("addToHistory", false)), DELAY);
            },
            destroy: () => clearTimeout(timer),
          };
        },
      }),
    ];
  },
});
