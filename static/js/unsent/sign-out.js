/* Signs out and removes the account's text from this browser. If there is unsent text, asks first whether to stay signed
   in, keep it on the server, or discard it. */

import { browserStorage, SIGNING_OUT } from "./browser-storage.js";
import { emptyOutbox } from "./outbox.js";
import { UnsentStore } from "./lib/store.js";
import { errorsOf, send } from "./send.js";
import { forgetSent } from "./sent-cookie.js";

/* Submits `form`, that of a “Sign out” button, unless the user chooses to stay. */
export async function signOut(form, { signOut: account, drafts }) {
  const store = new UnsentStore(browserStorage(), account);
  forgetSent(store);
  emptyOutbox(account, store);
  const elements = [...document.querySelectorAll("unsent-text, lesson-autosave")].filter((element) => element.hasUnsentText);
  for (const element of elements) element.saveLocally();
  if (elements.length || store.list().length) {
    const dialog = await openDialog(drafts);
    // Without an answer of the server nobody is signed out, or somebody was before: the text stays for its account.
    if (!dialog) return form.submit();
    if (!(await askToSignOut(dialog, { store, elements, drafts }))) return;
  }
  for (const element of elements) element.forget?.();
  store.clear();
  tellOtherTabs(account);
  form.submit();
}

/* Tells other tabs, by a storage event, that the account signs out and its text there was kept or discarded. */
function tellOtherTabs(account) {
  browserStorage().setItem(SIGNING_OUT, account);
  browserStorage().removeItem(SIGNING_OUT);
}

/* Fetches the dialog from the server and opens it. Returns null if the server cannot be reached: then nobody can sign out. */
async function openDialog(drafts) {
  const response = await fetch(`${drafts}?sign-out`).catch(() => null);
  if (!response?.ok || response.redirected) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const dialog = document.adoptNode(page.querySelector("dialog"));
  document.querySelector(".sign-out-dialog")?.remove();
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/* Resolves to whether to sign out: true once the texts are kept or discarded, false if the dialog was closed. */
function askToSignOut(dialog, unsent) {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(false);
    }, { once: true });
    dialog.addEventListener("click", async (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action === "keep") {
        const refusal = await keepOnServer(unsent);
        if (refusal === null) resolve(true);
        else showRefusal(dialog, refusal);
      } else if (action === "discard") {
        for (const element of unsent.elements) await element.discard();
        resolve(true);
      }
    });
  });
}

/* Sends everything that this browser has to the server. Returns null, or the reason why something was not kept. */
async function keepOnServer({ store, elements, drafts }) {
  for (const element of elements) await element.save();
  for (const { draftKey, fields } of store.list()) {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) for (const part of [value].flat()) data.append(name, part);
    data.set("draft_key", draftKey);
    const response = await send(drafts, data, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!response?.ok) return (await errorsOf(response))[0] ?? "";
    store.remove(draftKey);
  }
  return null;
}

function showRefusal(dialog, reason) {
  const line = dialog.querySelector("[role=alert]");
  line.hidden = false;
  line.textContent = `${line.dataset.text} ${reason}`.trim();
}
