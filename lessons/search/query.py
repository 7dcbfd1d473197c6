"""Pure: what somebody types into the search box, as clauses and filters.

Words, `"phrases"`, `-word`, `-"phrase"`, `tag:name`, `by:name` and `in:title`. Any text is a query: what is no
operator is words, and what has no words finds nothing.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from lessons.indexing.terms import Word, words_of

MAX_INPUT = 1000
# Of more words in a row, the first are searched.
MAX_PHRASE = 8
MAX_EXCLUDED = 8
MAX_FILTERS = 4
QUOTES = '"“”„«»＂'
# A minus and an operator, each if there is one, and what they apply to: a phrase, whose end may be missing, or a run.
PIECE = re.compile(
    rf"(?P<minus>-)?(?P<operator>(?:tag|by|in):)?(?:[{QUOTES}](?P<phrase>[^{QUOTES}]*)[{QUOTES}]?|(?P<run>[^\s{QUOTES}]+))",
    re.IGNORECASE,
)


class Clause(NamedTuple):
    """One word, or several in a row. `is_exact` if other forms of the word do not match, as in quotes.

    `start` and `end` are where it is in the text of the query.
    """

    terms: tuple[str, ...]
    is_exact: bool
    start: int
    end: int

    @property
    def is_phrase(self) -> bool:
        return len(self.terms) > 1


class Query(NamedTuple):
    """What is searched: all `clauses`, none of `excluded`, and names of tags, authors, and lessons or modules."""

    text: str = ""
    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether it has nothing to look for: a word that is left out finds nothing by itself."""
        return not (self.clauses or self.tags or self.authors or self.places)

    def with_words(self, replacements: dict[str, str]) -> str:
        """Return the text of the query with single words replaced: `replacements` by term."""
        text, position = [], 0
        for clause in self.clauses:
            if not clause.is_phrase and clause.terms[0] in replacements:
                text += [self.text[position : clause.start], replacements[clause.terms[0]]]
                position = clause.end
        return "".join([*text, self.text[position:]])


def parse_query(text: str) -> Query:
    """Return what the text asks for; the same clause is in it once. Only the first MAX_INPUT characters are read."""
    text = text[:MAX_INPUT]
    clauses: dict[tuple, Clause] = {}
    excluded: dict[tuple, Clause] = {}
    names: dict[str, dict[str, None]] = {"tag": {}, "by": {}, "in": {}}
    for piece in PIECE.finditer(text):
        operator = (piece["operator"] or "")[:-1].lower()
        name = _name(piece)
        if piece["minus"]:
            start = piece.start("operator") if operator else piece.start() + 1
            found, known = _phrase(text, start, piece.end()), excluded
        elif operator and name:
            names[operator][name] = None
            continue
        elif piece["phrase"] is not None:
            found, known = _phrase(text, *piece.span("phrase")), clauses
        else:
            found, known = _run(text, *piece.span()), clauses
        for clause in found:
            known.setdefault((clause.terms, clause.is_exact), clause)
    return Query(
        text,
        tuple(clauses.values()),
        tuple(excluded.values())[:MAX_EXCLUDED],
        *(tuple(names[operator])[:MAX_FILTERS] for operator in names),
    )


def _name(piece: re.Match) -> str:
    name = piece["run"] if piece["phrase"] is None else piece["phrase"]
    return " ".join(name.replace("\x00", "").split())


def _phrase(text: str, start: int, end: int) -> Iterator[Clause]:
    """Yield one clause of all words between `start` and `end`; nothing if there are none."""
    words = list(words_of(text[start:end]))[:MAX_PHRASE]
    if words:
        yield _clause(words, start, is_exact=True)


def _run(text: str, start: int, end: int) -> Iterator[Clause]:
    """Yield each word of a run as a clause; overlapping terms, as in Chinese, are one phrase."""
    words = list(words_of(text[start:end]))
    breaks = [n for n, (word, following) in enumerate(pairwise(words), 1) if following.start >= word.end]
    for first, last in pairwise([0, *breaks, len(words)]):
        if first < last:
            yield _clause(words[first:last][:MAX_PHRASE], start, is_exact=last - first > 1)


def _clause(words: list[Word], offset: int, *, is_exact: bool) -> Clause:
    terms = tuple(word.term for word in words)
    return Clause(terms, is_exact, offset + words[0].start, offset + words[-1].end)
