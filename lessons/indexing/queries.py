"""What is asked of the index, and of which rows. Pure; nothing that anybody types gets into a query but as terms."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lessons.indexing.terms import Word, stem, words_of

STEM = "~"
"""Before a stem: no word begins with it."""


@dataclass(frozen=True)
class Part:
    """A word or a phrase that rows have or do not have.

    `terms` is one term, or several that follow each other. The tokens `forms` do as well in its place: the stem of a
    word, or the words that what was typed is the beginning of. `weight` says how much finding it is worth.
    """

    terms: tuple[str, ...]
    forms: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def is_phrase(self) -> bool:
        return len(self.terms) > 1

    @property
    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        """Return the sequences of tokens of which a row must have one."""
        return (self.terms, *((form,) for form in self.forms))


@dataclass(frozen=True)
class Query:
    """What is searched for: rows with all of the `parts`, or any of them, and with none of `without`.

    Without parts, every row is found that has none of `without`.
    """

    parts: tuple[Part, ...]
    without: tuple[Part, ...] = ()
    match_all: bool = True

    def matching_any(self) -> "Query":
        return replace(self, match_all=False)


@dataclass(frozen=True)
class Scope:
    """Which rows are searched: those with one of the tokens `readable` and, for each of `filters`, one of its tokens.

    `readable` are the permission tokens that the reader holds: somebody who holds none finds nothing. A permission
    token among the `filters` is alone in its group.
    """

    readable: frozenset[str]
    filters: tuple[frozenset[str], ...] = ()

    def narrowed(self, *tokens: str) -> "Scope":
        """Return the scope of only those of its rows that have one of the tokens."""
        return replace(self, filters=(*self.filters, frozenset(tokens)))

    @property
    def is_empty(self) -> bool:
        return not self.readable or not all(self.filters)


def word_part(term: str, languages: Iterable[str] = ()) -> Part:
    """Return the part for a term and, in each of the languages, the other forms of the word."""
    stems = dict.fromkeys(stem(term, language) for language in languages)
    forms = [form for s in stems for form in ((s, STEM + s) if s != term else (STEM + s,))]
    return Part((term,), tuple(forms), weight=_weight([term]))


def phrase_part(text: str) -> Part | None:
    """Return the part for a text in quotation marks, whose words must follow each other; None if it has no words."""
    terms = tuple(word.term for word in words_of(text))
    return Part(terms, weight=_weight(terms)) if terms else None


def prefix_part(prefix: str, completions: Iterable[str]) -> Part:
    """Return the part for a word that is still being typed: the term itself, or one of its completions."""
    return Part((prefix,), tuple(term for term in completions if term != prefix), weight=_weight([prefix]))


def parts_of(text: str, languages: Iterable[str] = ()) -> list[Part]:
    """Return the parts of a text without operators: its words and, in scripts without spaces, its runs as phrases."""
    languages = list(languages)
    runs = [[word.term for word in run] for run in _runs(words_of(text))]
    return [Part(tuple(run), weight=_weight(run)) if len(run) > 1 else word_part(run[0], languages) for run in runs]


def _runs(words: Iterator[Word]) -> Iterator[list[Word]]:
    """Return the words, those together that overlap, which are the pairs of characters of one run."""
    run: list[Word] = []
    for word in words:
        if run and word.start >= run[-1].end:
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _weight(terms: Iterable[str]) -> float:
    """Return how much a match is worth while nothing is known of how rare the words are: long words say more."""
    return sum(min(len(term) if term.isascii() else 4 * len(term), 10) for term in terms) / 5
