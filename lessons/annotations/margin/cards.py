"""The rows of cards: annotations with their comments, latest replies and tags, by queries that are compiled once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Substr

from lessons.accounts.models import User
from lessons.annotations.margin.context import LessonContext
from lessons.annotations.margin.positions import IS_NEW, read_state, visible_annotations
from lessons.annotations.models import DIVERGED
from lessons.db.compiled_queries import fetch_rows, int_param
from lessons.discussions.models import MeToo, Post, Thanks, Thread
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.discussions.selectors.thread_list import Tag, tags_by_thread
from lessons.markup.blocks import block_boundaries, with_spaces
from lessons.models import Revision

MAX_CARDS = 50
# How many replies a card shows besides the answer and the reader's own, and among how many of the latest numbers, as
# some are tombstones.
LATEST_REPLIES, LATEST_NUMBERS = 3, 8
# How many a card shows whose reader has asked for all.
MAX_REPLIES = 100


class AnnotationRow(NamedTuple):
    """An annotation as its card shows it. The fields of its thread are None for a highlight, which has `audience` and
    `group` of its own; `current_text` is the passage in the published text where that may have diverged, else empty.
    """

    pk: int
    uid: UUID
    label: str
    exact: str
    start: int
    revision_id: int
    created_at: datetime
    author_id: int | None
    author_name: str | None
    audience: str
    group: str | None
    revision_number: int
    placement_state: str
    thread_id: int | None
    by_staff: bool | None
    kind: str | None
    state: str | None
    status: str | None
    me_too_count: int | None
    answer_id: int | None
    visible_post_count: int | None
    closed: bool | None
    merged_into_id: int | None
    thread_audience: str | None
    thread_group: str | None
    alias: str | None
    thread_quote: str | None
    is_question: bool
    cleared_at: datetime | None
    has_me_too: bool
    is_unread: bool
    current_text: str


# The columns of an AnnotationRow, in its order, up to those that the query computes.
ANNOTATION_COLUMNS = (
    "pk uid label exact start revision_id created_at author_id author__display_name audience group__name "
    "revision__number placements__state thread_id thread__by_staff thread__kind thread__state thread__status "
    "thread__me_too_count thread__answer_id thread__visible_post_count thread__closed thread__merged_into_id "
    "thread__audience thread__group__name thread__alias__name thread__quote "
    "is_question cleared_at"
).split()


class PostRow(NamedTuple):
    """A post as a card shows it; `seq` is None for one that waits for approval."""

    pk: int
    thread_id: int
    seq: int | None
    state: str
    html: str
    author_id: int | None
    author_name: str | None
    alias: str | None
    by_staff: bool
    created_at: datetime
    edited_at: datetime | None
    thanks_count: int
    has_thanked: bool


POST_COLUMNS = (
    "pk thread_id seq state html author_id author__display_name alias__name by_staff created_at edited_at thanks_count"
).split()


class CardRows(NamedTuple):
    """The annotations of some cards and their quotes by id, and posts and tags of their threads, in order, by the id
    of the thread.
    """

    annotations: dict[int, AnnotationRow]
    quotes: dict[int, str]
    posts: dict[int | None, list[PostRow]]
    tags: dict[int, list[Tag]]


def card_rows(context: LessonContext, user: User, ids: list[int], *, latest: int = LATEST_NUMBERS) -> CardRows:
    """Return the rows of the first MAX_CARDS of these annotations, without those that `user` may not read, with the
    posts among the `latest` numbers of each thread. Four
    queries at most.
    """
    annotations = _annotations(context, user, ids[:MAX_CARDS])
    threads = [row.thread_id for row in annotations.values() if row.thread_id]
    quotes = _quotes(annotations.values())
    return CardRows(annotations, quotes, _posts(context, user, threads, latest), tags_by_thread(threads))


def _quotes(annotations: Iterable[AnnotationRow]) -> dict[int, str]:
    """Return the quotes by id. One query if there are highlights, which have no thread that holds theirs."""
    highlights = [row for row in annotations if row.thread_id is None]
    html = dict(Revision.objects.filter(pk__in={row.revision_id for row in highlights}).values_list("pk", "html"))
    boundaries = {pk: block_boundaries(text) for pk, text in html.items()}
    spaced = {row.pk: with_spaces(row.exact, row.start, boundaries[row.revision_id]) for row in highlights}
    return {row.pk: row.thread_quote or row.exact for row in annotations} | spaced


def _annotations(context: LessonContext, user: User, ids: list[int]) -> dict[int, AnnotationRow]:
    """Return the rows by id. One query."""
    if not ids:
        return {}
    course = context.course.pk
    params = (
        viewer_params(user, course) | {"lesson": context.lesson.pk, "revision": context.revision} | _id_params(ids)
    )
    rows = map(AnnotationRow._make, fetch_rows(_annotations_query, QueryViewer.for_user(user, course), **params))
    if context.must_post_first:
        return {row.pk: _before_posting(row, user) for row in rows}
    return {row.pk: row for row in rows}


def _before_posting(row: AnnotationRow, user: User) -> AnnotationRow:
    """Return the row as it is shown until the reader posts: nothing tells of the replies to others' notes."""
    status = row.status if row.author_id == user.pk else row.status and Thread.Status.OPEN
    return row._replace(is_unread=False, status=status)


def _id_params(ids: Iterable[int]) -> dict[str, int]:
    return {f"id{n}": pk for n, pk in enumerate((list(ids) + [0] * MAX_CARDS)[:MAX_CARDS])}


IDS = [int_param(f"id{n}") for n in range(MAX_CARDS)]


def _annotations_query(viewer: QueryViewer):
    user = viewer.placeholder()
    annotations = visible_annotations(user, int_param("lesson")).filter(
        pk__in=IDS, placements__revision=int_param("revision")
    )
    annotations = annotations.annotate(
        user_state=read_state(user),
        has_me_too=Exists(MeToo.objects.filter(thread=OuterRef("thread"), user=user)),
        is_unread=ExpressionWrapper(IS_NEW, BooleanField()),
        current_text=_current_text(),
    ).order_by()
    return annotations.values_list(*ANNOTATION_COLUMNS, "has_me_too", "is_unread", "current_text")


def _current_text() -> Case:
    """Return the passage in the published text where it was changed or placed by hand, an empty string for others."""
    start, end = F("placements__start"), F("placements__end")
    passage = Substr("placements__revision__text", start + 1, end - start)
    has_diverged = Q(placements__state__in=DIVERGED)
    return Case(When(has_diverged, then=passage), default=Value(""), output_field=TextField())


def _posts(context: LessonContext, user: User, threads: list[int], latest: int) -> dict[int | None, list[PostRow]]:
    """Return the opening, the latest replies, the answer and the user's own posts of each thread, in their order. One
    query.
    """
    posts: dict[int | None, list[PostRow]] = defaultdict(list)
    if threads:
        params = {"user": user.pk, "latest": latest} | _id_params(threads)
        for post in map(PostRow._make, fetch_rows(_posts_query, context.must_post_first, context.is_staff, **params)):
            posts[post.thread_id].append(post)
    return posts


def _posts_query(must_post_first: bool, is_staff: bool):
    user = int_param("user")
    is_latest = Q(seq__gt=F("thread__last_seq") - int_param("latest"))
    posts = Post.objects.filter(thread__in=IDS).filter(
        Q(seq=1) | is_latest | Q(seq=None) | Q(pk=F("thread__answer")) | Q(author=user)
    )
    held = Q(state=Post.State.HELD) if is_staff else Q(state=Post.State.HELD, author=user)
    posts = posts.filter(Q(state=Post.State.SHOWN) | Q(seq=1) | held)
    if must_post_first:
        posts = posts.filter(Q(by_staff=True) | Q(author=user))
    has_thanked = Exists(Thanks.objects.filter(post=OuterRef("pk"), user=user))
    posts = posts.annotate(has_thanked=has_thanked).order_by("thread_id", "seq", "pk")
    return posts.values_list(*POST_COLUMNS, "has_thanked")
