/* A part of another page, opened below the link that leads there: a form, or the history of a post. */

const FIELD = ":is(textarea, input:not([type=hidden]), select)";

let panelCount = 0;

/* Returns the panel that an element is in, or null. */
export function panelOf(element) {
  return element?.closest?.(".in-place") ?? null;
}

/* Opens the part of the link's page that its fragment names, or closes it again. Follows the link if there is no such part. */
export async function openPanel(link, labels) {
  const known = document.getElementById(link.getAttribute("aria-controls"));
  if (known) return closePanel(known);
  const url = new URL(link.href), name = url.hash.slice(1);
  url.hash = "";
  const response = await fetch(url).catch(() => null);
  const page = response?.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  const part = page?.getElementById(name);
  if (!part) return location.assign(link.href);
  const panel = document.createElement("div");
  panel.className = "in-place";
  panel.id = `panel-${panelCount += 1}`;
  panel.dataset.part = name;
  panel.dataset.cancel = labels.cancel;
  panel.dataset.close = labels.close;
  link.setAttribute("aria-controls", panel.id);
  link.setAttribute("aria-expanded", "true");
  for (const sheet of page.querySelectorAll("link[rel=stylesheet]")) addStyleSheet(sheet);
  placeOf(link).append(panel);
  fillPanel(panel, part);
  return panel;
}

/* Shows `part`, which is a part of another page, in the panel. */
export function fillPanel(panel, part) {
  makeIdsUnique(part, panel.id);
  if (!part.querySelector("[data-action=close-panel]")) {
    const isForm = part.matches("form") || part.querySelector("form") !== null;
    (part.querySelector(".actions:last-of-type") ?? part).append(closeButton(isForm ? panel.dataset.cancel : panel.dataset.close));
  }
  panel.replaceChildren(part);
  const field = panel.querySelector(`:is([aria-invalid=true], .has-errors ${FIELD})`) ?? panel.querySelector(FIELD);
  if (!field) panel.tabIndex = -1;
  (field ?? panel).focus();
}

function closeButton(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.action = "close-panel";
  button.textContent = label;
  return button;
}

export function closePanel(panel) {
  const link = document.querySelector(`[aria-controls="${panel.id}"]`);
  link?.removeAttribute("aria-controls");
  link?.removeAttribute("aria-expanded");
  const hadFocus = panel.contains(document.activeElement);
  panel.remove();
  if (hadFocus) (link?.closest("details.menu")?.querySelector("summary") ?? link)?.focus();
}

/* Below the post or the section that the link is in. An opened menu closes. */
function placeOf(link) {
  const menu = link.closest("details.menu");
  if (menu) menu.open = false;
  return link.closest(".post, section");
}

function addStyleSheet(sheet) {
  if (![...document.styleSheets].some(({ href }) => href === sheet.href)) document.head.append(sheet);
}

/* The page may have the same ids: those of the part, and what refers to them, get a suffix. Addresses within stay. */
function makeIdsUnique(part, suffix) {
  const ids = new Set([part, ...part.querySelectorAll("[id]")].map(({ id }) => id).filter(Boolean));
  const renamed = (names) => names.split(" ").map((id) => (ids.has(id) ? `${id}-${suffix}` : id)).join(" ");
  for (const element of [part, ...part.querySelectorAll("*")]) {
    for (const name of ["id", "for", "form", "aria-describedby", "aria-labelledby", "aria-controls"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, renamed(element.getAttribute(name)));
    }
  }
}
