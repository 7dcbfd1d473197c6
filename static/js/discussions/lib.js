/* Pure: no document here. */

export function newPostsWords(count, one, many) {
  return count === 1 ? one : many.replace("%n", count);
}

/* A quote of `words` as Markdown, put under what is written already. */
export function quoted(source, words) {
  const lines = words.trim().split("\n").map((line) => `> ${line}`.trimEnd());
  return `${source.trimEnd()}${source.trim() ? "\n\n" : ""}${lines.join("\n")}\n\n`;
}

/* The @name that one is writing just before the caret: where its @ stands, and what of it is written. Or null. */
export function mentionAt(value, caret) {
  const found = /(?<![\p{L}\p{N}_@/.])@([\p{L}\p{M}\p{N}_-]{0,40})$/u.exec(value.slice(0, caret));
  return found && { start: found.index, prefix: found[1] };
}

/* Those of a whole answer to a shorter prefix whom a longer one still fits; null where the server must be asked. */
export function narrowed(known, prefix) {
  const wanted = prefix.toLocaleLowerCase();
  if (!known?.whole || !wanted.startsWith(known.prefix.toLocaleLowerCase())) return null;
  const fits = (words, between) => `${between}${words.toLocaleLowerCase()}`.includes(between + wanted);
  return known.people.filter(({ handle, name }) => fits(handle, "-") || fits(name, " "));
}
