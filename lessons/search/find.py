"""Find what somebody searches among what they may read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone

from lessons.courses.models import Course
from lessons.indexing import tokens
from lessons.indexing.indexes import POSTS, TEXTS, Index
from lessons.indexing.queries import Query as IndexQuery
from lessons.indexing.queries import Scope
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
        return search.found(match, query.text, filters, search.counts(match))
    return _find_enough(search, matching, filters)


def _find_enough(search: "_Search", matching: Matching, filters: SearchFilter) -> Found:
    """Return what has all words; if that is too little, what has all words as they may have been meant; and if that
    is still too little, what has some of them.
    """
    match, text, suggestion, is_corrected = matching.all_words(), matching.query.text, "", False
    counts = search.counts(match)
    if _total(counts) < ENOUGH and (corrected := matching.corrected_text()):
        other = search.matching(parse_query(corrected))
        other_match = other.all_words()
        other_counts = search.counts(other_match)
        if _total(other_counts) > _total(counts):
            suggestion = corrected
            if not _total(counts) and not filters.as_typed:
                matching, match, text, counts, is_corrected = other, other_match, corrected, other_counts, True
    if _total(counts) < ENOUGH and (some := matching.some_words()):
        some_counts = search.counts(some)
        if _total(some_counts) > _total(counts):
            match, counts = some, some_counts
    found = search.found(match, text, filters, counts)
    return replace(found, is_corrected=is_corrected, suggestion="" if is_corrected else suggestion)


def _total(counts: Mapping[str, int]) -> int:
    return Found(counts=counts).total


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


class _Search:
    """Searches in one scope for one reader."""

    def __init__(self, user, scope: ReaderScope, languages: tuple[str, ...], is_typing: bool):
        self.scope, self.languages, self.is_typing = scope, languages, is_typing
        self.own = tokens.own(user.pk) if user.is_authenticated and user.pk else ""

    def matching(self, query: Query) -> Matching:
        return Matching(query, self.scope, self.languages, is_typing=self.is_typing)

    def counts(self, match: Match) -> dict[str, int]:
        """Return how many rows match, by kind. A query for each index that the reader may search."""
        in_texts = TEXTS.count_each(match.query, [self._of_kind(kind) for kind in kinds.IN_TEXTS])
        in_posts = POSTS.count_each(match.query, [self._of_kind(kind) for kind in kinds.IN_POSTS])
        counts = zip((*kinds.IN_TEXTS, *kinds.IN_POSTS), (*in_texts, *in_posts), strict=True)
        return {kind: number for kind, number in counts if number}

    def found(self, match: Match, text: str, filters: SearchFilter, counts: dict[str, int]) -> Found:
        """Return the best rows of the kinds that are asked for. A query for each kind of posts, and one for texts."""

        def best(index: Index, kind: str, asked: tuple[str, ...]) -> Sequence[int]:
            if filters.kind not in asked or not (kind == kinds.ALL or counts.get(kind)):
                return ()
            scope = self._of_kind(kind)
            if filters.kind == kinds.MINE:
                scope = scope.narrowed(self.own) if self.own else NOBODY
            return [hit.pk for hit in index.search(match.query, scope, limit=index.candidates)]

        kind_of_texts = filters.kind if filters.kind in kinds.IN_TEXTS else kinds.ALL
        return Found(
            text,
            match,
            counts,
            best(TEXTS, kind_of_texts, (kinds.ALL, *kinds.IN_TEXTS)),
            best(POSTS, kinds.DISCUSSIONS, (kinds.ALL, kinds.DISCUSSIONS, kinds.MINE)),
            best(POSTS, kinds.NOTES, (kinds.ALL, kinds.NOTES, kinds.MINE)),
        )

    def _of_kind(self, kind: str) -> Scope:
        if kind == kinds.ALL:
            return self.scope.texts
        if kind == kinds.MINE:
            return self.scope.posts.narrowed(self.own) if self.own else NOBODY
        return (self.scope.texts if kind in kinds.IN_TEXTS else self.scope.posts).narrowed(KIND_TOKENS[kind])
