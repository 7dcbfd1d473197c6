/* Sends a form by script: an answer, or sentences that say why there is none. Words stay where they are. */

/* `{ ok, said, errors }`. `words` are the sentences for what the server does not word itself. */
export async function send(address, data, words) {
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  if (token) data.set("csrfmiddlewaretoken", token[1]);
  const headers = { Accept: "application/json" };
  const reply = await fetch(address, { method: "POST", body: data, headers, redirect: "manual" }).catch(() => null);
  if (!reply) return { ok: false, errors: [words.offline] };
  const said = await reply.json().catch(() => null);
  if (reply.ok && said) return { ok: true, said, errors: [] };
  const lost = reply.type === "opaqueredirect" || reply.status === 403 ? words.signedOut : words.broken;
  return { ok: false, errors: said?.errors ?? [lost] };
}

/* Works on plain http too, where `crypto.randomUUID` is missing. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* The fields of a passage. */
export function putPassage(data, { start, end, exact, prefix, suffix, revision, isSure, isOfBefore }) {
  const knows = isSure || isOfBefore;
  const fields = { revision, exact, prefix, suffix, start: knows ? start : "", end: knows ? end : "" };
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}
