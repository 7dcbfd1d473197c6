/* Where a text first uses the terms of a glossary, by the rules of the reading page (lessons/reading/enrichment.py). No DOM. */

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

const spelling = (term) => {
  const forms = [...new Set([term.normalize("NFC"), term.normalize("NFD")])];
  return forms.map((form) => form.trim().split(/\s+/).map(escape).join("\\s+")).join("|");
};

/* Returns a pattern whose group n is the nth term: whole words in any case, and their simple plural; null without terms. */
export function termPattern(terms) {
  const longestFirst = terms.map(({ term }, n) => [term, n]).sort(([one], [two]) => two.length - one.length);
  if (!longestFirst.length) return null;
  const alternatives = longestFirst.map(([term, n]) => `(?<t${n}>${spelling(term)})`).join("|");
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${alternatives})s?(?![\\p{L}\\p{N}_\\u0300-\\u036f])`, "giu");
}

/* Returns the first use of each term in `runs`, each `{ text, position }`, as `{ from, to, index }`. */
export function firstUses(runs, pattern) {
  const uses = [], used = new Set();
  if (!pattern) return uses;
  for (const { text, position } of runs) {
    for (const match of text.matchAll(pattern)) {
      const index = Number(Object.keys(match.groups).find((name) => match.groups[name] !== undefined).slice(1));
      if (used.has(index)) continue;
      used.add(index);
      uses.push({ from: position + match.index, to: position + match.index + match[0].length, index });
    }
  }
  return uses;
}

/* Returns the number of the term that `words` are, whole: -1 if they are none. */
export function findTerm(words, terms) {
  const [use] = firstUses([{ text: words, position: 0 }], termPattern(terms));
  return use && use.from === 0 && use.to === words.length ? use.index : -1;
}
