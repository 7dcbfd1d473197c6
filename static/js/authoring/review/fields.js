/* Carries over input made during a request from the old elements to the new ones. */

const HIDDEN = "hidden";

/* old, replacement: elements with the same fields. sent: the FormData of the request. */
export const carryOver = (old, sent, replacement) => {
  const fields = new Map([...replacement.querySelectorAll("[name]")].map((field) => [keyOf(field), field]));
  for (const field of old.querySelectorAll("input[name], textarea[name], select[name]")) {
    const counterpart = fields.get(keyOf(field));
    if (!counterpart || field.type === HIDDEN) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      const wasChecked = sent.getAll(field.name).includes(field.value);
      if (wasChecked !== field.checked) counterpart.checked = field.checked;
    } else if (sent.get(field.name)?.replaceAll("\r\n", "\n") !== field.value) counterpart.value = field.value;
  }
};

/* Radio buttons share a name, and so do the checkboxes that select sections. */
const keyOf = (field) => (field.type === "radio" || field.type === "checkbox" ? `${field.name}=${field.value}` : field.name);

/* Returns the only element of `html`. */
export const elementOf = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
};

/* Makes `elements` the children of `parent` in this order, moving only those that are elsewhere. */
export const arrange = (parent, elements) => {
  const wanted = new Set(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
};
