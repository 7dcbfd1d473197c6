"""Notes from a file, with their replies, into a lesson: all of what was planned, or nothing.

Whoever imports owns them; whose words they were stands above the words. What came once does not come again: its id is
derived from where it was. Nobody is told of each: that would be a thousand mails.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, Origin, Placement
from lessons.annotations.services.annotate import LessonNotPublished
from lessons.courses.services import record
from lessons.discussions.models import Post, Thread, ThreadTag, ThreadUserState
from lessons.discussions.models.threads import sort_rank
from lessons.discussions.services import counters
from lessons.discussions.services.errors import ActionRefused
from lessons.markup.plain_text import excerpt
from lessons.models import Lesson
from lessons.tagging.models import Tag
from lessons.webannotations.deserialize import IncomingAnnotation
from lessons.webannotations.import_plan import ExistingItem, ImportPlan, NewAnnotation, NewReply, existing_items

BATCH_SIZE = 500


class LessonChanged(ActionRefused):
    def __init__(self):
        super().__init__(_("The lesson or its notes changed meanwhile. Look at what would come now, then import."))


@transaction.atomic
def import_annotations(*, plan: ImportPlan, lesson: Lesson, by: User) -> None:
    """Writes the plan. Raises NotPublished, TextChanged. Queries do not grow with the notes, but for their tags and
    for replies to notes that were here before."""
    lesson = Lesson.objects.select_for_update(of=["self"]).select_related("module__course").get(pk=lesson.pk)
    if lesson.state != Lesson.State.PUBLISHED:
        raise LessonNotPublished
    here = existing_items(lesson)
    if lesson.current_revision_id != plan.revision.pk or any(note.uid in here for note in plan.notes):
        raise LessonChanged
    if any(reply.key in here for reply in plan.replies):
        raise LessonChanged
    threads = _threads(plan, lesson, by)
    _openings(plan.notes, threads, by)
    _annotations(plan, threads, lesson, by)
    _replies(plan.replies, threads, lesson, by)
    _tags(plan.notes, threads)
    marks = [
        ThreadUserState(user=by, thread=thread, last_read_seq=thread.last_seq, has_posted=True)
        for thread in threads.values()
    ]
    ThreadUserState.objects.bulk_create(marks, batch_size=BATCH_SIZE)
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


def _threads(plan: ImportPlan, lesson: Lesson, by: User) -> dict[UUID, Thread]:
    """A conversation for each note with words or a tombstone, by the note's uid."""
    answered = {id(_root_of(reply)) for reply in plan.replies}
    threads = {note.uid: _thread(note, id(note) in answered, lesson, by) for note in plan.notes if note.has_thread}
    Thread.objects.bulk_create(threads.values(), batch_size=BATCH_SIZE)
    return threads


def _thread(note: NewAnnotation, is_answered: bool, lesson: Lesson, by: User) -> Thread:
    """A question that somebody answered where it comes from does not wait for an answer here."""
    made = _created_at(note.item)
    return Thread(
        course=lesson.module.course,
        lesson=lesson,
        author=by,
        by_staff=note.is_own,
        audience=note.audience,
        group=note.group,
        kind=Thread.Kind.QUESTION if note.label.is_question else Thread.Kind.DISCUSSION,
        status=Thread.Status.ANSWERED if note.label.is_question and is_answered else Thread.Status.OPEN,
        excerpt=excerpt(note.words.html) if note.words else "",
        quote=note.passage.exact,
        lesson_anchor=f"note-{note.uid}",
        last_seq=1,
        visible_post_count=0 if note.is_deleted else 1,
        created_at=made,
        last_post_at=made,
        rank=sort_rank(made, pinned=False),
    )


def _post(made: NewAnnotation | NewReply, key: UUID, thread: Thread, seq: int, by: User) -> Post:
    return Post(
        thread=thread,
        seq=seq,
        idempotency_key=key,
        author=by,
        # What others said does not become staff's word because staff brought it.
        by_staff=made.is_own,
        source=made.words.source,
        html=made.words.html,
        created_at=_created_at(made.item),
    )


def _openings(notes: list[NewAnnotation], threads: dict[UUID, Thread], by: User) -> None:
    posts = [_opening_post(note, threads[note.uid], by) for note in notes if note.has_thread]
    Post.objects.bulk_create(posts, batch_size=BATCH_SIZE)


def _opening_post(note: NewAnnotation, thread: Thread, by: User) -> Post:
    """A tombstone is nobody's, so that nobody fetches it back."""
    if note.words:
        return _post(note, note.uid, thread, 1, by)
    gone = {"author": None, "source": "", "html": "", "state": Post.State.DELETED}
    return Post(thread=thread, seq=1, idempotency_key=note.uid, created_at=_created_at(note.item), **gone)


def _annotations(plan: ImportPlan, threads: dict[UUID, Thread], lesson: Lesson, by: User) -> None:
    made = [_annotation(note, threads.get(note.uid), lesson, by) for note in plan.notes]
    Annotation.objects.bulk_create(made, batch_size=BATCH_SIZE)
    exact = Placement.State.EXACT
    places = [Placement(annotation=a, revision=plan.revision, start=a.start, end=a.end, state=exact) for a in made]
    Placement.objects.bulk_create(places, batch_size=BATCH_SIZE)
    origins = [_origin(note.item, annotation=a) for note, a in zip(plan.notes, made, strict=True)]
    Origin.objects.bulk_create(origins, batch_size=BATCH_SIZE)


def _annotation(note: NewAnnotation, thread: Thread | None, lesson: Lesson, by: User) -> Annotation:
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


def _origin(item: IncomingAnnotation, **owner) -> Origin:
    return Origin(via=item.via or item.iri, canonical=item.canonical, **owner)


def _replies(replies: list[NewReply], threads: dict[UUID, Thread], lesson: Lesson, by: User) -> None:
    """Numbered in the order of the file. Which post each answers is said once all of them are there."""
    rooms, posts, touched = _threads_by_reply(replies, threads, lesson), {}, {}
    for reply in replies:
        thread = rooms[reply.key]
        touched[thread.pk] = _with_reply(thread, _created_at(reply.item))
        posts[reply.key] = _post(reply, reply.key, thread, thread.last_seq, by)
    Post.objects.bulk_create(posts.values(), batch_size=BATCH_SIZE)
    for reply in replies:
        posts[reply.key].reply_to_id = _reply_target(reply, posts)
    Post.objects.bulk_update(posts.values(), ["reply_to"], batch_size=BATCH_SIZE)
    columns = ["last_seq", "visible_post_count", "last_post_at", "rank"]
    Thread.objects.bulk_update(touched.values(), columns, batch_size=BATCH_SIZE)
    origins = [_origin(reply.item, post=posts[reply.key]) for reply in replies]
    Origin.objects.bulk_create(origins, batch_size=BATCH_SIZE)


def _threads_by_reply(replies: list[NewReply], threads: dict[UUID, Thread], lesson: Lesson) -> dict[UUID, Thread]:
    """The thread of each reply by its key. Those that were here before are locked, in one order for everybody."""
    firsts = {reply.key: _root_of(reply) for reply in replies}
    old = {first.thread: Thread(pk=first.thread) for first in firsts.values() if isinstance(first, ExistingItem)}
    for pk in sorted(old):
        old[pk].course = lesson.module.course
        thread = old[pk] = counters.lock_thread(old[pk])
        if thread.pk != pk or thread.state != Thread.State.SHOWN:
            raise LessonChanged
    return {
        key: old[first.thread] if isinstance(first, ExistingItem) else threads[first.uid]
        for key, first in firsts.items()
    }


def _root_of(reply: NewReply) -> NewAnnotation | ExistingItem:
    """What began the conversation, or what of it was here before."""
    answers = reply.in_reply_to
    while isinstance(answers, NewReply):
        answers = answers.in_reply_to
    return answers


def _with_reply(thread: Thread, moment: datetime) -> Thread:
    thread.last_seq += 1
    thread.visible_post_count += 1
    thread.last_post_at = max(thread.last_post_at, moment)
    thread.rank = sort_rank(thread.last_post_at, thread.pinned)
    return thread


def _reply_target(reply: NewReply, posts: dict[UUID, Post]) -> int | None:
    """The post's id; None where the note itself is answered."""
    if isinstance(reply.in_reply_to, NewReply):
        return posts[reply.in_reply_to.key].pk
    return reply.in_reply_to.post if isinstance(reply.in_reply_to, ExistingItem) else None


def _tags(notes: list[NewAnnotation], threads: dict[UUID, Thread]) -> None:
    """Each tag is looked up once."""
    names = {name for note in notes if note.words for name in note.item.tags}
    tags = {name: Tag.objects.named(name) for name in sorted(names)}
    joined = {(threads[note.uid].pk, tags[name].pk) for note in notes if note.words for name in note.item.tags}
    rows = [ThreadTag(content_object_id=thread, tag_id=tag) for thread, tag in sorted(joined)]
    ThreadTag.objects.bulk_create(rows, batch_size=BATCH_SIZE)
