/* Which fields of a lesson's page differ from what the server has. Without the DOM. */

// Nobody types these: they identify the form to the server.
const TECHNICAL = new Set(["version", "form_key", "key"]);

const isSame = (one, two) => JSON.stringify(normal(one)) === JSON.stringify(normal(two));

const normal = (value) => (typeof value === "string" ? value.replace(/\r\n/g, "\n") : (value ?? ""));

/* Returns the fields of `current` that are not as in `saved`; one that `current` lacks, as a box not ticked, is empty. */
export function changedFields(saved, current) {
  const names = new Set([...Object.keys(saved), ...Object.keys(current)]);
  const changed = [...names].filter((name) => !TECHNICAL.has(name) && !isSame(saved[name], current[name]));
  return Object.fromEntries(changed.map((name) => [name, current[name] ?? ""]));
}

/* Returns those of `fields` that are named. */
export function pick(fields, names) {
  return Object.fromEntries(names.filter((name) => name in fields).map((name) => [name, fields[name]]));
}

/* Returns what the page says of a save that failed: `offline`, `signedOut`, `gone`, `conflict`, `refused` or `busy`. */
export function failureOf(response, answer) {
  if (!response) return "offline";
  if (answer?.signed_out || response.type === "opaqueredirect") return "signedOut";
  if (response.status === 409) return "conflict";
  if ([403, 404].includes(response.status) && !answer?.errors) return "gone";
  return response.status >= 500 || response.status === 429 ? "busy" : "refused";
}
