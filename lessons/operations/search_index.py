"""The whole search index: write it again, and compare it with the texts and posts that it is made of.

Both go through everything in batches, each in a transaction of its own, while the site is used. Whoever stops them has
an index whose rows are right, of before or after.
"""

from collections.abc import Callable, Iterator

from django.db import connection, transaction

from lessons.discussions.indexed_posts import entries_between
from lessons.discussions.models import Post
from lessons.indexed_texts.checking import compare_texts, rewrite_texts, rows_of_nothing, text_batches
from lessons.indexed_texts.writing import remove_entries
from lessons.indexing.differences import Differences
from lessons.indexing.entries import Row, row_of
from lessons.indexing.indexes import POSTS
from lessons.memo import memoizing

POSTS_AT_ONCE = 500
MAX_ID = 2**63 - 1
MAX_TRIES = 5
"""How often a batch is written: again only if somebody has changed a post of it meanwhile."""
Range = tuple[int, int]
Say = Callable[[int], object]
IsStopping = Callable[[], bool]


def rebuild_texts(say: Say = lambda _: None) -> int:
    """Write all rows of texts again, and remove the others; return how many there are. say: gets the number so far."""
    count = 0
    for kind, ids in text_batches():
        count += rewrite_texts(kind, ids)
        say(count)
    remove_entries(rows_of_nothing())
    return count


def rebuild_posts(say: Say = lambda _: None) -> int:
    """Write all rows of posts again, and remove the others; return how many there are."""
    count = 0
    for first, last in post_ranges():
        count += _rewrite_posts(first, last)
        say(count)
    return count


def check_texts(*, fix: bool, is_stopping: IsStopping = lambda: False) -> Differences:
    """Return how the rows of texts differ from what readers see, and rewrite the texts whose rows do, if `fix`."""
    found = Differences()
    for kind, ids in text_batches():
        if is_stopping():
            return found
        differences = compare_texts(kind, ids)
        if not differences.are_none:  # or has just been written: look again
            differences = compare_texts(kind, ids)
        if fix and not differences.are_none:
            rewrite_texts(kind, ids)
        found = found.plus(differences)
    surplus = rows_of_nothing()
    if fix:
        remove_entries(surplus)
    return found.plus(Differences(surplus=len(surplus)))


def check_posts(*, fix: bool, is_stopping: IsStopping = lambda: False) -> Differences:
    """Return how the rows of posts differ from the posts, and rewrite those that do, if `fix`."""
    found = Differences()
    for first, last in post_ranges():
        if is_stopping():
            return found
        differences = _compare_posts(first, last)
        if not differences.are_none:
            differences = _compare_posts(first, last)
        if fix and not differences.are_none:
            _rewrite_posts(first, last)
        found = found.plus(differences)
    return found


def post_ranges() -> Iterator[Range]:
    """Yield the first and last ids of POSTS_AT_ONCE posts at a time, of which the last range has no end."""
    first = 1
    while True:
        pks = Post.objects.filter(pk__gte=first).order_by("pk").values_list("pk", flat=True)
        last = pks[POSTS_AT_ONCE - 1 : POSTS_AT_ONCE].first()
        if last is None:
            yield first, MAX_ID
            return
        yield first, last
        first = last + 1


def _rewrite_posts(first: int, last: int) -> int:
    """Write the rows of these posts; return how many there are. Nobody is kept from writing for long.

    On PostgreSQL somebody may change a post while its row is written: then it is written again.
    """
    for _try in range(MAX_TRIES):
        with memoizing():
            for entry in entries_between(first, last):
                row_of(entry)  # slow, and memoized
            with transaction.atomic():
                entries = list(entries_between(first, last))
                POSTS.remove(_stored(first, last).keys() - {entry.pk for entry in entries})
                POSTS.write(entries)
        if connection.vendor == "sqlite" or list(entries_between(first, last)) == entries:
            break
    return len(entries)


def _stored(first: int, last: int) -> dict[int, Row]:
    """Return the rows of the index with these numbers. A query for every 500 of them, and one more."""
    found: dict[int, Row] = {}
    while rows := POSTS.read_after(first - 1):
        found |= {row.pk: row for row in rows if row.pk <= last}
        first = rows[-1].pk + 1
        if first > last:
            break
    return found


def _compare_posts(first: int, last: int) -> Differences:
    expected = {entry.pk: row_of(entry) for entry in entries_between(first, last)}
    stored = _stored(first, last)
    outdated = sum(stored[pk] != expected[pk] for pk in expected.keys() & stored.keys())
    return Differences(
        len(expected), len(expected.keys() - stored.keys()), outdated, len(stored.keys() - expected.keys())
    )
