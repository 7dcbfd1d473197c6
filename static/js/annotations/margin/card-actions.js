/* What a reader does with a card: press its buttons, reply in place, go to its passage and back. */

import { remainder } from "../../unsent/lib/fields.js";
import { errorsOf, send } from "../../unsent/send.js";

/* Listens in `element`. `callbacks`: toPassage(card, scrolls), activate(card), refresh(card), and replied(card, notice, form),
   where the form is null unless somebody is typing in it. */
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
  } else if (isPlain && target.closest(".reply-to")) {
    event.preventDefault();
    await openReplyForm(card, callbacks);
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

async function openReplyForm(card, callbacks) {
  const form = await replyForm(card);
  if (!form) location.assign(card.querySelector(".reply-to").href);
  callbacks.activate(card);
  form?.querySelector("textarea").focus();
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

/* Puts the reply form of the thread's own page into the card and returns it; null where the thread takes no replies. */
async function replyForm(card) {
  const existing = card.querySelector("post-form");
  if (existing) return existing;
  await import("../../discussions/post-form.js");
  const response = await fetch(`/threads/${card.dataset.thread}/`).catch(() => null);
  const page = response?.ok && (await parsePage(response));
  const form = page && page.querySelector("post-form");
  if (!form) return null;
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

/* Sends a reply. If it is refused, the form is shown again with its errors; what was typed meanwhile stays in it. */
async function sendReply(form, button, card, callbacks) {
  const unsent = form.querySelector("unsent-text"), field = form.elements.source, postForm = form.closest("post-form");
  await unsent.waitForSave();
  const data = new FormData(form), sent = field.value;
  button.disabled = true;
  const response = await send(form.action, data);
  button.disabled = false;
  const [error] = await errorsOf(response);
  const page = response && error === undefined ? await parsePage(response) : null;
  const next = page?.querySelector("post-form form");
  if (!next) return postForm.showFailure(error ?? page?.querySelector("main .message")?.textContent.trim() ?? "", response);
  const isSent = response.ok && response.redirected;
  const typedSince = isSent ? remainder(sent, field.value) : field.value;
  if (isSent) unsent.markSent();
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
