"""An annotation that came as JSON-LD becomes a note or a reply, or changes one. Callers have checked who may."""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, Annotation, Label, Origin, labels_for
from lessons.annotations.passages import Passage, locate_passage
from lessons.annotations.services.annotate import add_comment, annotate, change_label
from lessons.courses.models import ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import posting
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import PreparedPost
from lessons.models import Lesson, Revision
from lessons.webannotations import iris, serialize
from lessons.webannotations.deserialize import IncomingAnnotation, QuoteTarget

Audience = Thread.Audience
MAX_TAGS = 5


class UnsupportedAnnotation(ActionRefused):
    """Something that it says cannot be here; the message says what."""


class ImmutableProperty(ActionRefused):
    """What stays as it was made; the message says what."""


def match_label(item: IncomingAnnotation, kinds: tuple[Label, ...]) -> Label:
    """The course's kind that comes nearest: by its label, else by its motivation."""
    by_key = {kind.key: kind for kind in kinds}
    if item.label in by_key:
        return by_key[item.label]
    if "highlighting" in item.motivations and not item.text:
        return DEFAULT_LABELS[0]
    plain = [kind for kind in kinds if not kind.is_question and kind.key != HIGHLIGHT]
    asking = [kind for kind in kinds if kind.is_question]
    if item.is_question and asking:
        return by_key.get("question", asking[0])
    return by_key.get("note", (*plain, DEFAULT_LABELS[1])[0])


@transaction.atomic
def create_from_jsonld(*, item: IncomingAnnotation, by: User, lesson: Lesson, root: str) -> Annotation:
    """Raises NotTaken, UnreadableText and what `passage` and `annotate` raise."""
    if len(item.tags) > MAX_TAGS:
        raise UnsupportedAnnotation(_("Five tags at most."))
    there = _passage(item, lesson, root)
    audience, group = _audience(item, by, lesson)
    note = annotate(
        by=by,
        lesson=lesson,
        passage=there,
        label=match_label(item, labels_for(lesson.module.course)),
        key=uuid4(),
        prepared=_prepared_post(item, lesson) if item.text else None,
        audience=audience,
        group=group,
        tags=item.tags,
    )
    save_origin(item, annotation=note)
    return note


@transaction.atomic
def create_reply_from_jsonld(
    *, item: IncomingAnnotation, by: User, lesson: Lesson, thread: Thread, reply_to: Post | None
) -> Post:
    """Raises NotTaken, UnreadableText and what `writing.reply` raises."""
    if item.tags or item.label:
        raise UnsupportedAnnotation(_("A reply has words alone: tags and labels stand with the note."))
    if not item.text:
        raise UnsupportedAnnotation(_("A reply needs words."))
    post = posting.reply(thread=thread, by=by, prepared=_prepared_post(item, lesson), reply_to=reply_to)
    save_origin(item, post=post)
    return post


@transaction.atomic
def update_from_jsonld(
    *,
    annotation: Annotation,
    opening: Post | None,
    now: QuoteTarget | None,
    item: IncomingAnnotation,
    by: User,
    root: str,
) -> None:
    """Its words and its label, nothing else. `annotation` comes with its revision's number, `now` is what is said of
    its place in the revision on show. Raises NotChangeable."""
    _check_passage(annotation, now, item, root)
    _check_rest(item, _audience_of(annotation), getattr(annotation, "origin", None))
    thread = annotation.thread
    if set(item.tags) != (set(thread.tags.names()) if thread else set()):
        raise ImmutableProperty(_("Tags are changed on the note's own page, not here."))
    if thread and not item.text:
        raise ImmutableProperty(_("A note without its words is no note. To take them away, delete it."))
    if _label_of(item) != annotation.label:
        kind = match_label(item, labels_for(annotation.lesson.module.course))
        change_label(annotation=annotation, label=kind)
    if thread:
        posting.edit_post(post=opening, by=by, prepared=_prepared_post(item, annotation.lesson, opening))
    elif item.text:
        words = _prepared_post(item, annotation.lesson)
        annotation.refresh_from_db(fields=["audience", "group"])
        add_comment(annotation=annotation, by=by, prepared=words, audience=annotation.audience, group=annotation.group)


@transaction.atomic
def update_reply_from_jsonld(*, post: Post, target: str, item: IncomingAnnotation, by: User, root: str) -> None:
    """Its words. `target` is what it answers. Raises NotChangeable."""
    if iris.local_annotation(root, item.source) != iris.local_annotation(root, target):
        raise ImmutableProperty(_("What a reply answers stays as it is. Write a new reply to answer something else."))
    _check_rest(item, post.thread.audience, getattr(post, "origin", None))
    if not item.text:
        raise ImmutableProperty(_("A reply without its words is no reply. To take them away, delete it."))
    posting.edit_post(post=post, by=by, prepared=_prepared_post(item, post.thread, post))


def save_origin(item: IncomingAnnotation, **owner) -> None:
    """`via` is where it was before it came here."""
    via = item.via or item.iri
    if via or item.canonical:
        Origin.objects.create(via=via, canonical=item.canonical, **owner)


def _prepared_post(item: IncomingAnnotation, place: Lesson | Thread, post: Post | None = None) -> PreparedPost:
    course = place.course if isinstance(place, Thread) else place.module.course
    return posting.prepare_post(item.text, course=course, key=post.idempotency_key if post else None)


def _passage(item: IncomingAnnotation, lesson: Lesson, root: str) -> Passage:
    """Of the revision that the source names; a source that is the lesson's page means the one on show."""
    named = iris.parse_revision_iri(root, item.source)
    if (named and named[0] != lesson.pk) or (not named and iris.parse_lesson_iri(root, item.source) != lesson.pk):
        raise UnsupportedAnnotation(
            _("This annotation is about another page. Its source must be this lesson or a revision of it.")
        )
    revision = Revision.objects.filter(lesson=lesson, number=named[1]).first() if named else lesson.current_revision
    if revision is None:
        raise UnsupportedAnnotation(_("This lesson has no such revision."))
    quote = {name: getattr(item, name) for name in ("start", "end", "exact", "prefix", "suffix")}
    return locate_passage(revision, **quote)


def _audience(item: IncomingAnnotation, by: User, lesson: Lesson) -> tuple[str, ReadingGroup | None]:
    """For oneself alone, unless it says more; to a group only to one's own."""
    audience = item.audience or Audience.ME
    if audience not in Audience.values:
        raise UnsupportedAnnotation(_("The audience is one of: me, staff, group, course."))
    if audience != Audience.GROUP:
        return audience, None
    seat = active_memberships(by).get(lesson.module.course_id)
    group = ReadingGroup.objects.filter(pk=seat.group_id).first() if seat and seat.group_id else None
    if group is None or item.group not in ("", group.name):
        raise UnsupportedAnnotation(_("You can write to your own group only."))
    return audience, group


def _audience_of(annotation: Annotation) -> str:
    return annotation.thread.audience if annotation.thread_id else annotation.audience


def _label_of(item: IncomingAnnotation) -> str:
    """What it says its label is, by itself or by its motivation."""
    return item.label or next(
        (serialize.LABEL_OF_MOTIVATION[one] for one in item.motivations if one in serialize.LABEL_OF_MOTIVATION),
        "note",
    )


def _check_passage(annotation: Annotation, now: QuoteTarget | None, item: IncomingAnnotation, root: str) -> None:
    source = (annotation.lesson_id, annotation.revision.number)
    same = all(getattr(item, name) == getattr(annotation, name) for name in ("exact", "prefix", "suffix"))
    same &= item.current_target in (None, now)
    same &= item.start in (None, annotation.start) and item.end in (None, annotation.end)
    if not same or iris.parse_revision_iri(root, item.source) != source:
        raise ImmutableProperty(
            _("The passage of a note stays as it was marked. To note another passage, make another note.")
        )


def _check_rest(item: IncomingAnnotation, audience: str, origin: Origin | None) -> None:
    if item.audience not in ("", audience):
        raise ImmutableProperty(_("Who reads it is changed on its own page, not here."))
    if item.via not in ("", origin.via if origin else "") or item.canonical != (origin.canonical if origin else ""):
        raise ImmutableProperty(_("Where an annotation came from (via, canonical) stays as it is."))
