/* Checks: questions to readers. The text has only the place of each; `check-list.js` knows what stands there. */

import { Node, pm } from "django-prose-editor/editor";

const request = (editor, uid = "") =>
  editor.view.dom.dispatchEvent(new CustomEvent("check-requested", { bubbles: true, detail: { editor, uid } }));

const selectedUid = ({ selection }) => (selection.node?.type.name === "check" ? selection.node.attrs.uid : "");

const hasCheck = (doc, uid) => {
  let isFound = false;
  doc.descendants((node) => {
    isFound ||= node.type.name === "check" && node.attrs.uid === uid;
    return !isFound;
  });
  return isFound;
};

export const isCheckSelected = ({ state }) => Boolean(selectedUid(state));

/* Returns where a block goes that is inserted at the cursor: after the outermost block there, before the footnotes. */
const placeAfter = ({ $to }) => {
  if (!$to.depth) return $to.pos;
  return $to.node(1).type.name === "footnotes" ? $to.before(1) : $to.after(1);
};

/* Returns the position to which the selected check goes by one block up (-1) or down (1); null if it cannot. */
const movedPosition = ({ selection: { $from, from, node } }, step) => {
  const { parent } = $from;
  const other = parent.maybeChild($from.index() + step);
  if (!other || other.type.name === "footnotes") return null;
  if (!parent.canReplaceWith($from.index(), $from.index(), node.type)) return null;
  return from + step * other.nodeSize;
};

const part = (name, className) => Object.assign(document.createElement(name), { className });

/* Shows the question of a check, whatever becomes of it meanwhile. */
class CheckView {
  #uid;
  #listening = new AbortController();
  #kind = part("span", "kind");
  #question = part("span", "question");
  #edit = Object.assign(part("button", "small"), { type: "button", tabIndex: -1 });

  constructor({ node, editor }) {
    this.#uid = node.attrs.uid;
    this.dom = part("div", "check-place");
    this.#question.dir = "auto";
    this.dom.dataset.uid = this.#uid;
    this.#edit.addEventListener("click", () => request(editor, this.#uid));
    this.dom.append(this.#kind, this.#question, this.#edit);
    this.dom.addEventListener("dblclick", () => request(editor, this.#uid));
    document.addEventListener("checks-changed", () => this.#show(), { signal: this.#listening.signal });
    this.#show();
  }

  #show() {
    const list = document.querySelector("check-list:defined");
    const { kind = "", question = "" } = list?.find(this.#uid) ?? {};
    this.#kind.textContent = kind;
    this.#question.textContent = question;
    this.#edit.textContent = list?.dataset.edit ?? "";
    this.#edit.hidden = !question;
  }

  /* A press of the button is no selection of the block. */
  stopEvent({ type, target }) {
    return target === this.#edit && (type === "mousedown" || type === "click");
  }

  destroy() {
    this.#listening.abort();
  }
}

export const Check = Node.create({
  name: "check",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    uid: {
      default: "",
      parseHTML: (element) => element.dataset.check,
      renderHTML: ({ uid }) => ({ "data-check": uid }),
    },
  }),
  parseHTML: () => [{ tag: "hr[data-check]", priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ["hr", HTMLAttributes],
  renderText: () => "",
  addNodeView: () => (props) => new CheckView(props),

  addCommands: () => ({
    /* Opens the form of the selected check, or of a new one. */
    editCheck:
      () =>
      ({ editor, state, dispatch }) => {
        if (dispatch) request(editor, selectedUid(state));
        return true;
      },

    /* Puts a check that is not in the text below the block with the cursor, and selects it. */
    insertCheck:
      (uid) =>
      ({ state, tr, dispatch }) => {
        if (!dispatch || hasCheck(state.doc, uid)) return true;
        const position = placeAfter(state.selection);
        pm.history.closeHistory(tr).insert(position, state.schema.nodes.check.create({ uid }));
        tr.setSelection(pm.state.NodeSelection.create(tr.doc, position)).scrollIntoView();
        return true;
      },

    moveCheck:
      (step) =>
      ({ state, tr, dispatch }) => {
        const position = selectedUid(state) ? movedPosition(state, step) : null;
        if (position === null || !dispatch) return position !== null;
        const { node, from } = state.selection;
        pm.history.closeHistory(tr).delete(from, from + node.nodeSize).insert(position, node);
        tr.setSelection(pm.state.NodeSelection.create(tr.doc, position)).scrollIntoView();
        return true;
      },

    removeCheck:
      () =>
      ({ state, tr, dispatch }) => {
        if (selectedUid(state) && dispatch) pm.history.closeHistory(tr).deleteSelection();
        return Boolean(selectedUid(state));
      },
  }),

  addKeyboardShortcuts() {
    const { editor } = this;
    const remove = () => editor.commands.removeCheck();
    return {
      Enter: () => isCheckSelected(editor) && editor.commands.editCheck(),
      Backspace: remove,
      Delete: remove,
      "Alt-ArrowUp": () => editor.commands.moveCheck(-1),
      "Alt-ArrowDown": () => editor.commands.moveCheck(1),
    };
  },
});
