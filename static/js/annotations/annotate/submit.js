/* Submits forms by script, so that what was typed stays on the page when something goes wrong. */

import { send } from "../../unsent/send.js";

/* Returns `{ ok, body, errors }`; `messages` has the errors that the server cannot report itself. */
export async function submit(url, data, messages) {
  const response = await send(url, data, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (!response) return { ok: false, errors: [messages.offline] };
  const body = await response.json().catch(() => null);
  if (response.ok && body) return { ok: true, body, errors: [] };
  const isSignedOut = response.type === "opaqueredirect" || response.status === 403;
  return { ok: false, errors: body?.errors ?? [isSignedOut ? messages.signedOut : messages.broken] };
}

/* Returns a random UUID; works on plain HTTP too, where `crypto.randomUUID` is missing. */
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Sets the fields of a passage in `data`, without offsets where those of the page are not the server's. */
export function appendPassage(data, { start, end, exact, prefix, suffix, revision, hasServerOffsets, isOfEarlierRevision }) {
  const knowsOffsets = hasServerOffsets || isOfEarlierRevision;
  const fields = { revision, exact, prefix, suffix, start: knowsOffsets ? start : "", end: knowsOffsets ? end : "" };
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}
