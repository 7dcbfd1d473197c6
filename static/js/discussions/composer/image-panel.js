/* Asks for the alternative text of an image, below the text that it goes into, and uploads it. */

import { errorsOf, send } from "../../unsent/send.js";

/* Resolves to the Markdown that shows the image, an empty string if it is not inserted. */
export async function askForText(composer, file) {
  const template = composer.querySelector(".image-panel-template");
  const panel = template.content.cloneNode(true).firstElementChild;
  composer.append(panel);
  showImage(panel.querySelector("img"), file);
  panel.querySelector("input").focus();
  const markdown = await new Promise((resolve) => attach(panel, composer, file, resolve));
  panel.remove();
  return markdown;
}

/* As a `data:` address, because the page may show no other from the browser. */
function showImage(image, file) {
  const reader = new FileReader();
  reader.addEventListener("load", () => { image.src = reader.result; });
  reader.readAsDataURL(file);
}

function attach(panel, composer, file, resolve) {
  const insert = async () => {
    const button = panel.querySelector("[data-action=insert]");
    button.disabled = true;
    const { markdown, error } = await upload(composer, file, panel.querySelector("input").value);
    button.disabled = false;
    if (markdown) resolve(markdown);
    panel.querySelector("[role=alert]").textContent = error ?? "";
    panel.querySelector("input").focus();
  };
  panel.addEventListener("click", ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    if (action === "insert") insert();
    if (action === "cancel") resolve("");
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    if (event.target.closest("button") && event.key === "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") insert();
    else resolve("");
  });
}

async function upload(composer, file, alt) {
  const data = new FormData();
  data.set("image", file);
  data.set("alt", alt);
  const response = await send(composer.dataset.images, data, { headers: { Accept: "application/json" } });
  if (!response) return { error: composer.dataset.offline };
  const [error] = await errorsOf(response.clone());
  const body = response.ok ? await response.json() : null;
  return { markdown: body?.markdown, error: body ? undefined : error ?? composer.dataset.offline };
}
