/* Returns whether the text is meant as an address: of a website, with its scheme or `www.`, or of e-mail. The end of one
   sentence and the start of the next, “agree.It”, is not, as in Markdown (lessons/markup/lesson_markdown.py). */
export function isAddress(text) {
  return /^(https?:\/\/|www\.[^.\s]+\.)\S/i.test(text) || /^(mailto:)?[^\s@/]+@[^\s@/]+\.[^\s@/]+$/i.test(text);
}
