"""Posts of new accounts wait for staff: what is shown of their thread meanwhile and after, and how it is counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lessons.courses.models import AuditEntry
from lessons.discussions.models import CommentPolicy, Notification, Participation, Post, Thread, ThreadUserState
from lessons.discussions.services import moderation, read_state, threads
from lessons.discussions.services.held_posts import OthersPosted
from lessons.discussions.services.posting import prepare_post, reply, start_thread
from lessons.discussions.services.undo import UndoRefused, undo
from lessons.indexing.indexes import POSTS
from lessons.privacy.erasure import erase_user
from tests import factories
from tests.discussions.make import post_by, thread_by
from tests.indexed import assert_posts_are_indexed

LINK = "See [this](https://example.org)."


@pytest.fixture(autouse=True)
def index_follows(db):
    """Compare the search index with the posts after each test."""
    yield
    assert_posts_are_indexed()


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


def test_an_opening_post_that_waits_again_takes_earlier_posts_by_staff_with_it(held, instructor):
    post_by(instructor, held, "Thank you.")
    moderation.approve_post(post=opening(held), by=instructor)
    undo(entry=AuditEntry.objects.get(verb="publish held post"), by=instructor)
    assert (now(held).state, now(held).visible_post_count, now(held).last_seq) == ("held", 1, 1)


def test_a_rejected_opening_post_hides_the_title_and_not_what_staff_have_replied(held, instructor):
    answer = post_by(instructor, held, "Thank you.")
    moderation.hide_post(post=opening(held), by=instructor)
    assert (now(held).state, now(held).title) == ("shown", "")
    assert POSTS.read([answer.pk])[answer.pk].title == ""


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


DECISIONS = {"publish": moderation.approve_post, "reject": moderation.hide_post}


def undo_latest(by, verb):
    return undo(entry=AuditEntry.objects.filter(verb=verb).latest("pk"), by=by)


def everything(thread):
    """Return what is stored of the thread, its posts, and who has read and follows it."""
    fields = ["title", "hidden_title", "excerpt", "state", "status", "answer_id", "last_seq"]
    posts = thread.posts.order_by("pk").values_list("pk", "seq", "state", "created_at", "alias", "html")
    states = thread.user_states.order_by("user").values_list("user", "last_read_seq", "mailed_seq")
    return {
        **{name: getattr(now(thread), name) for name in [*fields, "visible_post_count", "last_post_at"]},
        "posts": list(posts),
        "states": list(states),
    }


@pytest.mark.thorough
@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("is_opening", [True, False])
def test_a_decision_about_a_held_post_is_undone_without_a_trace(
    course, lesson, learner, newcomer, instructor, decision, is_opening
):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    if is_opening:
        thread = start_thread(by=newcomer, course=course, prepared=words(course), title="Look", lesson=lesson)
    else:
        thread = thread_by(learner, course, lesson=lesson)
        reply(thread=thread, by=newcomer, prepared=words(course, f"{LINK} @lea-learner"))
    waiting, before = thread.posts.get(state="held"), everything(thread)
    for _n in range(2):
        DECISIONS[decision](post=waiting, by=instructor)
        assert Participation.objects.filter(user=newcomer).exists() == (decision == "publish")
        undo_latest(instructor, f"{decision} held post")
        after = everything(thread)
        after["states"] = [state for state in after["states"] if state[0] != newcomer.pk or state[1:] != (0, 0)]
        assert after == before
        assert not Participation.objects.filter(user=newcomer).exists()
        assert not Notification.objects.exists()
    moderation.approve_post(post=waiting, by=instructor)
    assert (now(thread).state, now(thread).last_seq) == ("shown", 1 if is_opening else 2)
    assert Notification.objects.filter(user=learner, kind="mention").count() == (not is_opening)


@pytest.mark.parametrize("news", ["a later post", "a reader"])
def test_a_post_that_waits_again_leaves_its_number_behind_once_others_know_of_it(
    course, learner, other_learner, newcomer, instructor, news
):
    thread = thread_by(learner, course)
    waiting = reply(thread=thread, by=newcomer, prepared=words(course))
    moderation.approve_post(post=waiting, by=instructor)
    if news == "a later post":
        post_by(other_learner, thread, having_read=False)
    else:
        read_state.mark_read_up_to(thread=thread, user=other_learner, seq=2, known=None)
    undo_latest(instructor, "publish held post")
    last = now(thread).last_seq
    assert thread.posts.filter(seq=2, state="moved", moved_to=None, author=None, html="").exists()
    moderation.approve_post(post=waiting, by=instructor)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.seq, now(thread).last_seq) == ("shown", last + 1, last + 1)
    state = ThreadUserState.objects.get(user=other_learner, thread=thread)
    assert state.last_read_seq < waiting.seq


def test_a_mention_that_was_seen_is_not_announced_again(course, learner, other_learner, newcomer, instructor):
    thread = thread_by(other_learner, course)
    waiting = reply(thread=thread, by=newcomer, prepared=words(course, f"{LINK} @lea-learner"))
    moderation.approve_post(post=waiting, by=instructor)
    Notification.objects.update(seen_at=timezone.now())
    undo_latest(instructor, "publish held post")
    moderation.approve_post(post=waiting, by=instructor)
    assert Notification.objects.filter(user=learner).count() == 1


def test_the_first_post_does_not_wait_again_once_somebody_has_replied(course, held, learner, instructor):
    moderation.approve_post(post=opening(held), by=instructor)
    answer = post_by(learner, held)
    with pytest.raises(OthersPosted):
        undo_latest(instructor, "publish held post")
    assert opening(held).state == "shown"
    moderation.hide_post(post=answer, by=instructor)
    moderation.hide_post(post=opening(held), by=instructor)
    with pytest.raises(UndoRefused):
        undo_latest(instructor, "publish held post")


def test_an_answer_that_waits_again_no_longer_answers(course, learner, newcomer, instructor):
    thread = thread_by(learner, course, kind="question")
    waiting = reply(thread=thread, by=newcomer, prepared=words(course))
    moderation.approve_post(post=waiting, by=instructor)
    Thread.objects.filter(pk=thread.pk).update(answer=waiting, endorsed_by=instructor, status="answered")
    undo_latest(instructor, "publish held post")
    assert (now(thread).answer, now(thread).endorsed_by, now(thread).status) == (None, None, "open")
