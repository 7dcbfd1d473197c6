"""The conversations of the demo: threads and posts with their counters, notes, read states and notifications."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import NamedTuple, TypeVar

from django.db.models import F

from lessons.annotations.models import HIGHLIGHT, Annotation, Placement, labels_for
from lessons.annotations.passages import PassageNotFound, locate_passage
from lessons.courses.models import Course
from lessons.demo.files import Conversation, DemoPost, InvalidDemo
from lessons.demo.keys import new_keys
from lessons.demo.moments import moment
from lessons.demo.people import Member
from lessons.discussions import indexed_posts
from lessons.discussions.models import (
    Alias,
    MeToo,
    Notification,
    Participation,
    Post,
    Report,
    Thanks,
    Thread,
    ThreadTag,
    ThreadUserState,
)
from lessons.discussions.models.threads import sort_rank
from lessons.markup.mentions import handle_key, marked_keys
from lessons.markup.plain_text import excerpt
from lessons.markup.post_markdown import render_post
from lessons.models import Lesson
from lessons.permissions import STAFF_ROLES
from lessons.tagging.models import Tag

FIELDS_FROM_POSTS = "last_seq visible_post_count excerpt alias last_post_at rank answer endorsed_by status".split()
Row = TypeVar("Row", Post, Notification)
Audience, Kind, Level = Thread.Audience, Notification.Kind, ThreadUserState.SubscriptionLevel


def render_posts(conversation: Conversation, handles: frozenset[str]) -> list[str]:
    """Return the HTML of the posts, in which these handles are mentions. Slow."""
    return [
        render_post(post.text, footnote_prefix=f"demo{number}", handles=handles)
        for number, post in enumerate(conversation.posts)
    ]


def in_order_of_time(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.created_at)


class LoadedThread(NamedTuple):
    """html: of the posts, in order."""

    conversation: Conversation
    thread: Thread
    html: list[str]
    posts: list[tuple[DemoPost, Post]]

    def shown(self) -> list[Post]:
        """Return the posts that have a number, in order."""
        return [post for _demo, post in self.posts if post.seq]


class ConversationLoader:
    """Writes the conversations of a course. Create it within a transaction."""

    def __init__(self, course: Course, cast: dict[str, Member], now: datetime):
        self.course, self.cast, self.now = course, cast, now
        self.keys = new_keys(now)
        lessons = Lesson.objects.filter(module__course=course).select_related("current_revision")
        self.lessons = {lesson.slug: lesson for lesson in lessons}
        self.labels = {label.key: label for label in labels_for(course)}
        self.by_handle = {handle_key(member.membership.handle): member for member in cast.values()}

    def load(self, conversations: list[Conversation], rendered: list[list[str]]) -> None:
        """Create the conversations; `rendered` is what `render_posts` returned for each. Ids are in order of time, by
        which some lists are sorted."""
        pairs = sorted(zip(conversations, rendered, strict=True), key=lambda pair: self._moment(pair[0].at))
        annotations = {id(c): self._annotation(c) for c, _html in pairs if c.quote}
        threads = [LoadedThread(c, self._thread(c, annotations.get(id(c))), html, []) for c, html in pairs if c.posts]
        Thread.objects.bulk_create(loaded.thread for loaded in threads)
        aliases = self._create_aliases(threads)
        for loaded in threads:
            self._add_posts(loaded, aliases)
        Post.objects.bulk_create(in_order_of_time(post for loaded in threads for _demo, post in loaded.posts))
        self._link_posts(threads)
        for loaded in threads:
            if loaded.conversation.quote:
                annotations[id(loaded.conversation)].thread = loaded.thread
        self._create_annotations(annotations.values())
        self._create_reactions(threads)
        self._create_tags(threads)
        indexed_posts.index_posts(post.pk for loaded in threads for _demo, post in loaded.posts)
        notifications = chain.from_iterable(map(self._notifications, threads))
        Notification.objects.bulk_create(in_order_of_time(notifications))
        ThreadUserState.objects.bulk_create(chain.from_iterable(map(self._states, threads)))

    def _moment(self, text: str) -> datetime:
        return moment(text, self.now, self.course.zone)

    def _member(self, key: str, conversation: Conversation) -> Member:
        if key not in self.cast:
            raise InvalidDemo(f"{conversation.file}: nobody in the class is “{key}”.")
        return self.cast[key]

    # --- Rows of one conversation ---
    def _annotation(self, conversation: Conversation) -> Annotation:
        author = self._member(conversation.by, conversation)
        lesson, label = self.lessons[conversation.lesson], self.labels[conversation.label]
        if lesson.current_revision is None:
            raise InvalidDemo(f"{conversation.file}: the lesson is not published.")
        try:
            passage = locate_passage(lesson.current_revision, exact=conversation.quote)
        except PassageNotFound as error:
            raise InvalidDemo(f"{conversation.file}: “{conversation.quote}”: {error}") from error
        is_highlight = not conversation.posts
        audience = Audience.ME if label.key == HIGHLIGHT else conversation.audience
        group = author.membership.group if audience == Audience.GROUP else None
        return Annotation(
            idempotency_key=next(self.keys),
            author=author.user,
            lesson=lesson,
            label=label.key,
            is_question=label.is_question,
            audience=audience if is_highlight else "",
            group=group if is_highlight else None,
            created_at=self._moment(conversation.at),
            **passage._asdict(),
        )

    def _thread(self, conversation: Conversation, annotation: Annotation | None) -> Thread:
        """Return the thread, unsaved and without posts."""
        author = self._member(conversation.by, conversation)
        kind = Thread.Kind.QUESTION if annotation and annotation.is_question else conversation.kind
        return Thread(
            course=self.course,
            lesson=self.lessons[conversation.lesson] if conversation.lesson else None,
            audience=conversation.audience,
            group=author.membership.group if conversation.audience == Audience.GROUP else None,
            kind=kind,
            title=conversation.title,
            quote=annotation.exact if annotation else "",
            lesson_anchor=f"note-{annotation.uid}" if annotation else "",
            author=author.user,
            by_staff=author.membership.role in STAFF_ROLES,
            pinned=conversation.is_pinned,
            closed=conversation.is_closed,
            me_too_count=len(conversation.me_too),
            created_at=self._moment(conversation.at),
        )

    def _create_aliases(self, threads: list[LoadedThread]) -> dict[tuple[int, str], Alias]:
        """Create the pseudonyms, and return them by thread and person."""
        names = {
            (loaded.thread.pk, post.by): Alias(
                thread=loaded.thread, user=self._member(post.by, loaded.conversation).user, name=post.alias
            )
            for loaded in threads
            for post in loaded.conversation.posts
            if post.alias
        }
        Alias.objects.bulk_create(names.values())
        return names

    def _add_posts(self, loaded: LoadedThread, aliases: dict[tuple[int, str], Alias]) -> None:
        """Add the unsaved posts to the thread, and set what the thread says about them."""
        thread = loaded.thread
        for demo, html in zip(loaded.conversation.posts, loaded.html, strict=True):
            author = self._member(demo.by, loaded.conversation)
            state = Post.State.HELD if demo.is_held else Post.State.DELETED if demo.is_deleted else Post.State.SHOWN
            thread.last_seq += not demo.is_held
            post = Post(
                thread=thread,
                seq=None if demo.is_held else thread.last_seq,
                state=state,
                idempotency_key=next(self.keys),
                author=author.user,
                alias=aliases[thread.pk, demo.by] if demo.alias else None,
                by_staff=author.membership.role in STAFF_ROLES,
                source=demo.text,
                html=html,
                open_report_count=len(demo.reports),
                thanks_count=len(demo.thanks),
                created_at=self._moment(demo.at),
            )
            thread.visible_post_count += state == Post.State.SHOWN
            loaded.posts.append((demo, post))
        opening, last = loaded.shown()[0], loaded.shown()[-1]
        thread.excerpt, thread.alias = excerpt(opening.html), opening.alias
        thread.last_post_at, thread.rank = last.created_at, sort_rank(last.created_at, thread.pinned)

    def _link_posts(self, threads: list[LoadedThread]) -> None:
        """Set what replies answer, and the answers of questions."""
        replies = []
        for conversation, thread, _html, posts in threads:
            by_seq = {post.seq: post for _demo, post in posts}
            for demo, post in posts:
                if demo.answers:
                    post.reply_to = by_seq[demo.answers]
                    replies.append(post)
            if conversation.answer:
                endorser = conversation.endorsed_by
                thread.answer = by_seq[conversation.answer]
                thread.endorsed_by = self._member(endorser, conversation).user if endorser else None
                thread.status = Thread.Status.ANSWERED if endorser else Thread.Status.RESOLVED
        Post.objects.bulk_update(replies, ["reply_to"])
        Thread.objects.bulk_update([loaded.thread for loaded in threads], FIELDS_FROM_POSTS)

    # --- What belongs to them ---
    def _create_annotations(self, annotations: Iterable[Annotation]) -> None:
        rows = Annotation.objects.bulk_create(annotations)
        Placement.objects.bulk_create(
            Placement(annotation=row, revision=row.revision, start=row.start, end=row.end, state=Placement.State.EXACT)
            for row in rows
        )
        # Creating sets it to now: whoever removes the demo could not tell which were changed since.
        Annotation.objects.filter(pk__in=[row.pk for row in rows]).update(updated_at=F("created_at"))

    def _create_reactions(self, threads: list[LoadedThread]) -> None:
        posts = [(loaded.conversation, demo, post) for loaded in threads for demo, post in loaded.posts]
        MeToo.objects.bulk_create(
            MeToo(thread=loaded.thread, user=self._member(key, loaded.conversation).user)
            for loaded in threads
            for key in loaded.conversation.me_too
        )
        Thanks.objects.bulk_create(
            Thanks(post=post, user=self._member(key, conversation).user)
            for conversation, demo, post in posts
            for key in demo.thanks
        )
        Report.objects.bulk_create(
            Report(
                post=post,
                reporter=self._member(key, conversation).user,
                reason=reason,
                created_at=post.created_at + (self.now - post.created_at) / 3,
            )
            for conversation, demo, post in posts
            for key, reason in demo.reports.items()
        )
        taken = {
            (self._member(demo.by, loaded.conversation).user.pk, loaded.thread.lesson_id)
            for loaded in threads
            if loaded.thread.lesson_id and loaded.thread.audience in (Audience.GROUP, Audience.COURSE)
            for demo, post in loaded.posts
            if post.seq
        }
        rows = [Participation(user_id=user, lesson_id=lesson) for user, lesson in sorted(taken)]
        Participation.objects.bulk_create(rows, ignore_conflicts=True)

    def _create_tags(self, threads: list[LoadedThread]) -> None:
        names = sorted({name for loaded in threads for name in loaded.conversation.tags})
        tags = {name: Tag.objects.get_or_create_named(name) for name in names}
        ThreadTag.objects.bulk_create(
            ThreadTag(content_object=loaded.thread, tag=tags[name])
            for loaded in threads
            for name in loaded.conversation.tags
        )

    def _readers(self, thread: Thread) -> list[Member]:
        """Return the members who may read the thread."""
        if thread.audience == Audience.COURSE:
            return list(self.cast.values())
        return [
            member
            for member in self.cast.values()
            if member.user.pk == thread.author_id
            or (thread.audience != Audience.ME and member.membership.role in STAFF_ROLES)
            or (thread.audience == Audience.GROUP and member.membership.group_id == thread.group_id)
        ]

    def _notifications(self, loaded: LoadedThread) -> Iterator[Notification]:
        """Yield the notifications of its posts; those from before somebody was last seen have been read."""
        thread, readers = loaded.thread, self._readers(loaded.thread)
        asker = [member for member in readers if member.user.pk == thread.author_id]
        for post in loaded.shown():
            told: dict[str, list[Member]] = {
                Kind.MENTION: [self.by_handle[key] for key in marked_keys(post.html)],
                Kind.ANNOUNCEMENT: readers if thread.kind == Thread.Kind.ANNOUNCEMENT and post.seq == 1 else [],
                Kind.ANSWER: asker if thread.kind == Thread.Kind.QUESTION and post.by_staff else [],
            }
            for kind, members in told.items():
                for member in members:
                    if member in readers and member.user.pk != post.author_id:
                        seen_at = member.last_seen if post.created_at <= member.last_seen else None
                        yield Notification(
                            user=member.user,
                            course=self.course,
                            post=post,
                            kind=kind,
                            created_at=post.created_at,
                            seen_at=seen_at,
                            mailed_at=seen_at,
                        )

    def _states(self, loaded: LoadedThread) -> Iterator[ThreadUserState]:
        """Yield how far its authors and those who try the site have read it: up to when they were last seen."""
        thread, posts = loaded.thread, loaded.shown()
        authors = {post.author_id for post in posts}
        voters = {self._member(key, loaded.conversation).user.pk for key in loaded.conversation.me_too}
        for member in self._readers(thread):
            read = sum(post.created_at <= member.last_seen for post in posts)
            follows = member.user.pk in authors | voters
            if follows or (read and member.can_sign_in):
                yield ThreadUserState(
                    user=member.user,
                    thread=thread,
                    last_read_seq=read,
                    mailed_seq=read,
                    subscription_level=Level.FOLLOWED if follows else Level.NONE,
                    has_posted=member.user.pk in authors,
                    read_at=member.last_seen,
                )
