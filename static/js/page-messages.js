/* The messages about what has just been done, as `_messages.html` shows them, for acts that do not load the page again. */

let dismissLabel = "";

/* Returns the box, which is announced politely and stays in view wherever on the page one acts. */
function box() {
  let messages = document.querySelector(".messages");
  if (!messages) {
    messages = document.createElement("div");
    messages.className = "messages";
    messages.setAttribute("role", "status");
    document.querySelector("main").before(messages);
  }
  messages.classList.add("in-view");
  return messages;
}

/* Prepares the box: only what is added to one that exists already is announced. `label` is that of its closing button. */
export function prepareMessages(label) {
  dismissLabel = label;
  if (!document.querySelector(".messages")) box();
}

/* Shows the messages of a fetched page instead of earlier ones. */
export function showMessagesOf(page) {
  const messages = [...page.querySelectorAll(".messages > *")];
  box().replaceChildren(...messages, ...(messages.length ? [dismissButton()] : []));
}

export function showMessage(text, kind) {
  const line = document.createElement("p");
  line.className = `message ${kind}`;
  line.textContent = text;
  box().replaceChildren(line, dismissButton());
}

/* Adds a message to those that are shown, with a link `{ address, label }` or none. `label` is that of the closing button. */
export function addMessage(text, { kind = "", link = null, label = dismissLabel }) {
  const line = document.createElement("p"), words = document.createElement("span");
  line.className = `message ${kind}`.trim();
  words.textContent = text;
  line.append(words);
  if (link) line.append(" ", Object.assign(document.createElement("a"), { href: link.address, textContent: link.label }));
  const messages = box();
  messages.querySelector(".dismiss")?.remove();
  dismissLabel = label;
  requestAnimationFrame(() => messages.append(line, dismissButton())); // Only what is added to a box that exists already is announced.
}

/* Removes messages that are in view, because they are about something earlier; those of the kind `later` are news and stay. */
export function clearMessages() {
  const messages = document.querySelector(".messages.in-view");
  for (const line of messages?.querySelectorAll(".message:not(.later)") ?? []) line.remove();
  if (!messages?.querySelector(".message")) dismissMessages();
}

function dismissMessages() {
  document.querySelector(".messages.in-view")?.replaceChildren();
}

function dismissButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dismiss";
  button.textContent = "×";
  button.setAttribute("aria-label", dismissLabel);
  button.addEventListener("click", dismissMessages);
  return button;
}
