"""An annotation that came as JSON-LD becomes a note or a reply, or changes one. Callers have checked who may."""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import HIGHLIGHT, KINDS, Annotation, Kind, Origin, kinds_of
from lessons.annotations.passages import Passage, passage
from lessons.annotations.services.annotate import annotate, relabel, say
from lessons.courses.models import ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import posting
from lessons.discussions.services.errors import Refused
from lessons.discussions.services.posting import Written
from lessons.models import Lesson, Revision
from lessons.webannotations import iris, serialize
from lessons.webannotations.deserialize import Item, Quote

Audience = Thread.Audience
MAX_TAGS = 5


class NotTaken(Refused):
    """Something that it says cannot be here; the message says what."""


class NotChangeable(Refused):
    """What stays as it was made; the message says what."""


def kind_for(item: Item, kinds: tuple[Kind, ...]) -> Kind:
    """The course's kind that comes nearest: by its label, else by its motivation."""
    by_key = {kind.key: kind for kind in kinds}
    if item.label in by_key:
        return by_key[item.label]
    if "highlighting" in item.motivations and not item.words:
        return KINDS[0]
    plain = [kind for kind in kinds if not kind.asks and kind.key != HIGHLIGHT]
    asking = [kind for kind in kinds if kind.asks]
    if item.asks and asking:
        return by_key.get("question", asking[0])
    return by_key.get("note", (*plain, KINDS[1])[0])


@transaction.atomic
def receive_note(*, item: Item, by: User, lesson: Lesson, root: str) -> Annotation:
    """Raises NotTaken, UnreadableText and what `passage` and `annotate` raise."""
    if len(item.tags) > MAX_TAGS:
        raise NotTaken(_("Five tags at most."))
    there = _passage(item, lesson, root)
    audience, group = _readers(item, by, lesson)
    note = annotate(
        by=by,
        lesson=lesson,
        passage=there,
        kind=kind_for(item, kinds_of(lesson.module.course)),
        key=uuid4(),
        words=_written(item, lesson) if item.words else None,
        audience=audience,
        group=group,
        tags=item.tags,
    )
    keep_origin(item, annotation=note)
    return note


@transaction.atomic
def receive_reply(*, item: Item, by: User, lesson: Lesson, thread: Thread, reply_to: Post | None) -> Post:
    """Raises NotTaken, UnreadableText and what `writing.reply` raises."""
    if item.tags or item.label:
        raise NotTaken(_("A reply has words alone: tags and labels stand with the note."))
    if not item.words:
        raise NotTaken(_("A reply needs words."))
    post = posting.reply(thread=thread, by=by, words=_written(item, lesson), reply_to=reply_to)
    keep_origin(item, post=post)
    return post


@transaction.atomic
def replace_note(
    *, annotation: Annotation, opening: Post | None, now: Quote | None, item: Item, by: User, root: str
) -> None:
    """Its words and its label, nothing else. `annotation` comes with its revision's number, `now` is what is said of
    its place in the revision on show. Raises NotChangeable."""
    _check_passage(annotation, now, item, root)
    _check_rest(item, _audience_of(annotation), getattr(annotation, "origin", None))
    thread = annotation.thread
    if set(item.tags) != (set(thread.tags.names()) if thread else set()):
        raise NotChangeable(_("Tags are changed on the note's own page, not here."))
    if thread and not item.words:
        raise NotChangeable(_("A note without its words is no note. To take them away, delete it."))
    if _label_of(item) != annotation.label:
        kind = kind_for(item, kinds_of(annotation.lesson.module.course))
        relabel(annotation=annotation, by=by, kind=kind)
    if thread:
        posting.edit(post=opening, by=by, words=_written(item, annotation.lesson, opening))
    elif item.words:
        words = _written(item, annotation.lesson)
        annotation.refresh_from_db(fields=["audience", "group"])
        say(annotation=annotation, by=by, words=words, audience=annotation.audience, group=annotation.group)


@transaction.atomic
def replace_reply(*, post: Post, target: str, item: Item, by: User, root: str) -> None:
    """Its words. `target` is what it answers. Raises NotChangeable."""
    if iris.own(root, item.source) != iris.own(root, target):
        raise NotChangeable(_("What a reply answers stays as it is. Write a new reply to answer something else."))
    _check_rest(item, post.thread.audience, getattr(post, "origin", None))
    if not item.words:
        raise NotChangeable(_("A reply without its words is no reply. To take them away, delete it."))
    posting.edit(post=post, by=by, words=_written(item, post.thread, post))


def keep_origin(item: Item, **owner) -> None:
    """`via` is where it was before it came here."""
    via = item.via or item.iri
    if via or item.canonical:
        Origin.objects.create(via=via, canonical=item.canonical, **owner)


def _written(item: Item, place: Lesson | Thread, post: Post | None = None) -> Written:
    course = place.course if isinstance(place, Thread) else place.module.course
    return posting.written(item.words, course=course, key=post.key if post else None)


def _passage(item: Item, lesson: Lesson, root: str) -> Passage:
    """Of the revision that the source names; a source that is the lesson's page means the one on show."""
    named = iris.revision_in(root, item.source)
    if (named and named[0] != lesson.pk) or (not named and iris.lesson_in(root, item.source) != lesson.pk):
        raise NotTaken(_("This annotation is about another page. Its source must be this lesson or a revision of it."))
    revision = Revision.objects.filter(lesson=lesson, number=named[1]).first() if named else lesson.current_revision
    if revision is None:
        raise NotTaken(_("This lesson has no such revision."))
    quote = {name: getattr(item, name) for name in ("start", "end", "exact", "prefix", "suffix")}
    return passage(revision, **quote)


def _readers(item: Item, by: User, lesson: Lesson) -> tuple[str, ReadingGroup | None]:
    """For oneself alone, unless it says more; to a group only to one's own."""
    audience = item.audience or Audience.ME
    if audience not in Audience.values:
        raise NotTaken(_("The audience is one of: me, staff, group, course."))
    if audience != Audience.GROUP:
        return audience, None
    seat = active_memberships(by).get(lesson.module.course_id)
    group = ReadingGroup.objects.filter(pk=seat.group_id).first() if seat and seat.group_id else None
    if group is None or item.group not in ("", group.name):
        raise NotTaken(_("You can write to your own group only."))
    return audience, group


def _audience_of(annotation: Annotation) -> str:
    return annotation.thread.audience if annotation.thread_id else annotation.audience


def _label_of(item: Item) -> str:
    """What it says its label is, by itself or by its motivation."""
    return item.label or next((serialize.LABELS[one] for one in item.motivations if one in serialize.LABELS), "note")


def _check_passage(annotation: Annotation, now: Quote | None, item: Item, root: str) -> None:
    source = (annotation.lesson_id, annotation.revision.number)
    same = all(getattr(item, name) == getattr(annotation, name) for name in ("exact", "prefix", "suffix"))
    same &= item.now in (None, now)
    same &= item.start in (None, annotation.start) and item.end in (None, annotation.end)
    if not same or iris.revision_in(root, item.source) != source:
        raise NotChangeable(
            _("The passage of a note stays as it was marked. To note another passage, make another note.")
        )


def _check_rest(item: Item, audience: str, origin: Origin | None) -> None:
    if item.audience not in ("", audience):
        raise NotChangeable(_("Who reads it is changed on its own page, not here."))
    if item.via not in ("", origin.via if origin else "") or item.canonical != (origin.canonical if origin else ""):
        raise NotChangeable(_("Where an annotation came from (via, canonical) stays as it is."))
