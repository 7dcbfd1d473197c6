"""Take erased users, and what was redacted, out of the search index and its vocabulary."""

from dataclasses import dataclass

from django.db.models import QuerySet

from lessons.discussions import indexed_posts
from lessons.discussions.models import Post
from lessons.discussions.personal_data.redact import Redacted
from lessons.indexing.entries import Row
from lessons.indexing.forgetting import forget, words_by_audience
from lessons.indexing.indexes import POSTS


@dataclass
class ErasedFromIndex:
    """The posts whose rows change, as the index had them. Create it before anything is changed."""

    scoped: list[int]
    """Posts by the users, of which the author is removed."""
    texts: set[int]
    """Posts that are redacted."""
    threads: set[int]
    rows: dict[int, Row]

    @classmethod
    def of(cls, threads: QuerySet, posts: QuerySet, users: list[int]) -> "ErasedFromIndex":
        """Return those of the users' own posts and threads."""
        own = list(posts.filter(author__in=users).order_by("pk").values_list("pk", flat=True))
        return cls(own, set(), set(threads.filter(author__in=users).values_list("pk", flat=True)), POSTS.read(own))

    def add(self, redacted: Redacted) -> None:
        """Add what was redacted, too, in posts and threads of others."""
        self.texts |= redacted.posts
        self.threads |= redacted.threads

    def update(self) -> None:
        """Write the rows as the posts are now, and forget the words that no row has any more."""
        openings = Post.objects.filter(thread__in=self.threads, seq=1).values_list("pk", flat=True)
        rows = POSTS.read(sorted({*self.texts, *openings} - self.rows.keys())) | self.rows
        indexed_posts.rescope_posts(self.scoped)
        indexed_posts.index_posts(sorted(self.texts))
        indexed_posts.update_threads(sorted(self.threads))
        forget(words_by_audience(rows.values()) - words_by_audience(POSTS.read(rows).values()))
