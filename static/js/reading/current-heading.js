/* Marks, in the lists of a lesson's headings, that of the section one reads. Loaded when the reader first scrolls. */

const READING_LINE = 1 / 3;
const links = [...document.querySelectorAll('.headings a[href^="#"]')];
const headings = [...new Set(links.map(({ hash }) => hash))]
  .map((hash) => document.getElementById(decodeURIComponent(hash.slice(1))))
  .filter(Boolean)
  .sort((one, two) => (one.compareDocumentPosition(two) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
let isWaiting = false;

function mark() {
  isWaiting = false;
  const current = headings.findLast((heading) => heading.getBoundingClientRect().top < innerHeight * READING_LINE);
  for (const link of links) {
    if (current && decodeURIComponent(link.hash.slice(1)) === current.id) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

function markSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(mark);
}

addEventListener("scroll", markSoon, { passive: true });
markSoon();
