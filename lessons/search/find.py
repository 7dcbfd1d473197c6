"""Find what somebody searches among what they may read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.utils import timezone

from lessons.courses.models import Course
from lessons.indexing import tokens
from lessons.indexing.indexes import POSTS, TEXTS, FoundRows
from lessons.indexing.queries import Query as IndexQuery
from lessons.indexing.queries import Scope
from lessons.indexing.ranking import Hit
from lessons.search import filters as kinds
from lessons.search.filters import SearchFilter
from lessons.search.matching import ENOUGH, Match, Matching
from lessons.search.names import authors_named, places_named, tags_named
from lessons.search.query import Query, parse_query
from lessons.search.reader import ReaderScope, reader_scope

# The kinds of rows that each index has, with their tokens.
TEXT_TOKENS = {
    kinds.TEXTS: tokens.LESSON_TEXT,
    kinds.GLOSSARY: tokens.GLOSSARY,
    kinds.TIMELINE: tokens.TIMELINE,
}
POST_TOKENS = {kinds.DISCUSSIONS: tokens.TOPIC_POST, kinds.NOTES: tokens.NOTE_POST}
# Where some of the words are enough, a row needs this share of those that the best one has.
SHARE_OF_BEST = 0.5
# Where any word is enough, it needs this share of what was asked, by weight: common words alone are no answer.
LEAST_COVERAGE = 0.4
MAX_HITS = 150
NOBODY = Scope(frozenset())
NOTHING = Match(IndexQuery(()))


@dataclass(frozen=True)
class Found:
    """What was found: the `counts` of rows by kind, where MAX_COUNT stands for so many or more, and the numbers of the
    best rows: `texts` of TextEntry, `discussions` and `notes` of posts.

    `text` is what was searched in the end; it was not typed if `is_corrected`. `suggestion` is what may have been
    meant, an empty string if nothing else.
    """

    text: str = ""
    match: Match = NOTHING
    counts: Mapping[str, int] = field(default_factory=dict)
    texts: Sequence[int] = ()
    discussions: Sequence[int] = ()
    notes: Sequence[int] = ()
    is_corrected: bool = False
    suggestion: str = ""

    @property
    def total(self) -> int:
        """Return how many rows there are of all kinds; what one has written oneself is of another kind as well."""
        return sum(number for kind, number in self.counts.items() if kind != kinds.MINE)


def find(
    user,
    course: Course | None,
    filters: SearchFilter,
    *,
    languages: Sequence[str] = (),
    is_typing: bool = False,
    is_any_word_enough: bool = False,
) -> Found:
    """Return what the user may read and `filters` ask for, in the course or in all of them.

    `languages` are those of the texts, whose words have several forms. While somebody `is_typing`, the last word may
    be the beginning of one. If any word is enough, rows need not have all words, even if some have.
    """
    query = parse_query(filters.text)
    if query.is_empty and (query.text or not filters.is_narrowed):
        return Found(query.text)
    scope = _narrowed(reader_scope(user, course), user, course, query, filters)
    search = _Search(user, scope, tuple(languages), is_typing)
    matching = search.matching(query)
    if is_any_word_enough:
        match = matching.some_words() or matching.all_words()
        return search.found(match, query.text, filters, search.rows(match).covering(LEAST_COVERAGE))
    return _find_enough(search, matching, filters)


def _find_enough(search: "_Search", matching: Matching, filters: SearchFilter) -> Found:
    """Return what has all words; if that is too little, what has all words as they may have been meant; and if that
    is still too little, what has some of them.
    """
    match, text, suggestion, is_corrected = matching.all_words(), matching.query.text, "", False
    rows = search.rows(match)
    if rows.total < ENOUGH and (corrected := matching.corrected_text()):
        other = search.matching(parse_query(corrected))
        other_match = other.all_words()
        other_rows = search.rows(other_match)
        if other_rows.total > rows.total:
            suggestion = corrected
            if not rows.total and not filters.as_typed:
                matching, match, text, rows, is_corrected = other, other_match, corrected, other_rows, True
    if rows.total < ENOUGH and (some := matching.some_words()):
        some_rows = search.rows(some)
        if some_rows.total > rows.total:
            match, rows = some, some_rows
    found = search.found(match, text, filters, rows)
    return replace(found, is_corrected=is_corrected, suggestion="" if is_corrected else suggestion)


def _narrowed(scope: ReaderScope, user, course: Course | None, query: Query, filters: SearchFilter) -> ReaderScope:
    """Return the scope of what the operators of the query and the filters leave. A query for each sort of names."""
    tags = tags_named([*query.tags, *filter(None, [filters.tag])])
    places = places_named(query.places, user, course)
    authors = authors_named([*query.authors, *filter(None, [filters.author])], user, course)
    places += [frozenset({token(pk)}) for token, pk in _places(filters) if pk]
    days = filters.days(timezone.now())
    periods = [frozenset(f"d{day}" for day in days)] if days else []
    texts, posts = scope
    texts = replace(texts, filters=(*texts.filters, *tags, *places))
    posts = replace(posts, filters=(*posts.filters, *tags, *places, *authors, *periods))
    return ReaderScope(NOBODY if authors or periods else texts, posts)


def _places(filters: SearchFilter) -> list[tuple[Callable[[int], str], int]]:
    return [(tokens.course, filters.course), (tokens.module, filters.module), (tokens.lesson, filters.lesson)]


class _Rows(NamedTuple):
    """The best rows of each kind, and how many there are of each that has any."""

    hits: Mapping[str, Sequence[Hit]]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return Found(counts=self.counts).total

    def covering(self, share: float) -> "_Rows":
        """Return those that have at least this share of what was asked."""
        hits = {kind: [hit for hit in of_kind if hit.coverage >= share] for kind, of_kind in self.hits.items()}
        return self._replace(hits=hits)


class _Search:
    """Searches in one scope for one reader."""

    def __init__(self, user, scope: ReaderScope, languages: tuple[str, ...], is_typing: bool):
        self.scope, self.languages, self.is_typing = scope, languages, is_typing
        self.own = tokens.own(user.pk) if user.is_authenticated and user.pk else ""

    def matching(self, query: Query) -> Matching:
        return Matching(query, self.scope, self.languages, is_typing=self.is_typing)

    def rows(self, match: Match) -> _Rows:
        """Return what matches. A query for each index; another one for each that has MAX_COUNT rows or more."""
        found: dict[str, FoundRows] = {}
        for index, scope, asked in ((TEXTS, self.scope.texts, TEXT_TOKENS), (POSTS, self.scope.posts, POST_TOKENS)):
            by_token = index.find_kinds(match.query, scope, list(asked.values()), limit=MAX_HITS)
            found |= {kind: by_token[token] for kind, token in asked.items()}
        hits: Mapping[str, Sequence[Hit]] = {kind: rows.hits for kind, rows in found.items()}
        if not match.query.match_all:
            hits = _covering(hits)
        return _Rows(hits, {kind: found[kind].total for kind, of_kind in hits.items() if of_kind})

    def found(self, match: Match, text: str, filters: SearchFilter, rows: _Rows) -> Found:
        """Return the best rows of the kinds that are asked for. Two queries at most, for what one has written; none
        while somebody is typing, when that is not counted.
        """
        counts, hits, kind = dict(rows.counts), dict(rows.hits), filters.kind
        if self.own and not self.is_typing and any(map(counts.get, POST_TOKENS)):
            mine = self.scope.posts.narrowed(self.own)
            if kind == kinds.MINE:
                own = POSTS.find_kinds(match.query, mine, list(POST_TOKENS.values()), limit=MAX_HITS)
                hits = {name: own[token].hits for name, token in POST_TOKENS.items()}
                counts[kinds.MINE] = sum(found.total for found in own.values())
            else:
                counts[kinds.MINE] = POSTS.count(match.query, mine)
        texts = sorted(
            (hit for name in TEXT_TOKENS if kind in (kinds.ALL, name) for hit in hits.get(name, ())),
            key=lambda hit: -hit.score,
        )
        topics, notes = (hits.get(name, ()) if kind in (kinds.ALL, kinds.MINE, name) else () for name in POST_TOKENS)
        shown = {name: number for name, number in counts.items() if number}
        return Found(text, match, shown, _pks(texts), _pks(topics), _pks(notes))


def _pks(hits: Iterable[Hit]) -> list[int]:
    return [hit.pk for hit in hits]


def _covering(hits: Mapping[str, Sequence[Hit]]) -> dict[str, Sequence[Hit]]:
    """Leave out the hits that have far less of what was asked than the best one."""
    best = max((hit.coverage for of_kind in hits.values() for hit in of_kind), default=0)
    least = best * SHARE_OF_BEST
    return {kind: [hit for hit in of_kind if hit.coverage >= least] for kind, of_kind in hits.items()}
