"""Find what somebody searches among what they may read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.utils import timezone

from lessons.courses.models import Course
from lessons.indexing import tokens
from lessons.indexing.indexes import POSTS, TEXTS, Index
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
# Of so many rows of each index the best are shown, and so many are counted: fewer while somebody is typing.
RANKED, RANKED_TYPING = {TEXTS: 200, POSTS: 300}, {TEXTS: 100, POSTS: 100}
MAX_TEXTS = 60
NOBODY = Scope(frozenset())
NOTHING = Match(IndexQuery(()))


@dataclass(frozen=True)
class Found:
    """What was found: the `counts` of rows by kind, of which there are more of the kinds `uncounted`, and the numbers
    of the best rows: `texts` of TextEntry, `discussions` and `notes` of posts.

    `text` is what was searched in the end; it was not typed if `is_corrected`. `suggestion` is what may have been
    meant, an empty string if nothing else.
    """

    text: str = ""
    match: Match = NOTHING
    counts: Mapping[str, int] = field(default_factory=dict)
    uncounted: frozenset[str] = frozenset()
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
    """The best rows of each kind, and how many there are of each that has any; more of those that are `uncounted`."""

    hits: Mapping[str, Sequence[Hit]]
    counts: Mapping[str, int]
    uncounted: frozenset[str]

    @property
    def total(self) -> int:
        return Found(counts=self.counts).total

    def with_hits(self, hits: Mapping[str, Sequence[Hit]]) -> "_Rows":
        """Return these rows with only the kinds that have such hits."""
        return self._replace(hits=hits, counts={kind: self.counts[kind] for kind, of_kind in hits.items() if of_kind})

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
        """Return what matches, and what one has written of it, which is not counted while somebody is typing. A query
        for each index.
        """
        is_counted = self.own and not self.is_typing
        post_tokens = POST_TOKENS | ({kinds.MINE: self.own} if is_counted else {})
        texts = self._rows_of(TEXTS, match, self.scope.texts, TEXT_TOKENS)
        posts = self._rows_of(POSTS, match, self.scope.posts, post_tokens)
        rows = _Rows({**texts.hits, **posts.hits}, {**texts.counts, **posts.counts}, texts.uncounted | posts.uncounted)
        return rows.with_hits(rows.hits if match.query.match_all else _covering(rows.hits))

    def _rows_of(self, index: Index, match: Match, scope: Scope, asked: Mapping[str, str]) -> _Rows:
        limit = (RANKED_TYPING if self.is_typing else RANKED)[index]
        found = index.find_groups(match.query, scope, list(asked.values()), limit=limit)
        hits = {kind: found.hits[token] for kind, token in asked.items()}
        counts = {kind: len(of_kind) for kind, of_kind in hits.items()}
        return _Rows(hits, counts, frozenset(counts) if found.is_more else frozenset())

    def found(self, match: Match, text: str, filters: SearchFilter, rows: _Rows) -> Found:
        """Return the best rows of the kinds that are asked for. One query if that is one of which there are more."""
        kind = filters.kind
        if kind in rows.uncounted:
            rows = self._with_all_of(kind, match, rows)
        hits = rows.hits
        texts = sorted(
            (hit for name in TEXT_TOKENS if kind in (kinds.ALL, name) for hit in hits.get(name, ())),
            key=lambda hit: -hit.score,
        )
        topics, notes = (hits.get(name, ()) if kind in (kinds.ALL, name) else () for name in POST_TOKENS)
        if kind == kinds.MINE:
            mine = {hit.pk for hit in hits.get(kinds.MINE, ())}
            topics, notes = ([hit for hit in hits.get(name, ()) if hit.pk in mine] for name in POST_TOKENS)
        return Found(text, match, rows.counts, rows.uncounted, _pks(texts[:MAX_TEXTS]), _pks(topics), _pks(notes))

    def _with_all_of(self, kind: str, match: Match, rows: _Rows) -> _Rows:
        """Return the rows with more of one kind, or of what one has written oneself."""
        if kind in TEXT_TOKENS:
            scope = self.scope.texts.narrowed(TEXT_TOKENS[kind])
            more = self._rows_of(TEXTS, match, scope, {kind: TEXT_TOKENS[kind]})
        else:
            asked = {kind: POST_TOKENS[kind]} if kind in POST_TOKENS else POST_TOKENS | {kind: self.own}
            more = self._rows_of(POSTS, match, self.scope.posts.narrowed(asked[kind]), asked)
        counts = {**rows.counts, kind: more.counts[kind]}
        return _Rows({**rows.hits, **more.hits}, counts, rows.uncounted - {kind} | more.uncounted)


def _pks(hits: Iterable[Hit]) -> list[int]:
    return [hit.pk for hit in hits]


def _covering(hits: Mapping[str, Sequence[Hit]]) -> dict[str, Sequence[Hit]]:
    """Leave out the hits that have far less of what was asked than the best one."""
    best = max((hit.coverage for of_kind in hits.values() for hit in of_kind), default=0)
    least = best * SHARE_OF_BEST
    return {kind: [hit for hit in of_kind if hit.coverage >= least] for kind, of_kind in hits.items()}
