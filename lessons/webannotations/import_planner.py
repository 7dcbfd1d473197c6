"""Plan what importing the annotations of a file into a lesson would do. Writes nothing."""

import re
from collections import defaultdict
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import HIGHLIGHT, Annotation, labels_for
from lessons.annotations.passages import Passage, PassageNotFound, PassageTooLong, locate_passage
from lessons.annotations.services.annotate import NOTE, LessonNotPublished
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Post, Thread
from lessons.markup import post_markdown
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson
from lessons.webannotations import iris
from lessons.webannotations.access import AUDIENCES_BY_SIZE
from lessons.webannotations.deserialize import IncomingAnnotation, QuoteTarget
from lessons.webannotations.existing_items import ExistingItem, existing_items, imported_uid, reply_uid
from lessons.webannotations.from_jsonld import match_label
from lessons.webannotations.import_plan import ImportedText, ImportPlan, NewAnnotation, NewReply, Skipped, Target
from lessons.webannotations.selectors import opening_post

Audience = Thread.Audience
MARKDOWN_CHARACTERS = re.compile(r"([\\`*_{}\[\]()<>#+!|~:-])")


def plan_import(*, items: list[IncomingAnnotation], lesson: Lesson, by: User, root: str, audience: str) -> ImportPlan:
    """Return what an import by this user would do. Nobody outside `audience`, or outside the original audience,
    will be able to read an annotation. Raise LessonNotPublished. Eight queries at most."""
    return ImportPlanner(items, lesson, by, root, audience).plan


class ImportPlanner:
    """Plan one import; `plan` is complete once it is constructed."""

    def __init__(self, items: list[IncomingAnnotation], lesson: Lesson, by: User, root: str, audience: str):
        revision = lesson.current_revision
        if revision is None:
            raise LessonNotPublished
        self.lesson, self.root, self.audience, self.by = lesson, root, audience, by
        self.plan = ImportPlan(revision)
        self.existing_items, self.others = existing_items(lesson, by)
        self.own_texts = _importers_own_text(items, by, root)
        self.groups = {group.name: group for group in lesson.module.course.groups.all()}
        self.labels = labels_for(lesson.module.course)
        self.replied_to = {self._id(item.source) for item in items if item.is_reply}
        # What each annotation of the file will be, by the id of its IRI; None if it is skipped.
        self.targets: dict[UUID, Target | None] = {}
        self.seen: set[UUID] = set()
        new_items = self._without_withheld([item for item in items if self._is_new(item)])
        for item in new_items:
            if not item.is_reply:
                self._add(item, self._annotation(item))
        self._add_replies([item for item in new_items if item.is_reply])
        self._skip_tombstones_without_replies()

    def _is_new(self, item: IncomingAnnotation) -> bool:
        """Return whether it is neither in the lesson nor earlier in the file. Existing items can be replied to."""
        ids = [self._id(iri) for iri in (item.iri, item.via, item.canonical) if iri]
        existing = next((key for key in ids if key in self.existing_items), None)
        if existing:
            self.targets[ids[0]] = self.existing_items[existing]
        key = self._key(item)
        if existing or key in self.seen:
            self.plan.already_present += 1
            return False
        self.seen.add(key)
        return True

    def _without_withheld(self, items: list[IncomingAnnotation]) -> list[IncomingAnnotation]:
        """Return the items without those that were hidden, flagged or moderated, which are named in the plan, and
        without the judgements of moderators."""
        judged = {self._id(item.source) for item in items if item.is_moderation and item.source}
        kept, reason = [], _("It was hidden, flagged or moderated.")
        for item in items:
            if item.is_withheld or item.is_moderation or (item.iri and self._id(item.iri) in judged):
                self.plan.skipped.append(Skipped(_truncate(item.text or item.exact), reason))
                self._add(item, None)
            else:
                kept.append(item)
        return kept

    def _key(self, item: IncomingAnnotation) -> UUID:
        """Return its id on this site: derived from its origin, or else from its whole content."""
        return self._imported_uid(item.origin or repr(item))

    def _imported_uid(self, iri: str) -> UUID:
        """Return the id of what is imported from there, or another one if an unreadable note already has that id."""
        uid = imported_uid(self.lesson, iri)
        return imported_uid(self.lesson, f"{iri} {self.by.pk}") if uid in self.others else uid

    def _id(self, iri: str) -> UUID:
        """Return the id of what an IRI names: an item of this lesson, or one that was imported from there."""
        local = iris.local_annotation(self.root, iri)
        if local and local.uid in self.existing_items:
            return local.uid
        if local and local.post and reply_uid(local.post) in self.existing_items:
            return reply_uid(local.post)
        return self._imported_uid(iri)

    def _add(self, item: IncomingAnnotation, new: NewAnnotation | NewReply | None) -> None:
        if isinstance(new, NewReply):
            self.plan.replies.append(new)
        elif new:
            self.plan.notes.append(new)
        if item.iri:
            self.targets[self._id(item.iri)] = new

    def _annotation(self, item: IncomingAnnotation) -> NewAnnotation | None:
        """Return the annotation; None, with the reason in the plan, where its passage is not in the text or its
        comment is invalid."""
        try:
            passage = self._passage(item)
        except (PassageNotFound, PassageTooLong) as error:
            self.plan.unmatched.append(Skipped(_truncate(item.exact or item.text), str(error)))
            return None
        label = match_label(item, self.labels)
        if self._is_deleted(item):
            audience, group = self._audience(item)
            label = NOTE if label.key == HIGHLIGHT else label
            return NewAnnotation(item, self._key(item), passage, label, None, False, audience, group, is_deleted=True)
        is_own = self.own_texts.get(item.iri) == item.text
        has_text = bool(item.text) or (label.is_question and bool(item.creator) and not is_own)
        try:
            text = self._text(item, is_own) if has_text else None
        except InvalidText as error:
            self.plan.skipped.append(Skipped(_truncate(item.text), str(error)))
            return None
        if text and label.key == HIGHLIGHT:
            label = NOTE
        audience, group = self._audience(item) if text or label.is_question else (Audience.ME, None)
        return NewAnnotation(item, self._key(item), passage, label, text, is_own, audience, group)

    def _passage(self, item: IncomingAnnotation) -> Passage:
        """Return its passage as annotated or as exported; one that occurs here with all of its context is tried
        first. Raise PassageNotFound or PassageTooLong.
        """
        first_error: PassageNotFound | PassageTooLong | None = None
        text = self.plan.revision.text
        for quote in sorted(item.quotes, key=lambda quote: quote.prefix + quote.exact + quote.suffix not in text):
            has_offsets = quote.exact or self._is_of_this_revision(quote)
            try:
                return locate_passage(
                    self.plan.revision,
                    start=quote.start if has_offsets else None,
                    end=quote.end if has_offsets else None,
                    exact=quote.exact,
                    prefix=quote.prefix,
                    suffix=quote.suffix,
                )
            except (PassageNotFound, PassageTooLong) as error:
                first_error = first_error or error
        raise first_error or PassageNotFound

    def _is_of_this_revision(self, quote: QuoteTarget) -> bool:
        source = (self.lesson.pk, self.plan.revision.number)
        return quote.start is not None and iris.parse_revision_iri(self.root, quote.source) == source

    def _is_deleted(self, item: IncomingAnnotation) -> bool:
        """Return whether its comment was deleted: it says so, or has neither text nor author, but replies."""
        has_replies = bool(item.iri) and self._id(item.iri) in self.replied_to
        return not item.text and (item.is_deleted or (not item.creator and has_replies))

    def _skip_tombstones_without_replies(self) -> None:
        replied_to = {id(reply.in_reply_to) for reply in self.plan.replies}
        without_replies = [note for note in self.plan.notes if note.is_deleted and id(note) not in replied_to]
        self.plan.notes = [note for note in self.plan.notes if note not in without_replies]
        reason = _("Its text was deleted, and the file has no reply to it.")
        self.plan.skipped += [Skipped(_truncate(note.passage.exact), reason) for note in without_replies]

    def _add_replies(self, replies: list[IncomingAnnotation]) -> None:
        """Add each after what it replies to; in the order of the file otherwise."""
        waiting = defaultdict(list)
        for item in replies:
            waiting[self._id(item.source)].append(item)
        ready = [key for key in waiting if key in self.existing_items or key in self.targets]
        while ready:
            key = ready.pop()
            for item in waiting.pop(key, ()):
                self._add(item, self._reply(item, self.targets.get(key) or self.existing_items.get(key)))
                if item.iri and (own_key := self._id(item.iri)) in waiting:
                    ready.append(own_key)
        without_target = [item for items in waiting.values() for item in items]
        reason = _("What it replies to is not in this file.")
        self.plan.skipped += [Skipped(_truncate(item.text), reason) for item in without_target]
        order = {id(item): number for number, item in enumerate(replies)}
        self.plan.replies.sort(key=lambda reply: order[id(reply.item)])

    def _reply(self, item: IncomingAnnotation, target: Target | None) -> NewReply | None:
        """Return the reply; None, with the reason in the plan, where there is nothing to reply to or its text is
        invalid.
        """
        try:
            if target is None:
                raise InvalidText(_("What it replies to is not imported."))
            if not _accepts_replies(target):
                raise InvalidText(_("What it replies to does not accept replies."))
            if not self._may_be_read_with(item, target):
                raise InvalidText(_("Fewer people could read it than what it replies to."))
            is_own = self.own_texts.get(item.iri) == item.text
            return NewReply(item, self._key(item), self._text(item, is_own), is_own, target)
        except InvalidText as error:
            self.plan.skipped.append(Skipped(_truncate(item.text), str(error)))
            return None

    def _text(self, item: IncomingAnnotation, is_own: bool) -> ImportedText:
        """Return the text below a line that names its author, unless that is the importer. Mentions notify nobody."""
        parts = [item.text] if is_own else [part for part in (_attribution(item), item.text) if part]
        source = post_markdown.clean_source("\n\n".join(parts))
        return ImportedText(source, post_markdown.render_post(source, footnote_prefix=f"p{self._key(item).hex[:12]}"))

    def _audience(self, item: IncomingAnnotation) -> tuple[str, ReadingGroup | None]:
        """Return its audience, at most that of the import."""
        own, group = self._own_audience(item)
        audience = min(own, self.audience, key=AUDIENCES_BY_SIZE.index)
        return audience, group if audience == Audience.GROUP else None

    def _own_audience(self, item: IncomingAnnotation) -> tuple[str, ReadingGroup | None]:
        """Return the audience that the file names: everybody where it names none, and the importer alone where this
        course has no such audience or no group of that name."""
        if item.audience == Audience.GROUP:
            group = self.groups.get(item.group)
            return (Audience.GROUP, group) if group else (Audience.ME, None)
        own = item.audience or Audience.COURSE
        return (own if own in AUDIENCES_BY_SIZE else Audience.ME), None

    def _may_be_read_with(self, item: IncomingAnnotation, target: Target) -> bool:
        """Return whether everybody who will read the thread could read this reply to it."""
        audience, group = self._own_audience(item)
        readers, readers_group = _readers(target)
        if Audience.GROUP == readers == audience:
            return group is not None and group.pk == readers_group
        return AUDIENCES_BY_SIZE.index(readers) <= AUDIENCES_BY_SIZE.index(audience)


def _accepts_replies(target: Target) -> bool:
    """Return whether there is an open thread."""
    if isinstance(target, ExistingItem):
        return target.is_open
    return isinstance(target, NewReply) or target.has_thread


def _readers(target: Target) -> tuple[str, int | None]:
    """Return the audience of the thread that something belongs to, and the id of its group."""
    while isinstance(target, NewReply):
        target = target.in_reply_to
    if isinstance(target, ExistingItem):
        return target.audience, target.group
    return target.audience, target.group.pk if target.group else None


def _importers_own_text(items: list[IncomingAnnotation], by: User, root: str) -> dict[str, str]:
    """Return by IRI what the user wrote on this site under their own name. A text that the file has changed is not
    theirs. Two queries."""
    local = {item.iri: named for item in items if (named := iris.local_annotation(root, item.iri))}
    annotations = Annotation.objects.filter(author=by, thread__alias=None).order_by()
    annotations = annotations.filter(uid__in={named.uid for named in local.values() if named.uid})
    comments = dict(annotations.annotate(source=opening_post("source")).values_list("uid", "source"))
    posts = Post.objects.filter(author=by, alias=None).order_by()
    posts = posts.filter(pk__in={named.post for named in local.values() if named.post})
    replies = dict(posts.values_list("pk", "source"))
    texts = {}
    for iri, named in local.items():
        if named.uid in comments:
            texts[iri] = comments[named.uid] or ""
        elif named.post in replies:
            texts[iri] = replies[named.post]
    return texts


def _attribution(item: IncomingAnnotation) -> str:
    """Return “From Lea Learner, 3 May 2026:” in Markdown, with the name escaped."""
    name = MARKDOWN_CHARACTERS.sub(r"\\\1", item.creator) or _("an unnamed author")
    end = ":" if item.text else ""
    if item.created is None:
        return f"*{_('From %(name)s') % {'name': name}}{end}*"
    when = date_format(item.created, "j F Y")
    return f"*{_('From %(name)s, %(date)s') % {'name': name, 'date': when}}{end}*"


def _truncate(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:119]}…"
