"""A thread's title and tags are hidden with its first post: others see them nowhere while it is hidden or deleted."""

import pytest
from django.utils import timezone

from lessons.courses.models import AuditEntry
from lessons.discussions.models import NotificationPreference, Thread
from lessons.discussions.notifications.digest_content import make_digest
from lessons.discussions.selectors.activity import unread_followed_threads
from lessons.discussions.selectors.notification_list import latest_notifications
from lessons.discussions.selectors.unmailed_posts import unmailed_posts
from lessons.discussions.services import moderation, threads
from lessons.discussions.services.undo import undo
from tests.discussions.make import post_by, thread_by

TITLE, TAG = "A rude title", "rudetag"


@pytest.fixture
def thread(course, lesson, learner, other_learner, assistant):
    """Return a thread on the lesson with a reply that mentions its readers."""
    thread = thread_by(learner, course, title=TITLE, lesson=lesson, tags=[TAG])
    post_by(other_learner, thread, "Dear @asif-assistant and @lea-learner, why?")
    thread.refresh_from_db()
    return thread


def remove(thread, instructor, by_author):
    opening = thread.posts.get(seq=1)
    if by_author:
        moderation.delete_post(post=opening, by=thread.author)
    else:
        moderation.hide_post(post=opening, by=instructor)
    thread.refresh_from_db()
    return opening


@pytest.mark.thorough
@pytest.mark.parametrize("by_author", [True, False])
def test_the_title_is_shown_nowhere_while_the_first_post_is_hidden_or_deleted(
    by_author, thread, course, lesson, learner, other_learner, assistant, instructor, sign_in
):
    opening = remove(thread, instructor, by_author)
    client = sign_in(other_learner)
    client.get("/notifications/settings/")
    feed = NotificationPreference.objects.get(user=other_learner).feed_token
    reply = thread.posts.get(seq=2)
    pages = [
        f"/courses/{course.slug}/discussions/",
        f"/courses/{course.slug}/discussions/?tab=mine",
        f"/lessons/{lesson.pk}/comments/",
        lesson.get_absolute_url(),
        f"/threads/{thread.pk}/",
        f"/posts/{reply.pk}/actions/",
        f"/posts/{reply.pk}/edit/",
        f"/posts/{reply.pk}/history/",
        "/notifications/",
        "/notifications/settings/",
        "/notebook/",
        f"/feeds/{feed}/",
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert TITLE not in answer.content.decode(), page
        assert TAG not in answer.content.decode(), page
    assert not client.get(pages[0], {"tag": TAG}).context["list"].html
    assert client.get(f"/tags/{TAG}/").status_code == 404
    for reader in (assistant, learner):
        posts, notifications = unmailed_posts(reader), latest_notifications(reader)
        followed = unread_followed_threads(reader)
        assert TITLE not in [item.title for item in [*posts, *notifications, *followed]]
        if posts or notifications:
            assert TITLE not in str(make_digest(reader, posts, notifications, [], timezone.now(), ""))
    log = sign_in(instructor).get(f"/courses/{course.slug}/discussions/log/").content.decode()
    assert (TITLE in log) is not by_author
    assert TITLE in sign_in(instructor).get(f"/threads/{thread.pk}/").content.decode()
    if by_author:
        moderation.restore_post(post=opening, by=learner)
    else:
        moderation.approve_post(post=opening, by=instructor)
    page = client.get(pages[0]).content.decode()
    assert (TITLE in page, TAG in page) == (True, True)
    assert Thread.objects.get(pk=thread.pk).hidden_title == ""


def test_a_new_title_stays_hidden_until_the_post_is_restored(thread, learner, instructor, sign_in):
    threads.edit_thread(thread=thread, by=instructor, title="Another title", kind="discussion", tags=[])
    opening = remove(thread, instructor, by_author=False)
    address = f"/threads/{thread.pk}/edit/"
    assert "Another title" in sign_in(learner).get(address).content.decode()
    sign_in(learner).post(address, {"title": "Still rude", "kind": "discussion", "tags": ""})
    assert Thread.objects.values_list("title", "hidden_title").get() == ("", "Still rude")
    undo(entry=AuditEntry.objects.get(verb="edit thread"), by=instructor)
    assert Thread.objects.values_list("title", "hidden_title").get() == ("", TITLE)
    moderation.approve_post(post=opening, by=instructor)
    assert Thread.objects.values_list("title", "hidden_title").get() == (TITLE, "")


def test_merging_and_undoing_keep_the_title_hidden(thread, course, learner, instructor):
    into = thread_by(learner, course)
    opening = remove(thread, instructor, by_author=False)
    threads.merge_threads(thread=thread, into=into, by=instructor)
    undo(entry=AuditEntry.objects.get(verb="merge thread"), by=instructor)
    assert Thread.objects.values_list("title", "hidden_title").get(pk=thread.pk) == ("", TITLE)
    threads.move_thread(thread=thread, by=instructor, lesson=None)
    undo(entry=AuditEntry.objects.get(verb="move thread"), by=instructor)
    opening.refresh_from_db()
    moderation.approve_post(post=opening, by=instructor)
    assert Thread.objects.values_list("title", flat=True).get(pk=thread.pk) == TITLE
