"""What the search index has, and what it should have."""

from lessons.discussions import indexed_posts
from lessons.indexing.entries import row_of
from lessons.indexing.indexes import POSTS

MAX_ID = 2**62


def assert_posts_are_indexed() -> None:
    """Assert that the index of posts is what `manage.py rebuild_index` would write."""
    rows = {row.pk: row for row in POSTS.read_after(0, limit=MAX_ID)}
    assert rows == {entry.pk: row_of(entry) for entry in indexed_posts.entries_between(1, MAX_ID)}
