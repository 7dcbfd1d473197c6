/* Checks: questions to readers. The text has only the place of each; `check-list.js` knows what stands there. */

import { Node } from "django-prose-editor/editor";

const request = (editor, uid = "") =>
  editor.view.dom.dispatchEvent(new CustomEvent("check-requested", { bubbles: true, detail: { editor, uid } }));

const selectedUid = ({ selection }) => (selection.node?.type.name === "check" ? selection.node.attrs.uid : "");

const part = (name, className) => Object.assign(document.createElement(name), { className });

/* Shows the question of a check, whatever becomes of it meanwhile. */
class CheckView {
  #uid;
  #listening = new AbortController();
  #kind = part("span", "kind");
  #question = part("span", "question");

  constructor({ node, editor }) {
    this.#uid = node.attrs.uid;
    this.dom = part("div", "check-place");
    this.#question.dir = "auto";
    this.dom.append(this.#kind, this.#question);
    this.dom.addEventListener("dblclick", () => request(editor, this.#uid));
    document.addEventListener("checks-changed", () => this.#show(), { signal: this.#listening.signal });
    this.#show();
  }

  #show() {
    const { kind = "", question = "" } = document.querySelector("check-list")?.find(this.#uid) ?? {};
    this.#kind.textContent = kind;
    this.#question.textContent = question;
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
  }),

  addKeyboardShortcuts() {
    return { Enter: () => Boolean(selectedUid(this.editor.state)) && this.editor.commands.editCheck() };
  },
});
