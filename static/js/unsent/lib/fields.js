/* The fields of a form as plain data: a string by name, or a list of them. Without the DOM. */

const OMITTED = new Set(["csrfmiddlewaretoken", "unsent_text", "action", "next"]);
const SECRET = /pass(word|phrase|code)|secret|otp|token|\bcode\b|recovery/i;
const VALUELESS = new Set(["password", "file", "submit", "button", "image", "reset"]);

/* Returns the fields of `controls`, each `{ name, type, value, checked, disabled, options }` as a form control is. */
export function readFields(controls) {
  const fields = {};
  for (const control of controls) {
    const { name, type, disabled } = control;
    if (!name || disabled || OMITTED.has(name) || SECRET.test(name) || VALUELESS.has(type)) continue;
    for (const value of valuesOf(control)) {
      fields[name] = name in fields ? [fields[name], value].flat() : value;
    }
  }
  return fields;
}

function valuesOf(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked ? [control.value] : [];
  if (control.type === "select-multiple") return [...control.options].filter((o) => o.selected).map((o) => o.value);
  return [control.value];
}

/* Fields that identify a form, or one of the rows in it, to the server, and that nobody types. */
const TECHNICAL = /^(key|form_key|(.+-)?version)$/;

/* Returns whether two forms contain the same texts and choices. */
export function sameFields(one, two) {
  const names = new Set([...Object.keys(one), ...Object.keys(two)].filter((name) => !TECHNICAL.test(name)));
  return [...names].every((name) => JSON.stringify(one[name] ?? "") === JSON.stringify(two[name] ?? ""));
}

/* Returns what stays in the box if somebody went on typing while `sent` was being sent: what follows it or, if it was
   changed, all of `current`. */
export function remainder(sent, current) {
  return current.startsWith(sent) ? current.slice(sent.length).trimStart() : current;
}

/* Returns a text that contains both: the longer one if it already contains the other. */
export function mergeTexts(one = "", two = "") {
  if (one.includes(two)) return one;
  return two.includes(one) ? two : `${one.trimEnd()}\n\n${two}`;
}

/* Returns the text of a stored form, for a list: its longest field, after its title if it has one. */
export function textOf(fields) {
  const texts = Object.entries(fields).filter(([, value]) => typeof value === "string");
  const longest = texts.filter(([name]) => !["exact", "prefix", "suffix"].includes(name))
    .sort(([, one], [, two]) => two.length - one.length)[0];
  const text = fields.source ?? longest?.[1] ?? "";
  return fields.title && fields.title !== text ? `${fields.title}\n\n${text}` : text;
}
