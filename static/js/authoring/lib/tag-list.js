/* Lists of tags as the server reads them: separated by commas, a tag of several words in quotes. Needs no DOM. */

import { fold } from "../../discussions/lib/post-text.js";

const MAX_SUGGESTIONS = 8;

const unquoted = (text) => text.replaceAll('"', "").trim();

/* Returns the parts of `text` between commas that are not in quotes. */
const parts = (text) => text.match(/(?:"[^"]*"|[^,"]|")+/g) ?? [];

/* Returns the tags of a list. Without commas and quotes every word is a tag. */
export const parseTags = (text) => {
  const separated = /[,"]/.test(text) ? parts(text) : text.split(/\s+/);
  return addTags([], separated);
};

/* Returns the list that the server reads as these tags. */
export const formatTags = (tags) => tags.map((tag) => (/[\s,]/.test(tag) ? `"${tag}"` : tag)).join(", ");

/* Returns `tags` with those of `added` that are not among them yet in any case. */
export const addTags = (tags, added) => {
  const all = [...tags];
  for (const tag of added.map(unquoted))
    if (tag && !all.some((other) => other.toLocaleLowerCase() === tag.toLocaleLowerCase())) all.push(tag);
  return all;
};

/* Returns what was typed as [complete tags, the rest that is still being typed]. */
export const splitTyped = (text) => {
  const all = parts(text);
  const rest = text.trimEnd().endsWith(",") ? "" : (all.pop() ?? "");
  return [all, rest.trimStart()];
};

/* Returns the known tags that contain what is being typed, in any case and with any accents, and are not among `tags` yet. */
export const suggestions = (typed, tags, known) => {
  const text = fold(unquoted(typed));
  if (!text) return [];
  const used = new Set(tags.map((tag) => tag.toLocaleLowerCase()));
  const unused = known.filter((tag) => !used.has(tag.toLocaleLowerCase()));
  return unused.filter((tag) => fold(tag).includes(text)).slice(0, MAX_SUGGESTIONS);
};
