/* Lists of tags separated by commas. Needs no DOM. */

const MAX_SUGGESTIONS = 8;

/* Returns what is being typed after the last comma. */
export const lastTag = (value) => value.slice(value.lastIndexOf(",") + 1).trim();

/* Returns `value` with `tag` in place of what is being typed. */
export const insertTag = (value, tag) => {
  const before = value.slice(0, value.lastIndexOf(",") + 1);
  const text = /[\s,"]/.test(tag) ? `"${tag}"` : tag;
  return `${before}${before ? " " : ""}${text}, `;
};

/* Returns the known tags that contain what is being typed and are not in `value` yet. */
export const suggestions = (value, known) => {
  const typed = lastTag(value).replaceAll('"', "").toLocaleLowerCase();
  if (!typed) return [];
  const used = new Set(value.split(",").map((tag) => tag.trim().replaceAll('"', "").toLocaleLowerCase()));
  const unused = known.filter((tag) => !used.has(tag.toLocaleLowerCase()));
  return unused.filter((tag) => tag.toLocaleLowerCase().includes(typed)).slice(0, MAX_SUGGESTIONS);
};
