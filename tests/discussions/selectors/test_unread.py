"""Unread counts are exact, in whatever order users post, open pages and come back to old ones."""

import random
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lessons.accounts.models import User
from lessons.discussions.models import Post, Thread, ThreadUserState
from lessons.discussions.selectors.activity import unread_followed_threads
from lessons.discussions.selectors.thread_filter import ThreadFilter
from lessons.discussions.selectors.thread_list import topic_rows, unread_thread_count
from lessons.discussions.services import moderation, posting_limits, read_state
from lessons.discussions.views.access import get_thread_view
from tests import transactions
from tests.discussions.make import known, post_by, thread_by
from tests.environment import examples


@pytest.fixture(autouse=True)
def no_rate_limit(monkeypatch):
    monkeypatch.setattr(posting_limits, "RATE_LIMITS", ())


def displayed_counts(course, user):
    """Return the number of new posts that the course's list shows, by thread id."""
    return {row.pk: row.unread_count for row in topic_rows(course, ThreadFilter(), user).rows}


class ReadStateModel:
    """A model to compare the database with: how far each user has read each thread."""

    def __init__(self, course, people):
        self.course, self.people, self.heads, self.read, self.open = course, people, Counter(), Counter(), []
        self.hidden = set()

    def unread(self, user, thread):
        """Count the posts that are shown and that the user has not read."""
        seqs = range(self.read[user.pk, thread] + 1, self.heads[thread] + 1)
        return sum((thread, seq) not in self.hidden for seq in seqs)

    def write(self, user, thread):
        post_by(user, Thread.objects.get(pk=thread), having_read=False)
        self.record_post(user, thread)

    def record_post(self, user, thread):
        has_read_all = (user.pk, thread) in self.read and not self.unread(user, thread)
        self.heads[thread] += 1
        if has_read_all or self.heads[thread] == 1:
            self.read[user.pk, thread] = self.heads[thread]

    def open_page(self, user, thread):
        """Load the read state, as a view does before it updates it."""
        view = get_thread_view(User.objects.get(pk=user.pk), thread)
        self.open.append((user, view.thread, view.thread.last_seq, view.last_read_seq))

    def show_page(self, which):
        """Update the read state for a page opened earlier, perhaps after a later page's update."""
        if self.open:
            user, thread, seq, known = self.open.pop(which % len(self.open))
            read_state.mark_read_up_to(thread=thread, user=user, seq=seq, known=known)
            self.read[user.pk, thread.pk] = max(self.read[user.pk, thread.pk], seq)

    def read_all(self, user):
        read_state.mark_course_read(user=user, course=self.course)
        for thread, head in self.heads.items():
            self.read[user.pk, thread] = head

    def hide(self, thread, which, staff):
        """Hide a reply, which is then no longer unread, or show it again."""
        for post in Post.objects.filter(thread=thread, seq=2 + which):
            self.hidden ^= {(thread, post.seq)}
            (moderation.approve_post if post.state == Post.State.HIDDEN else moderation.hide_post)(post=post, by=staff)

    def check(self):
        for user in self.people:
            wanted = {thread: self.unread(user, thread) for thread in self.heads}
            assert displayed_counts(self.course, user) == wanted
            assert unread_thread_count(self.course, user) == sum(new > 0 for new in wanted.values())
            assert all(row.unread_count == wanted[row.pk] for row in unread_followed_threads(user))


STEPS = ["write", "write", "open", "open", "show", "show", "all", "hide"]


# Shrinking would take minutes: the steps that failed are short enough.
@settings(max_examples=examples(10), phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), *[st.integers(0, 5)] * 3), min_size=4, max_size=24))
@pytest.mark.thorough
def test_unread_counts_are_exact_in_every_order(steps, course, instructor, learner, other_learner):
    people = [learner, other_learner, instructor]
    with transactions.allowed(), transaction.atomic():
        readers = ReadStateModel(course, people)
        for user in people[:2]:
            readers.record_post(user, thread_by(user, course).pk)
        threads = list(readers.heads)
        for step, first, second, third in steps:
            user, thread = people[first % 3], threads[second % 2]
            if step == "write":
                readers.write(user, thread)
            elif step == "open":
                readers.open_page(user, thread)
            elif step == "show":
                readers.show_page(third)
            elif step == "all":
                readers.read_all(user)
            elif step == "hide":
                readers.hide(thread, third, instructor)
            readers.check()
        transaction.set_rollback(True)


WRITERS, ROUNDS = 2, 12


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_unread_counts_are_exact_while_several_write_and_read(course, learner, other_learner, instructor, at_once):
    """Replay each writer's read state from their posts; a user with two windows has read what either showed."""
    people = [known(learner), known(other_learner)]
    threads = [thread_by(learner, course).pk, thread_by(other_learner, course).pk]
    begun = {(mark.user_id, mark.thread_id): mark.last_read_seq for mark in ThreadUserState.objects.all()}

    def opened(user, thread, read):
        view = get_thread_view(User.objects.get(pk=user.pk), thread)
        last_seq = view.thread.last_seq
        read_state.mark_read_up_to(thread=view.thread, user=user, seq=last_seq, known=view.last_read_seq)
        read[user.pk, thread] = max(read[user.pk, thread], last_seq)

    def writer(user, seed):
        draw, read = random.Random(seed), Counter(begun)
        for _round in range(ROUNDS):
            thread = draw.choice(threads)
            if draw.random() < 0.4:
                opened(user, thread, read)
            post = post_by(user, Thread.objects.get(pk=thread), having_read=False)
            read[user.pk, thread] += read[user.pk, thread] == post.seq - 1
        return {key: seq for key, seq in read.items() if key[0] == user.pk}

    def window(seed):
        draw, read = random.Random(seed), Counter()
        for _round in range(2 * ROUNDS):
            opened(instructor, draw.choice(threads), read)
        return dict(read)

    jobs = [lambda n=n, user=user: writer(user, n) for n, user in enumerate(people)]
    *wrote, one, two = at_once(*jobs, lambda: window(7), lambda: window(8))
    read = {key: max(one.get(key, 0), two.get(key, 0)) for key in one.keys() | two.keys()}
    for theirs in wrote:
        read |= theirs

    def look():
        assert Post.objects.count() == len(threads) + WRITERS * ROUNDS
        for thread in Thread.objects.all():
            seqs = list(thread.posts.order_by("seq").values_list("seq", flat=True))
            assert seqs == list(range(1, thread.last_seq + 1))
            assert thread.visible_post_count == thread.last_seq
        heads = dict(Thread.objects.values_list("pk", "last_seq"))
        for user in [*people, instructor]:
            wanted = {thread: head - read.get((user.pk, thread), 0) for thread, head in heads.items()}
            assert displayed_counts(course, User.objects.get(pk=user.pk)) == wanted

    at_once(look)
