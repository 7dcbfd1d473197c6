"""Create threads, posts and annotations by the ten thousand, with the counters and read states of real ones.

Rows of one kind are written in batches; what is rare and intricate (reports, merges, answers …) the services do.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import NamedTuple
from uuid import UUID

from django.db.models import Model

from lessons.accounts.models import User
from lessons.annotations.anchoring import expand_to_graphemes, quote_selectors
from lessons.annotations.models import DEFAULT_LABELS, HIGHLIGHT, Annotation, Placement
from lessons.courses.models import Course, Membership
from lessons.discussions.identity import BIRDS
from lessons.discussions.models import (
    Alias,
    Notification,
    Participation,
    Post,
    Thanks,
    Thread,
    ThreadTag,
    ThreadUserState,
)
from lessons.discussions.models.threads import sort_rank
from lessons.markup.plain_text import excerpt
from lessons.markup.post_markdown import render_post
from lessons.models import Lesson
from lessons.permissions import STAFF_ROLES
from lessons.tagging.models import Tag
from tests.load import texts

BATCH = 1000
Audience, Kind, Level = Thread.Audience, Thread.Kind, ThreadUserState.SubscriptionLevel


def insert(model: type[Model], rows: Iterable[Model]) -> None:
    """Insert rows batch by batch, without holding all of them."""
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        model.objects.bulk_create(batch)


def draw_uuid(pick: Random) -> UUID:
    return UUID(int=pick.getrandbits(128), version=4)


class Text(NamedTuple):
    source: str
    html: str
    excerpt: str


class People(NamedTuple):
    """The active members of a course. `readers` open more threads than others."""

    members: list[Membership]
    staff: list[Membership]
    by_group: dict[int, list[Membership]]
    readers: list[Membership]

    @classmethod
    def of(cls, course: Course, readers: list[User]) -> "People":
        members = list(course.memberships.active().select_related("user").order_by("pk"))
        by_group: dict[int, list[Membership]] = {}
        for membership in members:
            if membership.group_id:
                by_group.setdefault(membership.group_id, []).append(membership)
        ids = {user.pk for user in readers}
        staff = [membership for membership in members if membership.role in STAFF_ROLES]
        return cls(members, staff, by_group, [membership for membership in members if membership.user_id in ids])

    def who_may_write(self, thread: Thread, author: Membership) -> list[Membership]:
        if thread.audience == Audience.ME:
            return [author]
        if thread.audience == Audience.STAFF:
            return [author, *self.staff]
        return self.by_group[thread.group_id] if thread.audience == Audience.GROUP else self.members


class Plan(NamedTuple):
    """A thread that exists already, and the posts still to be written to it."""

    thread: Thread
    people: People
    author: Membership
    text: Text
    step: timedelta
    anonymous: bool


class Conversations:
    """Collects threads, then writes them with everything that belongs to them."""

    def __init__(self, pick: Random, now: datetime, tags: list[Tag]):
        self.pick, self.now, self.tags = pick, now, tags
        self.plans: list[Plan] = []
        self.pool = [self._text(texts.SCRIPTS[n % len(texts.SCRIPTS)]) for n in range(240)]
        self._participants: set[tuple[int, int]] = set()
        self._states: list[ThreadUserState] = []
        self._thanks: list[tuple[UUID, int]] = []
        self._mentions: list[tuple[UUID, int]] = []

    def _text(self, script: texts.Script) -> Text:
        source = texts.post_source(self.pick, script)
        html = render_post(source)
        return Text(source, html, excerpt(html))

    def add_thread(
        self,
        *,
        course: Course,
        people: People,
        size: int,
        author: Membership | None = None,
        lesson: Lesson | None = None,
        audience: str = Audience.COURSE,
        kind: str = Kind.DISCUSSION,
        title: str = "",
        is_held: bool = False,
        **fields,
    ) -> Thread:
        """Plan a thread of `size` posts; one that is held has a single post, without a number."""
        pick = self.pick
        author = author or self._author(people, audience, kind)
        if audience == Audience.GROUP and not author.group_id:
            audience = Audience.COURSE
        if audience == Audience.STAFF and author.role not in STAFF_ROLES:
            kind = Kind.QUESTION
        size = min(size, 3) if audience == Audience.ME else size
        begun = self.now - timedelta(minutes=pick.randrange(60, 60 * 24 * 70))
        step = (self.now - begun) * pick.uniform(0.05, 0.9) / max(size, 1)
        last = begun + step * (size - 1)
        text = pick.choice(self.pool)
        anonymous = audience in (Audience.COURSE, Audience.STAFF) and author.role == "learner" and pick.random() < 0.08
        thread = Thread(
            course=course,
            lesson=lesson,
            group_id=author.group_id if audience == Audience.GROUP else None,
            audience=audience,
            kind=kind,
            title=title,
            author=author.user,
            by_staff=author.role in STAFF_ROLES,
            excerpt=text.excerpt,
            state=Thread.State.HELD if is_held else Thread.State.SHOWN,
            last_seq=0 if is_held else size,
            visible_post_count=0 if is_held else size,
            last_post_at=last,
            rank=sort_rank(last, False),
            created_at=begun,
            **fields,
        )
        self.plans.append(Plan(thread, people, author, text, step, anonymous))
        return thread

    def _author(self, people: People, audience: str, kind: str) -> Membership:
        if kind == Kind.ANNOUNCEMENT:
            return self.pick.choice(people.staff)
        return self._somebody(people.members)

    def _somebody(self, members: list[Membership]) -> Membership:
        """Return a random person; a few write a lot, most little."""
        return members[int(len(members) * self.pick.random() ** 2)]

    def write(self) -> None:
        """Insert all that was planned."""
        insert(Thread, (plan.thread for plan in self.plans))
        aliases = self._write_aliases()
        insert(Post, (post for plan in self.plans for post in self._posts(plan, aliases)))
        insert(ThreadUserState, self._states)
        insert(Participation, (Participation(user_id=user, lesson_id=lesson) for user, lesson in self._participants))
        insert(ThreadTag, self._thread_tags())
        self._write_what_leads_to_posts()

    def _write_aliases(self) -> dict[int, Alias]:
        """Give the anonymous authors aliases, and return those of each thread."""
        aliases = {
            plan.thread.pk: Alias(
                thread=plan.thread, user=plan.author.user, name=f"Anonymous {BIRDS[plan.thread.pk % len(BIRDS)]}"
            )
            for plan in self.plans
            if plan.anonymous
        }
        insert(Alias, aliases.values())
        threads = []
        for plan in self.plans:
            if plan.anonymous:
                plan.thread.alias = aliases[plan.thread.pk]
                threads.append(plan.thread)
        Thread.objects.bulk_update(threads, ["alias"], batch_size=500)
        return aliases

    def _posts(self, plan: Plan, aliases: dict[int, Alias]) -> Iterator[Post]:
        pick, thread, author = self.pick, plan.thread, plan.author
        if thread.state == Thread.State.HELD:
            yield self._post(plan, None, author, plan.text, aliases)
            return
        candidates = plan.people.who_may_write(thread, author)
        marks: dict[int, int] = {}
        for seq in range(1, thread.last_seq + 1):
            writer = author if seq == 1 or pick.random() < 0.1 else self._somebody(candidates)
            text = plan.text if seq == 1 else pick.choice(self.pool)
            post = self._post(plan, seq, writer, text, aliases)
            if seq > 1 and pick.random() < 0.02:
                self._mention(post, pick.choice(candidates), text)
            # A post is read by its writer if all before it was.
            marks[writer.user_id] = seq if marks.get(writer.user_id, 0) == seq - 1 else marks.get(writer.user_id, 0)
            yield post
        if thread.audience == Audience.COURSE and pick.random() < 0.004:
            yield self._post(plan, None, self._somebody(candidates), pick.choice(self.pool), aliases)
        self._mark(plan, marks)

    def _post(self, plan: Plan, seq: int | None, writer: Membership, text: Text, aliases: dict[int, Alias]) -> Post:
        pick, thread = self.pick, plan.thread
        key = draw_uuid(pick)
        is_anonymous = plan.anonymous and writer.user_id == plan.author.user_id
        thankful: set[int] = set()
        if seq and thread.audience == Audience.COURSE and pick.random() < 0.03:
            thankful = {m.user_id for m in pick.choices(plan.people.members, k=3)} - {writer.user_id}
            self._thanks += [(key, user) for user in sorted(thankful)]
        return Post(
            thread=thread,
            seq=seq,
            idempotency_key=key,
            author_id=writer.user_id,
            alias=aliases[thread.pk] if is_anonymous else None,
            by_staff=writer.role in STAFF_ROLES,
            source=text.source,
            html=text.html,
            state=Post.State.SHOWN if seq else Post.State.HELD,
            thanks_count=len(thankful),
            created_at=thread.created_at + plan.step * ((seq or 1) - 1),
        )

    def _mention(self, post: Post, mentioned: Membership, text: Text) -> None:
        post.source = f"@{mentioned.handle} {text.source}"
        post.html = render_post(post.source, handles={mentioned.handle})
        if mentioned.user_id != post.author_id:
            self._mentions.append((post.idempotency_key, mentioned.user_id))

    def _mark(self, plan: Plan, marks: dict[int, int]) -> None:
        """Add how far its authors and some others have read the thread, and who participates in its lesson."""
        pick, thread = self.pick, plan.thread
        is_settled = thread.last_post_at < self.now - timedelta(days=7)
        for user, seq in marks.items():
            read = max(seq, pick.randint(0, thread.last_seq))
            mailed = thread.last_seq if is_settled else thread.last_seq // 2
            self._states.append(self._state(user, thread, read, mailed, Level.FOLLOWED, has_posted=True))
            if thread.lesson_id and thread.audience in (Audience.GROUP, Audience.COURSE):
                self._participants.add((user, thread.lesson_id))
        if thread.audience != Audience.COURSE:
            return
        others = pick.choices(plan.people.members, k=4)
        readers = {membership.user_id for membership in [*plan.people.readers, *others]} - marks.keys()
        for user in sorted(readers):
            read = thread.last_seq if pick.random() < 0.7 else pick.randint(0, thread.last_seq)
            level = pick.choices([Level.NONE, Level.FOLLOWED, Level.MUTED], [90, 8, 2])[0]
            self._states.append(self._state(user, thread, read, thread.last_seq, level))

    def _state(self, user: int, thread: Thread, read: int, mailed: int, level: int, **fields) -> ThreadUserState:
        return ThreadUserState(
            user_id=user,
            thread=thread,
            last_read_seq=read,
            mailed_seq=mailed,
            subscription_level=level,
            read_at=thread.last_post_at,
            **fields,
        )

    def _thread_tags(self) -> Iterator[ThreadTag]:
        for plan in self.plans:
            if self.pick.random() < 0.3:
                for tag in self.pick.sample(self.tags, min(self.pick.randint(1, 3), len(self.tags))):
                    yield ThreadTag(content_object=plan.thread, tag=tag)

    def _write_what_leads_to_posts(self) -> None:
        keys = {key for key, _user in [*self._thanks, *self._mentions]}
        posts = {}
        for pk, key, course in Post.objects.values_list("pk", "idempotency_key", "thread__course").iterator():
            if key in keys:
                posts[key] = pk, course
        insert(Thanks, (Thanks(post_id=posts[key][0], user_id=user) for key, user in self._thanks))
        mentions = []
        for key, user in self._mentions:
            post, course = posts[key]
            seen = self.now if self.pick.random() < 0.8 else None
            told = {"seen_at": seen, "mailed_at": self.now}
            mentions.append(
                Notification(user_id=user, course_id=course, post_id=post, kind=Notification.Kind.MENTION, **told)
            )
        insert(Notification, mentions)


class Annotating:
    """Puts annotations on published lessons; those with a comment get a thread of `conversations`."""

    def __init__(self, conversations: Conversations):
        self.conversations, self.pick = conversations, conversations.pick
        self.annotations: list[Annotation] = []

    def annotate(self, lesson: Lesson, course: Course, people: People, count: int) -> None:
        """Plan `count` annotations as a class makes them: many on a few passages, few on most."""
        pick, revision = self.pick, lesson.current_revision
        popular = [pick.randrange(max(1, len(revision.text) - 400)) for _ in range(20)]
        for _ in range(count):
            start, end = self._span(revision.text, popular)
            start, end = expand_to_graphemes(revision.text, start, end)
            exact, prefix, suffix = quote_selectors(revision.text, start, end)
            label = pick.choices(DEFAULT_LABELS, [30, 40, 15, 5, 10])[0]
            is_bare = label.key == HIGHLIGHT or label.is_question and pick.random() < 0.1
            writer = people.readers[0] if is_bare and people.readers and pick.random() < 0.3 else None
            writer = writer or self.conversations._somebody(people.members)
            audience = self._audience(label.is_question, is_bare, writer)
            uid = draw_uuid(pick)
            annotation = Annotation(
                uid=uid,
                idempotency_key=draw_uuid(pick),
                author=writer.user,
                lesson=lesson,
                revision=revision,
                label=label.key,
                is_question=label.is_question,
                created_at=self.conversations.now - timedelta(minutes=pick.randrange(60 * 24 * 60)),
                start=start,
                end=end,
                exact=exact,
                prefix=prefix,
                suffix=suffix,
            )
            if is_bare:
                annotation.audience = audience
                annotation.group_id = writer.group_id if audience == Audience.GROUP else None
            else:
                annotation.thread = self.conversations.add_thread(
                    course=course,
                    people=people,
                    size=1 + pick.choice([0, 0, 1, 3]),
                    author=writer,
                    lesson=lesson,
                    audience=audience,
                    kind=Kind.QUESTION if label.is_question else Kind.DISCUSSION,
                    quote=annotation.exact,
                    lesson_anchor=f"note-{uid}",
                )
                annotation.created_at = annotation.thread.created_at
            self.annotations.append(annotation)

    def _audience(self, is_question: bool, is_bare: bool, writer: Membership) -> str:
        if is_bare and not is_question:
            return Audience.ME
        audience = self.pick.choices([Audience.COURSE, Audience.GROUP, Audience.ME, Audience.STAFF], [75, 13, 8, 4])[0]
        return Audience.COURSE if audience == Audience.GROUP and not writer.group_id else audience

    def _span(self, text: str, popular: list[int]) -> tuple[int, int]:
        """Return a few words or a sentence; every fourth is one of the passages that everybody annotates."""
        pick, most = self.pick, max(1, len(text) - 100)
        start = pick.choice(popular) if pick.random() < 0.25 else pick.randrange(most)
        start = min(start, most - 1)
        blank = text.find(" ", start, start + 30)
        start = blank + 1 if blank >= 0 else start
        length = min(int(pick.lognormvariate(3.7, 0.7)) + 3, 400)
        end = min(start + length, len(text))
        blank = text.find(" ", end, end + 30)
        return start, blank if blank >= 0 else end

    def write(self) -> None:
        """Insert the annotations, whose threads exist already, with their positions in the current revision."""
        for annotation in self.annotations:
            annotation.thread = annotation.thread  # it has an id by now
        insert(Annotation, self.annotations)
        insert(
            Placement,
            (
                Placement(
                    annotation=a, revision_id=a.revision_id, start=a.start, end=a.end, state=Placement.State.EXACT
                )
                for a in self.annotations
            ),
        )
