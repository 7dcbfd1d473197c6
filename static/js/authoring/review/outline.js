/* The outline beside the text: its rows, the section being read, and the number of selected sections. */

import { arrange, elementOf } from "./fields.js";

const MARGIN = "-10% 0px -70% 0px";

/* Returns the id of the section of a row of the outline. */
export const idOf = (row) => row.querySelector("[name=selected]").value;

/* outline: the HTML of new or changed rows, by id. order: the ids of all, if their order has changed. */
export const showOutline = (review, { outline, order }) => {
  const list = review.querySelector("[data-part=outline]");
  const rows = new Map([...list.children].map((row) => [idOf(row), row]));
  for (const [id, html] of Object.entries(outline)) {
    const row = elementOf(html);
    const old = rows.get(id);
    if (old) row.querySelector("[name=selected]").checked = old.querySelector("[name=selected]").checked;
    old?.replaceWith(row);
    rows.set(id, row);
  }
  if (order) arrange(list, order.map((id) => rows.get(id)).filter(Boolean));
  review.dispatchEvent(new Event("selection"));
};

/* Marks the section at the top of the window in the outline. Returns a function to call when sections have changed. */
export const followText = (review) => {
  const observer = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach(mark), {
    rootMargin: MARGIN,
  });
  const mark = ({ target }) => {
    const list = review.querySelector("[data-part=outline]");
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const link = list.querySelector(`#l-${CSS.escape(target.id)}`);
    link?.setAttribute("aria-current", "location");
    if (link) keepInView(review.querySelector(".review-outline"), link);
  };
  const observe = () => {
    observer.disconnect();
    for (const section of review.querySelectorAll(".review-section")) observer.observe(section);
  };
  observe();
  return { observe, disconnect: () => observer.disconnect() };
};

/* Scrolls the outline, and not the page, as far as needed. */
const keepInView = (outline, link) => {
  if (outline.scrollHeight <= outline.clientHeight || outline.contains(document.activeElement)) return;
  const [box, line] = [outline.getBoundingClientRect(), link.getBoundingClientRect()];
  if (line.top < box.top + 40) outline.scrollTop -= box.top + 40 - line.top;
  if (line.bottom > box.bottom - 20) outline.scrollTop += line.bottom - box.bottom + 20;
};

/* Shows how many sections are selected. With Shift, a click selects the range from the previous click. */
export const watchSelection = (review, signal) => {
  let last = null;
  const count = () => {
    const selected = review.querySelectorAll("[name=selected]:checked").length;
    const label = review.querySelector("[data-part=selected-count]");
    const { none, one, many } = label.dataset;
    const text = selected === 0 ? none : selected === 1 ? one : many.replace("#", selected);
    if (label.textContent !== text) label.textContent = text;
  };
  const select = (event) => {
    if (event.target.name !== "selected") return;
    const boxes = [...review.querySelectorAll("[name=selected]")];
    const [from, to] = [boxes.findIndex((box) => box.value === last), boxes.indexOf(event.target)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) for (const box of boxes.slice(from, to + 1)) box.checked = event.target.checked;
    last = event.target.value;
    count();
  };
  review.addEventListener("click", select, { signal });
  review.addEventListener("selection", count, { signal });
  count();
};
