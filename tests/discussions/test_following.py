"""Users can follow only what they can read, and see only titles that they can read."""

import re

import pytest

from lessons.courses.services import enrol, leave
from lessons.discussions.models import Follow, ThreadUserState
from lessons.models import Lesson, Module
from tests import factories
from tests.discussions.make import thread_by


def follow(client, course, **data):
    return client.post(f"/courses/{course.slug}/discussions/subscription/", data)


@pytest.fixture
def unreadable(course, lesson, instructor):
    """Return ids of lessons that a learner of the course cannot read, with their titles, and a missing id."""
    draft = factories.make_lesson(lesson.module, title="Secret draft")
    withdrawn = factories.make_published(factories.make_lesson(lesson.module, title="Secret withdrawn"), by=instructor)
    Lesson.objects.filter(pk=withdrawn.pk).update(state=Lesson.State.WITHDRAWN)
    hidden = factories.make_published(
        factories.make_lesson(factories.make_module(course, state=Module.State.DRAFT), title="Secret module"),
        by=instructor,
    )
    elsewhere = factories.make_published(factories.make_lesson(factories.make_module(), title="Secret course"))
    return [draft.pk, withdrawn.pk, hidden.pk, elsewhere.pk, 10**6, "x"]


def test_an_unreadable_lesson_is_refused_like_a_missing_one(course, learner, unreadable, sign_in):
    client = sign_in(learner)
    answers = [follow(client, course, lesson=pk, enabled=enabled) for pk in unreadable for enabled in ("true", "")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'value="\w{64}"', "", answer.content.decode()) for answer in answers}) == 1
    assert not Follow.objects.exists()


def test_followed_lessons_have_the_titles_that_readers_see(course, lesson, learner, assistant, sign_in):
    client = sign_in(learner)
    follow(client, course, lesson=lesson.pk, enabled="true")
    Lesson.objects.filter(pk=lesson.pk).update(title="Unpublished new title")
    page = client.get("/notifications/settings/").content.decode()
    assert "Why tides come" in page
    assert "Unpublished new title" not in page


def test_followed_lessons_that_become_unreadable_are_no_longer_listed(
    course, lesson, learner, instructor, unreadable, sign_in
):
    other = factories.make_course(title="Other course")
    enrol(user=learner, course=other, by=instructor)
    for pk in unreadable[:3]:
        Follow.objects.create(user=learner, course=course, lesson_id=pk)
    Follow.objects.create(user=learner, course=other)

    def listed():
        page = sign_in(learner).get("/notifications/settings/")
        return [place.title for place in page.context["followed"]]

    follow(sign_in(learner), course, lesson=lesson.pk, enabled="true")
    assert listed() == ["Other course", "Why tides come"]
    leave(user=learner, course=other)
    assert listed() == ["Why tides come"]
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.WITHDRAWN)
    assert listed() == []


def test_only_those_who_can_read_a_new_thread_follow_it(
    course, learner, other_learner, group_a, group_b, administrator, instructor
):
    newcomer = factories.make_member(course, group=group_a)
    for user in (learner, other_learner, newcomer, administrator):
        Follow.objects.create(user=user, course=course)
    leave(user=newcomer, course=course)
    thread = thread_by(instructor, course, audience="group", group=group_a)
    followers = ThreadUserState.objects.filter(thread=thread, subscription_level=1).exclude(user=instructor)
    assert set(followers.values_list("user", flat=True)) == {learner.pk, administrator.pk}
