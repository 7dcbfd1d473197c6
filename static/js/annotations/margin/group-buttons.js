/* What stands in the column for several annotations: the button that shows or folds a group, the count of highlights. */

/* Makes `row` hold the button of `item`, which stays the same element, so that it keeps the focus. */
export function updateGroupButton(row, item, messages, press) {
  const button = row.firstElementChild ?? document.createElement("button");
  const text = groupText(item, messages), action = item.isMore ? "" : messages[item.isOpen ? "hide" : "show"];
  button.onclick = press;
  if (!item.isMore) button.setAttribute("aria-expanded", Boolean(item.isOpen));
  if (button.isConnected && button.textContent === text + action) return;
  button.type = "button";
  button.className = "note-group";
  const push = Object.assign(document.createElement("span"), { className: "push", textContent: action });
  button.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }), push);
  row.replaceChildren(button);
}

function groupText({ isMore, hidesAll, hiddenCount }, messages) {
  if (isMore) return messages.more;
  if (hidesAll && hiddenCount === 1) return messages.one;
  return (hidesAll ? messages.many : messages.collapsed).replace("%n", hiddenCount);
}

/* Returns a button for highlights of several people without a comment: how many, never whose. */
export function highlightCard(item, label, messages) {
  const card = document.createElement("button");
  card.type = "button";
  card.className = "annotation highlight-only";
  card.dataset.number = item.numbers[0];
  const name = `highlight${label.key[0].toUpperCase()}${label.key.slice(1)}`;
  const suffix = item.numbers.length === 1 ? "One" : "";
  const text = messages[name + suffix] ?? messages[`highlight${suffix}`];
  card.textContent = text.replace("%n", item.numbers.length).replace("%label", label.name);
  return card;
}
