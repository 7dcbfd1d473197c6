/* Cleaned HTML as elements that a page of ours shows and its author edits; and the HTML of them to send.

   Ids stay aside, for the page has its own, and no image is loaded but those that were pasted. */

const ASSET = /^\/assets\/([0-9a-f-]{36})\/?$/;
// What is sent back under the name after `data-`.
const ASIDE = ["id", "src"];

/* Returns the elements. `addresses`: those of images by the uids that the server has given them; `images`: the `data:`
   addresses of those that the page has; `suffix`: added to each id, so that two pastes have no id in common. */
export const elementsOf = (html, addresses = new Map(), images = new Map(), suffix = "") => {
  // In a document that is not shown no image is loaded.
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const link of body.querySelectorAll("a[href^='#']")) link.setAttribute("href", link.getAttribute("href") + suffix);
  for (const element of body.querySelectorAll("[id]")) element.id += suffix;
  for (const element of body.querySelectorAll("[id], img")) {
    const source = element.getAttribute("src");
    if (source) element.setAttribute("src", addresses.get(ASSET.exec(source)?.[1]) ?? source);
    for (const name of ASIDE) {
      if (!element.hasAttribute(name)) continue;
      element.setAttribute(`data-${name}`, element.getAttribute(name));
      element.removeAttribute(name);
    }
    const own = images.get(element.dataset.src) ?? element.dataset.src ?? "";
    if (/^data:image\//i.test(own)) element.setAttribute("src", own);
  }
  return [...body.childNodes];
};

/* Returns the HTML of what is shown in `preview`, to be sent. */
export const htmlOf = (preview) => {
  const sent = document.implementation.createHTMLDocument("").importNode(preview, true);
  for (const name of ASIDE) {
    for (const element of sent.querySelectorAll(`[data-${name}]`)) {
      element.setAttribute(name, element.getAttribute(`data-${name}`));
      element.removeAttribute(`data-${name}`);
    }
  }
  return sent.innerHTML;
};
