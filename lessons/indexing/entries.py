"""What is written into an index, and the row that it stores of it. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from lessons.indexing import tokens
from lessons.indexing.queries import STEM
from lessons.indexing.terms import stem, words_of
from lessons.memo import memoized

TOKEN = "#"  # noqa: S105
"""Before a token of the scope: no word begins with it."""


@dataclass(frozen=True)
class Entry:
    """A text to be found, under the number `pk`: of a post, or of a `TextEntry`.

    `title` counts more than `text`; both are plain text. `language` is that of the course. `scope` are the tokens of
    the row, as `tokens` makes them: an entry without a permission token is found by nobody.
    """

    pk: int
    title: str
    text: str
    language: str
    scope: frozenset[str]


class Row(NamedTuple):
    """A row of an index: terms separated by spaces. `stems` has, after `~`, those that differ from their word."""

    pk: int
    title: str
    terms: str
    stems: str
    scope: str

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(token.removeprefix(TOKEN) for token in self.scope.split())


def row_of(entry: Entry) -> Row:
    """Return the row of an entry. For a long text this takes long: `extract_terms` before the transaction."""
    return Row(entry.pk, *extract_terms(entry.title, entry.text, entry.language), stored_scope(entry.scope))


@memoized
def extract_terms(title: str, text: str, language: str) -> tuple[str, str, str]:
    """Return the terms of the title, those of the text, and the stems of both.

    Within `memo.memoizing`, what was extracted before a transaction is not extracted again in it.
    """
    title_terms = [word.term for word in words_of(title)]
    terms = [word.term for word in words_of(text)]
    words = dict.fromkeys((*title_terms, *terms))
    stems = dict.fromkeys(s for word in words if (s := stem(word, language)) != word)
    return " ".join(title_terms), " ".join(terms), " ".join(STEM + s for s in stems)


def stored_scope(scope: frozenset[str]) -> str:
    """Return the tokens as a row stores them: that of its kind first."""
    in_order = sorted(tokens.check(scope), key=lambda token: (not tokens.is_kind(token), token))
    return " ".join(TOKEN + token for token in in_order)
