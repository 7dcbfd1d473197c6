/* Returns whether the text is meant as an address: of the web with its scheme or `www.`, or of e-mail. The end of a
   sentence and the beginning of the next, “agree.It”, is none, as in Markdown (lessons/markup/lesson_markdown.py). */
export function isAddress(text) {
  return /^(https?:\/\/|www\.[^.\s]+\.)\S/i.test(text) || /^(mailto:)?[^\s@/]+@[^\s@/]+\.[^\s@/]+$/i.test(text);
}
