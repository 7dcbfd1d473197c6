"""A deterministic site for load tests: one course with everything, and a few small ones.

At scale 1: 5,000 members, 200 lessons with revisions, 2,000 threads besides those of annotations, 20,000 annotations
and 100,000 posts, one thread of 1,000 posts, a lesson with 1,000 annotations and one with 10,000.
"""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from random import Random
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import CourseLabel
from lessons.courses.models import Course, Invitation, Membership
from lessons.courses.roster_csv import RosterLine
from lessons.courses.services import enrol
from lessons.courses.services.bulk_enrol import bulk_enrol
from lessons.db.models import UnsentText
from lessons.discussions.models import CommentPolicy, Follow, NotificationPreference, Thread
from lessons.discussions.models.threads import IS_TOPIC
from lessons.discussions.services import counters
from lessons.mail.models import OutgoingEmail
from lessons.models import Lesson
from lessons.progress.models import Progress
from lessons.tagging.models import Tag
from tests.load import texts
from tests.load.conversations import Annotating, Audience, Conversations, Kind, People, draw_uuid, insert
from tests.load.lessons import LessonMaker
from tests.load.moderating import Moderating

SEED = 20261123
PASSWORD = "a long enough password"
HALF_WRITTEN = {"title": "Half written", "source": "I think that …"}
Role, State = Membership.Role, Membership.State


# Of a course's threads, in turn: most are for everybody, some for few.
AUDIENCES = [*[Audience.COURSE] * 3, Audience.STAFF, Audience.GROUP, *[Audience.COURSE] * 13, Audience.GROUP]
AUDIENCES += [*[Audience.COURSE] * 6, Audience.ME]


class SmallCourse(NamedTuple):
    title: str
    script: texts.Script
    visibility: str
    join_policy: str
    members: int
    is_closed: bool = False


SMALL_COURSES = [
    SmallCourse("Приливы и берега", texts.CYRILLIC, "public", "open", 60),
    SmallCourse("المد والجزر", texts.ARABIC, "members", "invitation", 40),
    SmallCourse("潮と海岸", texts.JAPANESE, "unlisted", "request", 30),
    SmallCourse("Tides of last year", texts.LATIN, "members", "invitation", 50, is_closed=True),
]


class World:
    """What was created, and who can sign in: `accounts` maps a role to a user, `paths` are the URLs to measure."""

    def __init__(self, scale: float, report: Callable[[str], None] = lambda line: None):
        self.scale, self.report = scale, report
        self.pick = Random(SEED)
        self.now = timezone.now().replace(microsecond=0)
        self.accounts: dict[str, User] = {}
        self.lessons: dict[int, list[Lesson]] = {}

    def count(self, number: int, minimum: int = 1) -> int:
        return max(minimum, round(number * self.scale))

    @transaction.atomic
    def fill(self) -> "World":
        for step in (
            self.add_people,
            self.add_courses,
            self.add_lessons,
            self.add_conversations,
            self.moderate,
            self.settle_questions,
            self.add_traces,
            self.republish,
        ):
            began = timezone.now()
            step()
            self.report(f"{step.__name__.replace('_', ' ')}: {(timezone.now() - began).total_seconds():.1f} s")
        return self

    # --- People and courses ---
    def add_people(self) -> None:
        pick, password = self.pick, make_password(PASSWORD)
        roles = ["administrator", "instructor", "assistant", "learner"]
        names = [f"{role}@example.org" for role in roles]
        names += [f"member{n}@example.org" for n in range(1, self.count(5000, 24) - len(roles) + 2)]
        users = []
        for n, email in enumerate(names):
            script = texts.SCRIPTS[n % 4 if n >= len(roles) else 0]
            is_administrator = n == 0
            users.append(
                User(
                    uid=draw_uuid(pick),
                    email=email,
                    password=password,
                    display_name=texts.person_name(pick, script),
                    about=texts.sentence(pick, script) if pick.random() < 0.2 else "",
                    is_staff=is_administrator,
                    is_superuser=is_administrator,
                    date_joined=self.now - timedelta(days=pick.randint(80, 400)),
                )
            )
        insert(User, users)
        insert(EmailAddress, (EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users))
        self.accounts = dict(zip(roles, users, strict=False))
        self.users = users[1:]

    def add_courses(self) -> None:
        fields = {"title": "The sea and its shores", "slug": "sea", "description": "Tides, **walls** and people."}
        self.course = self._add_course(self.users, visibility="public", join_policy="open", **fields)
        CourseLabel.objects.bulk_create(
            CourseLabel(course=self.course, key=key, name=key.title(), is_question=asks, position=n)
            for n, (key, asks) in enumerate(
                [("note", False), ("question", True), ("confused", True), ("idea", False), ("objection", True)]
            )
        )
        self.courses = [(self.course, texts.LATIN)]
        for n, small in enumerate(SMALL_COURSES):
            members = self.users[:3] + self.pick.sample(self.users[3:], self.count(small.members, 6))
            fields = {"title": small.title, "slug": f"small-{n + 1}", "language": small.script.language}
            course = self._add_course(
                members, visibility=small.visibility, join_policy=small.join_policy, has_guests=False, **fields
            )
            self.courses.append((course, small.script))

    def _add_course(self, users: list[User], *, has_guests: bool = True, **fields) -> Course:
        """Create a course with members from a roster: an instructor, an assistant per forty, groups of about forty."""
        course = Course.objects.create(**fields)
        instructor = self.accounts["instructor"]
        enrol(user=instructor, course=course, role=Role.INSTRUCTOR, by=self.accounts["administrator"])
        groups = max(2, len(users) // 40)
        roles = {1: Role.ASSISTANT, 9: Role.INSTRUCTOR}
        lines = [
            RosterLine(
                number=n,
                email=user.email,
                role=roles.get(n, Role.ASSISTANT if n % 250 == 249 else Role.LEARNER),
                group=f"Group {n % groups + 1}" if n % 20 else "",
            )
            for n, user in enumerate(users)
            if user != instructor
        ]
        bulk_enrol(course=course, lines=lines, by=instructor)
        OutgoingEmail.objects.all().delete()
        if has_guests:
            self._add_former_members(course)
        Invitation.objects.create(course=course, created_by=instructor)
        Invitation.objects.create(course=course, created_by=instructor, requires_approval=True, max_uses=30, uses=4)
        return course

    def _add_former_members(self, course: Course) -> None:
        """Put some people of the course into each state except active."""
        states = [State.PENDING, State.LEFT, State.REMOVED, State.REJECTED]
        users = [
            User(uid=draw_uuid(self.pick), email=f"guest{n}@example.org", display_name=f"Guest {n}")
            for n in range(1, self.count(60, 4) + 1)
        ]
        insert(User, users)
        insert(
            Membership,
            (
                Membership(course=course, user=user, state=states[n % 4], handle=f"guest-{n}")
                for n, user in enumerate(users)
            ),
        )

    # --- Texts ---
    def add_lessons(self) -> None:
        """Create modules of ten lessons: four fifths in the large course, one lesson in ten a case study."""
        self.tags = [
            Tag.objects.get_or_create_named(f"{texts.phrase(self.pick, texts.SCRIPTS[n % 4], 1)} {n}")
            for n in range(self.count(120, 8))
        ]
        self.lesson_maker = LessonMaker(self.pick, self.scale, self.tags, self.accounts["instructor"])
        for course, script in self.courses:
            is_large = course == self.course
            size = self.count(160, 4) if is_large else self.count(10, 1)
            self.lessons[course.pk] = [
                lesson
                for first in range(0, size, 10)
                for lesson in self.lesson_maker.add_module(
                    course, script, first // 10, min(10, size - first), is_large=is_large
                )
            ]
        policies = [CommentPolicy.Rule.POST_FIRST, CommentPolicy.Rule.OFF, CommentPolicy.Rule.POST_FIRST]
        for lesson, policy in zip(self.lessons[self.course.pk][-3:], policies, strict=False):
            CommentPolicy.objects.create(lesson=lesson, policy=policy)

    # --- What people write ---
    def add_conversations(self) -> None:
        """Plan all threads, those of annotations first, so that the others make up the intended number of posts."""
        conversations = Conversations(self.pick, self.now, self.tags)
        annotating = Annotating(conversations)
        readers = [self.accounts["learner"], self.accounts["instructor"]]
        people = {course.pk: People.of(course, readers) for course, _script in self.courses}
        self._annotate(annotating, people)
        posts = self.count(100_000) - sum(max(1, plan.thread.last_seq) for plan in conversations.plans)
        self.long_thread = self._add_threads(conversations, people, posts)
        self.moderating = Moderating(self.pick, self.count, self.course, self.long_thread, self.accounts["instructor"])
        conversations.write()
        annotating.write()
        closed = [n for n, small in enumerate(SMALL_COURSES, 1) if small.is_closed]
        for n in closed:
            Course.objects.filter(pk=self.courses[n][0].pk).update(closed_at=self.now - timedelta(days=20))

    def _annotate(self, annotating: Annotating, people: dict[int, People]) -> None:
        lessons = [(course, lesson) for course, _script in self.courses for lesson in self.lessons[course.pk]]
        counts = [self.count(10_000), self.count(1000)]
        rest = self.count(20_000) - sum(counts)
        weights = [self.pick.random() ** 2 for _ in lessons[2:]]
        counts += [round(rest * weight / sum(weights)) for weight in weights]
        for (course, lesson), count in zip(lessons, counts, strict=True):
            annotating.annotate(lesson, course, people[course.pk], count)

    def _add_threads(self, conversations: Conversations, people: dict[int, People], posts: int) -> Thread:
        """Plan the threads that belong to no annotation, with this number of posts in total; return the longest."""
        pick = self.pick
        large = people[self.course.pk]
        long = conversations.add_thread(
            course=self.course, people=large, size=self.count(1000, 60), title="Everything about spring tides"
        )
        held, announcements = self.count(20, 2), self.count(10, 1)
        for _ in range(held):
            conversations.add_thread(course=self.course, people=large, size=1, title="Cheap tables", is_held=True)
        for n in range(announcements):
            fields = {"kind": Kind.ANNOUNCEMENT, "title": f"Announcement {n + 1}"}
            conversations.add_thread(course=self.course, people=large, size=pick.randint(1, 5), **fields)
        number = self.count(2000) - 1 - held - announcements
        posts = max(
            number, posts - sum(max(1, p.thread.last_seq) for p in conversations.plans[-1 - held - announcements :])
        )
        left = 0
        for n, size in enumerate(self._sizes(number, posts)):
            audience = AUDIENCES[n % len(AUDIENCES)]
            # What somebody would not write to themselves goes to the next thread.
            size, left = (min(size, 3), max(0, size - 3)) if audience == Audience.ME else (size + left, 0)
            course, script = self.courses[0] if pick.random() < 0.85 else pick.choice(self.courses[1:])
            on_lesson = pick.random() < 0.35
            conversations.add_thread(
                course=course,
                people=people[course.pk],
                size=size,
                lesson=pick.choice(self.lessons[course.pk]) if on_lesson else None,
                audience=audience,
                kind=Kind.QUESTION if pick.random() < 0.3 else Kind.DISCUSSION,
                title="" if on_lesson and pick.random() < 0.5 else texts.phrase(pick, script, pick.randint(2, 7)),
            )
        return long

    def _sizes(self, number: int, posts: int) -> list[int]:
        """Return the sizes of this many threads with this many posts in total: most are short, a few long."""
        weights = [self.pick.lognormvariate(0, 1) for _ in range(number)]
        sizes = [1 + int((posts - number) * weight / sum(weights)) for weight in weights]
        sizes[0] += posts - sum(sizes)
        return sizes

    # --- What becomes of it ---
    def moderate(self) -> None:
        self.moderating.moderate(learners=self.users[12:22])
        self.moderating.tidy_threads(lesson=self.lessons[self.course.pk][0])

    def settle_questions(self) -> None:
        self.moderating.settle_questions(self.users)

    # --- Traces of reading ---
    def add_traces(self) -> None:
        pick, lessons = self.pick, self.lessons[self.course.pk]
        insert(
            Progress,
            (
                Progress(
                    user=user,
                    lesson=lesson,
                    position=pick.randint(0, 1000),
                    completed_at=self.now if pick.random() < 0.5 else None,
                )
                for user in self.users
                for lesson in pick.sample(lessons, min(8, len(lessons)))
            ),
        )
        frequencies = NotificationPreference.EmailFrequency.values
        insert(
            NotificationPreference,
            (
                NotificationPreference(
                    user=user, email_frequency=pick.choice(frequencies), next_email_at=self.now + timedelta(days=1)
                )
                for user in self.users
                if pick.random() < 0.6
            ),
        )
        followers = self.users[: self.count(100, 4)]
        insert(Follow, (Follow(user=user, course=self.course) for user in followers))
        insert(Follow, (Follow(user=user, course=self.course, lesson=pick.choice(lessons)) for user in followers))
        insert(
            UnsentText,
            (UnsentText(user=user, draft_key=f"course-{self.course.pk}", fields=HALF_WRITTEN) for user in followers),
        )

    def republish(self) -> None:
        """Publish two in three lessons again, so that existing annotations are moved to the new text."""
        for lessons in self.lessons.values():
            for n, lesson in enumerate(lessons):
                if n % 3 != 2:
                    self.lesson_maker.revise(lesson)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def check(self, sample: int = 200) -> int:
        """Compare the counters of a sample of threads with their rows; return how many were checked."""
        ids = list(Thread.objects.order_by("pk").values_list("pk", flat=True))
        drawn = Random(SEED).sample(ids, min(sample, len(ids)))
        for thread in Thread.objects.filter(pk__in=drawn):
            expected = counters.expected_counters(thread)
            found = {name: getattr(thread, name) for name in expected._fields}
            if found != expected._asdict():
                raise ValueError(f"Thread {thread.pk} has {found}, its rows {expected}.")
        return len(drawn)

    def busy_threads(self, number: int = 4) -> list[Thread]:
        """Return open threads without tombstones: what `benchmarks/post_replies.py` writes in."""
        whole = Thread.objects.listed().filter(course=self.course, audience="course", closed=False, annotation=None)
        whole = whole.filter(last_seq__gte=5, visible_post_count=F("last_seq"))
        return list(whole.exclude(pk=self.long_thread.pk).order_by("pk")[:number])

    def paths(self) -> dict[str, str]:
        """Return the paths to measure, by name."""
        first, second = self.lessons[self.course.pk][:2]
        small = self.lessons[self.course.pk][2]
        thread, slug = self.long_thread, self.course.slug
        listed = Thread.objects.listed().filter(IS_TOPIC, course=self.course, audience="course")
        deep = listed.order_by("-rank", "-pk")[listed.count() * 9 // 10]
        notes = first.annotations.exclude(thread=None).order_by("pk").values_list("pk", flat=True)[:50]
        return {
            "floor": "/health/live/",
            "library": "/",
            "course": self.course.get_absolute_url(),
            "module": first.module.get_absolute_url(),
            "lesson": small.get_absolute_url(),
            "lesson with 10,000 annotations": first.get_absolute_url(),
            "lesson with 1,000 annotations": second.get_absolute_url(),
            "positions of 1,000": f"/lessons/{second.pk}/notes/positions/",
            "cards": f"/lessons/{first.pk}/notes/cards/?ids={','.join(map(str, notes))}",
            "list of annotations": f"/lessons/{second.pk}/notes/",
            "thread": f"/threads/{thread.pk}/",
            "last page of the thread": f"/threads/{thread.pk}/?page={thread.last_page}",
            "discussions": f"/courses/{slug}/discussions/",
            "discussions, far down": f"/courses/{slug}/discussions/?before={deep.rank}.{deep.pk}",
            "discussions from the text": f"/courses/{slug}/discussions/text/",
            "staff inbox": reverse("discussions:moderator_inbox", args=[slug]),
            "confusion board": reverse("insight:board", args=[slug]),
            "lecture note": reverse("insight:lecture_note", args=[slug]),
            "learners of a lesson": reverse("insight:learners", args=[first.pk]),
            "map of a lesson": reverse("insight:lesson", args=[second.pk]),
            "work of staff": reverse("participation:staff", args=[slug]),
            "review cards": reverse("reading:review_cards"),
            "checks of a lesson": reverse("reading:checks", args=[first.pk]),
            "own work": reverse("insight:own_work", args=[slug]),
            "tag": f"/tags/{self.tags[0].slug}/",
            "notebook": "/notebook/",
            "notifications": "/notifications/",
            "page of the annotation container": f"/lessons/{first.pk}/annotations/?iris=0&page=0",
        }


def session_key(user: User) -> str:
    """Sign the user in, and return the value of their `sessionid` cookie."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"], store["_auth_user_backend"] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def is_empty() -> bool:
    return not User.objects.exists() and not Course.objects.exists()
