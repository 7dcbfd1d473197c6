"""A thread as a tree of two levels: the same fifty posts, replies below the post they answer."""

import re

import pytest

from lessons.discussions.models import Post, Thread
from tests.discussions.make import post_by, thread_by


@pytest.fixture
def thread(course, learner, monkeypatch):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    return thread_by(learner, course)


def parse_tree(html):
    """Return the numbers of the posts, with each post's indented replies in a list after it."""
    found, inside = [], 0
    for seq, opened, _closed in re.findall(
        r'<article [^>]*data-seq="(\d+)"|(<ol class="answers")|(</li></ol></li>)', html
    ):
        if seq and inside:
            found[-1].append(int(seq))
        elif seq:
            found.append(int(seq))
        elif opened:
            inside = 1
            found.append([])
        else:
            inside = 0
    return found


def displayed_tree(client, thread, query):
    return parse_tree(client.get(f"/threads/{thread.pk}/{query}").content.decode())


def test_a_reply_and_its_replies_are_indented_below_the_post(thread, learner, other_learner, sign_in):
    two = post_by(other_learner, thread)
    post_by(learner, thread)
    four = post_by(learner, thread, reply_to=two)
    post_by(other_learner, thread)
    post_by(other_learner, thread, reply_to=four)
    client = sign_in(learner)
    assert displayed_tree(client, thread, "") == [1, 2, 3, 4, 5, 6]
    assert displayed_tree(client, thread, "?view=tree") == [1, 2, [4, 6], 3, 5]


def test_the_order_is_remembered_until_another_is_chosen(thread, learner, other_learner, sign_in):
    post_by(other_learner, thread, reply_to=thread.posts.get())
    client = sign_in(learner)
    for query, wanted in [
        ("", [1, 2]),
        ("?view=tree", [1, [2]]),
        ("", [1, [2]]),
        ("?view=time", [1, 2]),
        ("", [1, 2]),
    ]:
        assert displayed_tree(client, thread, query) == wanted
    assert displayed_tree(client, thread, "?view=%3Cscript%3E") == [1, 2]
    assert displayed_tree(sign_in(learner), thread, "") == [1, 2]


@pytest.mark.thorough
def test_a_reply_to_a_post_of_another_page_is_not_indented(thread, learner, other_learner, sign_in):
    early = post_by(other_learner, thread)
    for _ in range(49):
        post_by(learner, thread)
    late = post_by(learner, thread, reply_to=early)
    post_by(other_learner, thread, reply_to=late)
    html = sign_in(learner).get(f"/threads/{thread.pk}/?view=tree&page=2").content.decode()
    assert parse_tree(html) == [51, 52, [53]]
    assert f'In reply to <a href="/posts/{early.pk}/"><bdi>Otto Other</bdi></a>' in html
    assert f'href="?page=2&amp;reply={late.pk}#write"' in html
    assert 'href="?view=time&amp;page=2"' in html


def test_a_deleted_post_keeps_its_branch(thread, learner, other_learner, sign_in):
    two = post_by(other_learner, thread)
    post_by(learner, thread, reply_to=two)
    sign_in(other_learner).post(f"/posts/{two.pk}/deletion/")
    assert displayed_tree(sign_in(learner), thread, "?view=tree") == [1, 2, [3]]


def test_a_tree_of_fifty_takes_eight_queries_and_stays_small(
    course, thread, learner, other_learner, sign_in, django_assert_max_num_queries
):
    first = thread.posts.get()
    words = {name: getattr(first, name) for name in ("thread", "by_staff")}
    html = "<p>Because of the moon, and a little because of the sun. " * 3 + "</p>"
    rows = [Post(**words, author=learner, seq=n, source="x", html=html, reply_to=first) for n in range(2, 61)]
    Post.objects.bulk_create(rows)
    Thread.objects.filter(pk=thread.pk).update(last_seq=60, visible_post_count=60)
    client = sign_in(other_learner)
    with django_assert_max_num_queries(8):
        reply = client.get(f"/threads/{thread.pk}/?view=tree")
    assert parse_tree(reply.content.decode()) == [1, list(range(2, 51))]
    assert len(reply.content) <= 75_000
