"""Staff messages and actions on a post reach its author as from “the staff”; nobody else learns who that is."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from lessons.courses.models import AuditEntry
from lessons.courses.services import leave
from lessons.db.unsent_texts import save_unsent_text
from lessons.discussions.models import Notification, NotificationPreference, Post
from lessons.discussions.services import moderation
from lessons.discussions.services.threads import split_thread
from lessons.discussions.services.undo import undo
from tests.discussions.make import post_by, thread_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(course, instructor, learner):
    return post_by(learner, thread_by(instructor, course, title="Tides"), "Something rude.")


def page(sign_in, user, address):
    return sign_in(user).get(address, follow=True).content.decode()


def test_a_message_about_a_post_is_from_staff_and_not_from_its_author(sign_in, post, learner, assistant):
    moderation.warn_author(post=post, by=assistant, message="Mind the rules, please.")
    html = " ".join(page(sign_in, learner, "/notifications/").split())
    assert "<bdi>The course’s staff</bdi> wrote to you about your post: <bdi>Tides</bdi>" in html
    call_command("send_digests")
    [email] = [sent for sent in mail.outbox if sent.to == [learner.email]]
    assert email.subject == "Message from the staff of “Tides and shores”"
    assert "The course’s staff wrote to you about your post at" in email.body
    assert "Mind the rules, please." in email.body
    assert learner.display_name not in email.body


def test_the_author_of_a_hidden_post_is_notified_with_the_reason(sign_in, post, learner, other_learner, assistant):
    moderation.hide_post(post=post, by=assistant, reason="It names somebody.")
    html = page(sign_in, learner, "/notifications/")
    assert "Your post is hidden. You can ask the staff about it. It names somebody." in html
    assert Notification.objects.get().user == learner
    assert "It names somebody." not in page(sign_in, other_learner, f"/threads/{post.thread_id}/")


def test_staff_who_hide_their_own_post_are_not_notified(course, instructor):
    own = thread_by(instructor, course).posts.get()
    moderation.hide_post(post=own, by=instructor)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("state", [Post.State.DELETED, Post.State.HIDDEN])
def test_a_tombstone_does_not_name_its_author_to_classmates(sign_in, post, learner, other_learner, instructor, state):
    Post.objects.filter(pk=post.pk).update(state=state)
    address = f"/posts/{post.pk}/actions/"
    answer = sign_in(other_learner).get(address)
    assert answer.url == f"/threads/{post.thread_id}/#p{post.pk}"
    assert learner.display_name not in page(sign_in, other_learner, address)
    for who in (learner, instructor):
        assert sign_in(who).get(address).status_code == 200


def test_a_moved_post_redirects_to_its_new_thread(sign_in, course, post, instructor, other_learner):
    thread = post.thread
    split_thread(thread=thread, seqs=[post.seq], title="Apart", by=instructor)
    tombstone = thread.posts.get(state=Post.State.MOVED)
    assert sign_in(other_learner).get(f"/posts/{tombstone.pk}/actions/").url == f"/posts/{post.pk}/actions/"


def test_the_moderation_log_is_in_sentences(sign_in, post, instructor):
    moderation.hide_post(post=post, by=instructor)
    html = " ".join(page(sign_in, instructor, f"/courses/{post.thread.course.slug}/discussions/log/").split())
    assert f'hid a post in <a href="/threads/{post.thread_id}/"><bdi>Tides</bdi></a>' in html


def test_a_private_thread_stays_private_in_a_closed_course(sign_in, course, learner):
    thread = thread_by(learner, course, audience="me")
    type(course).objects.update(closed_at=timezone.now())
    assert "Show it to everybody" not in page(sign_in, learner, f"/threads/{thread.pk}/")
    assert sign_in(learner).post(f"/threads/{thread.pk}/audience/", {"audience": "course"}).status_code == 403
    thread.refresh_from_db()
    assert thread.audience == "me"


def test_a_draft_from_before_the_course_closed_is_shown_for_copying(sign_in, course, learner):
    save_unsent_text(user_id=learner.pk, draft_key=f"course-{course.pk}", fields={"source": "Half a thought"})
    type(course).objects.update(closed_at=timezone.now())
    assert "Half a thought" in page(sign_in, learner, f"/courses/{course.slug}/discussions/new/")


@pytest.fixture
def reported(course, learner, other_learner):
    """A post by `other_learner` in a thread of theirs, reported by `learner`."""
    post = thread_by(other_learner, course, "Something rude.", title="Whose moon").posts.get()
    moderation.report_post(post=post, by=learner, reason="Not kind")
    return post


@pytest.mark.parametrize("decide", [moderation.approve_post, moderation.hide_post])
def test_who_reported_a_post_learns_once_what_was_decided_and_no_more(
    sign_in, course, reported, learner, other_learner, assistant, decide
):
    decide(post=reported, by=assistant, reason="Between us.")
    is_kept, outcome = decide is moderation.approve_post, "You reported it: “Not kind”"
    html = " ".join(page(sign_in, learner, "/notifications/").split())
    assert "<bdi>The course’s staff</bdi> reviewed your report:" in html
    assert outcome in html
    assert f'href="/posts/{reported.pk}/"' in html if is_kept else "/posts/" not in html
    [email] = send_digests(to=learner)
    assert email.subject == "Your report in “Tides and shores” has been reviewed"
    for text in (html, email.body, email.alternatives[0].content):
        assert outcome in " ".join(text.split())
        assert ("The post stays" in text, "The post is hidden now." in text) == (is_kept, not is_kept)
        assert ("Whose moon" in text) <= is_kept
        for secret in ("Something rude", "Between us", other_learner.display_name, assistant.display_name):
            assert secret not in text
    assert not send_digests(to=learner)
    leave(user=learner, course=course)
    assert "reviewed your report" not in page(sign_in, learner, "/notifications/")


def send_digests(*, to):
    mail.outbox.clear()
    NotificationPreference.objects.update(next_email_at=timezone.now())
    call_command("send_digests")
    return [sent for sent in mail.outbox if sent.to == [to.email]]


def test_a_report_that_is_open_again_is_decided_once_more(reported, learner, assistant):
    moderation.approve_post(post=reported, by=assistant)
    undo(entry=AuditEntry.objects.latest("pk"), by=assistant)
    assert not learner.notifications.exists()
    moderation.hide_post(post=reported, by=assistant)
    assert learner.notifications.get().message == Notification.Outcome.HIDDEN


def test_a_report_of_a_post_that_its_author_deleted_has_an_outcome(
    sign_in, reported, learner, other_learner, assistant
):
    moderation.delete_post(post=reported, by=other_learner)
    moderation.approve_post(post=reported, by=assistant)
    assert "The post is no longer there." in page(sign_in, learner, "/notifications/")
