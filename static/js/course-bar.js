// Where the course bar, or that of the account pages, is wider than the screen, it shows the page that one is on.
const current = document.querySelector(":is(.course-bar, .account-nav) [aria-current]");
const bar = current?.parentElement;
if (bar) bar.scrollLeft = current.offsetLeft - (bar.clientWidth - current.offsetWidth) / 2;
