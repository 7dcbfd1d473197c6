"""How a page of posts looks to its reader: what is folded, where new posts begin, whose names it says, and when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from lessons.courses.models import Course
from lessons.discussions.models import Thread
from lessons.discussions.rendering.posts import Reading, people_of, post_time, reading_of, render_posts
from lessons.discussions.selectors.thread_page import PostRow

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
READER, AUTHOR = 1, 2


def row(seq, **fields):
    """Return the post with this number by the author, whose id is a hundred times as large."""
    values = dict.fromkeys(PostRow._fields) | {
        "pk": seq * 100,
        "thread": 7,
        "seq": seq,
        "state": "shown",
        "html": "<p>Words</p>",
        "author_id": AUTHOR,
        "author_name": "Maya Thornton",
        "by_staff": False,
        "created_at": NOW,
        "thanks_count": 0,
        "is_thanked": False,
    }
    return PostRow(**values | fields)


def rows(count):
    return [row(seq) for seq in range(1, count + 1)]


@pytest.mark.parametrize(
    ("count", "last_read", "answer", "expected"),
    [
        (5, None, None, Reading()),
        (5, 5, None, Reading()),
        (5, 1, None, Reading(200, 4)),
        # The opening post and the last one read stay; two are too few to fold.
        (6, 4, None, Reading(500, 2)),
        (8, 6, None, Reading(700, 2, 200, 500, 4)),
        (8, 6, 300, Reading(700, 2, 200, 500, 3)),
        (8, 7, 800, Reading()),
    ],
)
def test_posts_already_read_are_folded_where_new_ones_follow(count, last_read, answer, expected):
    assert reading_of(rows(count), READER, last_read, answer) == expected


def test_own_posts_and_tombstones_are_not_new():
    posts = [*rows(5), row(6, author_id=READER), row(7, state="deleted")]
    assert reading_of(posts, READER, 5, None) == Reading()
    assert reading_of([*posts, row(8)], READER, 5, None) == Reading(800, 1, 200, 600, 5)


def test_authors_are_listed_once_as_readers_see_them():
    anonymous = {"alias_name": "Anonymous Knot"}
    posts = [row(1), row(2, **anonymous), row(3), row(4, **anonymous), row(5, state="hidden", author_name="Sam")]
    assert [person.name for person in people_of(posts, READER)] == ["Maya Thornton", "Anonymous Knot"]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        ({"seconds": 59}, "now"),
        ({"minutes": 1}, "1 min ago"),
        ({"hours": 23}, "23 h ago"),
        ({"hours": 24}, "Yesterday, 12:00"),
        ({"hours": 37}, "Tuesday, 23:00"),
        ({"days": 5}, "Saturday, 12:00"),
        ({"days": 6}, "27 Feb"),
        ({"days": 64}, "31 Dec 2025"),
    ],
)
def test_the_time_of_a_post(ago, said):
    assert post_time(NOW - timedelta(**ago), NOW) == said


REPLY_TO = {
    "reply_to_id": 300,
    "reply_to_seq": 3,
    "reply_to_thread": 7,
    "reply_to_state": "shown",
    "reply_to_author_id": 3,
    "reply_to_author_name": "Sam Ogden",
    "reply_to_by_staff": False,
}


@pytest.fixture
def render():
    """Return `render(*posts)`, which returns the HTML of posts in a question that is never saved."""
    thread = Thread(kind="question", course=Course())
    fixed = {"reader": READER, "is_staff": False, "can_post": True, "can_resolve": False}
    return lambda *posts, **options: render_posts(posts, thread, **fixed | options)


def test_a_reply_says_what_it_answers_but_names_nobody_whom_its_reader_may_not_see(render):
    first = row(1)
    named = '<a href="/posts/300/"><bdi>Sam Ogden</bdi></a>'
    assert named in render(first, row(4, **REPLY_TO))
    assert '<a href="#p300"><bdi>Sam Ogden' in render(first, row(3), row(4, **REPLY_TO))
    assert "In reply to" not in render(first, row(4))
    assert "<bdi>you</bdi>" in render(first, row(4, **REPLY_TO | {"reply_to_author_id": READER}))
    for hidden in (
        {"reply_to_state": "hidden"},
        {"reply_to_state": "deleted"},
        {"reply_to_thread": 8},
        {"reply_to_alias_name": "Anonymous Knot"},
    ):
        html = render(first, row(4, **REPLY_TO | hidden))
        assert "In reply to" in html
        assert "Sam Ogden" not in html, hidden
    assert "Sam Ogden" not in render(first, row(4, **REPLY_TO), must_post_first=True)
    assert named in render(first, row(4, **REPLY_TO | {"reply_to_by_staff": True}), must_post_first=True)


def test_tombstones_name_nobody(render):
    for state in ("deleted", "hidden", "moved"):
        html = render(row(1), row(2, state=state, author_name="Sam Ogden", author_id=3))
        assert "Sam Ogden" not in html, state


def test_what_screen_readers_hear_of_a_post_and_its_buttons(render):
    html = render(row(1), row(2, thanks_count=3), row(3, author_id=READER, author_name="Lea"), can_resolve=True)
    assert '<h2 id="h200"><bdi>Maya Thornton</bdi><span class="visually-hidden">, post 2</span></h2>' in html
    for name in (
        "Thank · 3, post 2 by Maya Thornton",
        "Reply to post 2 by Maya Thornton",
        "Quote post 2 by Maya Thornton",
        "Report post 2 by Maya Thornton",
        "Mark as answer: post 2 by Maya Thornton",
        "Edit post 3 by Lea",
        "Delete post 3 by Lea",
    ):
        assert f'aria-label="{name}"' in html, name
    assert html.count("<li>") == 3


def test_times_are_read_in_full(render):
    with timezone.override("Pacific/Auckland"):
        assert 'title="6 March 2026, 01:00"' in render(row(1))
