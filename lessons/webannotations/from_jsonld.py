"""Create an annotation or a reply from JSON-LD, or change one. Callers check permissions."""

from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, Annotation, Label, Origin, labels_for
from lessons.annotations.passages import Passage, locate_passage
from lessons.annotations.services.annotate import NOTE, add_comment, annotate, change_label
from lessons.courses.models import Course, ReadingGroup
from lessons.courses.models.active_memberships import active_memberships
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import posting
from lessons.discussions.services.errors import ActionRefused
from lessons.discussions.services.posting import PreparedPost
from lessons.models import Lesson, Revision
from lessons.permissions import can_post_anonymously
from lessons.webannotations import iris, serialize
from lessons.webannotations.deserialize import IncomingAnnotation, QuoteTarget

Audience = Thread.Audience
MAX_TAGS = 5


class UnsupportedAnnotation(ActionRefused):
    """The annotation contains something that is not supported here; the message says what."""


class ImmutableProperty(ActionRefused):
    """The request changes something that cannot change; the message says what."""


def match_label(item: IncomingAnnotation, labels: tuple[Label, ...]) -> Label:
    """Return the course's label that matches best: by its key, else by the motivation."""
    by_key = {label.key: label for label in labels}
    if item.label in by_key:
        return by_key[item.label]
    if "highlighting" in item.motivations and not item.text:
        return DEFAULT_LABELS[0]
    others = [label for label in labels if not label.is_question and label.key != HIGHLIGHT]
    questions = [label for label in labels if label.is_question]
    if item.is_question and questions:
        return by_key.get("question", questions[0])
    return by_key.get("note", (*others, NOTE)[0])


def create_from_jsonld(*, item: IncomingAnnotation, by: User, lesson: Lesson, root: str) -> Annotation:
    """Create an annotation. Raise UnsupportedAnnotation, InvalidText and what `locate_passage` and `annotate`
    raise."""
    if len(item.tags) > MAX_TAGS:
        raise UnsupportedAnnotation(_("Use at most five tags."))
    passage = _passage(item, lesson, root)
    audience, group = _audience(item, by, lesson)
    prepared = prepare_text(item, lesson.module.course) if item.text else None
    with transaction.atomic():
        annotation = annotate(
            by=by,
            lesson=lesson,
            passage=passage,
            label=match_label(item, labels_for(lesson.module.course)),
            key=uuid4(),
            prepared=prepared,
            audience=audience,
            group=group,
            tags=item.tags,
        )
        save_origin(item, annotation=annotation)
    return annotation


def create_reply_from_jsonld(
    *, item: IncomingAnnotation, by: User, lesson: Lesson, thread: Thread, reply_to: Post | None
) -> Post:
    """Create a reply. Raise UnsupportedAnnotation, InvalidText and what `posting.reply` raises."""
    if item.tags or item.label:
        raise UnsupportedAnnotation(_("A reply has text only: tags and labels belong to the note."))
    if not item.text:
        raise UnsupportedAnnotation(_("A reply needs text."))
    if _names_other_readers(item, thread):
        raise UnsupportedAnnotation(_("A reply has the same audience as its note: leave out “audience”."))
    # A program cannot be asked whether to show the name of somebody who has a pseudonym there.
    anonymous = can_post_anonymously(by, thread.course) and posting.has_alias(thread, by)
    prepared = prepare_text(item, lesson.module.course)
    with transaction.atomic():
        post = posting.reply(
            thread=thread,
            by=by,
            prepared=prepared,
            reply_to=reply_to,
            anonymous=anonymous,
            expected_readers=(thread.audience, thread.group_id),
        )
        save_origin(item, post=post)
    return post


@transaction.atomic
def update_from_jsonld(
    *,
    annotation: Annotation,
    opening: Post | None,
    current_target: QuoteTarget | None,
    item: IncomingAnnotation,
    by: User,
    root: str,
) -> None:
    """Change the comment and the label, nothing else. `annotation` comes with its revision's number; `current_target`
    is its passage in the published revision as it was served. Raise ImmutableProperty."""
    _check_passage(annotation, current_target, item, root)
    _check_rest(item, annotation.thread or annotation, getattr(annotation, "origin", None))
    thread = annotation.thread
    if set(item.tags) != (set(thread.tags.names()) if thread else set()):
        raise ImmutableProperty(_("Change tags on the note’s own page."))
    if thread and not item.text:
        raise ImmutableProperty(_("A note needs text. To remove the text, delete the note."))
    if _label_of(item) != annotation.label:
        label = match_label(item, labels_for(annotation.lesson.module.course))
        change_label(annotation=annotation, label=label)
    if not item.text:
        return
    key = opening.idempotency_key if opening else annotation.uid
    prepared = prepare_text(item, annotation.lesson.module.course, key)
    if opening:
        posting.edit_post(post=opening, by=by, prepared=prepared)
    else:
        annotation.refresh_from_db(fields=["audience", "group"])
        audience, group = annotation.audience, annotation.group
        add_comment(annotation=annotation, by=by, prepared=prepared, audience=audience, group=group)


@transaction.atomic
def update_reply_from_jsonld(*, post: Post, target: str, item: IncomingAnnotation, by: User, root: str) -> None:
    """Change the text of a reply. `target` is what it replies to. Raise ImmutableProperty."""
    if iris.local_annotation(root, item.source) != iris.local_annotation(root, target):
        raise ImmutableProperty(_("The target of a reply cannot change. Write a new reply instead."))
    _check_rest(item, post.thread, getattr(post, "origin", None))
    if not item.text:
        raise ImmutableProperty(_("A reply needs text. To remove the text, delete the reply."))
    prepared = prepare_text(item, post.thread.course, post.idempotency_key)
    posting.edit_post(post=post, by=by, prepared=prepared)


def save_origin(item: IncomingAnnotation, **owner) -> None:
    """Save where it comes from: its `via`, or else its own IRI."""
    via = item.via or item.iri
    if via or item.canonical:
        Origin.objects.create(via=via, canonical=item.canonical, **owner)


def prepare_text(item: IncomingAnnotation, course: Course, key: UUID | None = None) -> PreparedPost:
    """Render the text for a post with the idempotency key `key`, or a new one. Raise InvalidText.

    Call it before a transaction that calls it, too, within `memoizing`.
    """
    return posting.prepare_post(item.text, course=course, key=key)


def _passage(item: IncomingAnnotation, lesson: Lesson, root: str) -> Passage:
    """Return the passage in the revision that the source names; the lesson's page names the published one."""
    named = iris.parse_revision_iri(root, item.source)
    lesson_pk = named[0] if named else iris.parse_lesson_iri(root, item.source)
    if lesson_pk != lesson.pk:
        raise UnsupportedAnnotation(
            _("This annotation is on another page. Its source must be this lesson or a revision of it.")
        )
    revision = Revision.objects.filter(lesson=lesson, number=named[1]).first() if named else lesson.current_revision
    if revision is None:
        raise UnsupportedAnnotation(_("This lesson has no such revision."))
    quote = {name: getattr(item, name) for name in ("start", "end", "exact", "prefix", "suffix")}
    return locate_passage(revision, **quote)


def _audience(item: IncomingAnnotation, by: User, lesson: Lesson) -> tuple[str, ReadingGroup | None]:
    """Return the audience, private unless one is named, and the group, which can only be the user's own. Raise
    UnsupportedAnnotation rather than choose another one."""
    if item.is_withheld:
        raise UnsupportedAnnotation(_("This annotation is marked as hidden, flagged or moderated."))
    audience = item.audience or Audience.ME
    if audience not in Audience.values:
        raise UnsupportedAnnotation(_("The audience must be one of: me, staff, group, course."))
    if audience != Audience.GROUP:
        return audience, None
    membership = active_memberships(by).get(lesson.module.course_id)
    group_id = membership.group_id if membership else None
    group = ReadingGroup.objects.filter(pk=group_id).first() if group_id else None
    if group is None or item.group not in ("", group.name):
        raise UnsupportedAnnotation(_("You can only write to your own group."))
    return audience, group


def _names_other_readers(item: IncomingAnnotation, owner: Thread | Annotation) -> bool:
    """Return whether it names an audience that is not the owner's, or says that it is hidden."""
    own_group = owner.group.name if owner.group else ""
    return item.audience not in ("", owner.audience) or item.group not in ("", own_group) or item.is_withheld


def _label_of(item: IncomingAnnotation) -> str:
    """Return the key of its label, or of the one that its motivation implies."""
    return item.label or next(
        (serialize.LABEL_OF_MOTIVATION[name] for name in item.motivations if name in serialize.LABEL_OF_MOTIVATION),
        "note",
    )


def _check_passage(
    annotation: Annotation, current_target: QuoteTarget | None, item: IncomingAnnotation, root: str
) -> None:
    source = (annotation.lesson_id, annotation.revision.number)
    is_same = all(getattr(item, name) == getattr(annotation, name) for name in ("exact", "prefix", "suffix"))
    is_same &= item.current_target in (None, current_target)
    is_same &= item.start in (None, annotation.start) and item.end in (None, annotation.end)
    if not is_same or iris.parse_revision_iri(root, item.source) != source:
        raise ImmutableProperty(_("The passage of a note cannot change. Create a new note for another passage."))


def _check_rest(item: IncomingAnnotation, owner: Thread | Annotation, origin: Origin | None) -> None:
    if _names_other_readers(item, owner):
        raise ImmutableProperty(_("Change the audience on the note’s own page."))
    if item.via not in ("", origin.via if origin else "") or item.canonical != (origin.canonical if origin else ""):
        raise ImmutableProperty(_("The origin of an annotation (via, canonical) cannot change."))
