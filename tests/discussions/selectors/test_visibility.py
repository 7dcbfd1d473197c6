"""Who may read: the queryset and the permission agree for every user, audience, state and lesson."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from lessons.accounts.models import User
from lessons.courses.models import Membership
from lessons.courses.services import enrol
from lessons.discussions.models import CommentPolicy, Participation, Post, Thread
from lessons.permissions import can_read_thread
from tests import factories
from tests.discussions.make import post_by, thread_by


@pytest.fixture
def people(course, instructor, assistant, learner, other_learner, outsider, administrator, group_a):
    former = factories.make_member(course, group=group_a, name="Fenna Former")
    Membership.objects.filter(user=former).update(state=Membership.State.LEFT)
    return [instructor, assistant, learner, other_learner, outsider, administrator, former]


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.thorough
def test_the_queryset_and_the_permission_agree(course, people, lesson, case_study, group_a, group_b):
    CommentPolicy.objects.create(lesson=case_study, policy=CommentPolicy.Rule.POST_FIRST)
    Participation.objects.create(user=people[3], lesson=case_study)
    audiences = [("me", None), ("staff", None), ("group", group_a), ("group", group_b), ("course", None)]
    for author, (audience, group), state, place, staff in product(
        people, audiences, Thread.State.values, [None, lesson, case_study], [False, True]
    ):
        Thread.objects.create(
            course=course, author=author, audience=audience, group=group, state=state, lesson=place, by_staff=staff
        )
    for person in map(fresh, people):
        seen = set(Thread.objects.visible_to(person).values_list("pk", flat=True))
        everything = Thread.objects.select_related("course")
        assert seen == {t.pk for t in everything if can_read_thread(person, t)}, person


def test_nobody_else_reads_a_private_thread(course, people, learner):
    thread = thread_by(learner, course, audience="me")
    readers = [p for p in people if Thread.objects.visible_to(fresh(p)).filter(pk=thread.pk).exists()]
    assert readers == [learner]


def test_a_visitor_reads_no_discussions_of_a_public_course(course, learner, sign_in):
    thread = thread_by(learner, course)
    for address in (f"/courses/{course.slug}/discussions/", f"/threads/{thread.pk}/"):
        assert sign_in(None).get(address).status_code in (302, 404)


def test_a_thread_stays_with_its_group_when_its_author_leaves_it(course, learner, group_a, group_b, instructor):
    thread = thread_by(learner, course, audience="group", group=group_a)
    enrol(user=learner, course=course, group=group_b, by=instructor)
    assert not Thread.objects.visible_to(fresh(learner)).exists()
    assert Thread.objects.visible_to(instructor).get() == thread
    newcomer = factories.make_member(course, group=group_b, name="Nia New")
    assert not Thread.objects.visible_to(newcomer).exists()


@pytest.mark.parametrize(("audience", "has_group"), [("group", False), ("course", True), ("me", True)])
def test_a_thread_has_a_group_exactly_if_its_audience_is_one(course, learner, group_a, audience, has_group):
    with pytest.raises(IntegrityError), transaction.atomic():
        Thread.objects.create(course=course, author=learner, audience=audience, group=group_a if has_group else None)


def test_post_first_hides_classmates_posts_until_the_user_posts(course, lesson, learner, other_learner, instructor):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    theirs = thread_by(other_learner, course, lesson=lesson)
    seed = thread_by(instructor, course, lesson=lesson)
    post_by(other_learner, seed, "An early answer.")
    assert set(Thread.objects.visible_to(fresh(learner))) == {seed}
    assert set(Post.objects.visible_to(fresh(learner)).values_list("by_staff", flat=True)) == {True}
    post_by(learner, seed, "My own.")
    assert set(Thread.objects.visible_to(fresh(learner))) == {seed, theirs}
    assert Post.objects.visible_to(fresh(learner)).count() == 4


def test_a_private_post_does_not_open_a_post_first_lesson(course, lesson, learner, other_learner):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    theirs = thread_by(other_learner, course, lesson=lesson)
    for audience in ("me", "staff"):
        thread_by(learner, course, lesson=lesson, audience=audience)
    assert theirs not in Thread.objects.visible_to(fresh(learner))
