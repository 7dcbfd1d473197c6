"""What a reader may search: the tokens that they hold, as those who write the rows of the index give them."""

from typing import NamedTuple

from lessons.courses.models import Course
from lessons.courses.models.active_memberships import active_memberships
from lessons.discussions.search_scopes import reader_tokens
from lessons.indexing.queries import Scope
from lessons.permissions import is_site_administrator


class ReaderScope(NamedTuple):
    """The rows of each index that somebody may read, in one course or in all."""

    texts: Scope
    posts: Scope

    @property
    def readable(self) -> frozenset[str]:
        """Return the tokens of both, for the words that occur in them."""
        return self.texts.readable | self.posts.readable


def reader_scope(user, course: Course | None = None) -> ReaderScope:
    """Return what the user may search. In a course it is what `Course.objects.visible_to` lets them read; without one,
    a course that is not listed is searched by its members only. Two queries at most, with the memberships.
    """
    filters = (frozenset({f"c{course.pk}"}),) if course else ()
    return ReaderScope(
        Scope(_text_tokens(user, course), filters), Scope(reader_tokens(user, course.pk if course else None), filters)
    )


def _text_tokens(user, course: Course | None) -> frozenset[str]:
    if is_site_administrator(user):
        return frozenset({"xa"})
    courses = active_memberships(user) if user.is_authenticated else {}
    tokens = {f"xc{pk}" for pk in courses if course is None or pk == course.pk}
    return frozenset({"xp", *tokens, *([f"xl{course.pk}"] if course else [])})
