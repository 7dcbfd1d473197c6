"""What somebody may read of a lesson's notes and replies, in the order they were made. A few queries, however many."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

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
    "end exact prefix suffix label is_question created_at updated_at author_id author__display_name audience group__name "
    "thread_id thread__audience thread__group__name origin__via origin__canonical revision_id now_in now_start now_end"
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
    "answered",
]


class CollectionEntry(NamedTuple):
    """One annotation of a container: a note, or a reply by its post."""

    created_at: datetime
    is_reply: bool
    pk: int


def readable_annotations(user: User) -> QuerySet:
    """Notes and marks the person may read and that still stand."""
    return Annotation.objects.visible_to(user).displayed()


def readable_replies(user: User, notes: QuerySet) -> QuerySet:
    """What is said in answer to `notes`, as far as the person may read it."""
    return Post.objects.visible_to(user).filter(thread__annotation__in=notes).exclude(seq=1)


def collection_entries(lesson: Lesson, user: User) -> list[CollectionEntry]:
    """Everything in the lesson's container for this person, oldest first. Two queries."""
    notes = readable_annotations(user).filter(lesson=lesson)
    found = [CollectionEntry(made, False, pk) for made, pk in notes.order_by().values_list("created_at", "pk")]
    replies = readable_replies(user, notes).order_by().values_list("created_at", "pk")
    return sorted(found + [CollectionEntry(made, True, pk) for made, pk in replies])


def serialized(notes: QuerySet, replies: QuerySet, user: User, root: str) -> dict[tuple[bool, int], dict]:
    """JSON-LD of each row by (is it a reply, its id). Both come from `notes_for` and `replies_for`, or are chosen from
    what these gave. Notes first, each kind oldest first. Five queries."""
    notes = notes.order_by("created_at", "pk").annotate(opening=opening_post(), **_current_placement())
    openings = {
        row["thread_id"]: row for row in Post.objects.filter(pk__in=notes.values("opening")).values(*POST_FIELDS)
    }
    tags = defaultdict(list)
    tagged = ThreadTag.objects.filter(content_object__in=notes.values("thread")).order_by("tag__key")
    for thread, name in tagged.values_list("content_object", "tag__name"):
        tags[thread].append(name)
    found, rows = {}, list(notes.values(*ANNOTATION_FIELDS))
    shown = _visible_texts(rows, user)
    for row in rows:
        opening = openings.get(row["thread_id"])
        words = opening if opening and _may_show_text(opening, row, user) else None
        row["now"] = _place_now(row, shown.get(row["now_in"]))
        found[False, row["pk"]] = serialize_annotation(row, words, tags[row["thread_id"]], reader=user.pk, root=root)
    answered = Post.objects.visible_to(user).filter(pk=OuterRef("reply_to"), thread=OuterRef("thread")).order_by()
    for row in (
        replies.order_by("created_at", "pk").annotate(answered=Subquery(answered.values("pk"))).values(*REPLY_FIELDS)
    ):
        found[True, row["pk"]] = serialize_reply(row, reader=user.pk, root=root)
    return found


def _current_placement() -> dict[str, Subquery]:
    """The place of a note in the revision on show; None where it has none."""
    here = Placement.objects.filter(annotation=OuterRef("pk"), revision=OuterRef("lesson__current_revision"))
    here = here.exclude(start=None)
    columns = {"now_in": "revision", "now_start": "start", "now_end": "end"}
    return {name: Subquery(here.values(column)[:1]) for name, column in columns.items()}


def _visible_texts(rows: list[dict], user: User) -> dict[int, Revision]:
    """The revisions in which the notes of `rows` stand now that were made on others, by their ids. Whoever has left
    keeps notes, but reads no newer text. One query, none where there are none."""
    wanted = {row["now_in"] for row in rows if row["now_in"] not in (None, row["revision_id"])}
    if not wanted:
        return {}
    texts = Revision.objects.filter(pk__in=wanted).only("pk", "number", "text")
    if not is_site_administrator(user):
        readable = Q(lesson__in=Lesson.objects.visible_to(user).values("pk"))
        texts = texts.filter(readable | Q(lesson__module__course__in=moderated_course_ids(user)))
    return {revision.pk: revision for revision in texts}


def _place_now(row: dict, shown: Revision | None) -> dict | None:
    if shown is None or shown.pk == row["revision_id"]:
        return None
    start, end = row["now_start"], row["now_end"]
    place = {"start": start, "end": end} | quote_selectors(shown.text, start, end)._asdict()
    if all(place[name] == row[name] for name in place):
        return None
    return place | {"revision__number": shown.number}


def opening_post(column: str = "pk") -> Subquery:
    """Of the post whose words are the note's own: number 1, or what waits for staff before there is any number."""
    posts = Post.objects.filter(Q(seq=1) | Q(seq=None), thread=OuterRef("thread"))
    return Subquery(posts.order_by(F("seq").asc(nulls_last=True), "pk").values(column)[:1])


def _may_show_text(opening: dict, note: dict, user: User) -> bool:
    """A tombstone has no words; what waits for staff is read by them and its author."""
    if opening["state"] == Post.State.SHOWN:
        return True
    staff = is_site_administrator(user) or note["lesson__module__course_id"] in moderated_course_ids(user)
    return opening["state"] == Post.State.HELD and (staff or opening["author_id"] == user.pk)
