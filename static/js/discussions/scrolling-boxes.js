/* Tables and code of posts that are wider than the page can be scrolled by keyboard. */

function makeScrollable() {
  for (const box of document.querySelectorAll(".post-body :is(table, pre)")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

makeScrollable();
addEventListener("resize", makeScrollable);
new MutationObserver(makeScrollable).observe(document.querySelector("main"), { childList: true, subtree: true });
