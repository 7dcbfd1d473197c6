/* What a reader does with a card: press its buttons, reply in place, go to its passage and back. */

/* Listens in `element`. `callbacks`: toPassage(card, scrolls), activate(card), refresh(card), replied(card). */
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
  if (await sendReply(event.target, event.submitter, card)) callbacks.replied(card);
}

async function openReplyForm(card, callbacks) {
  const form = await replyForm(card);
  if (!form) location.assign(card.querySelector(".reply-to").href);
  callbacks.activate(card);
  form?.querySelector("textarea").focus();
}

function csrfToken() {
  return document.querySelector("[name=csrfmiddlewaretoken]").value;
}

async function parsePage(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/* Sends a button of a card; returns whether the server accepted it. */
async function press(button) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", csrfToken());
  data.set(button.name, button.value);
  const response = await fetch(button.getAttribute("formaction"), { method: "POST", body: data }).catch(() => null);
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

/* Sends a reply; returns whether it was accepted, else shows the form again with its errors. */
async function sendReply(form, button, card) {
  button.disabled = true;
  const response = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  button.disabled = false;
  if (response?.ok && response.redirected) return true;
  const page = response && (await parsePage(response));
  const withErrors = page?.querySelector("post-form");
  if (!withErrors) {
    form.submit();
    return false;
  }
  makeIdsUnique(withErrors, card.dataset.id);
  form.replaceWith(document.adoptNode(withErrors.querySelector("form")));
  return false;
}

/* Tells the server that the whole of a short thread was seen. */
export function markRead(card) {
  return fetch(`/threads/${card.dataset.thread}/`).catch(() => null);
}
