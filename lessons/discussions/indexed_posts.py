"""Keep the rows of posts in the search index as the posts are.

Every service that changes what a post says, who may read it or how it is filtered calls these in its transaction. They
read the posts as they are by then, so that it does not matter what has changed, or whether they are called twice.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value

from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import CommentPolicy, Post, Thread
from lessons.discussions.search_scopes import ScopedPost, post_scope
from lessons.indexing.entries import Entry
from lessons.indexing.indexes import POSTS, batches
from lessons.markup.plain_text import text_by_block

FEW = 3


class PostRow(NamedTuple):
    """A post that has a row in the index, with one of the tags of its thread."""

    pk: int
    seq: int | None
    html: str
    author: int | None
    by_staff: bool
    alias: int | None
    created_at: datetime
    course: int
    language: str
    lesson: int | None
    module: int | None
    group: int | None
    audience: str
    state: str
    thread_author: int | None
    thread_by_staff: bool
    lesson_anchor: str
    title: str
    quote: str
    answer: int | None
    policy: str | None
    is_title_hidden: bool
    tag: int | None


_COLUMNS = """
pk seq text author by_staff alias created_at thread__course thread__course__language thread__lesson
thread__lesson__module thread__group thread__audience thread__state thread__author thread__by_staff
thread__lesson_anchor thread__title thread__quote thread__answer thread__lesson__comment_policy__policy
is_title_hidden thread__tagged__tag
""".split()


def indexed_posts() -> QuerySet[Post]:
    """Return the posts that have a row: those that somebody may read."""
    return Post.objects.filter(state=Post.State.SHOWN, thread__merged_into=None)


def index_new_post(thread: Thread, post: Post) -> None:
    """Write the row of a shown post that has just been added to its thread, which is locked.

    One query besides those of the index: it runs with every post, and reads only what the caller does not have.
    """
    facts = fetch_rows(_thread_facts, thread=thread.pk)
    language, module, policy, is_title_hidden, _tag = facts[0]
    row = PostRow(
        pk=post.pk,
        seq=post.seq,
        html=post.html,
        author=post.author_id,
        by_staff=post.by_staff,
        alias=post.alias_id,
        created_at=post.created_at,
        course=thread.course_id,
        language=language,
        lesson=thread.lesson_id,
        module=module,
        group=thread.group_id,
        audience=thread.audience,
        state=thread.state,
        thread_author=thread.author_id,
        thread_by_staff=thread.by_staff,
        lesson_anchor=thread.lesson_anchor,
        title=thread.title,
        quote=thread.quote,
        answer=thread.answer_id,
        policy=policy,
        is_title_hidden=is_title_hidden,
        tag=None,
    )
    POSTS.write([_entry(row, [tag for *_, tag in facts])])


def index_posts(pks: Iterable[int]) -> None:
    """Write the rows of these posts; remove those of posts that are no longer shown, or are gone."""
    for some in batches(pks):
        entries = list(_entries(_rows_of_posts(some)))
        POSTS.remove(set(some) - {entry.pk for entry in entries})
        POSTS.write(entries)


def index_threads(threads: Iterable[int]) -> None:
    """Write the rows of all posts of these threads."""
    index_posts(_posts_of(Q(thread__in=list(threads))))


def update_threads(threads: Iterable[int]) -> None:
    """Write what a change of these threads changes in the rows of their posts: their title, and their scopes."""
    threads = list(threads)
    index_posts(_posts_of(Q(thread__in=threads, seq=1)))
    rescope_threads(threads)


def rescope_posts(pks: Iterable[int]) -> None:
    """Write who may read these posts and how they are filtered; what they say has not changed."""
    for some in batches(pks):
        _rescope(_rows_of_posts(some))


def rescope_threads(threads: Iterable[int]) -> None:
    """Write who may read the posts of these threads and how they are filtered. A query for each, and the index's."""
    for pk in threads:
        _rescope(fetch_rows(_rows_of_thread, thread=pk))


def rescope_lesson(lesson: int) -> None:
    """Write who may read the posts about the lesson and how they are filtered."""
    _rescope(fetch_rows(_rows_of_lesson, lesson=lesson))


def index_course(course: int) -> None:
    """Write the rows of all posts of a course whose language has changed, in transactions of BATCH posts."""
    for some in batches(_posts_of(Q(thread__course=course))):
        with transaction.atomic():
            index_posts(some)


def remove_course(course: int) -> None:
    """Remove the rows of all posts of a course, which will be deleted."""
    POSTS.remove(_posts_of(Q(thread__course=course)))


def remove_threads(threads: Iterable[int]) -> None:
    """Remove the rows of all posts of these threads, which will be deleted."""
    POSTS.remove(_posts_of(Q(thread__in=list(threads))))


def entries_between(first: int, last: int) -> Iterator[Entry]:
    """Yield the rows that the posts with ids from `first` to `last` should have. One query."""
    return _entries(fetch_rows(_rows_between, first=first, last=last))


def post_text(html: str, quote: str = "") -> str:
    """Return what is indexed of a post: the passage that an opening post is about, and its text."""
    text = text_by_block(html)
    return f"{quote}\n{text}" if quote else text


def _rescope(rows: Iterable[tuple]) -> None:
    POSTS.set_scopes({row.pk: _scope(row, tags) for row, tags in _posts_with_tags(rows)})


def _posts_of(condition: Q) -> list[int]:
    return list(Post.objects.filter(condition).order_by("pk").values_list("pk", flat=True))


def _rows(condition: Q, with_text: bool = True) -> QuerySet:
    """Select the posts that have a row and meet the condition, once for each tag of their thread."""
    text = F("html") if with_text else Value("", output_field=TextField())
    posts = indexed_posts().filter(condition).annotate(text=text, is_title_hidden=_is_title_hidden("thread"))
    return posts.order_by("pk").values_list(*_COLUMNS)


def _is_title_hidden(thread: str) -> Exists:
    """Return whether the title and tags of the thread in the field `thread` are hidden with its opening post."""
    return Exists(Post.objects.filter(thread=OuterRef(thread), seq=1).exclude(state=Post.State.SHOWN))


def _thread_facts() -> QuerySet:
    """Select what a thread itself does not say, once for each of its tags."""
    thread = Thread.objects.filter(pk=int_param("thread")).annotate(is_title_hidden=_is_title_hidden("pk"))
    columns = ("lesson__module", "lesson__comment_policy__policy", "is_title_hidden", "tagged__tag")
    return thread.order_by().values_list("course__language", *columns)


def _rows_of_posts(pks: list[int]) -> Iterable[tuple]:
    """Return the rows of the posts, of the few that most callers have by a query that is compiled already."""
    if len(pks) > FEW:
        return _rows(Q(pk__in=pks))
    return (row for pk in sorted(pks) for row in fetch_rows(_row_of_post, post=pk))


def _row_of_post() -> QuerySet:
    return _rows(Q(pk=int_param("post")))


def _rows_of_thread() -> QuerySet:
    return _rows(Q(thread=int_param("thread")), with_text=False)


def _rows_of_lesson() -> QuerySet:
    return _rows(Q(thread__lesson=int_param("lesson")), with_text=False)


def _rows_between() -> QuerySet:
    return _rows(Q(pk__gte=int_param("first"), pk__lte=int_param("last")))


def _entries(rows: Iterable[tuple]) -> Iterator[Entry]:
    return (_entry(row, tags) for row, tags in _posts_with_tags(rows))


def _posts_with_tags(rows: Iterable[tuple]) -> Iterator[tuple[PostRow, list[int | None]]]:
    """Yield each post once, with the tags of all its rows."""
    for _pk, of_post in groupby(map(PostRow._make, rows), attrgetter("pk")):
        first, *others = of_post
        yield first, [first.tag, *(other.tag for other in others)]


def _entry(row: PostRow, tags: list[int | None]) -> Entry:
    is_opening = row.seq == 1
    text = post_text(row.html, row.quote if is_opening else "")
    return Entry(row.pk, row.title if is_opening else "", text, row.language, _scope(row, tags))


def _scope(row: PostRow, tags: list[int | None]) -> frozenset[str]:
    scoped = ScopedPost(
        course=row.course,
        lesson=row.lesson,
        module=row.module,
        group=row.group,
        audience=row.audience,
        is_thread_shown=row.state == Thread.State.SHOWN,
        is_post_first=row.policy == CommentPolicy.Rule.POST_FIRST,
        thread_author=row.thread_author,
        is_thread_by_staff=row.thread_by_staff,
        author=row.author,
        is_by_staff=row.by_staff,
        is_anonymous=row.alias is not None,
        is_note=bool(row.lesson_anchor),
        is_answer=row.answer == row.pk,
        created_at=row.created_at,
        tags=() if row.is_title_hidden else tuple(tag for tag in tags if tag),
    )
    return post_scope(scoped)
