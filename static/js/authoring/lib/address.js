/* Returns whether the text is meant as an address: of a website, with its scheme or `www.`, or of e-mail. The end of one
   sentence and the start of the next, “agree.It”, is not, as in Markdown (lessons/markup/lesson_markdown.py). */
export function isAddress(text) {
  return /^(https?:\/\/|www\.[^.\s]+\.)\S/i.test(text) || /^(mailto:)?[^\s@/]+@[^\s@/]+\.[^\s@/]+$/i.test(text);
}

/* Returns what somebody typed as the address of a link: with its scheme, unless it leads to a place on this site. */
export function completeAddress(text) {
  const address = text.trim();
  if (/^(?:[a-z][a-z0-9+.-]*:|\/|#|\?)/i.test(address)) return address;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return `mailto:${address}`;
  return /^[^\s/]+\.[^\s/]+/.test(address) ? `https://${address}` : address;
}
