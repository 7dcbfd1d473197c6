"""Find the threads into which staff can merge another one."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import Case, F, Q, QuerySet, When
from django.urls import Resolver404, resolve

from lessons.accounts.models import User
from lessons.discussions.models import Post, Thread
from lessons.discussions.models.threads import display_title
from lessons.discussions.search_scopes import tokens_of_readers
from lessons.indexing import vocabulary
from lessons.indexing.folded import folded_line
from lessons.indexing.indexes import POSTS
from lessons.indexing.queries import Query, Scope, parts_of, prefix_part

MAX_TARGETS = 8
MAX_WORDS = 8
MAX_POSTS = 300
FIELDS = ("pk", "title", "hidden_title", "quote", "excerpt", "visible_post_count", "last_post_at", "lesson_title")


class MergeTarget(NamedTuple):
    """A thread as the search for merging shows it to staff."""

    pk: int
    title: str
    excerpt: str
    post_count: int
    last_post_at: datetime
    lesson_title: str | None


def merge_targets(thread: Thread, user: User, search: str) -> list[MergeTarget]:
    """Return up to MAX_TARGETS threads that `thread` can be merged into and that `user` may read.

    They have every word of `search` in one post, of which the first one counts with title and passage; or `search` is
    the address of one. Without words, those about the same lesson come first. The latest come first. One query; with
    words, four.
    """
    threads = thread.course.threads.visible_to(user).not_merged().filter(_same_readers(thread)).exclude(pk=thread.pk)
    threads = threads.annotate(lesson_title=F("lesson__current_revision__title"))
    if number := _thread_number(search):
        threads = threads.filter(pk=number)
    elif search:
        threads = _with_words(threads, thread, search).order_by("-rank", "-pk")
    else:
        # Not a comparison itself, which is NULL for a thread without a lesson: PostgreSQL sorts NULL first.
        is_near = Q(lesson=thread.lesson_id) if thread.lesson_id else Q(lesson=None)
        distance = Case(When(is_near, then=0), default=1)
        threads = threads.alias(distance=distance).order_by("distance", "-rank", "-pk")
    return [_target(*row) for row in threads.values_list(*FIELDS)[:MAX_TARGETS]]


def _with_words(threads: QuerySet, thread: Thread, search: str) -> QuerySet:
    """Keep the threads with the words of `search`, of which the last may be unfinished.

    The index finds them by their newest posts. Where it does not have them, or not by their readers, there are few:
    these are read themselves.
    """
    words, readers = folded_line(search).split()[:MAX_WORDS], tokens_of_readers(thread)
    if not words:
        return threads.none()
    others = Thread.objects.filter(_same_readers(thread))
    others = others.exclude(hidden_title="") if readers else others
    for word in words:
        others = others.filter(
            Q(title__folded=word) | Q(hidden_title__folded=word) | Q(quote__folded=word) | Q(excerpt__folded=word)
        )
    posts = Post.objects.filter(pk__in=_posts_with_words(thread, Scope(readers), search))
    return threads.filter(Q(pk__in=posts.values("thread")) | Q(pk__in=others.values("pk")))


def _same_readers(thread: Thread) -> Q:
    return Q(course=thread.course_id, audience=thread.audience, group=thread.group_id, state=thread.state)


def _posts_with_words(thread: Thread, scope: Scope, search: str) -> list[int]:
    """Return the ids of the newest posts with the words. Two queries; none if no token of the scope is held."""
    parts = parts_of(search, [thread.course.language])[:MAX_WORDS]
    if not parts or scope.is_empty:
        return []
    if not parts[-1].is_phrase:
        (term,) = parts[-1].terms
        parts[-1] = prefix_part(term, vocabulary.complete(term, scope.readable))
    return [hit.pk for hit in POSTS.search(Query(tuple(parts)), scope, limit=MAX_POSTS, newest=True)]


def _thread_number(search: str) -> int:
    """Return the number of the thread whose address was pasted, 0 if none was."""
    try:
        match = resolve(urlsplit(search).path)
    except (Resolver404, ValueError):
        return 0
    return match.kwargs["pk"] if match.view_name == "discussions:thread" else 0


def _target(pk, title, hidden_title, quote, excerpt, posts, last_post_at, lesson) -> MergeTarget:
    shown_title = hidden_title or display_title(title, quote, excerpt)
    return MergeTarget(pk, shown_title, excerpt if shown_title != excerpt else "", posts, last_post_at, lesson)
