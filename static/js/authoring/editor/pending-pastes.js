/* Where pastes will go that the server is still cleaning: the text can be edited meanwhile. */

import { pm } from "django-prose-editor/editor";

const { Decoration, DecorationSet } = pm.view;

export const pendingKey = new pm.state.PluginKey("pendingPastes");

const moved = (pending, mapping) => {
  // What is typed at the place of a paste goes behind it; of the text that it replaces, nothing grows.
  const isEmpty = pending.from === pending.to;
  const from = mapping.map(pending.from, isEmpty ? -1 : 1);
  return { ...pending, from, to: isEmpty ? from : Math.max(from, mapping.map(pending.to, -1)) };
};

const apply = (tr, pendings) => {
  const { add, remove } = tr.getMeta(pendingKey) ?? {};
  const kept = tr.docChanged ? pendings.map((pending) => moved(pending, tr.mapping)) : pendings;
  return [...kept.filter(({ id }) => id !== remove), ...(add ? [add] : [])];
};

const waiting = (text) => () => {
  const dom = document.createElement("span");
  Object.assign(dom, { className: "paste-waiting", textContent: text });
  return dom;
};

const decorations = (doc, pendings) =>
  DecorationSet.create(
    doc,
    pendings.flatMap(({ id, from, to, text }) => [
      Decoration.inline(from, to, { class: "paste-replaced" }),
      Decoration.widget(to, waiting(text), { key: `paste-${id}`, side: -1 }),
    ]),
  );

/* Returns the plugin. `props`: further props of it. */
export const pendingPastes = (props, view) =>
  new pm.state.Plugin({
    key: pendingKey,
    state: { init: () => [], apply },
    props: { ...props, decorations: (state) => decorations(state.doc, pendingKey.getState(state)) },
    view,
  });

let lastId = 0;

/* Marks that something will be pasted in the place of `from` to `to`; the cursor goes behind it. Returns its id. */
export function begin(view, from, to, text) {
  lastId += 1;
  const { tr } = view.state;
  tr.setMeta(pendingKey, { add: { id: lastId, from, to, text, doc: tr.doc } });
  if (from < to) tr.setSelection(pm.state.Selection.near(tr.doc.resolve(to), -1));
  view.dispatch(tr);
  return lastId;
}

export const pendingsOf = (view) => pendingKey.getState(view.state);

/* Returns where the paste `id` goes, null if it was cancelled. */
export const placeOf = (view, id) => (view.isDestroyed ? null : pendingsOf(view).find((pending) => pending.id === id) ?? null);

/* Cancels the last paste, if nothing was changed since. Returns whether it was. */
export function cancelLast(view) {
  const last = pendingsOf(view).at(-1);
  if (!last || !last.doc.eq(view.state.doc)) return false;
  view.dispatch(view.state.tr.setMeta(pendingKey, { remove: last.id }));
  return true;
}
