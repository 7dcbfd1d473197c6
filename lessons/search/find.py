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

# The token of each kind of results.
KIND_TOKENS = {
    kinds.TEXTS: tokens.LESSON_TEXT,
    kinds.GLOSSARY: tokens.GLOSSARY,
    kinds.TIMELINE: tokens.TIMELINE,
    kinds.DISCUSSIONS: tokens.TOPIC_POST,
    kinds.NOTES: tokens.NOTE_POST,
}
# What a page has a section of, in this order: the first one is of all kinds of texts.
SECTIONS = (kinds.TEXTS, kinds.DISCUSSIONS, kinds.NOTES)
# So many posts of a kind are enough where a few of each kind are shown.
ENOUGH_OF_ALL = 10
# Where some of the words are enough, a row needs this share of those that the best one has.
SHARE_OF_BEST = 0.5
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
        return search.found(match, query.text, filters, search.rows(match))
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


def _covering(texts: list[Hit], posts: list[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Leave out the hits that have far less of what was asked than the best one."""
    least = max((hit.coverage for hit in (*texts, *posts)), default=0) * SHARE_OF_BEST
    return [hit for hit in texts if hit.coverage >= least], [hit for hit in posts if hit.coverage >= least]


class _Rows(NamedTuple):
    """The best rows of each index, and how many rows there are of each kind that has any."""

    texts: Sequence[Hit]
    posts: Sequence[Hit]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return Found(counts=self.counts).total


class _Search:
    """Searches in one scope for one reader."""

    def __init__(self, user, scope: ReaderScope, languages: tuple[str, ...], is_typing: bool):
        self.scope, self.languages, self.is_typing = scope, languages, is_typing
        self.tokens = dict(KIND_TOKENS)
        if user.is_authenticated and user.pk:
            self.tokens[kinds.MINE] = tokens.own(user.pk)

    def matching(self, query: Query) -> Matching:
        return Matching(query, self.scope, self.languages, is_typing=self.is_typing)

    def rows(self, match: Match) -> _Rows:
        """Return what matches. A query for each index, two if it has more rows than it ranks."""
        texts = TEXTS.search(match.query, self.scope.texts, limit=TEXTS.candidates)
        posts = POSTS.search(match.query, self.scope.posts, limit=POSTS.candidates)
        if not match.query.match_all:
            texts, posts = _covering(texts, posts)
        in_texts = self._counts(TEXTS, match, self.scope.texts, texts, kinds.IN_TEXTS)
        in_posts = self._counts(POSTS, match, self.scope.posts, posts, kinds.IN_POSTS)
        return _Rows(texts, posts, {kind: number for kind, number in (in_texts | in_posts).items() if number})

    def _counts(
        self, index: Index, match: Match, scope: Scope, hits: Sequence[Hit], asked: Iterable[str]
    ) -> dict[str, int]:
        by_kind = {kind: self.tokens[kind] for kind in asked if kind in self.tokens}
        if len(hits) < index.candidates:
            return {kind: sum(hit.has(token) for hit in hits) for kind, token in by_kind.items()}
        scopes = [scope.narrowed(token) for token in by_kind.values()]
        return dict(zip(by_kind, index.count_each(match.query, scopes), strict=True))

    def found(self, match: Match, text: str, filters: SearchFilter, rows: _Rows) -> Found:
        """Return the best rows of the kinds that are asked for. A query for each kind of which `rows` has too few."""
        enough = ENOUGH_OF_ALL if filters.kind == kinds.ALL else POSTS.candidates
        hits: dict[str, Sequence[int]] = dict.fromkeys(SECTIONS, ())
        for section, wanted in self._wanted(filters.kind).items():
            hits[section] = self._best(match, rows, section, wanted, enough)
        texts, discussions, notes = hits.values()
        return Found(text, match, rows.counts, texts, discussions, notes)

    def _wanted(self, kind: str) -> dict[str, list[str]]:
        """Return the sections that show a kind, and the tokens that their rows must have."""
        topics, notes = self.tokens[kinds.DISCUSSIONS], self.tokens[kinds.NOTES]
        if kind == kinds.ALL:
            return {kinds.TEXTS: [], kinds.DISCUSSIONS: [topics], kinds.NOTES: [notes]}
        if kind == kinds.MINE:
            own = self.tokens.get(kinds.MINE)
            return {kinds.DISCUSSIONS: [topics, own], kinds.NOTES: [notes, own]} if own else {}
        return {kinds.TEXTS if kind in kinds.IN_TEXTS else kind: [self.tokens[kind]]}

    def _best(self, match: Match, rows: _Rows, section: str, wanted: list[str], enough: int) -> Sequence[int]:
        if section == kinds.TEXTS:
            index, scope, hits = TEXTS, self.scope.texts, rows.texts
        elif rows.counts.get(section):
            index, scope, hits = POSTS, self.scope.posts, rows.posts
        else:
            return ()
        chosen = [hit.pk for hit in hits if all(map(hit.has, wanted))]
        if len(hits) < index.candidates or len(chosen) >= enough:
            return chosen
        for token in wanted:
            scope = scope.narrowed(token)
        return [hit.pk for hit in index.search(match.query, scope, limit=index.candidates)]
