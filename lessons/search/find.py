"""Find what somebody searches among what they may read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.utils import timezone

from lessons.courses.models import Course
from lessons.indexing import tokens
from lessons.indexing.indexes import POSTS, TEXTS, FoundGroups, GroupSearch, Index, find_groups
from lessons.indexing.queries import Query as IndexQuery
from lessons.indexing.queries import Scope, word_part
from lessons.indexing.ranking import Hit
from lessons.search import filters as kinds
from lessons.search.filters import SearchFilter
from lessons.search.matching import ENOUGH, Match, Matching
from lessons.search.names import authors_named, places_named, tags_named
from lessons.search.query import Query, parse_query
from lessons.search.reader import ReaderScope, reader_scope
from lessons.search.text_results import MAX_ENTRIES

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
RANKED, RANKED_TYPING = {TEXTS: 200, POSTS: 200}, {TEXTS: 100, POSTS: 100}
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
    if rows.total < ENOUGH and (meant := search.corrected(matching)) and meant.rows.total > rows.total:
        suggestion = meant.matching.query.text
        if not rows.total and not filters.as_typed:
            (matching, match, rows), text, is_corrected = meant, suggestion, True
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
        self._found: dict[Match, _Rows] = {}

    def matching(self, query: Query) -> Matching:
        return Matching(query, self.scope, self.languages, is_typing=self.is_typing)

    def rows(self, match: Match) -> _Rows:
        """Return what matches, and what one has written of it, which is not counted while somebody is typing. One
        query, once.
        """
        return self._found.get(match) or self._rows_and_words(match, ())[0]

    def corrected(self, matching: Matching) -> "_Meant | None":
        """Return what has all words as they may have been meant; None if that is as they are typed.

        One query, besides those of the vocabulary: whether rare words of the query still occur is asked together with
        what is found if they do, which is what has some of the words if none is misspelt. If one does not, that is
        asked again.
        """
        doubtful, text = matching.doubtful_words(), matching.corrected_text()
        if not doubtful and not text:
            return None
        meant = self._meant(text)
        rows, occurring = self._rows_and_words(meant.match if text else matching.some_words(), doubtful)
        if gone := [word for word in doubtful if word not in occurring]:
            text = matching.corrected_text(gone)
            meant = self._meant(text)
            rows = self.rows(meant.match) if text else rows
        return meant._replace(rows=rows) if text else None

    def _meant(self, text: str) -> "_Meant":
        matching = self.matching(parse_query(text))
        return _Meant(matching, matching.all_words(), _Rows({}, {}, frozenset()))

    def _rows_and_words(self, match: Match | None, words: Sequence[str]) -> tuple[_Rows, frozenset[str]]:
        """Return the rows that match, and which of the words occur in what one may read. One query."""
        is_counted = self.own and not self.is_typing
        post_tokens = POST_TOKENS | ({kinds.MINE: self.own} if is_counted else {})
        asked = {TEXTS: (self.scope.texts, TEXT_TOKENS), POSTS: (self.scope.posts, post_tokens)}
        searches = [
            GroupSearch(index, IndexQuery((word_part(word),)), Scope(scope.readable), (), 1)
            for word in words
            for index, (scope, _tokens) in asked.items()
        ]
        if match:
            searches += [self._search_for(index, match, scope, of) for index, (scope, of) in asked.items()]
        found = find_groups(searches)
        places = zip(words, found[: 2 * len(words) : 2], found[1 : 2 * len(words) : 2], strict=True)
        occurring = frozenset(word for word, *in_indexes in places if any(one.is_more for one in in_indexes))
        if not match:
            return _Rows({}, {}, frozenset()), occurring
        texts, posts = _grouped(found[-2], TEXT_TOKENS), _grouped(found[-1], post_tokens)
        rows = _Rows({**texts.hits, **posts.hits}, {**texts.counts, **posts.counts}, texts.uncounted | posts.uncounted)
        rows = rows.with_hits(rows.hits if match.query.match_all else _covering(rows.hits))
        self._found[match] = rows
        return rows, occurring

    def _search_for(self, index: Index, match: Match, scope: Scope, asked: Mapping[str, str]) -> GroupSearch:
        limit = (RANKED_TYPING if self.is_typing else RANKED)[index]
        return GroupSearch(index, match.query, scope, list(asked.values()), limit)

    def _rows_of(self, index: Index, match: Match, scope: Scope, asked: Mapping[str, str]) -> _Rows:
        (found,) = find_groups([self._search_for(index, match, scope, asked)])
        return _grouped(found, asked)

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
        return Found(text, match, rows.counts, rows.uncounted, _pks(texts[:MAX_ENTRIES]), _pks(topics), _pks(notes))

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


class _Meant(NamedTuple):
    """What somebody may have meant, and what has all its words."""

    matching: Matching
    match: Match
    rows: _Rows


def _grouped(found: FoundGroups, asked: Mapping[str, str]) -> _Rows:
    """Return the rows by kind that were found by the tokens of the kinds."""
    hits = {kind: found.hits[token] for kind, token in asked.items()}
    counts = {kind: len(of_kind) for kind, of_kind in hits.items()}
    return _Rows(hits, counts, frozenset(counts) if found.is_more else frozenset())


def _pks(hits: Iterable[Hit]) -> list[int]:
    return [hit.pk for hit in hits]


def _covering(hits: Mapping[str, Sequence[Hit]]) -> dict[str, Sequence[Hit]]:
    """Leave out the hits that have far less of what was asked than the best one."""
    best = max((hit.coverage for of_kind in hits.values() for hit in of_kind), default=0)
    least = best * SHARE_OF_BEST
    return {kind: [hit for hit in of_kind if hit.coverage >= least] for kind, of_kind in hits.items()}
