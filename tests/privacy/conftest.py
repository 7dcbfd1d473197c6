"""A cohort that has read together for a while, and Zelda, a learner whose data is exported and erased."""

import uuid

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.files.base import ContentFile

from lessons.accounts.models import User
from lessons.annotations import passages
from lessons.annotations.models import DEFAULT_LABELS
from lessons.annotations.services import annotate
from lessons.courses.models import Membership
from lessons.db.unsent_texts import save_unsent_text
from lessons.discussions.models import NotificationPreference, Post, PostImage
from lessons.discussions.services import moderation, posting, questions, read_state
from lessons.progress.models import Progress
from tests import factories
from tests.discussions.make import known, post_by, thread_by

NAME, ADDRESS = "Zelda Quennell", "zelda.quennell@example.org"


@pytest.fixture
def learner(course, group_a):
    return factories.make_enrolled(course, group=group_a, name="Lea Learner")


class Cohort:
    """One course with every kind of data that `zelda` may leave in it."""

    def __init__(self, course, lesson, instructor, group):
        self.course, self.lesson, self.instructor = course, lesson, instructor
        self.zelda = known(factories.make_enrolled(course, group=group, name=NAME, email=ADDRESS))
        self.otto = known(factories.make_member(course, group=group, name="Otto Other"))
        self.handle = Membership.objects.get(user=self.zelda).handle
        self.zelda.emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
        self.write()
        self.annotate()
        self.act()

    def write(self):
        zelda, otto, course = self.zelda, self.otto, self.course
        self.thread = thread_by(zelda, course, f"Why?\n\n– {NAME}", title=f"{NAME} asks", kind="question")
        self.answer = post_by(otto, self.thread, f"Well, @{self.handle}, or write to {ADDRESS}.")
        self.reply = post_by(zelda, self.thread, "> Well\n\nThank you.", reply_to=self.answer)
        posting.edit_post(post=self.reply, by=zelda, prepared=posting.prepare_post("Thanks a lot.", course=course))
        self.others = thread_by(otto, course, "Who knows?", title="Moon", kind="question")
        self.best = post_by(zelda, self.others, "The moon does it.")
        questions.mark_answer(post=self.best, by=self.instructor)
        self.hidden = post_by(zelda, self.others, "Nonsense.")
        moderation.hide_post(post=self.hidden, by=self.instructor, reason="Not nice")
        self.bird = post_by(zelda, self.others, "Nobody knows me here.", anonymous=True)
        self.private = thread_by(zelda, course, "For me alone.", audience="me")
        self.image = PostImage(post=self.best, alt=f"Drawn by {NAME}")
        self.image.file.save("a.webp", ContentFile(b"RIFF"))
        save_unsent_text(
            user_id=zelda.pk, draft_key=f"thread-{self.others.pk}", fields={"source": "> Who knows?\n\nHalf a thought"}
        )
        save_unsent_text(
            user_id=otto.pk, draft_key=f"thread-{self.others.pk}", fields={"source": f"@{self.handle}, half"}
        )

    def annotate(self):
        text = self.lesson.current_revision.text

        def note(kind, start, **more):
            passage = passages.locate_passage(self.lesson.current_revision, start=start, end=start + 6)
            return annotate.annotate(
                by=self.zelda,
                lesson=self.lesson,
                passage=passage,
                label=DEFAULT_LABELS[kind],
                key=uuid.uuid4(),
                **more,
            )

        assert len(text) > 40
        self.highlight = note(0, 0)
        prepared = posting.prepare_post("Odd.", course=self.course)
        self.note = note(1, 10, prepared=prepared, audience="course")

    def act(self):
        zelda, otto = self.zelda, self.otto
        questions.set_thanks(post=self.answer, by=zelda)
        questions.set_thanks(post=self.answer, by=self.instructor)
        questions.set_thanks(post=self.best, by=otto)
        questions.set_me_too(thread=self.others, by=zelda)
        moderation.report_post(post=self.answer, by=zelda, reason="Rude")
        moderation.warn_author(post=self.best, by=self.instructor, message="Mind your words")
        read_state.set_following(user=zelda, course=self.course)
        NotificationPreference.objects.create(user=zelda)
        Progress.objects.save_progress(user=zelda, lesson=self.lesson, position=500)
        row = ContentType.objects.get_for_model(User)
        LogEntry.objects.create(
            user=self.instructor, content_type=row, object_id=zelda.pk, object_repr=NAME, action_flag=CHANGE
        )

    def posts(self):
        return Post.objects.filter(thread__course=self.course)


@pytest.fixture(autouse=True)
def clear_rate_limits():
    """Forget the requests of other tests, so that they do not count for the same user."""
    cache.clear()


def make_cohort():
    course = factories.make_course(title="Tides and shores", slug="tides", join_policy="open")
    instructor = factories.make_member(course, Membership.Role.INSTRUCTOR, name="Ines Instructor")
    module = factories.make_module(course, title="The moving sea", slug="moving-sea")
    lesson = factories.make_published(factories.make_lesson(module, title="Why tides come"), by=instructor)
    return Cohort(course, lesson, instructor, factories.make_group(course, "Group A"))


@pytest.fixture(scope="module")
def make_world():
    return make_cohort


@pytest.fixture
def cohort(world):
    """Return the module's cohort; what a test does to it is undone."""
    return world
