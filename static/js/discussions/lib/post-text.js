/* Text of posts, without a document. */

export function newPostsLabel(count, one, many) {
  return count === 1 ? one : many.replace("%n", count);
}

/* Returns `source` followed by `text` quoted in Markdown. */
export function quoteMarkdown(source, text) {
  const lines = text.trim().split("\n").map((line) => `> ${line}`.trimEnd());
  return `${source.trimEnd()}${source.trim() ? "\n\n" : ""}${lines.join("\n")}\n\n`;
}

/* Returns the @handle being typed before the caret: where its @ is, and the letters after it. Or null. */
export function mentionAt(value, caret) {
  const match = /(?<![\p{L}\p{N}_@/.])@([\p{L}\p{M}\p{N}_-]{0,40})$/u.exec(value.slice(0, caret));
  return match && { start: match.index, prefix: match[1] };
}

/* Returns the people of a complete answer to a shorter prefix who match a longer one; null where the server must be
   asked. `known` is { prefix, people, isComplete }. */
export function filterByPrefix(known, prefix) {
  const wanted = prefix.toLocaleLowerCase();
  if (!known?.isComplete || !wanted.startsWith(known.prefix.toLocaleLowerCase())) return null;
  const hasWord = (text, separator) => `${separator}${text.toLocaleLowerCase()}`.includes(separator + wanted);
  return known.people.filter(({ handle, name }) => hasWord(handle, "-") || hasWord(name, " "));
}
