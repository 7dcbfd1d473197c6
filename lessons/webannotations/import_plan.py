"""What would become of the annotations of a file in a lesson. Writes nothing."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lessons.accounts.models import User
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, Annotation, Label, labels_for
from lessons.annotations.passages import Passage, PassageNotFound, PassageTooLong, locate_passage
from lessons.courses.models import ReadingGroup
from lessons.discussions.models import Post, Thread
from lessons.markup import post_markdown
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson, Revision
from lessons.webannotations import iris
from lessons.webannotations.deserialize import IncomingAnnotation, QuoteTarget
from lessons.webannotations.from_jsonld import match_label
from lessons.webannotations.selectors import opening_post


class Skipped(NamedTuple):
    """What is not taken, and why."""

    excerpt: str
    reason: str


class ImportedText(NamedTuple):
    source: str
    html: str


class ExistingItem(NamedTuple):
    """A note or reply that the lesson has. `post` is None for a note; `is_open` where replies may be added."""

    thread: int | None
    post: int | None
    is_open: bool


@dataclass
class NewAnnotation:
    """`is_gone` where its words were deleted and its replies are not: a tombstone stands over these."""

    item: IncomingAnnotation
    uid: UUID
    passage: Passage
    label: Label
    words: ImportedText | None
    is_own: bool
    audience: str
    group: ReadingGroup | None
    is_deleted: bool = False

    @property
    def has_thread(self) -> bool:
        """A bare mark has no conversation."""
        return self.words is not None or self.is_deleted


@dataclass
class NewReply:
    item: IncomingAnnotation
    key: UUID
    words: ImportedText
    is_own: bool
    in_reply_to: "NewAnnotation | NewReply | ExistingItem"


@dataclass
class ImportPlan:
    """`here` were in the lesson already, `lost` are notes whose quotes are not in the text, `left` all else that is
    not taken."""

    revision: Revision
    notes: list[NewAnnotation] = field(default_factory=list)
    replies: list[NewReply] = field(default_factory=list)
    already_present: int = 0
    unmatched: list[Skipped] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


Audience = Thread.Audience
NAMESPACE = UUID("6f0a1c7e-6f0e-4d0c-9f55-0f6c4b8f5b1d")
MARKDOWN_CHARACTERS = re.compile(r"([\\`*_{}\[\]()<>#+!|~:-])")
# From the fewest readers to the most.
AUDIENCES_BY_SIZE = [Audience.ME, Audience.STAFF, Audience.GROUP, Audience.COURSE]


def plan_import(*, items: list[IncomingAnnotation], lesson: Lesson, by: User, root: str, audience: str) -> ImportPlan:
    """What an import by this person would do. Nobody would read a note who is outside `audience`, or outside that
    which it had before. Seven queries at most.
    """
    return ImportPlanner(items, lesson, by, root, audience).plan


class ImportPlanner:
    def __init__(self, items: list[IncomingAnnotation], lesson: Lesson, by: User, root: str, audience: str):
        self.lesson, self.root, self.audience = lesson, root, audience
        self.plan = ImportPlan(lesson.current_revision)
        self.existing_items = existing_items(lesson)
        self.own = _importers_own_text(items, by, root)
        self.groups = {group.name: group for group in lesson.module.course.groups.all()}
        self.kinds = labels_for(lesson.module.course)
        self.answered = {self._id(item.source) for item in items if item.is_reply}
        # What each annotation of the file becomes, by the id of its IRI; None where it is not taken.
        self.named, self.seen = {}, set()
        new = [item for item in items if self._is_new(item)]
        for item in new:
            if not item.is_reply:
                self._take(item, self._note(item))
        self._take_replies([item for item in new if item.is_reply])
        self._skip_bare_tombstones()

    def _is_new(self, item: IncomingAnnotation) -> bool:
        """Whether it is neither in the lesson nor in the file before; what is there may be answered."""
        keys = [self._id(iri) for iri in (item.iri, item.via, item.canonical) if iri]
        found = next((key for key in keys if key in self.existing_items), None)
        if found:
            self.named[keys[0]] = self.existing_items[found]
        key = self._key(item)
        if found or key in self.seen:
            self.plan.already_present += 1
            return False
        self.seen.add(key)
        return True

    def _key(self, item: IncomingAnnotation) -> UUID:
        """Its own id here: from where it was first, else from all it says."""
        return imported_uid(self.lesson, item.origin or repr(item))

    def _id(self, iri: str) -> UUID:
        """What an IRI means here: a note or reply of this lesson, or one that came from there."""
        own = iris.local_annotation(self.root, iri)
        if own and own.uid in self.existing_items:
            return own.uid
        if own and own.post and reply_uid(own.post) in self.existing_items:
            return reply_uid(own.post)
        return imported_uid(self.lesson, iri)

    def _take(self, item: IncomingAnnotation, made: NewAnnotation | NewReply | None) -> None:
        if made:
            (self.plan.replies if item.is_reply else self.plan.notes).append(made)
        if item.iri:
            self.named[self._id(item.iri)] = made

    def _note(self, item: IncomingAnnotation) -> NewAnnotation | None:
        """None, and said why, where its quote is not in the text or its words cannot be taken."""
        try:
            there = self._passage(item)
        except (PassageNotFound, PassageTooLong) as refused:
            self.plan.unmatched.append(Skipped(_truncate(item.exact or item.text), str(refused)))
            return None
        kind = match_label(item, self.kinds)
        if self._is_deleted(item):
            audience, group = self._audience(item)
            kind = DEFAULT_LABELS[1] if kind.key == HIGHLIGHT else kind
            return NewAnnotation(item, self._key(item), there, kind, None, False, audience, group, is_deleted=True)
        is_own = self.own.get(item.iri) == item.text
        try:
            words = (
                self._words(item, is_own) if item.text or (kind.is_question and item.creator and not is_own) else None
            )
        except InvalidText as refused:
            self.plan.skipped.append(Skipped(_truncate(item.text), str(refused)))
            return None
        if words and kind.key == HIGHLIGHT:
            kind = DEFAULT_LABELS[1]
        audience, group = self._audience(item) if words or kind.is_question else (Audience.ME, None)
        return NewAnnotation(item, self._key(item), there, kind, words, is_own, audience, group)

    def _passage(self, item: IncomingAnnotation) -> Passage:
        """By its words as they were marked, or as they stood when it was exported: by those first that stand here with
        all that is around them. Raises NoSuchPassage, PassageTooLong."""
        refused, text = None, self.plan.revision.text
        for quote in sorted(item.quotes, key=lambda quote: quote.prefix + quote.exact + quote.suffix not in text):
            given = {"exact": quote.exact, "prefix": quote.prefix, "suffix": quote.suffix}
            if quote.exact or self._is_of_this_revision(quote):
                given |= {"start": quote.start, "end": quote.end}
            try:
                return locate_passage(self.plan.revision, **given)
            except (PassageNotFound, PassageTooLong) as refusal:
                refused = refused or refusal
        raise refused

    def _is_of_this_revision(self, quote: QuoteTarget) -> bool:
        named = (self.lesson.pk, self.plan.revision.number)
        return quote.start is not None and iris.parse_revision_iri(self.root, quote.source) == named

    def _is_deleted(self, item: IncomingAnnotation) -> bool:
        """Whether its words were deleted: so it says, or it has neither words nor author, but answers."""
        is_answered = bool(item.iri) and self._id(item.iri) in self.answered
        return not item.text and (item.is_deleted or (not item.creator and is_answered))

    def _skip_bare_tombstones(self) -> None:
        answered = {id(reply.in_reply_to) for reply in self.plan.replies}
        bare = [note for note in self.plan.notes if note.is_deleted and id(note) not in answered]
        self.plan.notes = [note for note in self.plan.notes if note not in bare]
        why = _("Its words are not there any more, and no reply to it comes with it.")
        self.plan.skipped += [Skipped(_truncate(note.passage.exact), why) for note in bare]

    def _take_replies(self, replies: list[IncomingAnnotation]) -> None:
        """Each after what it answers; in the order of the file otherwise."""
        waiting = defaultdict(list)
        for item in replies:
            waiting[self._id(item.source)].append(item)
        ready = [key for key in waiting if key in self.existing_items or key in self.named]
        while ready:
            key = ready.pop()
            for item in waiting.pop(key, ()):
                self._take(item, self._reply(item, self.named.get(key) or self.existing_items.get(key)))
                if item.iri and (here := self._id(item.iri)) in waiting:
                    ready.append(here)
        alone = [item for items in waiting.values() for item in items]
        self.plan.skipped += [Skipped(_truncate(i.text), _("What it answers is not in this file.")) for i in alone]
        order = {id(item): number for number, item in enumerate(replies)}
        self.plan.replies.sort(key=lambda reply: order[id(reply.item)])

    def _reply(
        self, item: IncomingAnnotation, answers: NewAnnotation | NewReply | ExistingItem | None
    ) -> NewReply | None:
        why = ""
        if answers is None:
            why = _("What it answers is not taken.")
        elif not _accepts_replies(answers):
            why = _("What it answers takes no replies.")
        is_own = self.own.get(item.iri) == item.text
        try:
            words = None if why else self._words(item, is_own)
        except InvalidText as refused:
            why = str(refused)
        if why:
            self.plan.skipped.append(Skipped(_truncate(item.text), why))
            return None
        return NewReply(item, self._key(item), words, is_own, answers)

    def _words(self, item: IncomingAnnotation, is_own: bool) -> ImportedText:
        """Whose they were stands above them, unless they are the importer's own. Nobody is told of a mention."""
        source = post_markdown.clean_source(
            item.text if is_own else "\n\n".join(filter(None, (_attribution(item), item.text)))
        )
        return ImportedText(source, post_markdown.render_post(source, footnote_prefix=f"p{self._key(item).hex[:12]}"))

    def _audience(self, item: IncomingAnnotation) -> tuple[str, ReadingGroup | None]:
        """A group's notes go to the group of the same name, or else to staff alone."""
        said = item.audience if item.audience in AUDIENCES_BY_SIZE else Audience.COURSE
        if said == Audience.GROUP and item.group not in self.groups:
            said = Audience.STAFF
        audience = min(said, self.audience, key=AUDIENCES_BY_SIZE.index)
        return audience, self.groups[item.group] if audience == Audience.GROUP else None


def _accepts_replies(answers: NewAnnotation | NewReply | ExistingItem) -> bool:
    """Some conversations are over."""
    if isinstance(answers, ExistingItem):
        return answers.is_open
    return isinstance(answers, NewReply) or answers.has_thread


def existing_items(lesson: Lesson) -> dict[UUID, ExistingItem]:
    """The lesson's notes and replies by their ids here, and what came here and was moved since. Two queries."""
    state, merged = "thread__state", "thread__merged_into"
    found = {}
    for uid, thread, shown, into in lesson.annotations.values_list("uid", "thread", state, merged).order_by():
        found[uid] = ExistingItem(thread, None, shown == Thread.State.SHOWN and into is None)
    came = Q(origin__isnull=False, thread__course=lesson.module.course_id)
    posts = Post.objects.filter(came | Q(thread__annotation__lesson=lesson)).order_by()
    for pk, key, thread, shown, into, origin in posts.values_list(
        "pk", "idempotency_key", "thread", state, merged, "origin"
    ):
        there = ExistingItem(thread, pk, shown == Thread.State.SHOWN and into is None)
        found |= {reply_uid(pk): there} | ({key: there} if origin else {})
    return found


def imported_uid(lesson: Lesson, iri: str) -> UUID:
    return uuid5(NAMESPACE, f"{lesson.pk} {iri}")


def reply_uid(pk: int) -> UUID:
    return uuid5(NAMESPACE, f"post {pk}")


def _importers_own_text(items: list[IncomingAnnotation], by: User, root: str) -> dict[str, str]:
    """What the person wrote on this very site under their own name, by its IRI: a file may put other words there, and
    these are not theirs. Two queries."""
    named = {item.iri: own for item in items if (own := iris.local_annotation(root, item.iri))}
    notes = Annotation.objects.filter(author=by, thread__alias=None).order_by()
    notes = notes.filter(uid__in={own.uid for own in named.values() if own.uid})
    notes = dict(notes.annotate(words=opening_post("source")).values_list("uid", "words"))
    posts = Post.objects.filter(author=by, alias=None).order_by()
    posts = dict(posts.filter(pk__in={own.post for own in named.values() if own.post}).values_list("pk", "source"))
    found = {iri: notes.get(own.uid, posts.get(own.post)) for iri, own in named.items()}
    return {iri: found[iri] or "" for iri, own in named.items() if own.uid in notes or own.post in posts}


def _attribution(item: IncomingAnnotation) -> str:
    """“From Lea Learner, 3 May 2026:” in Markdown that shows the name as it is."""
    name = MARKDOWN_CHARACTERS.sub(r"\\\1", item.creator) or _("somebody unnamed")
    end = ":" if item.text else ""
    if item.created is None:
        return f"*{_('From %(name)s') % {'name': name}}{end}*"
    when = date_format(item.created, "j F Y")
    return f"*{_('From %(name)s, %(date)s') % {'name': name, 'date': when}}{end}*"


def _truncate(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 120 else f"{words[:119]}…"
