/* The messages about what has just been done, as `_messages.html` shows them, for acts that do not load the page again. */

/* Returns the box, which is announced politely. It stays in view, wherever on the page one acts. */
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

/* Prepares the box: only what is added to one that exists already is announced. */
export function prepareMessages() {
  if (!document.querySelector(".messages")) box();
}

/* Shows the messages of a fetched page instead of earlier ones. */
export function showMessagesOf(page) {
  box().replaceChildren(...page.querySelectorAll(".messages > *"));
}

export function showMessage(text, kind) {
  const line = document.createElement("p");
  line.className = `message ${kind}`;
  line.textContent = text;
  box().replaceChildren(line);
}
