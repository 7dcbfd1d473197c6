"""Undoing restores posts, numbers, the answer, followers and the order of lists."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.courses.models import AuditEntry
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.inbox import inbox_counts
from lessons.discussions.services import (
    counters,
    errors,
    moderation,
    posting,
    posting_limits,
    questions,
    read_state,
    threads,
)
from lessons.discussions.services.undo import UndoRefused, undo
from tests import factories
from tests.discussions.make import post_by, thread_by
from tests.environment import examples
from tests.indexed import assert_posts_are_indexed

RESTORED_FIELDS = (
    "title excerpt quote state pinned closed "
    "status answer_id endorsed_by_id visible_post_count last_post_at rank me_too_count"
).split()


def last_entry(verb):
    return AuditEntry.objects.filter(verb=verb).order_by("-pk").first()


def undo_last(verb, by):
    return undo(entry=last_entry(verb), by=by)


def snapshot(thread, *more):
    """Return everything that users see of a thread, and compare the search index with all posts. `more` are fields
    that a merge changes in its target.
    """
    assert_posts_are_indexed()
    thread = Thread.objects.get(pk=thread.pk)
    posts = thread.posts.exclude(state=Post.State.MOVED).order_by("seq", "pk")
    followers = thread.user_states.filter(subscription_level=1).order_by("user").values_list("user", flat=True)
    return {
        **{name: getattr(thread, name) for name in [*RESTORED_FIELDS, *more]},
        "tags": sorted(thread.tags.names()),
        "posts": list(posts.values_list("pk", "seq", "state", "alias__name", "reply_to_id")),
        "followers": list(followers),
    }


@pytest.fixture
def thread(course, learner):
    return thread_by(learner, course, kind="question", tags=["moon"])


@pytest.fixture
def into(course, other_learner):
    return thread_by(other_learner, course, kind="question", tags=["sun"])


ACTIONS = ["reply", "anonymous", "held", "delete", "hide", "answer", "endorse", "pin", "close", "ask", "follow"]


def do(action, thread, course, staff, people, n):
    thread.refresh_from_db()
    person, posts = people[n % 2], list(thread.posts.filter(state="shown").order_by("seq"))
    if action in ("reply", "anonymous"):
        post_by(
            person,
            thread,
            anonymous=action == "anonymous",
            named=True,
            reply_to=posts[n % len(posts)] if posts else None,
        )
    elif action == "held":
        newcomer = factories.make_member(course)
        post = posting.prepare_post("See https://example.org", course=course)
        assert posting.reply(thread=thread, by=newcomer, prepared=post).state == "held" or thread.closed
    elif action == "delete" and posts:
        moderation.delete_post(post=posts[n % len(posts)], by=person)
    elif action == "hide" and len(posts) > 1:
        moderation.hide_post(post=posts[-1], by=staff)
    elif action in ("answer", "endorse") and len(posts) > 1:
        questions.mark_answer(post=posts[-1], by=staff if action == "endorse" else thread.author)
    elif action in ("pin", "close"):
        getattr(threads, {"pin": "set_pinned", "close": "set_closed"}[action])(thread=thread, by=staff)
    elif action == "ask":
        questions.set_me_too(thread=thread, by=person)
    elif action == "follow":
        read_state.set_subscription(thread=thread, user=person, subscription_level=n % 3 - 1)


AT_FIRST = [("held", True, 0), ("reply", True, 0), ("anonymous", True, 1), ("endorse", True, 0)]
actions = st.lists(st.tuples(st.sampled_from(ACTIONS), st.booleans(), st.integers(0, 5)), max_size=9)


@pytest.mark.thorough
@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=actions, verb=st.sampled_from(["merge", "split"]))
def test_undoing_restores_everything(actions, verb, course, instructor, learner, other_learner, monkeypatch):
    monkeypatch.setattr(posting_limits, "RATE_LIMITS", ())
    pair = [thread_by(p, course, kind="question", tags=[p.display_name]) for p in (learner, other_learner)]
    for action, which, n in [*AT_FIRST, *actions]:
        try:
            do(action, pair[not which], course, instructor, [learner, other_learner], n)
        except errors.ThreadClosed:
            continue
    one, two = pair
    before, other = snapshot(one, "last_seq"), snapshot(two)
    try:
        if verb == "merge":
            threads.merge_threads(thread=one, into=two, by=instructor)
        else:
            threads.split_thread(thread=one, seqs=[2, 3], title="Apart", by=instructor)
    except errors.ActionRefused:
        return
    undo_last(f"{verb} thread", instructor)
    assert snapshot(one, "last_seq") == before
    assert snapshot(two) == other
    for each in Thread.objects.filter(course=course):
        wanted = counters.expected_counters(each)._asdict()
        assert {name: getattr(each, name) for name in wanted} == wanted


def test_an_endorsed_answer_is_restored_with_its_endorsement(
    thread, into, other_learner, learner, instructor, sign_in
):
    post = post_by(other_learner, thread, "Because of the moon.")
    questions.mark_answer(post=post, by=instructor)
    threads.merge_threads(thread=thread, into=into, by=instructor)
    assert b"Endorsed by" not in sign_in(learner).get(f"/threads/{into.pk}/").content
    undo_last("merge thread", instructor)
    assert b"Endorsed by Ines Instructor" in sign_in(learner).get(f"/threads/{thread.pk}/").content


def test_an_answer_deleted_since_is_not_restored(thread, into, other_learner, instructor):
    post = post_by(other_learner, thread)
    questions.mark_answer(post=post, by=instructor)
    threads.merge_threads(thread=thread, into=into, by=instructor)
    moderation.delete_post(post=post, by=other_learner)
    undo_last("merge thread", instructor)
    thread.refresh_from_db()
    assert (thread.answer, thread.status, thread.visible_post_count) == (None, "open", 1)


def test_an_answer_marked_in_the_other_thread_ends_when_its_post_returns(
    thread, into, learner, other_learner, instructor
):
    post = post_by(learner, thread)
    threads.merge_threads(thread=thread, into=into, by=instructor)
    questions.mark_answer(post=Post.objects.get(pk=post.pk), by=other_learner)
    undo_last("merge thread", instructor)
    into.refresh_from_db()
    assert (into.answer, into.status) == (None, "open")


def test_posts_written_after_the_merge_stay_there(thread, into, learner, instructor):
    threads.merge_threads(thread=thread, into=into, by=instructor)
    later = post_by(learner, Thread.objects.get(pk=thread.pk), "Later.")
    undo_last("merge thread", instructor)
    later.refresh_from_db()
    into.refresh_from_db()
    assert (later.thread, later.seq) == (into, 3)
    assert into.last_post_at >= later.created_at
    assert thread.posts.filter(state="shown").count() == 1


def test_the_excerpt_is_not_restored_if_the_post_has_been_hidden(thread, into, instructor):
    first = thread.posts.get()
    threads.merge_threads(thread=thread, into=into, by=instructor)
    moderation.hide_post(post=first, by=instructor)
    undo_last("merge thread", instructor)
    thread.refresh_from_db()
    assert (thread.excerpt, thread.state) == ("", "hidden")


def test_followers_of_a_merged_thread_follow_the_other_until_it_is_undone(course, thread, into, learner, instructor):
    follower = factories.make_member(course)
    read_state.set_subscription(thread=thread, user=follower, subscription_level=1)
    read_state.set_subscription(thread=into, user=learner, subscription_level=-1)
    threads.merge_threads(thread=thread, into=into, by=instructor)
    following = into.user_states.filter(subscription_level=1)
    assert follower.pk in following.values_list("user", flat=True)
    assert learner.pk not in following.values_list("user", flat=True)
    undo_last("merge thread", instructor)
    assert follower.pk not in following.values_list("user", flat=True)
    assert thread.user_states.get(user=follower).subscription_level == 1


def test_a_held_post_published_since_returns_to_the_end(course, thread, into, instructor):
    newcomer = factories.make_member(course)
    held = posting.reply(
        thread=thread, by=newcomer, prepared=posting.prepare_post("See https://example.org", course=course)
    )
    threads.merge_threads(thread=thread, into=into, by=instructor)
    moderation.approve_post(post=held, by=instructor)
    undo_last("merge thread", instructor)
    held.refresh_from_db()
    assert (held.thread, held.seq) == (thread, 2)
    assert into.posts.get(seq=3).moved_to == held


def test_of_two_merges_the_first_is_not_undone_before_the_second(course, thread, into, learner, instructor):
    third = thread_by(learner, course)
    threads.merge_threads(thread=thread, into=into, by=instructor)
    first = last_entry("merge thread")
    threads.merge_threads(thread=into, into=third, by=instructor)
    second = last_entry("merge thread")
    with pytest.raises(UndoRefused):
        undo(entry=first, by=instructor)
    undo(entry=second, by=instructor)
    undo(entry=first, by=instructor)
    assert [t.posts.filter(state="shown").count() for t in (thread, into, third)] == [1, 1, 1]


def test_what_was_done_before_a_merge_is_not_undone_on_the_other_thread(thread, into, instructor):
    threads.set_pinned(thread=thread, by=instructor)
    threads.set_pinned(thread=into, by=instructor)
    entry = AuditEntry.objects.filter(verb="pin thread").order_by("pk").first()
    threads.merge_threads(thread=thread, into=into, by=instructor)
    with pytest.raises(UndoRefused):
        undo(entry=entry, by=instructor)
    into.refresh_from_db()
    assert into.pinned


def test_undoing_a_move_restores_the_passage(course, lesson, learner, instructor):
    thread = thread_by(learner, course, lesson=lesson, lesson_anchor="spring-tides", quote="the range", title="")
    threads.move_thread(thread=thread, by=instructor, lesson=None)
    undo_last("move thread", instructor)
    thread.refresh_from_db()
    assert (thread.lesson, thread.lesson_anchor, thread.title) == (lesson, "spring-tides", "")
    assert_posts_are_indexed()


@pytest.mark.parametrize("is_hidden_by_reports", [False, True])
@pytest.mark.parametrize("decide", [moderation.hide_post, moderation.approve_post])
def test_undoing_a_decision_about_a_report_brings_the_report_back(
    course, learner, other_learner, instructor, decide, is_hidden_by_reports
):
    post = post_by(learner, thread_by(other_learner, course), "Rude")
    moderation.report_post(post=post, by=other_learner, reason="Rude")
    if is_hidden_by_reports:
        Post.objects.filter(pk=post.pk).update(state="hidden")
        Thread.objects.filter(pk=post.thread_id).update(visible_post_count=1)
    before = Post.objects.values_list("state", "open_report_count").get(pk=post.pk)
    decide(post=post, by=instructor, reason="Read the rules.")
    assert inbox_counts(course, instructor).posts == 0
    undo(entry=AuditEntry.objects.latest("pk"), by=instructor)
    assert Post.objects.values_list("state", "open_report_count").get(pk=post.pk) == before
    assert inbox_counts(course, instructor).posts == 1
    assert not learner.notifications.exists()
    thread = Thread.objects.get(pk=post.thread_id)
    assert counters.expected_counters(thread).visible_post_count == thread.visible_post_count
