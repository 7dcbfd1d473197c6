/* Enhancements of the discussion pages, which all work without scripts. */

import "./merge-search.js";
import "./new-posts.js";
import "./open-menus.js";
import "./post-form.js";
import "./scrolling-boxes.js";
import "./thread-page.js";
import { isShortcut } from "../course-bar.js";

document.addEventListener("keydown", (event) => {
  if (event.key === "n" && isShortcut(event)) document.querySelector("a[aria-keyshortcuts=n]")?.click();
});
