"""The annotations and replies of a lesson that somebody may read. A few queries, however many rows."""

from collections import defaultdict
from collections.abc import Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from lessons.accounts.models import User
from lessons.annotations.anchoring import quote_selectors
from lessons.annotations.models import Annotation, Placement
from lessons.db.compiled_queries import MAX_BIGINT, fetch_dicts, fetch_rows, int_param
from lessons.db.pagination import Keyset, Position
from lessons.discussions.models import Post, Thread, ThreadTag
from lessons.discussions.selectors.query_viewer import QueryViewer, viewer_params
from lessons.models import Lesson, Revision
from lessons.permissions import is_site_administrator, moderated_course_ids
from lessons.webannotations.serialize import serialize_annotation, serialize_reply

ANNOTATION_FIELDS = (
    "pk uid lesson_id lesson__slug lesson__module__course_id lesson__module__course__language revision__number start "
    "end exact prefix suffix label is_question created_at updated_at author_id author__display_name audience "
    "group__name thread_id thread__audience thread__group__name origin__via origin__canonical revision_id "
    "current_revision current_start current_end"
).split()
POST_FIELDS = (
    "pk seq source state author_id author__display_name alias__name created_at edited_at thread_id origin__via "
    "origin__canonical"
).split()
REPLY_FIELDS = [
    *POST_FIELDS,
    "thread__annotation",
    "thread__annotation__uid",
    "thread__annotation__lesson_id",
    "thread__annotation__lesson__module__course__language",
    "thread__audience",
    "thread__group__name",
    "reply_to__seq",
    "parent",
]
# More threads than this are not listed in a query one by one.
MAX_LISTED = 1000
REPLY_ORDER = Keyset("thread__annotation", "seq")


class CollectionEntry(NamedTuple):
    """An entry of a container: an annotation, whose `seq` is 0, or the post of a reply to it, with its number."""

    annotation: int
    seq: int
    pk: int


Row = tuple[CollectionEntry, dict[str, Any]]


def readable_annotations(user: User) -> QuerySet:
    """Return the displayed annotations that `user` may read."""
    return Annotation.objects.visible_to(user).displayed()


def readable_replies(user: User, lesson: int) -> QuerySet:
    """Return the replies that `user` may read to displayed annotations of the lesson. Who may read a post may read its
    thread, and so the annotation."""
    states = (Thread.State.SHOWN, Thread.State.HELD)
    posts = Post.objects.visible_to(user).filter(thread__annotation__lesson=lesson, thread__state__in=states)
    return posts.filter(seq__gt=1)


def count_entries(lesson: Lesson, user: User) -> int:
    """Return how many entries the lesson's container has for `user`. Two queries."""
    viewer, params = _viewer_params(lesson, user)
    return sum(sum(row) for build in (_annotation_count, _reply_count) for row in fetch_rows(build, viewer, **params))


def rows_after(lesson: Lesson, user: User, position: Position, limit: int) -> list[Row]:
    """Return the rows of the entries after a position, (annotation, seq), in the lesson's container for `user`: each
    annotation in the order in which they were made, and then the replies to it. Two queries."""
    viewer, params = _viewer_params(lesson, user)
    params |= REPLY_ORDER.params(position)
    annotations = fetch_dicts(_annotations_after, viewer, limit, **params)
    replies = fetch_dicts(_replies_after, viewer, limit, **params)
    rows = [(CollectionEntry(row["pk"], 0, row["pk"]), row) for row in annotations]
    rows += [(CollectionEntry(row["thread__annotation"], row["seq"], row["pk"]), row) for row in replies]
    return sorted(rows, key=itemgetter(0))[:limit]


def entries_up_to(lesson: Lesson, user: User, position: Position | None, limit: int) -> list[CollectionEntry]:
    """Return the entries up to and including a position, or to the end, the last one first. Two queries."""
    viewer, params = _viewer_params(lesson, user)
    annotation, seq = position or (MAX_BIGINT, 0)
    params |= REPLY_ORDER.params((annotation, seq + 1))
    found = [CollectionEntry(pk, 0, pk) for (pk,) in fetch_rows(_annotations_up_to, viewer, limit, **params)]
    found += [CollectionEntry(*row) for row in fetch_rows(_replies_up_to, viewer, limit, **params)]
    return sorted(found, reverse=True)[:limit]


def _viewer_params(lesson: Lesson, user: User) -> tuple[QueryViewer, dict[str, int | None]]:
    course = lesson.module.course_id
    return QueryViewer.for_user(user, course), {"lesson": lesson.pk, **viewer_params(user, course)}


def _annotations(viewer: QueryViewer) -> QuerySet:
    return readable_annotations(viewer.placeholder()).filter(lesson=int_param("lesson"))


def _replies(viewer: QueryViewer) -> QuerySet:
    return readable_replies(viewer.placeholder(), int_param("lesson"))


def _annotation_count(viewer: QueryViewer) -> QuerySet:
    return _annotations(viewer).order_by().values("lesson").values_list(Count("pk"))


def _reply_count(viewer: QueryViewer) -> QuerySet:
    return _replies(viewer).order_by().values("thread__lesson").values_list(Count("pk"))


def _annotations_after(viewer: QueryViewer, limit: int) -> QuerySet:
    annotation, _seq = REPLY_ORDER.placeholders()
    return annotation_rows(_annotations(viewer).filter(pk__gt=annotation).order_by("pk"))[:limit]


def _replies_after(viewer: QueryViewer, limit: int) -> QuerySet:
    replies = _replies(viewer).filter(REPLY_ORDER.after(REPLY_ORDER.placeholders()))
    return reply_rows(replies.order_by(*REPLY_ORDER.order_by), viewer.placeholder())[:limit]


def _annotations_up_to(viewer: QueryViewer, limit: int) -> QuerySet:
    annotation, _seq = REPLY_ORDER.placeholders()
    return _annotations(viewer).filter(pk__lte=annotation).order_by("-pk").values_list("pk")[:limit]


def _replies_up_to(viewer: QueryViewer, limit: int) -> QuerySet:
    order = REPLY_ORDER.backward()
    replies = _replies(viewer).filter(order.after(REPLY_ORDER.placeholders())).order_by(*order.order_by)
    return replies.values_list("thread__annotation", "seq", "pk")[:limit]


def annotation_rows(annotations: QuerySet) -> QuerySet:
    """Return what `serialize_rows` needs of annotations."""
    return annotations.annotate(**_current_placement()).values(*ANNOTATION_FIELDS)


def reply_rows(replies: QuerySet, user: User) -> QuerySet:
    """Return what `serialize_rows` needs of replies, for `user`."""
    parents = Post.objects.visible_to(user).filter(pk=OuterRef("reply_to"), thread=OuterRef("thread")).order_by()
    return replies.annotate(parent=Subquery(parents.values("pk"))).values(*REPLY_FIELDS)


def serialize_rows(
    annotations: Iterable[dict], replies: Iterable[dict], user: User, root: str
) -> dict[tuple[bool, int], dict[str, Any]]:
    """Return the JSON-LD of each row by (whether it is a reply, its id). The rows are those of `annotation_rows` and
    `reply_rows`, of what `readable_annotations` and `readable_replies` return. Annotations first. Three queries, and
    those of the rows.
    """
    items, rows = {}, list(annotations)
    openings, tags = _openings_and_tags(rows)
    texts = _visible_texts(rows, user)
    for row in rows:
        opening = openings.get(row["thread_id"])
        shown = opening if opening and _may_show_text(opening, row, user) else None
        row["current"] = _current_passage(row, texts.get(row["current_revision"]))
        items[False, row["pk"]] = serialize_annotation(row, shown, tags[row["thread_id"]], reader=user.pk, root=root)
    for row in replies:
        items[True, row["pk"]] = serialize_reply(row, reader=user.pk, root=root)
    return items


def _openings_and_tags(rows: list[dict]) -> tuple[dict[int, dict], dict[int, list[str]]]:
    """Return by thread the opening posts of annotations, as in `opening_post`, and their tags. Two queries."""
    threads = [row["thread_id"] for row in rows if row["thread_id"]]
    within, path = threads, "thread__in"
    if len(threads) > MAX_LISTED:
        within, path = list({row["lesson_id"] for row in rows}), "thread__annotation__lesson__in"
    openings: dict[int, dict] = {}
    posts = Post.objects.filter(Q(seq=1) | Q(seq=None), **{path: within}).order_by(F("seq").asc(nulls_last=True), "pk")
    for row in posts.values(*POST_FIELDS):
        openings.setdefault(row["thread_id"], row)
    tags = defaultdict(list)
    path = path.replace("thread__", "content_object__", 1)
    thread_tags = ThreadTag.objects.filter(**{path: within}).order_by("tag__key")
    for thread, name in thread_tags.values_list("content_object", "tag__name"):
        tags[thread].append(name)
    return openings, tags


def _current_placement() -> dict[str, Subquery]:
    """Return the columns of the position in the published revision; None where there is none."""
    current = Placement.objects.filter(
        annotation=OuterRef("pk"), revision=OuterRef("lesson__current_revision"), start__isnull=False
    )
    columns = {"current_revision": "revision", "current_start": "start", "current_end": "end"}
    return {name: Subquery(current.values(column)[:1]) for name, column in columns.items()}


def _visible_texts(rows: list[dict], user: User) -> dict[int, Revision]:
    """Return by id the published revisions in which annotations of earlier ones have their positions: somebody who
    left the course keeps annotations, but reads no newer text. One query, none where there are none."""
    ids = {row["current_revision"] for row in rows if row["current_revision"] not in (None, row["revision_id"])}
    if not ids:
        return {}
    revisions = Revision.objects.filter(pk__in=ids).only("pk", "number", "text")
    if not is_site_administrator(user):
        readable = Q(lesson__in=Lesson.objects.visible_to(user).values("pk"))
        revisions = revisions.filter(
            readable | Q(lesson__module__course__in=moderated_course_ids(user), lesson__bin_entry=None)
        )
    return {revision.pk: revision for revision in revisions}


def _current_passage(row: dict, revision: Revision | None) -> dict | None:
    """Return the passage in the published revision, None where it is the one that was annotated or may not be read."""
    if revision is None or revision.pk == row["revision_id"]:
        return None
    start, end = row["current_start"], row["current_end"]
    passage = {"start": start, "end": end} | quote_selectors(revision.text, start, end)._asdict()
    if all(passage[name] == row[name] for name in passage):
        return None
    return passage | {"revision__number": revision.number}


def opening_post(column: str = "pk") -> Subquery:
    """Return a column of the post that is the note's comment: number 1, or one that is held and has no number."""
    posts = Post.objects.filter(Q(seq=1) | Q(seq=None), thread=OuterRef("thread"))
    return Subquery(posts.order_by(F("seq").asc(nulls_last=True), "pk").values(column)[:1])


def _may_show_text(opening: dict, annotation: dict, user: User) -> bool:
    """Return whether `user` may read the comment: a tombstone has no text; one that is held is for staff and its
    author."""
    if opening["state"] == Post.State.SHOWN:
        return True
    staff = is_site_administrator(user) or annotation["lesson__module__course_id"] in moderated_course_ids(user)
    return opening["state"] == Post.State.HELD and (staff or opening["author_id"] == user.pk)
