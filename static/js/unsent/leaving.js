/* Signs out, and leaves nothing of the account in this browser. If something is not sent, asks first: stay, keep it on the
   server, or discard it. */

import { browserStorage, LEAVING } from "./browser-storage.js";
import { UnsentStore } from "./lib/store.js";
import { errorsOf, send } from "./send.js";
import { forgetSent } from "./sent-cookie.js";

/* Submits `form`, that of a button “Sign out”, unless its user stays. */
export async function leave(form, { signOut: account, drafts }) {
  const store = new UnsentStore(browserStorage(), account);
  forgetSent(store);
  const written = [...document.querySelectorAll("unsent-text")].filter((element) => element.isWritten);
  for (const element of written) element.saveLocally();
  if (written.length || store.list().length) {
    const dialog = await openDialog(drafts);
    if (dialog && !(await settled(dialog, { store, written, drafts }))) return;
  }
  store.clear();
  tellOtherTabs(account);
  form.submit();
}

/* Tells other tabs, by a storage event, that what they hold of the account is kept or discarded by now. */
function tellOtherTabs(account) {
  browserStorage().setItem(LEAVING, account);
  browserStorage().removeItem(LEAVING);
}

/* Returns the question as the server words it; null where the server cannot be reached, and nobody can sign out. */
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

/* Returns whether the user may go: once the texts are kept or discarded. */
function settled(dialog, work) {
  return new Promise((answer) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answer(false);
    }, { once: true });
    dialog.addEventListener("click", async (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action === "keep") {
        const refusal = await keepOnServer(work);
        if (refusal === null) answer(true);
        else showRefusal(dialog, refusal);
      } else if (action === "discard") {
        for (const element of work.written) await element.discard();
        answer(true);
      }
    });
  });
}

/* Sends everything that this browser has to the server. Returns null, or why something was not kept. */
async function keepOnServer({ store, written, drafts }) {
  for (const element of written) await element.save();
  for (const { place, fields } of store.list()) {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) for (const part of [value].flat()) data.append(name, part);
    data.set("draft_key", place);
    const response = await send(drafts, data, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!response?.ok) return (await errorsOf(response))[0] ?? "";
    store.remove(place);
  }
  return null;
}

function showRefusal(dialog, reason) {
  const line = dialog.querySelector("[role=alert]");
  line.hidden = false;
  line.textContent = `${line.dataset.text} ${reason}`.trim();
}
