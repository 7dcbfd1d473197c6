/* What is pasted or dropped into the text is cleaned by the server, and put where it was pasted, whatever is typed meanwhile.

   Plain text, and what was copied from this editor, is pasted at once. */

import { Extension, pm } from "django-prose-editor/editor";

import { altOf, isImage, isImageOnly, paragraphsOf, takeImages } from "../lib/clipboard.js";
import { clean } from "../paste/clean.js";
import { insertPaste, parsePaste } from "./insert-paste.js";
import { begin, cancelLast, pendingPastes, pendingsOf, placeOf } from "./pending-pastes.js";

// Says that what is on the clipboard was copied from this editor, which needs no cleaning.
const OWN_TEXT = "application/x-lesson-text";

const report = () => document.querySelector("paste-report");
const desk = () => document.querySelector("pasted-images");

/* Returns whether a program's key for pasting without formats was pressed: some browsers give the formats all the same. */
const plainKey = () => {
  let isPlain = false;
  return {
    keydown: (_view, event) => {
      isPlain = event.shiftKey && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v";
      return false;
    },
    take: () => {
      const was = isPlain;
      isPlain = false;
      return was;
    },
  };
};

/* Cleans HTML, and inserts it in the place of `from` to `to`; if it cannot be cleaned, the plain text. */
async function paste(view, { from, to }, { html, text, rtf }) {
  const { html: sent, images } = takeImages(html, rtf);
  const id = begin(view, from, to, report().dataset.working);
  report().begin();
  const answer = await clean(sent, { module: document.querySelector("#id_module")?.value ?? "" }).catch((error) => error);
  const { keys, entries } = await desk().take(answer.images ?? [], images);
  report().end();
  const place = placeOf(view, id);
  if (!place) return;
  if (answer instanceof Error) {
    insertPaste(view, place, parsePaste(paragraphsOf(text)), { isPlain: true });
    if (text.trim()) report().fail(answer);
    else report().say("nothing");
    return;
  }
  // Nobody who is typing is interrupted by a dialog.
  const isWaiting = place.doc.eq(view.state.doc);
  insertPaste(view, place, parsePaste(answer.html, keys), { text });
  report().show(answer, entries.filter(({ file }) => !file), entries.length > 0);
  if (isWaiting && entries.some(({ file }) => file)) desk().open();
}

/* Puts places for images into the text, and asks for their descriptions. */
async function addFiles(view, { from, to }, files, alt = "") {
  const images = files.filter(isImage);
  const others = files.filter((file) => !isImage(file)).map(({ name }) => name);
  if (others.length) report().say("notImage", others.join(", "));
  if (!images.length) return;
  const id = begin(view, from, to, "");
  const keys = images.map((file) => desk().add(file, alt));
  const body = document.createElement("body");
  for (const key of keys) {
    const paragraph = document.createElement("p");
    const place = document.createElement("span");
    Object.assign(place.dataset, { image: key, alt });
    place.textContent = "?";
    paragraph.append(place);
    body.append(paragraph);
  }
  insertPaste(view, placeOf(view, id), body);
  desk().open();
}

/* Handles what a clipboard or a drop has, in the place of `range`. Returns whether it is handled here. */
function handle(view, event, transfer, range) {
  const html = transfer.getData("text/html");
  const files = [...transfer.files];
  const isOnlyImage = files.some(isImage) && (!html || isImageOnly(html));
  if (isOnlyImage || (files.length && !html && !transfer.getData("text/plain"))) {
    event.preventDefault();
    addFiles(view, range, files, isOnlyImage ? altOf(html) : "");
    return true;
  }
  if (!html || transfer.types.includes(OWN_TEXT)) return false;
  event.preventDefault();
  paste(view, range, { html, text: transfer.getData("text/plain"), rtf: transfer.getData("text/rtf") });
  return true;
}

/* Returns what of the text a paste replaces: of several cells the first. */
const rangeOf = ({ ranges }) => ({ from: ranges[0].$from.pos, to: ranges[0].$to.pos });

const isInCode = ({ $from }) => Boolean($from.parent.type.spec.code);

function handlePaste(view, event, isPlain) {
  const { clipboardData } = event;
  if (!clipboardData || !view.editable || isPlain || isInCode(view.state.selection)) return false;
  return handle(view, event, clipboardData, rangeOf(view.state.selection));
}

function handleDrop(view, event) {
  const { dataTransfer } = event;
  if (!dataTransfer || !view.editable || view.dragging) return false;
  const found = view.posAtCoords({ left: event.clientX, top: event.clientY });
  if (!found || isInCode(pm.state.Selection.near(view.state.doc.resolve(found.pos)))) return false;
  const isHandled = handle(view, event, dataTransfer, { from: found.pos, to: found.pos });
  if (isHandled) view.focus();
  return isHandled;
}

/* Marks what is copied or dragged from the editor, and lets nothing be sent or left while a paste is being cleaned. */
function watch(view) {
  const listening = new AbortController();
  const { signal } = listening;
  const mark = ({ clipboardData, dataTransfer }) => (clipboardData ?? dataTransfer)?.setData(OWN_TEXT, "1");
  for (const name of ["copy", "cut", "dragstart"]) view.dom.addEventListener(name, mark, { signal });
  const isPending = () => !view.isDestroyed && pendingsOf(view).length > 0;
  const form = view.dom.closest("form");
  form?.addEventListener("submit", (event) => {
    if (!isPending()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const timer = setInterval(() => {
      if (isPending()) return;
      clearInterval(timer);
      form.requestSubmit(event.submitter);
    }, 50);
  }, { signal, capture: true });
  window.addEventListener("beforeunload", (event) => isPending() && event.preventDefault(), { signal });
  return { destroy: () => listening.abort() };
}

export const Paste = Extension.create({
  name: "cleanPaste",
  priority: 1000,
  addProseMirrorPlugins() {
    const key = plainKey();
    const handleDOMEvents = {
      keydown: key.keydown,
      paste: (view, event) => handlePaste(view, event, key.take()),
      drop: handleDrop,
    };
    return [pendingPastes({ handleDOMEvents }, watch)];
  },
  addKeyboardShortcuts() {
    return {
      "Mod-z": () => {
        const isCancelled = cancelLast(this.editor.view);
        if (isCancelled) report().say("cancelled");
        return isCancelled;
      },
    };
  },
});

