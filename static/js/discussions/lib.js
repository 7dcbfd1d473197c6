/* Pure: no document here. */

export function newPostsWords(count, one, many) {
  return count === 1 ? one : many.replace("%n", count);
}

/* A quote of `words` as Markdown, put under what is written already. */
export function quoted(source, words) {
  const lines = words.trim().split("\n").map((line) => `> ${line}`.trimEnd());
  return `${source.trimEnd()}${source.trim() ? "\n\n" : ""}${lines.join("\n")}\n\n`;
}
