/* Sends what was sent without a connection, each once, and says so on whatever page is open then. Loaded by
   `accounts/session-guard.js` where something waits. The idempotency key of a form makes a second attempt harmless. */

import { addMessage } from "../page-messages.js";
import { browserStorage } from "./browser-storage.js";
import { mergeTexts } from "./lib/fields.js";
import { Outbox, outcomeOf } from "./lib/outbox.js";
import { UnsentStore } from "./lib/store.js";
import { errorsOf, send } from "./send.js";

const RETRY_DELAY = 30_000;
const SHOWN_LENGTH = 60;

let timer = 0;

/* Sends everything that waits for `account`. Only one tab at a time does. */
export async function sendWaiting(account) {
  clearTimeout(timer);
  const outbox = new Outbox(browserStorage(), account);
  const work = () => sendAll(outbox, new UnsentStore(browserStorage(), account));
  if (navigator.locks) await navigator.locks.request(`outbox:${account}`, { ifAvailable: true }, (lock) => lock && work());
  else await work();
  if (outbox.list().length) timer = setTimeout(() => sendWaiting(account), RETRY_DELAY);
}

async function sendAll(outbox, store) {
  for (const form of outbox.list()) {
    const response = form.isExpired ? null : await send(form.url, dataOf(form.fields), { headers: { Accept: "application/json" } });
    const outcome = form.isExpired ? "refused" : outcomeOf(response);
    if (outcome === "later") return;
    if (outcome === "sent") await handleSent(form, response, store);
    else await handleRefused(form, response, store);
    outbox.remove(form.id);
  }
}

function dataOf(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const part of [value].flat()) data.append(name, part);
  return data;
}

async function handleSent({ draftKey, fields, texts }, response, store) {
  store.removeSent(draftKey, fields.key);
  const body = response.redirected ? null : await response.json().catch(() => null);
  const address = response.redirected ? response.url : body?.url;
  for (const waiting of document.querySelectorAll(".messages .waiting")) waiting.remove();
  const link = address && { address, label: texts.show };
  addMessage(texts.sent.replace("%text", firstWords(fields)), { kind: "success later", link, label: texts.dismiss });
  document.dispatchEvent(new CustomEvent("outbox-sent", { detail: { draftKey, fields, body } }));
}

async function handleRefused({ draftKey, fields, texts }, response, store) {
  const reason = response && await reasonOf(response);
  returnToDrafts(store, draftKey, fields);
  const message = texts.refusedLater.replace("%text", firstWords(fields)).replace("%reason", reason ?? "").replace(/ {2,}/g, " ");
  const link = { address: texts.drafts, label: texts.draftsLabel };
  addMessage(message, { kind: "error", link, label: texts.dismiss });
}

/* Returns why the server refused a form, as its JSON or its page says. */
async function reasonOf(response) {
  const [error] = await errorsOf(response);
  if (error !== undefined || response.bodyUsed) return error;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("main [role=alert], main .errorlist, main .message")?.textContent.trim();
}

/* Makes what waits unsent text again, together with what has been begun in the same form since. */
export function returnToDrafts(store, draftKey, fields) {
  const begun = store.load(draftKey)?.fields;
  store.save(draftKey, begun ? { ...begun, source: mergeTexts(fields.source, begun.source) } : fields);
}

/* Returns the forms of an account that wait to unsent text. */
export function emptyOutbox(account, store) {
  const outbox = new Outbox(browserStorage(), account);
  for (const { id, draftKey, fields } of outbox.list()) {
    returnToDrafts(store, draftKey, fields);
    outbox.remove(id);
  }
}

function firstWords({ source = "", title = "" }) {
  const text = (title || source).replace(/\s+/g, " ").trim();
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH).trimEnd()}…` : text;
}
