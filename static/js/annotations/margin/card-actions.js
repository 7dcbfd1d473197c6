/* What a reader does with a card: press its buttons, reply in place, go to its passage and back. */

import { remainder } from "../../unsent/lib/fields.js";
import { errorsOf, send } from "../../unsent/send.js";

/* Listens in `element`. `callbacks`: toPassage(card, scrolls), activate(card), refresh(card), replied(card, notice, form),
   where the form is null unless somebody is typing in it, done(card, notice, undo URL), and showWhole(card). */
export function attachCardActions(element, callbacks, signal) {
  element.addEventListener("click", (event) => handleClick(event, callbacks), { signal });
  element.addEventListener("keydown", (event) => handleKey(event, callbacks), { signal });
  element.addEventListener("submit", (event) => handleSubmit(event, callbacks), { signal, capture: true });
}

async function handleClick(event, callbacks) {
  const { target } = event, card = target.closest(".annotation"), button = target.closest("button[formaction]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!card) return;
  if (card.matches(".highlight-only")) callbacks.toPassage(card);
  else if (button) {
    event.preventDefault();
    if (await press(button)) callbacks.refresh(card);
  } else if (isPlain && target.closest(".earlier a")) {
    event.preventDefault();
    callbacks.showWhole(card);
  } else if (isPlain && target.closest(".reply-to")) {
    event.preventDefault();
    await openForm(card, `/threads/${card.dataset.thread}/`, target.closest(".reply-to"), callbacks);
  } else if (isPlain && target.closest("post-form .actions a")) {
    event.preventDefault();
    await target.closest("post-form").querySelector("unsent-text").save();
    target.closest("post-form").remove();
    card.focus();
  } else if (isPlain && target.closest("[data-action]")) {
    event.preventDefault();
    await chooseFromMenu(card, target.closest("[data-action]"), callbacks);
  } else if (isPlain && target.closest(".quote:not(.orphaned) a, .when")) {
    event.preventDefault();
    callbacks.toPassage(card);
  } else if (!target.closest("a, button, input, textarea, select, label, summary") && getSelection().isCollapsed) {
    callbacks.activate(card);
  }
}

function handleKey(event, callbacks) {
  const card = event.target.closest?.(".annotation");
  if (!card || event.target.closest("input, textarea, select")) return;
  if (event.key === "Enter" && event.target === card && !card.matches(".highlight-only")) callbacks.toPassage(card);
  if (event.key === "Escape") callbacks.toPassage(card, false);
}

async function handleSubmit(event, callbacks) {
  const card = event.target.closest(".annotation");
  if (!card || event.submitter?.name !== "send") return;
  event.preventDefault();
  event.stopPropagation();
  await sendReply(event.target, event.submitter, card, callbacks);
}

/* Opens the form of the page at `url` in the card; follows `link` where that page has none. */
async function openForm(card, url, link, callbacks) {
  const form = await formIn(card, url);
  if (!form) location.assign(link.href);
  callbacks.activate(card);
  form?.querySelector("textarea").focus();
}

/* Carries out what the link does without script on another page. */
async function chooseFromMenu(card, link, callbacks) {
  const { action, audience = "" } = link.dataset;
  link.closest("details").open = false;
  if (action === "edit") {
    await openForm(card, link.href, link, callbacks);
    return;
  }
  const data = new FormData();
  data.set("action", action);
  data.set("audience", audience);
  const response = await send(link.href, data, { headers: { Accept: "application/json" } });
  const body = await response?.json().catch(() => null);
  if (body?.notice) callbacks.done(card, body.notice, body.undo_url);
  else if (body?.errors) callbacks.done(null, body.errors.join(" "));
  else location.assign(link.href);
}

async function parsePage(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/* Sends a button of a card; returns whether the server accepted it. */
async function press(button) {
  const data = new FormData();
  data.set(button.name, button.value);
  const response = await send(button.getAttribute("formaction"), data);
  return Boolean(response?.ok);
}

/* Puts the form of another page into the card and returns it; null where that page has none, as that of a thread that takes
   no replies. The text of a form that was open before is kept as a draft. */
async function formIn(card, url) {
  const existing = card.querySelector("post-form");
  if (existing?.dataset.of === url) return existing;
  await import("../../discussions/post-form.js");
  const response = await fetch(url).catch(() => null);
  const page = response?.ok && (await parsePage(response));
  const form = page && page.querySelector("post-form");
  if (!form) return null;
  await existing?.querySelector("unsent-text").save();
  existing?.remove();
  form.dataset.of = url;
  // A form without an address is sent to its page.
  const inner = form.querySelector("form");
  if (!inner.getAttribute("action")) inner.setAttribute("action", url);
  makeIdsUnique(form, card.dataset.id);
  card.append(document.adoptNode(form));
  return card.querySelector("post-form");
}

/* Makes the ids of a second form on the page unique. */
function makeIdsUnique(form, suffix) {
  for (const attribute of ["id", "for", "aria-describedby"]) {
    for (const element of form.querySelectorAll(`[${attribute}]`)) {
      element.setAttribute(attribute, `${element.getAttribute(attribute)}-${suffix}`);
    }
  }
  form.querySelector("h2")?.remove();
}

/* Sends a reply, or the changed text of a note. If it is refused, the form is shown again with its errors; what was typed
   meanwhile stays in it. */
async function sendReply(form, button, card, callbacks) {
  const unsent = form.querySelector("unsent-text"), field = form.elements.source, postForm = form.closest("post-form");
  await unsent.waitForSave();
  const data = new FormData(form), sent = field.value;
  button.disabled = true;
  const response = await send(form.action, data);
  button.disabled = false;
  const [error] = await errorsOf(response);
  const page = response && error === undefined ? await parsePage(response) : null;
  const isSent = page && response.ok && response.redirected;
  if (isSent && form.elements.version) {
    unsent.markSent();
    postForm.remove();
    callbacks.replied(card, page.querySelector(".messages")?.textContent.trim(), null);
    return null;
  }
  const next = page?.querySelector("post-form form");
  if (!next) {
    return postForm.showFailure(error ?? page?.querySelector("main .message")?.textContent.trim() ?? "", response);
  }
  const typedSince = isSent ? remainder(sent, field.value) : field.value;
  if (isSent) unsent.markSent();
  if (!next.getAttribute("action")) next.setAttribute("action", form.getAttribute("action"));
  makeIdsUnique(next, card.dataset.id);
  form.replaceWith(document.adoptNode(next));
  const hasTyped = Boolean(typedSince);
  if (hasTyped) postForm.write(typedSince);
  else postForm.remove();
  if (isSent) callbacks.replied(card, page.querySelector(".messages")?.textContent.trim(), hasTyped ? postForm : null);
  return null;
}

/* Tells the server that the whole of a short thread was seen. */
export function markRead(card) {
  return fetch(`/threads/${card.dataset.thread}/`).catch(() => null);
}
