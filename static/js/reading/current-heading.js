/* Marks, in the outline beside a lesson, the heading of the section that one reads. */

const READING_LINE = 1 / 3;
const links = [...document.querySelectorAll('.headings a[href^="#"]')];
const sections = links
  .map((link) => ({ link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))) }))
  .filter(({ heading }) => heading);
let current = null;
let isWaiting = false;

function mark() {
  isWaiting = false;
  const section = sections.findLast(({ heading }) => heading.getBoundingClientRect().top < innerHeight * READING_LINE);
  if (section?.link === current) return;
  current?.removeAttribute("aria-current");
  current = section?.link ?? null;
  current?.setAttribute("aria-current", "location");
}

function markSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(mark);
}

addEventListener("scroll", markSoon, { passive: true });
markSoon();
