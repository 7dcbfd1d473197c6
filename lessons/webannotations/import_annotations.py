"""Import the annotations of a file, with their replies, into a lesson: all that was planned, or nothing.

The importer becomes their author; a line above the text names the original one. Nothing is imported twice: ids are
derived from the origin. Nobody is notified: that would be a thousand e-mails.
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.completing import complete_if_noted
from lessons.annotations.models import Annotation, Origin, Placement
from lessons.annotations.services.annotate import LessonNotPublished
from lessons.courses.services import record
from lessons.discussions import indexed_posts
from lessons.discussions.models import Post, Thread, ThreadTag, ThreadUserState
from lessons.discussions.models.threads import sort_rank
from lessons.discussions.services import counters
from lessons.discussions.services.errors import ActionRefused
from lessons.markup.plain_text import excerpt
from lessons.models import Lesson
from lessons.tagging.models import Tag
from lessons.webannotations.deserialize import IncomingAnnotation
from lessons.webannotations.existing_items import ExistingItem, existing_items
from lessons.webannotations.import_plan import ImportPlan, NewAnnotation, NewReply

BATCH_SIZE = 500


class LessonChanged(ActionRefused):
    def __init__(self):
        super().__init__(
            _("The lesson or its notes have changed in the meantime. Review the import again, then confirm it.")
        )


@transaction.atomic
def import_annotations(*, plan: ImportPlan, lesson: Lesson, by: User) -> None:
    """Carry out the plan. Raise LessonNotPublished or LessonChanged. The number of queries grows only with the tags,
    and with replies to existing notes."""
    lesson = Lesson.objects.select_for_update(of=["self"]).select_related("module__course").get(pk=lesson.pk)
    if lesson.state != Lesson.State.PUBLISHED:
        raise LessonNotPublished
    existing, others = existing_items(lesson, by)
    if lesson.current_revision_id != plan.revision.pk:
        raise LessonChanged
    if any(note.uid in existing or note.uid in others for note in plan.notes):
        raise LessonChanged
    if any(reply.key in existing for reply in plan.replies):
        raise LessonChanged
    threads = _create_threads(plan, lesson, by)
    posts = _create_opening_posts(plan.notes, threads, by)
    _create_annotations(plan, threads, lesson, by)
    posts += _create_replies(plan.replies, threads, lesson, by)
    _create_tags(plan.notes, threads)
    indexed_posts.index_posts(post.pk for post in posts)
    states = [
        ThreadUserState(user=by, thread=thread, last_read_seq=thread.last_seq, has_posted=True)
        for thread in threads.values()
    ]
    ThreadUserState.objects.bulk_create(states, batch_size=BATCH_SIZE)
    complete_if_noted(user=by, lesson=lesson)
    record(
        by=by,
        verb="import annotations",
        course=lesson.module.course,
        target=lesson,
        notes=len(plan.notes),
        replies=len(plan.replies),
    )


def _created_at(item: IncomingAnnotation) -> datetime:
    return item.created or timezone.now()


def _create_threads(plan: ImportPlan, lesson: Lesson, by: User) -> dict[UUID, Thread]:
    """Create a thread for each note with a comment or a tombstone; return them by the note's uid."""
    replied_to = {id(_root_of(reply)) for reply in plan.replies}
    threads = {
        note.uid: _build_thread(note, id(note) in replied_to, lesson, by) for note in plan.notes if note.has_thread
    }
    Thread.objects.bulk_create(threads.values(), batch_size=BATCH_SIZE)
    return threads


def _build_thread(note: NewAnnotation, has_replies: bool, lesson: Lesson, by: User) -> Thread:
    """Return the thread of a note. A question with replies does not wait for an answer here."""
    created_at = _created_at(note.item)
    return Thread(
        course=lesson.module.course,
        lesson=lesson,
        author=by,
        by_staff=note.is_own,
        audience=note.audience,
        group=note.group,
        kind=Thread.Kind.QUESTION if note.label.is_question else Thread.Kind.DISCUSSION,
        status=Thread.Status.ANSWERED if note.label.is_question and has_replies else Thread.Status.OPEN,
        excerpt=excerpt(note.text.html) if note.text else "",
        quote=note.passage.exact,
        lesson_anchor=f"note-{note.uid}",
        last_seq=1,
        visible_post_count=0 if note.is_deleted else 1,
        created_at=created_at,
        last_post_at=created_at,
        rank=sort_rank(created_at, pinned=False),
    )


def _build_post(new: NewAnnotation | NewReply, key: UUID, thread: Thread, seq: int, by: User) -> Post:
    return Post(
        thread=thread,
        seq=seq,
        idempotency_key=key,
        author=by,
        # Other people's text does not become a post by staff because staff imported it.
        by_staff=new.is_own,
        source=new.text.source if new.text else "",
        html=new.text.html if new.text else "",
        created_at=_created_at(new.item),
    )


def _create_opening_posts(notes: list[NewAnnotation], threads: dict[UUID, Thread], by: User) -> list[Post]:
    posts = [_build_opening_post(note, threads[note.uid], by) for note in notes if note.has_thread]
    return Post.objects.bulk_create(posts, batch_size=BATCH_SIZE)


def _build_opening_post(note: NewAnnotation, thread: Thread, by: User) -> Post:
    """Return the opening post of a note. A tombstone has no author, so that nobody can restore it."""
    if note.text:
        return _build_post(note, note.uid, thread, 1, by)
    return Post(
        thread=thread,
        seq=1,
        idempotency_key=note.uid,
        created_at=_created_at(note.item),
        author=None,
        source="",
        html="",
        state=Post.State.DELETED,
    )


def _create_annotations(plan: ImportPlan, threads: dict[UUID, Thread], lesson: Lesson, by: User) -> None:
    annotations = [_build_annotation(note, threads.get(note.uid), lesson, by) for note in plan.notes]
    Annotation.objects.bulk_create(annotations, batch_size=BATCH_SIZE)
    exact = Placement.State.EXACT
    placements = [
        Placement(
            annotation=annotation, revision=plan.revision, start=annotation.start, end=annotation.end, state=exact
        )
        for annotation in annotations
    ]
    Placement.objects.bulk_create(placements, batch_size=BATCH_SIZE)
    pairs = zip(plan.notes, annotations, strict=True)
    origins = [_build_origin(note.item, annotation=annotation) for note, annotation in pairs]
    Origin.objects.bulk_create(origins, batch_size=BATCH_SIZE)


def _build_annotation(note: NewAnnotation, thread: Thread | None, lesson: Lesson, by: User) -> Annotation:
    return Annotation(
        uid=note.uid,
        idempotency_key=note.uid,
        author=None if note.is_deleted else by,
        lesson=lesson,
        label=note.label.key,
        is_question=note.label.is_question,
        thread=thread,
        audience="" if thread else note.audience,
        group=None if thread else note.group,
        created_at=_created_at(note.item),
        **note.passage._asdict(),
    )


def _build_origin(item: IncomingAnnotation, **owner) -> Origin:
    return Origin(via=item.via or item.iri, canonical=item.canonical, **owner)


def _create_replies(replies: list[NewReply], threads: dict[UUID, Thread], lesson: Lesson, by: User) -> list[Post]:
    """Create the replies, numbered in the order of the file. Which post each replies to is set once all of them
    exist."""
    thread_of, posts, changed = _threads_by_reply(replies, threads, lesson), {}, {}
    for reply in replies:
        thread = thread_of[reply.key]
        changed[thread.pk] = _count_reply(thread, _created_at(reply.item))
        posts[reply.key] = _build_post(reply, reply.key, thread, thread.last_seq, by)
    Post.objects.bulk_create(posts.values(), batch_size=BATCH_SIZE)
    for reply in replies:
        posts[reply.key].reply_to_id = _reply_target(reply, posts)
    Post.objects.bulk_update(posts.values(), ["reply_to"], batch_size=BATCH_SIZE)
    columns = ["last_seq", "visible_post_count", "last_post_at", "rank"]
    Thread.objects.bulk_update(changed.values(), columns, batch_size=BATCH_SIZE)
    origins = [_build_origin(reply.item, post=posts[reply.key]) for reply in replies]
    Origin.objects.bulk_create(origins, batch_size=BATCH_SIZE)
    return list(posts.values())


def _threads_by_reply(replies: list[NewReply], threads: dict[UUID, Thread], lesson: Lesson) -> dict[UUID, Thread]:
    """Return the thread of each reply by its key. Existing ones are locked, always in the same order."""
    roots = {reply.key: _root_of(reply) for reply in replies}
    existing = defaultdict(list)
    for root in roots.values():
        if isinstance(root, ExistingItem) and root.thread:
            existing[root.thread].append(root)
    locked = {}
    for pk in sorted(existing):
        thread = locked[pk] = counters.lock_thread(Thread(pk=pk, course=lesson.module.course))
        if thread.pk != pk or thread.state != Thread.State.SHOWN:
            raise LessonChanged
        if any((root.audience, root.group) != (thread.audience, thread.group_id) for root in existing[pk]):
            raise LessonChanged
    return {
        key: locked[root.thread or 0] if isinstance(root, ExistingItem) else threads[root.uid]
        for key, root in roots.items()
    }


def _root_of(reply: NewReply) -> NewAnnotation | ExistingItem:
    """Return the new annotation that the thread begins with, or the existing item that is replied to."""
    parent = reply.in_reply_to
    while isinstance(parent, NewReply):
        parent = parent.in_reply_to
    return parent


def _count_reply(thread: Thread, created_at: datetime) -> Thread:
    thread.last_seq += 1
    thread.visible_post_count += 1
    thread.last_post_at = max(thread.last_post_at, created_at)
    thread.rank = sort_rank(thread.last_post_at, thread.pinned)
    return thread


def _reply_target(reply: NewReply, posts: dict[UUID, Post]) -> int | None:
    """Return the id of the post that is replied to; None for the note itself."""
    if isinstance(reply.in_reply_to, NewReply):
        return posts[reply.in_reply_to.key].pk
    return reply.in_reply_to.post if isinstance(reply.in_reply_to, ExistingItem) else None


def _create_tags(notes: list[NewAnnotation], threads: dict[UUID, Thread]) -> None:
    """Tag the new threads. Each tag is looked up once."""
    names = {name for note in notes if note.text for name in note.item.tags}
    tags = {name: Tag.objects.get_or_create_named(name) for name in sorted(names)}
    pairs = {(threads[note.uid].pk, tags[name].pk) for note in notes if note.text for name in note.item.tags}
    rows = [ThreadTag(content_object_id=thread, tag_id=tag) for thread, tag in sorted(pairs)]
    ThreadTag.objects.bulk_create(rows, batch_size=BATCH_SIZE)
