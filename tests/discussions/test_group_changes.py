"""Members moved to another group no longer see anything of the old one, on any page; staff are warned before."""

import pytest

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.services import enrol
from lessons.discussions.auth_backend import user_with_unread_count
from lessons.discussions.models import Post, Thread
from lessons.discussions.selectors.activity import latest_posts, unread_followed_threads
from lessons.discussions.selectors.notification_list import latest_notifications
from lessons.discussions.selectors.unmailed_posts import unmailed_posts
from lessons.discussions.services import moderation
from tests.annotations.make import note_by
from tests.discussions.make import post_by, thread_by


@pytest.fixture
def moved(course, lesson, learner, group_a, group_b, instructor):
    """Return the threads that the learner started in their old group, each with a reply written after the move."""
    threads = [
        thread_by(learner, course, audience="group", group=group_a, title="Our group"),
        thread_by(learner, course, audience="group", group=group_a, lesson=lesson, title=""),
        note_by(learner, lesson, audience="group", group=group_a).thread,
    ]
    enrol(user=learner, course=course, group=group_b, by=instructor)
    for thread in threads:
        post_by(instructor, thread, "A later reply for @lea-learner")
    return threads


def test_a_moved_member_gets_nothing_of_the_old_group(moved, course, lesson, learner, sign_in):
    reader = User.objects.get(pk=learner.pk)
    assert user_with_unread_count(learner.pk).unread_count == 0
    found = (latest_notifications, unmailed_posts, unread_followed_threads, latest_posts)
    assert [fetch(reader) for fetch in found] == [[], [], [], []]
    client = sign_in(learner)
    for address in (
        f"/courses/{course.slug}/discussions/",
        f"/lessons/{lesson.pk}/comments/",
        f"/lessons/{lesson.pk}/notes/",
        f"/lessons/{lesson.pk}/annotations/export/",
        "/notebook/",
        "/notifications/",
    ):
        page = client.get(address).content.decode()
        assert "later reply" not in page
        assert "1 reply" not in page
    for thread in moved:
        assert client.get(f"/threads/{thread.pk}/").status_code == 404
    notebook = client.get("/notebook/").content.decode()
    assert "Which pulls harder?" in notebook
    assert not any(f"/threads/{thread.pk}/" in notebook for thread in moved)
    assert f"/notes/{Annotation.objects.get().pk}/" not in notebook


def test_a_message_from_staff_names_no_thread_of_the_old_group(moved, course, learner, instructor, other_learner):
    post = Post.objects.filter(author=learner, thread=moved[0]).get()
    Thread.objects.filter(pk=moved[0].pk).update(title="Theirs", author=other_learner)
    moderation.warn_author(post=post, by=instructor, message="Be kind")
    [item] = latest_notifications(User.objects.get(pk=learner.pk))
    assert (item.message, item.title) == ("Be kind", "Your post")


def test_returning_to_the_group_restores_access(moved, course, learner, group_a, instructor, sign_in):
    enrol(user=learner, course=course, group=group_a, by=instructor)
    assert "later reply" in sign_in(learner).get(f"/threads/{moved[0].pk}/").content.decode()


def test_staff_are_warned_before_the_move(course, learner, instructor, sign_in):
    client, membership = sign_in(instructor), course.memberships.get(user=learner)
    pages = ("groups/", f"members/{membership.pk}/", "groups/allocation/?scope=all&size=5&seed=x")
    for page in pages:
        assert (
            "can no longer read their old group’s discussions"
            in client.get(f"/courses/{course.slug}/{page}").content.decode()
        ), page
    roster = client.post(f"/courses/{course.slug}/members/roster/", {"text": f"email,group\n{learner.email},New"})
    assert "can no longer read their old group’s discussions" in roster.content.decode()
