"""The figures of large classes are kept for a minute: counting thousands of notes takes longer than a page may."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

from lessons.discussions.rendering.page_etag import CODE_DIGEST

KEPT_SECONDS = 60
LARGE_CLASS = 200
"""Of how many learners a class has to have more, for its figures to be kept."""

T = TypeVar("T")


def is_large(learners: int) -> bool:
    """Return whether the figures of a class of so many learners are kept."""
    return learners > LARGE_CLASS


def kept(key: str, learners: int, count: Callable[[], T]) -> T:
    """Return what `count` returns or, in a large class, returned within the last minute. A query of the cache in a
    large class, none in others.
    """
    if not is_large(learners):
        return count()
    # What another release has kept may have other fields.
    own_key = f"{key}-{CODE_DIGEST}"
    found = cache.get(own_key)
    if found is None:
        found = count()
        cache.set(own_key, found, KEPT_SECONDS)
    return found
