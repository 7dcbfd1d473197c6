/* On the page of unsent texts: sends what only this browser has to the server, and lists what the server refuses. */

import { browserStorage } from "./browser-storage.js";
import { textOf } from "./lib/fields.js";
import { UnsentStore } from "./lib/store.js";
import { errorsOf, send } from "./send.js";
import { forgetSent } from "./sent-cookie.js";

class UnsentList extends HTMLElement {
  async connectedCallback() {
    const store = new UnsentStore(browserStorage(), this.dataset.account);
    forgetSent(store);
    const results = [];
    for (const record of store.list()) results.push({ ...record, ...(await this.#keep(record)) });
    const kept = results.filter(({ isKept }) => isKept);
    for (const { draftKey } of kept) store.remove(draftKey);
    if (kept.length) location.reload();
    else this.replaceChildren(...results.map((record) => this.#row(record, store)));
  }

  async #keep({ draftKey, fields }) {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) for (const part of [value].flat()) data.append(name, part);
    data.set("draft_key", draftKey);
    const response = await send(location.pathname, data, { headers: { Accept: "application/json" }, redirect: "manual" });
    return { isKept: Boolean(response?.ok), reason: (await errorsOf(response))[0] ?? "" };
  }

  #row({ draftKey, fields, at, reason }, store) {
    const row = this.querySelector("template").content.cloneNode(true).firstElementChild;
    row.querySelector("[data-part=time]").textContent = new Date(at).toLocaleString(document.documentElement.lang);
    row.querySelector(".reason").textContent = reason;
    row.querySelector("pre").textContent = textOf(fields);
    row.querySelector("button").addEventListener("click", () => {
      store.remove(draftKey);
      row.remove();
    });
    return row;
  }
}

customElements.define("unsent-list", UnsentList);
