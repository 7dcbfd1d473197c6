"""Posts of new accounts wait for staff: what is shown of their thread meanwhile and after, and how it is counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lessons.courses.models import AuditEntry
from lessons.discussions.models import CommentPolicy, Participation, Post, Thread, ThreadUserState
from lessons.discussions.services import moderation, threads
from lessons.discussions.services.posting import prepare_post, reply, start_thread
from lessons.discussions.services.undo import undo
from lessons.privacy.erasure import erase_user
from tests import factories
from tests.discussions.make import post_by, thread_by

LINK = "See [this](https://example.org)."


@pytest.fixture
def newcomer(course):
    return factories.make_member(course, name="Nia New")


def words(course, source=LINK):
    return prepare_post(source, course=course)


@pytest.fixture
def held(course, newcomer):
    """A thread whose opening is held."""
    return start_thread(by=newcomer, course=course, prepared=words(course), title="Look")


def now(thread):
    return Thread.objects.get(pk=thread.pk)


def opening(thread):
    return thread.posts.get(source=LINK)


def test_a_held_thread_stays_held_whatever_staff_do_with_their_own_posts(held, instructor):
    answer = post_by(instructor, held, "Thank you.")
    assert (now(held).state, now(held).visible_post_count) == ("held", 1)
    moderation.hide_post(post=answer, by=instructor)
    assert (now(held).state, now(held).visible_post_count) == ("held", 0)
    moderation.approve_post(post=answer, by=instructor)
    assert (now(held).state, now(held).visible_post_count) == ("held", 1)
    moderation.approve_post(post=opening(held), by=instructor)
    assert (now(held).state, now(held).visible_post_count, now(held).last_seq) == ("shown", 2, 2)


def test_only_a_held_thread_is_removed_with_its_opening_post(course, held, newcomer):
    other = start_thread(by=newcomer, course=course, prepared=words(course), title="Look again")
    moderation.delete_post(post=opening(held), by=newcomer)
    assert list(Thread.objects.all()) == [other]


def test_posts_by_staff_in_a_held_thread_stay_when_its_opening_post_is_removed(held, newcomer, instructor):
    post_by(instructor, held, "Thank you.")
    moderation.delete_post(post=opening(held), by=newcomer)
    thread = now(held)
    assert (thread.state, thread.excerpt, thread.visible_post_count) == ("shown", "", 1)


def test_posts_by_staff_in_a_held_thread_stay_when_its_author_is_erased(held, newcomer, instructor):
    post_by(instructor, held, "Thank you.")
    erase_user(user=newcomer, by=newcomer)
    assert (now(held).state, now(held).excerpt, now(held).author) == ("shown", "", None)


def test_removing_a_held_reply_does_not_change_its_thread(course, learner, newcomer):
    thread = thread_by(learner, course, "Why twice a day?")
    waiting = reply(thread=thread, by=newcomer, prepared=words(course))
    moderation.delete_post(post=waiting, by=newcomer)
    assert (now(thread).state, now(thread).excerpt, now(thread).last_seq) == ("shown", "Why twice a day?", 1)


def test_publishing_a_held_reply_shows_a_thread_whose_other_posts_are_hidden(course, learner, newcomer, instructor):
    thread = thread_by(learner, course)
    waiting = reply(thread=thread, by=newcomer, prepared=words(course))
    assert (waiting.state, waiting.seq) == ("held", None)
    moderation.hide_post(post=thread.posts.get(seq=1), by=instructor)
    assert now(thread).state == "hidden"
    moderation.approve_post(post=waiting, by=instructor)
    assert (now(thread).state, now(thread).visible_post_count, now(thread).last_seq) == ("shown", 1, 2)
    assert Post.objects.get(pk=waiting.pk).seq == 2


def test_a_held_post_is_dated_when_it_is_published(course, learner, newcomer, instructor):
    thread = thread_by(learner, course)
    waiting = reply(thread=thread, by=newcomer, prepared=words(course))
    yesterday = timezone.now() - timedelta(days=1)
    Post.objects.filter(pk=waiting.pk).update(created_at=yesterday)
    Thread.objects.filter(pk=thread.pk).update(last_post_at=yesterday, rank=1)
    moderation.approve_post(post=waiting, by=instructor)
    assert timezone.now() - Post.objects.get(pk=waiting.pk).created_at < timedelta(hours=1)
    assert timezone.now() - now(thread).last_post_at < timedelta(hours=1)
    assert now(thread).rank == int(now(thread).last_post_at.timestamp() * 1_000_000)


@pytest.mark.parametrize(("audience", "counts"), [("course", True), ("group", True), ("staff", False), ("me", False)])
def test_only_posts_that_classmates_can_see_count_as_participation(course, lesson, learner, group_a, audience, counts):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    thread_by(learner, course, lesson=lesson, audience=audience, group=group_a)
    assert Participation.objects.filter(user=learner, lesson=lesson).exists() == counts


def test_authors_follow_the_thread_unless_they_have_muted_it(course, learner, other_learner):
    thread = thread_by(learner, course)
    state = ThreadUserState.objects.get(user=learner, thread=thread)
    assert (state.last_read_seq, state.subscription_level, state.has_posted, state.mailed_seq) == (1, 1, True, 0)
    for level, expected in ((-1, -1), (0, 1), (1, 1)):
        ThreadUserState.objects.update_or_create(
            user=other_learner, thread=thread, defaults={"subscription_level": level, "has_posted": False}
        )
        post_by(other_learner, thread)
        state = ThreadUserState.objects.get(user=other_learner, thread=thread)
        assert (state.subscription_level, state.has_posted) == (expected, True)


def test_a_hidden_answer_no_longer_answers_the_question(course, learner, instructor):
    thread = thread_by(learner, course, kind="question")
    answer, other = (post_by(instructor, thread) for _n in range(2))
    Thread.objects.filter(pk=thread.pk).update(answer=answer, endorsed_by=instructor, status="answered")
    moderation.hide_post(post=other, by=instructor)
    assert (now(thread).answer, now(thread).endorsed_by, now(thread).status) == (answer, instructor, "answered")
    moderation.hide_post(post=answer, by=instructor)
    assert (now(thread).answer, now(thread).endorsed_by, now(thread).status) == (None, None, "open")
    moderation.approve_post(post=answer, by=instructor)
    assert now(thread).status == "open"


def test_a_thread_without_visible_posts_has_the_state_of_its_last_post(course, learner, other_learner, instructor):
    thread = thread_by(learner, course, "The secret of tides.")
    answer = post_by(other_learner, thread)
    moderation.delete_post(post=thread.posts.get(seq=1), by=learner)
    assert (now(thread).state, now(thread).excerpt) == ("shown", "")
    moderation.hide_post(post=answer, by=instructor)
    assert now(thread).state == "hidden"
    moderation.restore_post(post=thread.posts.get(seq=1), by=learner)
    assert (now(thread).state, now(thread).excerpt) == ("shown", "The secret of tides.")


def test_a_thread_restored_from_a_merge_has_the_state_of_its_opening_post(course, learner, other_learner, instructor):
    thread, into = thread_by(learner, course, "The secret of tides."), thread_by(other_learner, course)
    begun = thread.posts.get()
    threads.merge_threads(thread=thread, into=into, by=instructor)
    moderation.hide_post(post=Post.objects.get(pk=begun.pk), by=instructor)
    undo(entry=AuditEntry.objects.get(verb="merge thread"), by=instructor)
    assert (now(thread).state, now(thread).excerpt, now(thread).visible_post_count) == ("hidden", "", 0)
