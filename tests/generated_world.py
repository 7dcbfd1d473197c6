"""A generated world for tests of the read rules: roles, groups, audiences, states and policies, mixed by a seed.

The rows are inserted in bulk, as services would have left them: threads have the state and counters of their posts,
merged threads point to another, and an annotation's comment is its thread's first post.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import HIGHLIGHT, Annotation, Placement
from lessons.courses.models import Course, Membership, ReadingGroup
from lessons.discussions.models import (
    Alias,
    CommentPolicy,
    Notification,
    Participation,
    Post,
    Thread,
    ThreadUserState,
)
from lessons.discussions.models.threads import sort_rank
from lessons.enrolment.view_as_learner import learner_viewer
from lessons.markup.plain_text import text_digest
from lessons.models import Lesson, Module, Revision

Audience, Role, MembershipState = Thread.Audience, Membership.Role, Membership.State
PEOPLE = 12
THREADS = 170
HIGHLIGHTS = 60
TEXT = "When sun and moon pull in line, the range is greatest."
HTML = f"<p>{TEXT[:13]}</p><p>{TEXT[13:]}</p>"
# The roles and states of people in a course; None is not a member.
MEMBERSHIPS = [
    *[(Role.LEARNER, MembershipState.ACTIVE)] * 5,
    (Role.ASSISTANT, MembershipState.ACTIVE),
    (Role.INSTRUCTOR, MembershipState.ACTIVE),
    (Role.LEARNER, MembershipState.PENDING),
    (Role.LEARNER, MembershipState.LEFT),
    (Role.INSTRUCTOR, MembershipState.REMOVED),
    None,
    None,
]
OPENINGS = ["shown"] * 6 + ["hidden", "deleted", "held", "held"]
REPLIES = ["shown"] * 5 + ["hidden", "deleted", "held", "moved"]


@dataclass
class GeneratedWorld:
    """The rows that other rows refer to. `people` are those with an account."""

    people: list[User] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    groups: list[ReadingGroup] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)

    def viewers(self) -> dict[str, User | AnonymousUser]:
        """Return every kind of viewer, each as loaded by a new request."""
        people = User.objects.in_bulk([person.pk for person in self.people])
        viewers: dict[str, User | AnonymousUser] = {f"person {n}": people[p.pk] for n, p in enumerate(self.people)}
        viewers["visitor"] = AnonymousUser()
        for course in self.courses[:2]:
            group = next(group for group in self.groups if group.course_id == course.pk)
            viewers[f"view as learner of {group} in {course}"] = learner_viewer(course.pk, group.pk, "A learner")
            viewers[f"view as learner in {course}"] = learner_viewer(course.pk, None, "A learner")
        return viewers

    def lessons_with_course(self) -> list[Lesson]:
        return list(Lesson.objects.with_course().order_by("pk"))


def generate_world(seed: int = 7) -> GeneratedWorld:
    """Create the world of the seed: the same each time."""
    world, random = GeneratedWorld(), Random(seed)
    _add_people(world)
    _add_courses(world)
    _add_memberships(world, random)
    _add_lessons(world, random)
    threads = _add_threads(world, random)
    _add_annotations(world, random, threads)
    _add_read_states(world, random, threads)
    update_statistics()
    return world


def update_statistics() -> None:
    """Do what autovacuum does on PostgreSQL: by the plans for empty tables some queries take seconds."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _add_people(world: GeneratedWorld) -> None:
    joined = timezone.now() - timedelta(days=90)
    rows = [
        User(email=f"p{n}@example.org", display_name=f"Person {n}", password="!", date_joined=joined)
        for n in range(PEOPLE)
    ]
    # An administrator who may be a member as well, and one who is a member nowhere.
    rows[0].is_superuser = rows[1].is_superuser = True
    world.people = User.objects.bulk_create(rows)


def _add_courses(world: GeneratedWorld) -> None:
    closed = timezone.now() - timedelta(days=3)
    kinds = [("members", None), ("public", None), ("unlisted", None), ("members", closed), ("public", closed)]
    world.courses = Course.objects.bulk_create(
        [
            Course(title=f"Course {n}", slug=f"course-{n}", visibility=visibility, closed_at=closed_at)
            for n, (visibility, closed_at) in enumerate(kinds)
        ]
    )
    world.groups = ReadingGroup.objects.bulk_create(
        [ReadingGroup(course=course, name=name) for course in world.courses for name in ("Group A", "Group B")]
    )


def _add_memberships(world: GeneratedWorld, random: Random) -> None:
    rows = []
    for course in world.courses:
        groups = [group for group in world.groups if group.course_id == course.pk]
        kinds = random.sample(MEMBERSHIPS, PEOPLE)
        for person, kind in zip(world.people, kinds, strict=True):
            if kind and person is not world.people[1]:
                role, state = kind
                group = random.choice([*groups, None])
                handle = f"person-{person.pk}"
                rows.append(Membership(course=course, user=person, role=role, state=state, group=group, handle=handle))
    Membership.objects.bulk_create(rows)


def _add_lessons(world: GeneratedWorld, random: Random) -> None:
    """Add to each course a module of each state, and to each module a lesson of each state and comment policy."""
    policies = [*CommentPolicy.Rule.values, CommentPolicy.Rule.POST_FIRST]
    world.modules = Module.objects.bulk_create(
        [
            Module(course=course, title=f"Module {state}", slug=f"module-{state}", state=state)
            for course in world.courses
            for state in Module.State.values
        ]
    )
    states = [Lesson.State.PUBLISHED, Lesson.State.PUBLISHED, Lesson.State.WITHDRAWN, Lesson.State.DRAFT]
    world.lessons = Lesson.objects.bulk_create(
        [
            Lesson(module=module, title=f"Lesson {n}", slug=f"lesson-{n}", state=state, position=n)
            for module in world.modules
            for n, state in enumerate(states)
        ]
    )
    published = [lesson for lesson in world.lessons if lesson.state != Lesson.State.DRAFT]
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                lesson=lesson,
                number=1,
                title=lesson.title,
                html=HTML,
                text=TEXT,
                sha256=text_digest(HTML),
                word_count=11,
            )
            for lesson in published
        ]
    )
    for lesson, revision in zip(published, revisions, strict=True):
        lesson.current_revision = revision
    Lesson.objects.bulk_update(published, ["current_revision"])
    CommentPolicy.objects.bulk_create(
        [
            CommentPolicy(lesson=lesson, policy=random.choice(policies))
            for n, lesson in enumerate(world.lessons)
            if n % 5
        ]
    )
    Participation.objects.bulk_create(
        [
            Participation(user=person, lesson=lesson)
            for person in world.people
            for lesson in world.lessons
            if random.random() < 0.3
        ]
    )


def _audience(world: GeneratedWorld, random: Random, course: Course) -> dict:
    audience = random.choice([*Audience.values, Audience.COURSE, Audience.GROUP])
    groups = [group for group in world.groups if group.course_id == course.pk]
    return {"audience": audience, "group": random.choice(groups) if audience == Audience.GROUP else None}


def _add_threads(world: GeneratedWorld, random: Random) -> list[Thread]:
    """Add threads with their posts: two thirds are on a lesson, some are merged into another of the same readers."""
    threads, minutes, began = [], count(), timezone.now() - timedelta(days=20)
    for n in range(THREADS):
        course = random.choice(world.courses)
        lessons = [lesson for lesson in world.lessons if lesson.module.course_id == course.pk]
        moment = began + timedelta(minutes=next(minutes))
        threads.append(
            Thread(
                course=course,
                lesson=random.choice([*lessons, *[None] * (len(lessons) // 2)]),
                author=random.choice([*world.people, None]) if n % 9 == 0 else random.choice(world.people),
                by_staff=random.random() < 0.25,
                kind=random.choice(Thread.Kind.values),
                title=f"Thread {n}" if n % 3 else "",
                excerpt=f"Opening {n}",
                last_post_at=moment,
                rank=sort_rank(moment, n % 20 == 0),
                pinned=n % 20 == 0,
                **_audience(world, random, course),
            )
        )
    Thread.objects.bulk_create(threads)
    aliases = Alias.objects.bulk_create(
        [Alias(thread=thread, user=thread.author, name="Anonymous Heron") for thread in threads[::5] if thread.author]
    )
    alias_of = {alias.thread_id: alias for alias in aliases}
    posts = defaultdict(list)
    for thread in threads:
        posts[thread.pk] = _posts(world, random, thread, alias_of.get(thread.pk))
    rows = Post.objects.bulk_create([post for of_thread in posts.values() for post in of_thread])
    _settle_threads(threads, posts)
    _merge_some(threads, posts)
    Thread.objects.bulk_update(
        threads, ["state", "last_seq", "visible_post_count", "excerpt", "alias", "merged_into", "answer"]
    )
    Post.objects.bulk_update(rows, ["state", "moved_to"])
    return threads


def _posts(world: GeneratedWorld, random: Random, thread: Thread, alias: Alias | None) -> list[Post]:
    """Create the opening post and up to five more. Held posts have no number; only staff reply to a held opening."""
    posts, seq = [], 0
    states = [random.choice(OPENINGS), *random.choices(REPLIES, k=random.choice([0, 0, 1, 2, 5]))]
    for n, state in enumerate(states):
        held = state == Post.State.HELD
        seq += not held
        posts.append(
            Post(
                thread=thread,
                seq=None if held else seq,
                author=thread.author if n == 0 else random.choice(world.people),
                alias=alias if n == 0 else None,
                by_staff=thread.by_staff if n == 0 else states[0] == "held" or random.random() < 0.25,
                source="Words",
                html=f"<p>Post {n} of {thread.pk}</p>",
                state=state,
            )
        )
    if alias:
        thread.alias = alias
    return posts


def _settle_threads(threads: list[Thread], posts: dict[int, list[Post]]) -> None:
    """Give the threads the counters and the state that services would have given them."""
    for thread in threads:
        own = posts[thread.pk]
        shown = [post for post in own if post.state == Post.State.SHOWN]
        thread.last_seq = max((post.seq or 0 for post in own), default=0)
        thread.visible_post_count = len(shown)
        if own[0].state == Post.State.HELD or not shown:
            thread.state = own[0].state if own[0].state in Thread.State.values else Thread.State.HIDDEN
        if own[0].state != Post.State.SHOWN:
            thread.excerpt = ""
        if thread.kind == Thread.Kind.QUESTION and len(shown) > 1:
            thread.answer = shown[-1]


def _merge_some(threads: list[Thread], posts: dict[int, list[Post]]) -> None:
    """Merge every eighth thread into one of the same readers: all its posts are tombstones that lead there."""
    by_readers = defaultdict(list)
    for n, thread in enumerate(threads):
        same = by_readers[thread.course_id, thread.audience, thread.group_id, thread.state]
        if n % 8 == 0 and same and thread.state == Thread.State.SHOWN:
            thread.merged_into, thread.answer, thread.visible_post_count = same[0], None, 0
            for post in posts[thread.pk]:
                if post.seq is not None:
                    post.state, post.moved_to = Post.State.MOVED, posts[same[0].pk][0]
        else:
            same.append(thread)


def _add_annotations(world: GeneratedWorld, random: Random, threads: list[Thread]) -> None:
    """Add a note for every second thread on a published text, and highlights without a comment."""
    lessons = {lesson.pk: lesson for lesson in world.lessons if lesson.current_revision_id}
    rows = []
    for thread in threads[::2]:
        if thread.lesson_id in lessons:
            rows.append(_annotation(random, lessons[thread.lesson_id], thread.author, label="note", thread=thread))
            thread.lesson_anchor = f"note-{rows[-1].uid}"
    Thread.objects.bulk_update([row.thread for row in rows], ["lesson_anchor"])
    for _n in range(HIGHLIGHTS):
        lesson, author = random.choice(list(lessons.values())), random.choice([*world.people, None])
        audience = _audience(world, random, lesson.module.course)
        label = HIGHLIGHT if audience["audience"] == Audience.ME else "confused"
        rows.append(_annotation(random, lesson, author, label=label, **audience))
    Annotation.objects.bulk_create(rows)
    placements = []
    for annotation in rows:
        removed = random.random() < 0.2
        span = {} if removed else {"start": annotation.start, "end": annotation.end}
        state = Placement.State.REMOVED if removed else Placement.State.EXACT
        placements.append(Placement(annotation=annotation, revision=annotation.revision, state=state, **span))
    Placement.objects.bulk_create(placements)


def _annotation(random: Random, lesson: Lesson, author: User | None, **fields) -> Annotation:
    start = random.randrange(0, 20)
    span = {"start": start, "end": start + 5, "exact": TEXT[start : start + 5]}
    revision = lesson.current_revision
    is_question = fields["label"] == "confused"
    return Annotation(author=author, lesson=lesson, revision=revision, is_question=is_question, **span, **fields)


def _add_read_states(world: GeneratedWorld, random: Random, threads: list[Thread]) -> None:
    """Add how far people have read, what they follow and were notified of, including what they may not read."""
    pairs = [(person, thread) for person in world.people for thread in threads if random.random() < 0.8]
    ThreadUserState.objects.bulk_create(
        [
            ThreadUserState(
                user=person,
                thread=thread,
                last_read_seq=random.randrange(0, thread.last_seq + 1),
                mailed_seq=random.choice([0, 0, 1]),
                subscription_level=random.choice([-1, 0, 1, 1, 1, 1]),
                has_posted=thread.author_id == person.pk,
            )
            for person, thread in pairs
        ]
    )
    posts = list(Post.objects.select_related("thread"))
    rows = []
    for person in world.people:
        for post in random.sample(posts, 60):
            own = post.author_id == person.pk
            kinds = (
                [Notification.Kind.MODERATION] if own else [*Notification.Kind.values[:3], Notification.Kind.REPORT]
            )
            seen_at = timezone.now() if random.random() < 0.2 else None
            rows.append(
                Notification(
                    user=person,
                    course_id=post.thread.course_id,
                    post=post,
                    kind=random.choice(kinds),
                    seen_at=seen_at,
                )
            )
    Notification.objects.bulk_create(rows)
