"""A thread's page in detail: which posts are on which page, their authors' names, and their dates."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from lessons.discussions.models import CommentPolicy, Post, Thread
from lessons.discussions.models.threads import POSTS_PER_PAGE
from lessons.discussions.rendering.posts import relative_time
from tests import factories
from tests.discussions.make import post_by, thread_by


def fill(thread, author, posts):
    """Fill the thread up to this number of posts, in bulk."""
    long_ago = timezone.now() - timedelta(days=9)
    rows = [
        Post(thread=thread, seq=seq, author=author, source="Words", html="<p>Words</p>", created_at=long_ago)
        for seq in range(2, posts + 1)
    ]
    Post.objects.bulk_create(rows)
    Thread.objects.filter(pk=thread.pk).update(last_seq=posts, visible_post_count=posts)
    return {row.seq: row for row in Post.objects.filter(thread=thread)}


def numbers(page):
    """Return the numbers of the posts on a page, in order."""
    return [int(seq) for seq in re.findall(r'data-seq="(\d+)"', page.content.decode())]


def test_a_page_holds_fifty_posts_and_the_next_begins_with_the_one_after(course, learner, sign_in):
    thread, client = thread_by(learner, course), sign_in(learner)
    posts = fill(thread, learner, POSTS_PER_PAGE)
    assert numbers(client.get(f"/threads/{thread.pk}/")) == list(range(1, POSTS_PER_PAGE + 1))
    assert client.get(f"/threads/{thread.pk}/?page=2").status_code == 404
    last = posts[POSTS_PER_PAGE]
    assert client.get(f"/posts/{last.pk}/").url == f"/threads/{thread.pk}/#p{last.pk}"
    one_more = post_by(learner, thread)
    assert client.get(f"/posts/{one_more.pk}/").url == f"/threads/{thread.pk}/?page=2#p{one_more.pk}"
    assert numbers(client.get(f"/threads/{thread.pk}/?page=2")) == [POSTS_PER_PAGE + 1]
    assert numbers(client.get(f"/threads/{thread.pk}/")) == list(range(1, POSTS_PER_PAGE + 1))
    for nowhere in ("0", "3"):
        assert client.get(f"/threads/{thread.pk}/?page={nowhere}").status_code == 404


@pytest.mark.parametrize("view", ["", "?view=tree"])
def test_a_post_first_lesson_shows_only_posts_by_staff_in_their_threads(
    course, lesson, learner, other_learner, instructor, sign_in, view
):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    thread = thread_by(instructor, course, "What pulls the sea?", lesson=lesson)
    post_by(other_learner, thread, "The moon does.")
    post_by(instructor, thread, "Think of the sun, too.")
    before = sign_in(learner).get(f"/threads/{thread.pk}/{view}").content.decode()
    assert "What pulls the sea?" in before
    assert "Think of the sun, too." in before
    assert "The moon does." not in before
    post_by(learner, thread, "Both of them.")
    assert "The moon does." in sign_in(learner).get(f"/threads/{thread.pk}/{view}").content.decode()


def test_new_posts_on_a_post_first_lesson_are_not_counted_before_posting(
    course, lesson, learner, other_learner, instructor, sign_in
):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    thread, client = thread_by(instructor, course, lesson=lesson), sign_in(learner)
    other = thread_by(instructor, course, title="What do waves do?", lesson=lesson)
    answers = []
    for _n in range(2):
        answer = client.get(f"/threads/{thread.pk}/new-posts/?after=0")
        answers.append((answer.json()["count"], answer.headers["ETag"]))
        post_by(other_learner, thread, "The moon does.")
    assert answers[0] == answers[1]
    assert answers[0][0] == 0
    page = client.get(f"/threads/{other.pk}/").content.decode()
    beside = re.search("More about this lesson.*?</section>", page, re.S)
    assert beside
    assert "repl" not in beside[0]


def header_of(post, client):
    """Return the header of a post, as the reader sees it."""
    page = client.get(f"/threads/{post.thread_id}/").content.decode()
    return re.search(rf'id="p{post.pk}".*?(<header.*?</header>)', page, re.DOTALL)[1]


def test_authors_see_their_own_anonymous_posts_under_their_pseudonym(course, learner, other_learner, sign_in):
    thread = thread_by(other_learner, course)
    first, second = (post_by(learner, thread, words, anonymous=True) for words in ("The moon.", "Or the sun."))
    assert first.alias == second.alias
    for post in (first, second):
        own = header_of(post, sign_in(learner))
        assert first.alias.name in own
        assert "(you)" in own
        assert "Lea" not in own
        others = header_of(post, sign_in(other_learner))
        assert first.alias.name in others
        assert "(you)" not in others


def test_the_day_of_a_post_is_in_the_readers_time_zone(course, learner, sign_in):
    """An evening in Greenwich is the next morning in Auckland."""
    thread = thread_by(learner, course)
    evening = (timezone.now() - timedelta(days=4)).replace(hour=20)
    Post.objects.filter(thread=thread).update(created_at=evening)
    post = Post.objects.get(thread=thread)
    for zone, day in (("UTC", evening), ("Pacific/Auckland", evening.astimezone(ZoneInfo("Pacific/Auckland")))):
        learner.time_zone = zone
        learner.save()
        header = header_of(post, sign_in(learner))
        assert f">{day:%A}, {day:%H:%M}</time>" in header or f">Yesterday, {day:%H:%M}</time>" in header, zone


def test_the_year_is_shown_if_it_differs_in_the_readers_time_zone():
    new_year_in_auckland = datetime(2025, 12, 31, 18, tzinfo=UTC)
    post = datetime(2025, 12, 10, 12, tzinfo=UTC)
    assert relative_time(post, new_year_in_auckland) == "10 Dec"
    assert relative_time(post, post + timedelta(hours=25)) == "Yesterday"
    with timezone.override("Pacific/Auckland"):
        assert relative_time(post, timezone.localtime(new_year_in_auckland)) == "11 Dec 2025"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (59, "now"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (86400, "Yesterday"),
        (518400, "Fri"),
        (604800, "26 Feb"),
    ],
)
def test_times_are_minutes_then_hours_then_days(seconds, said):
    now = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert relative_time(now - timedelta(seconds=seconds), now) == said


def test_the_page_says_how_many_have_read_unless_that_would_say_who(
    course, learner, other_learner, instructor, assistant, group_a, sign_in
):
    def read_by(thread):
        page = sign_in(learner).get(f"/threads/{thread.pk}/").content.decode()
        found = re.search(r"<dt>Read by</dt><dd>(.*?)</dd>", page)
        return found and found[1]

    thread, to_group = thread_by(learner, course), thread_by(learner, course, audience="group", group=group_a)
    private = thread_by(learner, course, audience="me")
    sign_in(other_learner).get(f"/threads/{thread.pk}/")
    members = course.memberships.count()
    assert read_by(thread) == (f"2 of {members}" if members >= 5 else None)
    for n in range(5 - members):
        factories.make_member(course, name=f"Member {n}")
    assert (read_by(thread), read_by(to_group), read_by(private)) == (f"2 of {max(5, members)}", None, None)
    course.memberships.filter(user=other_learner).update(state="left")
    factories.make_member(course)
    assert read_by(thread) == f"1 of {max(5, members)}"
