/* Has the server clean what was pasted (lessons/importing/pasting.py): one code for the editor, the paste box and imports. */

import { send } from "../../unsent/send.js";
import { MAX_LENGTH } from "../lib/clipboard.js";

const PATIENCE = 30_000;

/* Why a paste could not be cleaned: a sentence of the server, or the name of one of the page's (`data-…` of <paste-report>). */
export class NotCleaned extends Error {
  constructor(name, sentence = "") {
    super(sentence || name);
    this.reason = name;
    this.sentence = sentence;
  }
}

/* Returns { html, left_out, more, images }. `fields`: `levels` and `module` of the address. Throws NotCleaned. */
export async function clean(html, fields = {}) {
  if (html.length > MAX_LENGTH) throw new NotCleaned("long");
  const data = new FormData();
  for (const [name, value] of Object.entries({ html, ...fields })) data.set(name, value);
  const { href } = document.querySelector("paste-report").dataset;
  const response = await send(href, data, { signal: AbortSignal.timeout(PATIENCE), headers: { Accept: "application/json" } });
  if (!response) throw new NotCleaned("offline");
  const isJson = response.headers.get("Content-Type")?.includes("json");
  const answer = isJson ? await response.json().catch(() => null) : null;
  if (response.ok && answer) return answer;
  if (answer?.errors) throw new NotCleaned("refused", answer.errors.join(" "));
  throw new NotCleaned(response.redirected || response.status === 403 ? "signedOut" : "offline");
}
