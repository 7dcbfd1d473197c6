"""The annotations and replies of a lesson that somebody may read, oldest first. A few queries, however many rows."""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from lessons.accounts.models import User
from lessons.annotations.anchoring import quote_selectors
from lessons.annotations.models import Annotation, Placement
from lessons.discussions.models import Post, ThreadTag
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
    "thread__annotation__uid",
    "thread__annotation__lesson_id",
    "thread__annotation__lesson__module__course__language",
    "thread__audience",
    "thread__group__name",
    "reply_to__seq",
    "parent",
]


class CollectionEntry(NamedTuple):
    """An entry of a container: an annotation, or the post of a reply."""

    created_at: datetime
    is_reply: bool
    pk: int


def readable_annotations(user: User) -> QuerySet:
    """Return the displayed annotations that `user` may read."""
    return Annotation.objects.visible_to(user).displayed()


def readable_replies(user: User, annotations: QuerySet) -> QuerySet:
    """Return the replies to `annotations` that `user` may read."""
    return Post.objects.visible_to(user).filter(thread__annotation__in=annotations).exclude(seq=1)


def collection_entries(lesson: Lesson, user: User) -> list[CollectionEntry]:
    """Return everything in the lesson's container for `user`, oldest first. Two queries."""
    annotations = readable_annotations(user).filter(lesson=lesson)
    replies = readable_replies(user, annotations)
    rows = [(*row, False) for row in annotations.order_by().values_list("created_at", "pk")]
    rows += [(*row, True) for row in replies.order_by().values_list("created_at", "pk")]
    return sorted(CollectionEntry(created_at, is_reply, pk) for created_at, pk, is_reply in rows)


def serialized(
    annotations: QuerySet, replies: QuerySet, user: User, root: str
) -> dict[tuple[bool, int], dict[str, Any]]:
    """Return the JSON-LD of each row by (is it a reply, its id). Both come from `readable_annotations` and
    `readable_replies`, or are subsets of these. Annotations first, each kind oldest first. Five queries.
    """
    annotations = annotations.order_by("created_at", "pk").annotate(opening=opening_post(), **_current_placement())
    openings = {
        row["thread_id"]: row for row in Post.objects.filter(pk__in=annotations.values("opening")).values(*POST_FIELDS)
    }
    tags = defaultdict(list)
    thread_tags = ThreadTag.objects.filter(content_object__in=annotations.values("thread")).order_by("tag__key")
    for thread, name in thread_tags.values_list("content_object", "tag__name"):
        tags[thread].append(name)
    items, rows = {}, list(annotations.values(*ANNOTATION_FIELDS))
    texts = _visible_texts(rows, user)
    for row in rows:
        opening = openings.get(row["thread_id"])
        shown = opening if opening and _may_show_text(opening, row, user) else None
        row["current"] = _current_passage(row, texts.get(row["current_revision"]))
        items[False, row["pk"]] = serialize_annotation(row, shown, tags[row["thread_id"]], reader=user.pk, root=root)
    parents = Post.objects.visible_to(user).filter(pk=OuterRef("reply_to"), thread=OuterRef("thread")).order_by()
    replies = replies.order_by("created_at", "pk").annotate(parent=Subquery(parents.values("pk")))
    for row in replies.values(*REPLY_FIELDS):
        items[True, row["pk"]] = serialize_reply(row, reader=user.pk, root=root)
    return items


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
        revisions = revisions.filter(readable | Q(lesson__module__course__in=moderated_course_ids(user)))
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
