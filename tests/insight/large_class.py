"""A class of thousands, all of whom have read one lesson and written on it."""

from itertools import cycle, islice

from django.contrib.auth.hashers import make_password

from lessons.accounts.models import User
from lessons.annotations.models import Annotation, Placement
from lessons.courses.models import Course, Membership
from lessons.discussions.models import MeToo, Post, Thread
from lessons.models import Lesson
from lessons.practice.models import Answer, KnowledgeCheck, PublishedChecks
from lessons.progress.models import Progress, Reached
from tests.practice.make import SINGLE


def add_learners(course: Course, number: int) -> list[User]:
    """Add so many learners, in turn to each group of the course."""
    password = make_password(None)
    names = [f"learner-{User.objects.count() + n}" for n in range(number)]
    people = User.objects.bulk_create(
        User(email=f"{name}@example.org", display_name=name, password=password) for name in names
    )
    groups = cycle([*course.groups.all()] or [None])
    Membership.objects.bulk_create(
        Membership(course=course, user=person, role=Membership.Role.LEARNER, handle=person.display_name, group=group)
        for person, group in zip(people, groups, strict=False)
    )
    return people


def fill_lesson(lesson: Lesson, people: list[User], notes: int) -> None:
    """Add so many questions on the first passage of the lesson, a vote for each, and what everybody has read and
    answered.
    """
    revision, course = lesson.current_revision, lesson.module.course
    authors = [*islice(cycle(people), notes)]
    threads = Thread.objects.bulk_create(
        Thread(course=course, lesson=lesson, author=author, kind="question", excerpt="Why?", quote=revision.text[:9],
               lesson_anchor=f"note-{n}", last_seq=1, visible_post_count=1, me_too_count=1)
        for n, author in enumerate(authors)
    )  # fmt: skip
    Post.objects.bulk_create(
        Post(thread=one, seq=1, author_id=one.author_id, source="Why?", html="<p>Why?</p>") for one in threads
    )
    rows = Annotation.objects.bulk_create(
        Annotation(author_id=one.author_id, lesson=lesson, revision=revision, start=0, end=9, exact=revision.text[:9],
                   label="question", is_question=True, thread=one)
        for one in threads
    )  # fmt: skip
    Placement.objects.bulk_create(
        Placement(annotation=row, revision=revision, start=0, end=9, state=Placement.State.EXACT) for row in rows
    )
    MeToo.objects.bulk_create(
        MeToo(thread=one, user=user) for one, user in zip(threads, [*authors[1:], authors[0]], strict=True)
    )
    _read_and_answer(lesson, people)


def _read_and_answer(lesson: Lesson, people: list[User]) -> None:
    revision = lesson.current_revision
    definition = {"definition": SINGLE.to_json(), "published_version": 1}
    check, is_new = KnowledgeCheck.objects.get_or_create(lesson=lesson, defaults=definition)
    if is_new:
        PublishedChecks.objects.create(revision=revision, checks=[check.frozen()])
    read = len(revision.text)
    Reached.objects.bulk_create(Reached(user=one, revision=revision, offset=n % read) for n, one in enumerate(people))
    Progress.objects.bulk_create(Progress(user=one, lesson=lesson) for one in people)
    Answer.objects.bulk_create(
        Answer(user=one, question=check, version=1, first_response=[], first_is_right=bool(n % 2), last_response=[])
        for n, one in enumerate(people)
    )
