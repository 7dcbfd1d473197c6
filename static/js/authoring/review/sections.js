/* The sections of a long article: those on the page, fetching others, and the numbers before and after. */

import { arrange, carryOver, elementOf } from "./fields.js";
import { idOf } from "./outline.js";

// The number of earlier sections that are fetched at once, up to the first on the page.
const BEFORE = 10;

/* Returns sections from one on: `shown`, their ids, `sections`, their HTML, and how many are around them. */
export const fetchSections = async (address, query) => {
  const response = await fetch(`${address}?${new URLSearchParams(query)}`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.status, { cause: response.status });
  return response.json();
};

/* shown: the ids of the sections on the page in order. sections: the HTML of those that are new or changed. */
export const showSections = (review, shown, sections, sent) => {
  const parent = review.querySelector("[data-part=sections]");
  const present = new Map([...parent.children].map((section) => [section.id, section]));
  for (const [id, html] of Object.entries(sections)) {
    const section = elementOf(html);
    const old = present.get(id);
    if (old) carryOver(old, sent, section);
    present.set(id, section);
  }
  arrange(parent, shown.map((id) => present.get(id)).filter(Boolean));
  const { at, shown: number } = review.querySelector("#review").elements;
  number.value = parent.children.length;
  if (at) at.value = parent.firstElementChild?.id ?? "";
  review.dispatchEvent(new Event("sections"));
};

/* Names a section by the heading in `field`, for those who hear its labels; an answer from the server does so only later. */
export const renameSection = (field) => {
  const section = field.closest("section"), before = section.getAttribute("aria-label"), heading = field.value.trim();
  if (!heading) return;
  section.setAttribute("aria-label", heading);
  for (const labelled of section.querySelectorAll("[aria-label]")) {
    const label = labelled.getAttribute("aria-label");
    labelled.setAttribute("aria-label", label.replace(`“${before}”`, () => `“${heading}”`));
  }
};

/* Returns how many sections there are from one up to another. */
export const distance = (review, from, to) => {
  const ids = [...review.querySelectorAll("[data-part=outline] > li")].map(idOf);
  return ids.indexOf(to) - ids.indexOf(from);
};

/* Shows how many sections are before and after those on the page. */
export const updateMore = (review, first, after) => {
  const ids = [...review.querySelectorAll("[data-part=outline] > li")].map(idOf);
  const present = [...review.querySelector("[data-part=sections]").children].map((section) => section.id);
  const before = first ?? Math.max(0, ids.indexOf(present[0]));
  const rest = after ?? Math.max(0, ids.length - before - present.length);
  updateButton(review, "before", before, ids[Math.max(0, before - BEFORE)]);
  updateButton(review, "after", rest, ids[ids.length - rest]);
};

const updateButton = (review, part, count, id) => {
  const paragraph = review.querySelector(`[data-part=${part}]`);
  paragraph.hidden = !count;
  paragraph.dataset.count = count;
  paragraph.querySelector("button").value = `show:${id ?? ""}`;
  paragraph.querySelector("span").textContent = count;
};
