/* What one does with a card: press its buttons, reply in place, go to its words and back. */

/* Listens in `element`. `on` has what the element does then: toPassage(card, scrolls), look(card), renew(card), sent(card). */
export function listen(element, on, signal) {
  element.addEventListener("click", (event) => click(event, on), { signal });
  element.addEventListener("keydown", (event) => key(event, on), { signal });
  element.addEventListener("submit", (event) => submit(event, on), { signal, capture: true });
}

async function click(event, on) {
  const { target } = event, card = target.closest(".note"), button = target.closest("button[formaction]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!card) return;
  const take = () => event.preventDefault();
  if (card.matches(".bare")) on.toPassage(card);
  else if (button) {
    take();
    if (await press(button)) on.renew(card);
  } else if (isPlain && target.closest(".reply-to")) {
    take();
    await reply(card, on);
  } else if (isPlain && target.closest(".quote:not(.gone) a, .when")) {
    take();
    on.toPassage(card);
  } else if (!target.closest("a, button, input, textarea, select, label, summary") && getSelection().isCollapsed) on.look(card);
}

function key(event, on) {
  const card = event.target.closest?.(".note");
  if (!card || event.target.closest("input, textarea, select")) return;
  if (event.key === "Enter" && event.target === card && !card.matches(".bare")) on.toPassage(card);
  if (event.key === "Escape") on.toPassage(card, false);
}

async function submit(event, on) {
  const card = event.target.closest(".note");
  if (!card || event.submitter?.name !== "send") return;
  event.preventDefault();
  event.stopPropagation();
  if (await send(event.target, event.submitter, card)) on.sent(card);
}

async function reply(card, on) {
  const box = await replyForm(card);
  if (!box) location.assign(card.querySelector(".reply-to").href);
  on.look(card);
  box?.querySelector("textarea").focus();
}

function token() {
  return document.querySelector("[name=csrfmiddlewaretoken]").value;
}

/* Sends a button of a card; true if it was taken. */
async function press(button) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", token());
  data.set(button.name, button.value);
  const reply = await fetch(button.getAttribute("formaction"), { method: "POST", body: data }).catch(() => null);
  return Boolean(reply?.ok);
}

/* The form to reply with, from the thread's own page, put into the card; null where that takes no replies. */
async function replyForm(card) {
  const there = card.querySelector("write-box");
  if (there) return there;
  await import("../../discussions/write-box.js");
  const reply = await fetch(`/threads/${card.dataset.thread}/`).catch(() => null);
  const page = reply?.ok && new DOMParser().parseFromString(await reply.text(), "text/html");
  const box = page && page.querySelector("write-box");
  if (!box) return null;
  apart(box, card.dataset.id);
  card.append(document.adoptNode(box));
  return card.querySelector("write-box");
}

/* Two forms on one page need names of their own. */
function apart(box, name) {
  for (const attribute of ["id", "for", "aria-describedby"]) {
    for (const element of box.querySelectorAll(`[${attribute}]`)) {
      element.setAttribute(attribute, `${element.getAttribute(attribute)}-${name}`);
    }
  }
  box.querySelector("h2")?.remove();
}

/* Sends a reply; true if it was taken, else the form comes back with what was wrong. */
async function send(form, button, card) {
  button.disabled = true;
  const reply = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
  button.disabled = false;
  if (reply?.ok && reply.redirected) return true;
  const page = reply && new DOMParser().parseFromString(await reply.text(), "text/html");
  const again = page?.querySelector("write-box");
  if (!again) {
    form.submit();
    return false;
  }
  apart(again, card.dataset.id);
  form.replaceWith(document.adoptNode(again.querySelector("form")));
  return false;
}

/* Tells the server that the whole of a short conversation was seen. */
export function markRead(card) {
  return fetch(`/threads/${card.dataset.thread}/`).catch(() => null);
}
