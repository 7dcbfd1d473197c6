"""Post numbers are never reused, and counters match the rows, whatever users and staff do."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.discussions.models import Post, Thread, ThreadUserState
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
from tests import transactions
from tests.discussions.make import post_by, thread_by
from tests.environment import examples

STEPS = ["reply", "delete", "restore", "hide", "approve", "report", "ask", "merge", "split", "pin", "read", "edit"]


def assert_counters_hold(course):
    for thread in Thread.objects.filter(course=course):
        wanted = counters.expected_counters(thread)._asdict()
        assert {name: getattr(thread, name) for name in wanted} == wanted
        seqs = list(thread.posts.exclude(seq=None).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, thread.last_seq + 1))


def test_a_reply_gets_the_next_number(course, learner, other_learner):
    thread = thread_by(learner, course)
    posts = [post_by(other_learner, thread) for _ in range(3)]
    assert [p.seq for p in posts] == [2, 3, 4]
    assert_counters_hold(course)


def test_the_number_of_a_deleted_post_is_not_reused(course, learner, other_learner):
    thread = thread_by(learner, course)
    moderation.delete_post(post=post_by(other_learner, thread), by=other_learner)
    assert post_by(other_learner, thread).seq == 3
    thread.refresh_from_db()
    assert (thread.visible_post_count, thread.last_seq) == (2, 3)


def test_a_form_submitted_twice_creates_one_post(course, learner):
    thread = thread_by(learner, course)
    post = posting.prepare_post("Once.", course=course)
    first = posting.reply(thread=thread, by=learner, prepared=post)
    assert posting.reply(thread=thread, by=learner, prepared=post) == first
    assert thread.posts.count() == 2
    post = posting.prepare_post("A thread.", course=course)
    assert posting.start_thread(by=learner, course=course, prepared=post) == posting.start_thread(
        by=learner, course=course, prepared=post
    )


def test_ones_own_post_is_read_only_if_all_before_it_was(course, learner, other_learner):
    thread = thread_by(learner, course)
    post_by(other_learner, thread)
    post_by(learner, thread, having_read=False)
    assert ThreadUserState.objects.get(user=learner, thread=thread).last_read_seq == 1
    read_state.mark_read_up_to(thread=thread, user=learner, seq=3, known=1)
    post_by(learner, thread)
    assert ThreadUserState.objects.get(user=learner, thread=thread).last_read_seq == 4


def test_the_last_read_number_never_goes_down(course, learner, other_learner):
    thread = thread_by(learner, course)
    for seq, known in [(5, None), (2, None), (3, 1)]:
        read_state.mark_read_up_to(thread=thread, user=other_learner, seq=seq, known=known)
    assert ThreadUserState.objects.get(user=other_learner, thread=thread).last_read_seq == 5


def test_hiding_the_opening_post_removes_the_excerpt_from_lists(course, learner, other_learner):
    thread = thread_by(learner, course, "The secret of tides.", title="")
    post_by(other_learner, thread)
    moderation.delete_post(post=thread.posts.get(seq=1), by=learner)
    thread.refresh_from_db()
    assert "secret" not in thread.display_title
    assert thread.state == Thread.State.SHOWN
    moderation.restore_post(post=thread.posts.get(seq=1), by=learner)
    thread.refresh_from_db()
    assert thread.display_title == "The secret of tides."


def _perform(step, numbers, course, staff, people):
    first, second, third = numbers
    found = list(Thread.objects.filter(course=course).order_by("pk"))
    thread, into = found[first % len(found)], found[second % len(found)]
    posts = list(thread.posts.order_by("pk"))
    person, post, yes = people[second % 2], posts[third % len(posts)], bool(third % 2)
    if step == "reply":
        post_by(person, thread, anonymous=yes)
    elif step == "edit" and post.state == Post.State.SHOWN and not thread.merged_into_id:
        posting.edit_post(post=post, by=post.author, prepared=posting.prepare_post(f"New {post.pk}", course=course))
    elif step in ("delete", "restore"):
        getattr(moderation, f"{step}_post")(post=post, by=post.author)
    elif step in ("hide", "approve"):
        getattr(moderation, f"{step}_post")(post=post, by=staff)
    elif step == "report":
        moderation.report_post(post=post, by=person, reason="Off topic")
    elif step == "ask":
        questions.set_me_too(thread=thread, by=person, enabled=yes)
    elif step == "pin":
        threads.set_pinned(thread=thread, by=staff, enabled=yes)
    elif step == "read":
        read_state.mark_read_up_to(thread=thread, user=person, seq=thread.last_seq, known=None)
    elif step == "merge":
        threads.merge_threads(thread=thread, into=into, by=staff)
    elif step == "split":
        threads.split_thread(thread=thread, seqs=[2, 3], title="Apart", by=staff)


numbers = st.tuples(*[st.integers(0, 11)] * 3)


@pytest.mark.thorough
@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), numbers), min_size=6, max_size=18))
def test_counters_hold_whatever_happens(steps, course, instructor, learner, other_learner, monkeypatch):
    monkeypatch.setattr(posting_limits, "RATE_LIMITS", ())
    with transactions.allowed(), transaction.atomic():
        thread_by(learner, course)
        thread_by(other_learner, course, anonymous=True)
        for step, numbers in [("reply", (0, 1, 2)), ("reply", (0, 0, 1)), *steps]:
            with suppress(errors.ActionRefused):
                _perform(step, numbers, course, instructor, [learner, other_learner])
            assert_counters_hold(course)
        transaction.set_rollback(True)


def test_two_opposite_merges_happen_only_once(course, instructor, learner):
    one, two = thread_by(learner, course), thread_by(learner, course)
    threads.merge_threads(thread=one, into=two, by=instructor)
    with pytest.raises(threads.MergeRefused):
        threads.merge_threads(thread=two, into=one, by=instructor)
    assert_counters_hold(course)
