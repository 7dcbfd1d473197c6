"""From what was typed to what is asked of the index: which words count, their forms, and what to do if too little is
found."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import log

from lessons.indexing import vocabulary
from lessons.indexing.queries import STEM, Part, phrase_part, prefix_part, word_part
from lessons.indexing.queries import Query as IndexQuery
from lessons.indexing.terms import stem
from lessons.search.query import Clause, Query
from lessons.search.reader import ReaderScope
from lessons.search.snippets import Pattern

# Of a longer query, the rarest words count.
MAX_PARTS = 8
# With fewer results than this for all words, some of them do.
ENOUGH = 3
# Then the rarest words are searched: as many as have together no more rows than this, and at least one.
MAX_ROWS_OF_ANY = 3000
COMPLETIONS = 12
MAX_CORRECTED = 3
# Not all of so many rows with a word are gone in a day.
MANY = 20


@dataclass(frozen=True)
class Match:
    """What is asked of the index. `is_partial` if a row needs only some of the words of the query."""

    query: IndexQuery
    is_partial: bool = False

    @property
    def patterns(self) -> tuple[Pattern, ...]:
        """Return what of a text is marked: of words that count differently, those that count most."""
        least = max((part.weight for part in self.query.parts), default=0.0) / 2
        return tuple(_pattern(part) for part in self.query.parts if part.weight >= least)


class Matching:
    """The ways to match one query in the words that one reader may read; what they know of words is asked once."""

    def __init__(self, query: Query, scope: ReaderScope, languages: Sequence[str], *, is_typing: bool = False):
        self.query, self.scope, self.languages, self.is_typing = query, scope, languages, is_typing
        self.without = tuple(filter(None, (self._exact(clause) for clause in query.excluded)))
        self._rows: dict[str, int] | None = None
        self._similar: dict[str, list[str]] = {}

    def all_words(self) -> Match:
        """Return the match of rows with all words; of many, with the rarest MAX_PARTS. No query up to so many, unless
        the last word is still being typed.
        """
        clauses = self.query.clauses
        if len(clauses) <= MAX_PARTS:
            return Match(IndexQuery(self._parts(clauses), self.without))
        known = [clause for clause in clauses if all(self.rows[term] for term in clause.terms)]
        rarest = set(sorted(known, key=self._rarity)[:MAX_PARTS])
        chosen = [clause for clause in clauses if clause in rarest] or list(clauses[:MAX_PARTS])
        return Match(IndexQuery(self._parts(chosen), self.without), is_partial=len(known) < len(clauses))

    def some_words(self) -> Match | None:
        """Return the match of rows with any of the rarer words, None if that is the same as all words. One query."""
        clauses = [clause for clause in self.query.clauses if any(self.rows[term] for term in clause.terms)]
        if not clauses or len(self.query.clauses) < 2:
            return None
        chosen: list[Clause] = []
        for clause in sorted(clauses, key=self._rarity)[:MAX_PARTS]:
            if chosen and sum(map(self._rarity, [*chosen, clause])) > MAX_ROWS_OF_ANY:
                break
            chosen.append(clause)
        commonest = 2 * max(map(self._rarity, clauses)) + 10
        in_order = [clause for clause in clauses if clause in chosen]
        parts = self._parts(in_order)
        weighted = (
            replace(part, weight=log(commonest / (1 + self._rarity(clause))))
            for part, clause in zip(parts, in_order, strict=True)
        )
        return Match(IndexQuery(tuple(weighted), self.without, match_all=False), is_partial=True)

    def corrected_text(self, gone: Collection[str] = ()) -> str:
        """Return the text with words that do not occur, or are `gone`, replaced by similar ones; empty if there are
        none.

        Of the MAX_CORRECTED rarest words only, of a query with no more than MAX_PARTS. Two queries at most.
        """
        missing = [term for term in self._rarest_words() if not self.rows[term] or term in gone]
        unknown = [term for term in missing if term not in self._similar]
        if unknown:
            self._similar |= vocabulary.similar(unknown, self.scope.readable)
        self.rows.update(dict.fromkeys(gone, 0))
        corrections = {
            term: like[0]
            for term in missing
            if (like := self._similar.get(term)) and not self._are_forms_of_one_word(term, like[0])
        }
        return self.query.with_words(corrections) if corrections else ""

    def doubtful_words(self) -> list[str]:
        """Return the rare words of which nobody knows whether they still occur.

        The vocabulary has words of rows that were hidden, deleted or moved today: it is counted once a day.
        """
        return [term for term in self._rarest_words() if 0 < self.rows[term] < MANY]

    def _rarest_words(self) -> list[str]:
        """Return the words that are corrected, if they do not occur."""
        if len(self.query.clauses) > MAX_PARTS:
            return []
        words = [clause.terms[0] for clause in self.query.clauses if not clause.is_exact]
        return sorted(words, key=self.rows.__getitem__)[:MAX_CORRECTED]

    def _are_forms_of_one_word(self, term: str, other: str) -> bool:
        """Return whether whoever searches one of them finds the other anyway."""
        return any(stem(term, language) == stem(other, language) for language in self.languages)

    @property
    def rows(self) -> dict[str, int]:
        """Return in about how many rows each word of the query is. One query, once.

        It returns what is similar to few words that are in none, too, because that is asked next.
        """
        if self._rows is None:
            words = [term for clause in self.query.clauses for term in clause.terms]
            if len(self.query.clauses) > MAX_CORRECTED or any(clause.is_exact for clause in self.query.clauses):
                self._rows = vocabulary.count_rows(words, self.scope.readable)
            else:
                self._rows, self._similar = vocabulary.count_rows_or_similar(words, self.scope.readable)
        return self._rows

    def _rarity(self, clause: Clause) -> int:
        """Return in how many rows it is at most."""
        return min(self.rows[term] for term in clause.terms)

    def _parts(self, clauses: Iterable[Clause]) -> tuple[Part, ...]:
        return tuple(filter(None, map(self._part, clauses)))

    def _part(self, clause: Clause) -> Part | None:
        term = clause.terms[0]
        if clause.is_phrase:
            return self._exact(clause)
        if self._is_beginning(clause):
            completed = prefix_part(term, vocabulary.complete(term, self.scope.readable, COMPLETIONS))
            return replace(completed, forms=(*completed.forms, *word_part(term, self.languages).forms))
        return word_part(term, () if clause.is_exact else self.languages)

    def _is_beginning(self, clause: Clause) -> bool:
        """Return whether the word may be the beginning of another: it is still being typed, or a single character of a
        script whose terms are pairs of characters.
        """
        (term,) = clause.terms
        is_last = clause.end == len(self.query.text)
        return self.is_typing and is_last and not clause.is_exact or len(term) == 1 and term > "\u2e7f"

    def _exact(self, clause: Clause) -> Part | None:
        return phrase_part(self.query.text[clause.start : clause.end])


def _pattern(part: Part) -> Pattern:
    if part.is_phrase:
        return Pattern(phrase=part.terms)
    stems = frozenset(form[len(STEM) :] for form in part.forms if form.startswith(STEM))
    return Pattern(frozenset((part.terms[0], *(form for form in part.forms if not form.startswith(STEM)))), stems)
