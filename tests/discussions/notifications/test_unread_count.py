"""The number of unread notifications: on every page, equal to the number listed, without an extra query."""

import re
from uuid import uuid4

import pytest

from lessons.accounts.models import User
from lessons.courses.services import enrol, leave
from lessons.discussions.auth_backend import MAX_COUNTED, user_with_unread_count
from lessons.discussions.models import CommentPolicy, Notification, Participation, Post, Thread
from lessons.discussions.selectors.activity import unread_followed_threads
from lessons.discussions.selectors.notification_list import latest_notifications
from lessons.discussions.services import moderation, read_state
from tests import factories
from tests.discussions.make import known, post_by, thread_by


def unread_count(user):
    """Return the count, asserting that the notifications page lists as many."""
    count = user_with_unread_count(user.pk).unread_count
    reader = User.objects.get(pk=user.pk)
    unseen = set(Notification.objects.filter(user=user, seen_at=None).values_list("pk", flat=True))
    listed = [item for item in latest_notifications(reader) if item.notification in unseen]
    assert count == len(unread_followed_threads(reader)) + len(listed)
    return count


def displayed_count(client, address):
    """Return the count shown on the page."""
    html = client.get(address).content.decode()
    link = r'class="bell" href="/notifications/"\s+aria-label="\s*(\d+|No)'
    return int(re.search(link, html)[1].replace("No", "0"))


def test_every_page_shows_the_count_to_signed_in_users(course, module, lesson, learner, other_learner, sign_in):
    post_by(other_learner, thread_by(learner, course), "Look, @lea-learner")
    pages = ["/", course.get_absolute_url(), module.get_absolute_url(), lesson.get_absolute_url(), "/accounts/email/"]
    pages += [
        f"/courses/{course.slug}/discussions/",
        f"/lessons/{lesson.pk}/comments/",
        "/notifications/",
        "/nowhere/",
    ]
    assert {page: displayed_count(sign_in(learner), page) for page in pages} == dict.fromkeys(pages, 2)
    assert b'class="bell' not in sign_in(None).get("/").content


def test_it_takes_no_query_of_its_own(course, learner, other_learner, django_assert_num_queries):
    thread = thread_by(learner, course)
    for _ in range(3):
        post_by(other_learner, thread, "@lea-learner")
    with django_assert_num_queries(1):
        assert user_with_unread_count(learner.pk).unread_count == 4


def test_more_than_99_are_not_counted_but_said(course, learner, other_learner, sign_in):
    asked = thread_by(learner, course)
    post_by(other_learner, asked, "Look, @lea-learner")
    Notification.objects.bulk_create(
        Notification(user=learner, course=course, post=post, kind=Notification.Kind.MENTION)
        for post in Post.objects.bulk_create(
            Post(thread=asked, seq=seq, author=other_learner, idempotency_key=uuid4(), html="<p>.</p>")
            for seq in range(3, 123)
        )
    )
    assert user_with_unread_count(learner.pk).unread_count == MAX_COUNTED + 1  # and a thread
    html = sign_in(learner).get("/").content.decode()
    assert re.search(r'aria-label="More than 99 new notifications"', html)
    assert '<span class="count">99+</span>' in html


def test_the_page_of_a_thread_already_shows_the_lowered_count(course, learner, other_learner, sign_in):
    thread = thread_by(learner, course)
    post_by(other_learner, thread, "Look, @lea-learner")
    client = sign_in(learner)
    assert (
        displayed_count(client, f"/threads/{thread.pk}/") == displayed_count(client, "/") == unread_count(learner) == 0
    )


def test_reading_the_first_page_leaves_the_last_unread(course, learner, other_learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.discussions.services.posting_limits.RATE_LIMITS", ())
    thread = thread_by(learner, course)
    for _ in range(51):
        post_by(other_learner, thread)
    post_by(other_learner, thread, "@lea-learner")
    client = sign_in(learner)
    assert displayed_count(client, f"/threads/{thread.pk}/") == displayed_count(client, "/") == 2
    assert displayed_count(client, f"/threads/{thread.pk}/?page=2") == displayed_count(client, "/") == 0


def test_it_counts_nothing_that_the_user_may_not_read(course, lesson, group_a, group_b, learner, instructor):
    member = known(factories.make_member(course, group=group_a, name="Mo Mover"))
    thread = thread_by(learner, course, audience="group", group=group_a)
    read_state.set_subscription(thread=thread, user=member, subscription_level=1)
    post = post_by(learner, thread, "Here, @mo-mover")
    assert unread_count(member) == 2
    enrol(user=member, course=course, group=group_b, by=instructor)
    assert unread_count(member) == 0
    enrol(user=member, course=course, role="assistant", by=instructor)
    assert unread_count(member) == 2
    moderation.hide_post(post=post, by=instructor)
    assert unread_count(member) == 1
    enrol(user=member, course=course, group=group_a, by=instructor)
    leave(user=member, course=course)
    assert unread_count(member) == 0
    assert unread_count(learner) == 1  # of the post that was hidden


def test_a_post_first_lesson_counts_only_for_users_who_have_posted(course, lesson, learner, other_learner, instructor):
    CommentPolicy.objects.create(lesson=lesson, policy=CommentPolicy.Rule.POST_FIRST)
    by_staff = thread_by(instructor, course, "Go on, @lea-learner", lesson=lesson)
    by_classmate = thread_by(other_learner, course, lesson=lesson)
    for thread in (by_staff, by_classmate):
        read_state.set_subscription(thread=thread, user=learner, subscription_level=1)
    post_by(other_learner, by_staff, "And @lea-learner?")
    assert unread_count(learner) == 1
    Participation.objects.create(user=learner, lesson=lesson)
    assert unread_count(learner) == 4


@pytest.mark.parametrize("state", Thread.State.values)
def test_hidden_merged_and_muted_threads_do_not_count(course, learner, other_learner, administrator, state):
    thread = thread_by(learner, course)
    post_by(other_learner, thread)
    for person in (learner, administrator):
        read_state.set_subscription(thread=thread, user=person, subscription_level=1)
        Thread.objects.filter(pk=thread.pk).update(state=state)
        assert unread_count(person) == (state == "shown")
    read_state.set_subscription(thread=thread, user=learner, subscription_level=-1)
    assert unread_count(learner) == 0


def test_a_message_from_staff_counts_even_if_the_post_is_hidden(course, learner, instructor):
    post = thread_by(learner, course).posts.get()
    moderation.warn_author(post=post, by=instructor, message="Mind your words.")
    moderation.hide_post(post=post, by=instructor)
    assert unread_count(learner) == 2


def test_a_deactivated_account_is_not_signed_in(learner, sign_in):
    client = sign_in(learner)
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert client.get("/notifications/").status_code == 302
    assert user_with_unread_count(2**40) is None


def test_deleted_posts_are_no_longer_unread(course, learner, other_learner, instructor, sign_in):
    """Lists, bell and pages count the posts that are still shown; a page that is opened takes off as many."""
    thread, client = thread_by(learner, course), sign_in(learner)
    posts = [post_by(other_learner, thread, f"Post {n}") for n in range(3)]
    forum = f"/courses/{course.slug}/discussions/"
    moderation.delete_post(post=posts[0], by=other_learner)
    moderation.hide_post(post=posts[2], by=instructor)
    assert unread_count(learner) == 1
    assert "<b>1 new</b>" in client.get(forum).content.decode()
    assert client.get(f"/threads/{thread.pk}/new-posts/?after=1").json()["count"] == 1
    assert client.get(f"/threads/{thread.pk}/unread/").url.endswith(f"#p{posts[1].pk}")
    moderation.delete_post(post=posts[1], by=other_learner)
    assert unread_count(learner) == 0
    for page in (forum, f"{forum}?show=unread"):
        assert " new</b>" not in client.get(page).content.decode()
    assert client.get(f"/threads/{thread.pk}/next/").url == forum
    assert displayed_count(client, f"/threads/{thread.pk}/") == 0
    moderation.restore_post(post=posts[1], by=other_learner)
    assert unread_count(learner) == 0
