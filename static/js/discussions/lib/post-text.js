/* Functions for the text of posts, without the DOM. */

/* In a script without spaces between words a handle may follow a letter, as in lessons/markup/mentions.py. */
const SPACELESS = ["Han", "Hiragana", "Katakana", "Bopomofo", "Hangul", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"];
const LETTER = `(?![ー々${SPACELESS.map((script) => `\\p{sc=${script}}`).join("")}])[\\p{L}\\p{M}\\p{N}_]`;
const MENTION = new RegExp(`(?<!${LETTER}|[@/])@([\\p{L}\\p{M}\\p{N}_-]{0,40})$`, "u");

export function newPostsLabel(count, one, many) {
  return count === 1 ? one : many.replace("%n", count);
}

/* Returns `source` followed by `text` quoted in Markdown. */
export function quoteMarkdown(source, text) {
  const lines = text.trim().split("\n").map((line) => `> ${line}`.trimEnd());
  return `${source.trimEnd()}${source.trim() ? "\n\n" : ""}${lines.join("\n")}\n\n`;
}

/* Returns the @handle being typed at the caret, as the position of its @ and the letters after it, or null. */
export function mentionAt(value, caret) {
  const match = MENTION.exec(value.slice(0, caret));
  return match && { start: match.index, prefix: match[1] };
}

const LETTERS = {
  ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ı: "i", þ: "th", ŋ: "n", ŧ: "t", ς: "σ",
};
/* Accents, vowel points and what is not seen; but not the marks of kana, which tell letters apart. */
const IGNORED = /(?![\u3099\u309a])(?=\p{M})[\p{sc=Inherited}\p{sc=Arabic}\p{sc=Hebrew}]|[\p{Cf}\u0640]/gu;

/* Returns the text without differences of case, accents, ligatures and width, as lessons/indexing/terms.py does. */
export function fold(text) {
  const letters = text.normalize("NFKD").toLowerCase().normalize("NFKD").replace(IGNORED, "");
  return letters.replace(/[ßæœøłđðħıþŋŧς]/g, (letter) => LETTERS[letter]).normalize("NFC");
}

/* Filters the complete results for a shorter prefix by a longer one. Returns null if the server must be asked.
   `known` is { prefix, people, isComplete }. */
export function filterByPrefix(known, prefix) {
  const wanted = fold(prefix);
  if (!known?.isComplete || !wanted.startsWith(fold(known.prefix))) return null;
  const text = ({ handle, name }) => ` ${fold(handle)} ${fold(name)}`;
  return known.people.filter((person) => [` ${wanted}`, `-${wanted}`].some((start) => text(person).includes(start)));
}
