"""Find the threads into which staff can merge another one."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from django.db.models import Case, F, Q, When
from django.urls import Resolver404, resolve

from lessons.accounts.models import User
from lessons.discussions.models import Thread
from lessons.discussions.models.threads import display_title
from lessons.indexing.folded import folded_line

MAX_TARGETS = 8
# The newest threads that are searched. Older ones are found by their address.
MAX_SEARCHED = 5000
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
    """Return up to MAX_TARGETS threads that `thread` can be merged into and that `user` may read: those whose title,
    passage or first words contain every word of `search`, compared without case and accents, or the thread whose
    address it is. Without words, those about the same lesson come first. The latest come first. One query.
    """
    same_readers = Q(audience=thread.audience, group=thread.group_id, state=thread.state)
    threads = thread.course.threads.visible_to(user).not_merged().filter(same_readers).exclude(pk=thread.pk)
    threads = threads.annotate(lesson_title=F("lesson__current_revision__title"))
    if number := _thread_number(search):
        rows = threads.filter(pk=number).values_list(*FIELDS)
    elif search:
        rows = threads.order_by("-rank", "-pk").values_list(*FIELDS)[:MAX_SEARCHED]
    else:
        # Not a comparison itself, which is NULL for a thread without a lesson: PostgreSQL sorts NULL first.
        is_near = Q(lesson=thread.lesson_id) if thread.lesson_id else Q(lesson=None)
        distance = Case(When(is_near, then=0), default=1)
        rows = threads.alias(distance=distance).order_by("distance", "-rank", "-pk").values_list(*FIELDS)[:MAX_TARGETS]
    return list(islice(_matching(rows, [] if number else folded_line(search).split()), MAX_TARGETS))


def _thread_number(search: str) -> int:
    """Return the number of the thread whose address was pasted, 0 if none was."""
    try:
        match = resolve(urlsplit(search).path)
    except (Resolver404, ValueError):
        return 0
    return match.kwargs["pk"] if match.view_name == "discussions:thread" else 0


def _matching(rows, words: list[str]) -> Iterator[MergeTarget]:
    for pk, title, hidden_title, quote, excerpt, posts, last_post_at, lesson in rows:
        shown_title = hidden_title or display_title(title, quote, excerpt)
        if words:
            text = folded_line(f"{shown_title} {quote} {excerpt}")
            if not all(word in text for word in words):
                continue
        yield MergeTarget(pk, shown_title, excerpt if shown_title != excerpt else "", posts, last_post_at, lesson)
