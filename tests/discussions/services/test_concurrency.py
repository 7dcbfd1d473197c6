"""Several users at the same time: nothing is lost, done twice, or refused with an error."""

from contextlib import suppress

import pytest
from django.db import transaction

from lessons.courses.models import AuditEntry
from lessons.discussions.models import Post, Thread
from lessons.discussions.services import counters, moderation, posting, posting_limits, threads, undo
from lessons.discussions.services.comment_policy import set_comment_policy
from lessons.discussions.views.thread_create import open_prompts, prepare_prompts
from tests import factories
from tests.discussions.make import known, post_by, thread_by
from tests.indexed import assert_posts_are_indexed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_rate_limit(monkeypatch):
    monkeypatch.setattr(posting_limits, "RATE_LIMITS", ())


def assert_counters_hold():
    for thread in Thread.objects.all():
        wanted = counters.expected_counters(thread)._asdict()
        assert {name: getattr(thread, name) for name in wanted} == wanted
        seqs = list(thread.posts.exclude(seq=None).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, thread.last_seq + 1))
    assert_posts_are_indexed()


def test_a_form_submitted_from_two_windows_at_once_creates_one_post(course, learner, at_once):
    thread, post = thread_by(learner, course), posting.prepare_post("Once.", course=course)
    posts = at_once(*[lambda: posting.reply(thread=thread, by=learner, prepared=post)] * 4)
    assert len({post.pk for post in posts}) == 1

    def check():
        assert Post.objects.filter(source="Once.").count() == 1
        assert_counters_hold()

    at_once(check)


def test_posts_written_while_a_lesson_becomes_post_first_are_hidden_in_the_index(
    course, lesson, learner, other_learner, instructor, at_once
):
    thread = thread_by(known(learner), course, lesson=lesson)

    def write():
        for n in range(4):
            post_by(learner, thread, f"Words {n}", having_read=False)

    def start():
        for n in range(4):
            thread_by(other_learner, course, f"Words {n}", lesson=lesson)

    def change():
        for policy in ("post_first", "open", "post_first"):
            with transaction.atomic():
                locked = type(lesson).objects.select_for_update(no_key=True).get(pk=lesson.pk)
                set_comment_policy(lesson=locked, policy=policy, by=instructor)

    at_once(write, start, change)
    at_once(assert_counters_hold)


def test_posts_written_during_a_merge_end_up_in_the_other_thread(course, learner, other_learner, instructor, at_once):
    thread, into = thread_by(known(learner), course), thread_by(known(other_learner), course)

    def write(user, n):
        for i in range(6):
            post_by(user, thread, f"Words {n}-{i}", having_read=False)

    merge = lambda: threads.merge_threads(thread=thread, into=into, by=instructor)  # noqa: E731
    at_once(lambda: write(learner, 1), lambda: write(other_learner, 2), merge)

    def check():
        kept = Post.objects.filter(source__startswith="Words", state=Post.State.SHOWN)
        assert kept.count() == 12
        assert set(kept.values_list("thread", flat=True)) == {into.pk}
        assert Thread.objects.get(pk=thread.pk).merged_into_id == into.pk
        assert_counters_hold()

    at_once(check)


def test_simultaneous_actions_of_staff_happen_once(course, learner, instructor, assistant, at_once):
    thread = thread_by(learner, course)
    post = post_by(learner, thread)

    def moderate(by):
        moderation.hide_post(post=post, by=by, reason="Rude")
        threads.set_closed(thread=thread, by=by)
        threads.set_pinned(thread=thread, by=by)

    at_once(lambda: moderate(instructor), lambda: moderate(assistant))

    def check():
        for verb in ("hide post", "close thread", "pin thread"):
            assert AuditEntry.objects.filter(verb=verb).count() == 1, verb
        assert_counters_hold()

    at_once(check)


def test_opposite_actions_of_two_moderators_leave_one_of_the_two_states(
    course, learner, instructor, assistant, at_once
):
    posts = [post_by(learner, thread_by(learner, course)) for _ in range(4)]

    def each(act, by):
        for post in posts:
            act(post=post, by=by)

    at_once(lambda: each(moderation.hide_post, instructor), lambda: each(moderation.approve_post, assistant))

    def check():
        assert set(Post.objects.values_list("state", flat=True)) <= {"shown", "hidden"}
        assert_counters_hold()

    at_once(check)


def test_two_opposite_merges_neither_deadlock_nor_both_succeed(course, learner, instructor, assistant, at_once):
    one, two = thread_by(learner, course), thread_by(learner, course)

    def merge(thread, into, by):
        with suppress(threads.MergeRefused):
            return threads.merge_threads(thread=thread, into=into, by=by).pk

    done = at_once(lambda: merge(one, two, instructor), lambda: merge(two, one, assistant))
    assert sum(pk is not None for pk in done) == 1

    def check():
        assert Thread.objects.filter(merged_into=None).count() == 1
        assert_counters_hold()

    at_once(check)


def test_an_entry_is_undone_once(course, learner, instructor, assistant, at_once):
    thread = thread_by(learner, course)
    threads.set_closed(thread=thread, by=instructor)
    entry = AuditEntry.objects.get(verb="close thread")

    def try_undo(by):
        with suppress(undo.UndoRefused):
            undo.undo(entry=entry, by=by)

    at_once(lambda: try_undo(instructor), lambda: try_undo(assistant))
    check = lambda: AuditEntry.objects.filter(verb="undo: close thread").count()  # noqa: E731
    assert at_once(check) == [1]


def test_simultaneous_reports_are_all_counted(course, learner, at_once):
    post = post_by(learner, thread_by(learner, course))
    reporters = [factories.make_member(course) for _ in range(3)]
    at_once(*[lambda by=by: moderation.report_post(post=post, by=by, reason="Rude") for by in reporters])
    [(state, reports)] = at_once(lambda: Post.objects.values_list("state", "open_report_count").get(pk=post.pk))
    assert (state, reports) == ("hidden", 3)


def test_prompts_opened_by_two_moderators_at_once_become_threads_once(course, module, instructor, assistant, at_once):
    for n in range(3):
        module.prompts.create(text=f"Why {n}?")
    prepared = prepare_prompts(module)
    made = at_once(*[lambda by=by: open_prompts(module, by, prepared) for by in (instructor, assistant)])
    assert sorted(made) == [0, 3]
    assert at_once(lambda: Thread.objects.count()) == [3]
