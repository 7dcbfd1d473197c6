// Where the course bar is wider than the screen, it shows the page that one is on.
const current = document.querySelector(".course-bar [aria-current]");
const bar = current?.parentElement;
if (bar) bar.scrollLeft = current.offsetLeft - (bar.clientWidth - current.offsetWidth) / 2;
