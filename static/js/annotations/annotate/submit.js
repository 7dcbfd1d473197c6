/* Submits forms by script, so that what was typed stays on the page when something goes wrong. */

import { send } from "../../unsent/send.js";

/* Returns `{ ok, body, errors }`; `messages` has the errors that the server cannot report itself. */
export async function submit(url, data, messages) {
  const response = await send(url, data, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (!response) return { ok: false, isOffline: true, errors: [messages.offline] };
  const body = await response.json().catch(() => null);
  if (response.ok && body) return { ok: true, body, errors: [] };
  const isSignedOut = response.type === "opaqueredirect" || response.status === 403;
  return { ok: false, errors: body?.errors ?? [isSignedOut ? messages.signedOut : messages.broken] };
}

/* Sets the fields of a passage in `data`, without offsets where those of the page are not the server's. */
export function appendPassage(data, { start, end, exact, prefix, suffix, revision, hasServerOffsets, isOfEarlierRevision }) {
  const knowsOffsets = hasServerOffsets || isOfEarlierRevision;
  const fields = { revision, exact, prefix, suffix, start: knowsOffsets ? start : "", end: knowsOffsets ? end : "" };
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}
