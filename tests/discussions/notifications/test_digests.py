"""Notifications by e-mail and feed: users only get what they may read, and no anonymous author is named."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from lessons.courses.models import Membership
from lessons.discussions.models import NotificationPreference, ThreadUserState
from lessons.discussions.services import moderation, read_state
from lessons.mail.models import OutgoingEmail
from tests.discussions.make import post_by, thread_by


def send_digests(**options):
    call_command("run_scheduled", verbosity=0, **options)
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def set_frequency(user, choice):
    return NotificationPreference.objects.update_or_create(
        user=user, defaults={"email_frequency": choice, "next_email_at": timezone.now()}
    )[0]


def test_replies_in_a_followed_thread_are_mailed_once(course, learner, other_learner):
    thread = thread_by(learner, course, title="Tides")
    post_by(other_learner, thread, "Because of *the moon*.")
    set_frequency(learner, "immediate")
    emails = send_digests()
    assert [email.to for email in emails] == [[learner.email]]
    assert "Because of the moon." in emails[0].body
    assert "Because of <em>the moon</em>." in emails[0].alternatives[0][0]
    assert send_digests() == []


def test_ones_own_posts_and_read_ones_are_not_mailed(course, learner, other_learner):
    thread = thread_by(learner, course)
    post_by(other_learner, thread)
    read_state.mark_read_up_to(thread=thread, user=learner, seq=2, known=1)
    for person in (learner, other_learner):
        set_frequency(person, "immediate")
    assert send_digests() == []


def test_a_due_digest_contains_everything_new(course, learner, other_learner, monkeypatch):
    thread = thread_by(learner, course)
    set_frequency(learner, "daily")
    post_by(other_learner, thread, "One")
    assert len(send_digests()) == 1
    post_by(other_learner, thread, "Two")
    post_by(other_learner, thread, "Three @lea-learner")
    assert send_digests() == []
    NotificationPreference.objects.filter(user=learner).update(next_email_at=timezone.now() - timedelta(minutes=1))
    email = send_digests()[0]
    assert "Two" in email.body
    assert "Three" in email.body
    assert "One" not in email.body


@pytest.mark.thorough
def test_a_digest_delayed_by_the_mail_server_includes_what_was_written_meanwhile(
    course, learner, other_learner, settings
):
    server, thread = settings.EMAIL_BACKEND, thread_by(learner, course)
    post_by(other_learner, thread, "Important")
    set_frequency(learner, "immediate")
    settings.EMAIL_BACKEND = "tests.mail.servers.DownBackend"
    assert send_digests() == []
    post_by(other_learner, thread, "Urgent")
    assert send_digests() == []
    assert OutgoingEmail.objects.get().attempts == 1
    settings.EMAIL_BACKEND = server
    OutgoingEmail.objects.update(due_at=timezone.now())
    (email,) = send_digests()
    assert "Important" in email.body
    assert "Urgent" in email.body
    assert send_digests() == []


def test_an_address_that_the_server_refuses_gets_no_digest_for_a_week(
    course, learner, other_learner, instructor, settings
):
    """Others get their digests, and a user with a new address gets one there."""
    server, thread = settings.EMAIL_BACKEND, thread_by(learner, course)
    post_by(other_learner, thread)
    post_by(instructor, thread, "Important")
    learner.email = "gone@example.org"
    learner.save()
    for person in (learner, other_learner):
        set_frequency(person, "immediate")
    settings.EMAIL_BACKEND = "tests.mail.servers.RefusingBackend"
    assert [email.to for email in send_digests()] == [[other_learner.email]]
    settings.EMAIL_BACKEND = server
    assert send_digests() == []
    learner.email = "here@example.org"
    learner.save()
    assert [email.to for email in send_digests()] == [["here@example.org"]]


@pytest.mark.thorough
def test_visibility_is_checked_when_a_digest_is_sent(course, learner, other_learner, group_a):
    thread = thread_by(learner, course)
    hidden = post_by(other_learner, thread, "Hidden @lea-learner")
    left = thread_by(learner, course)
    post_by(other_learner, left, "Seen by members")
    set_frequency(learner, "immediate")
    moderation.delete_post(post=hidden, by=other_learner)
    email = send_digests()[0]
    assert "Hidden" not in email.body
    post_by(other_learner, left, "After leaving")
    Membership.objects.filter(user=learner).update(state=Membership.State.REMOVED)
    assert send_digests() == []


@pytest.mark.thorough
def test_one_click_without_signing_in_unsubscribes(course, learner, other_learner, client):
    post_by(other_learner, thread_by(learner, course))
    set_frequency(learner, "immediate")
    email = send_digests()[0]
    address = email.extra_headers["List-Unsubscribe"].strip("<>")
    assert email.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = address.removeprefix("http://127.0.0.1:8000")
    assert client.get(path).status_code == 200
    assert NotificationPreference.objects.get(user=learner).email_frequency == "immediate"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert NotificationPreference.objects.get(user=learner).email_frequency == "never"


@pytest.mark.thorough
def test_a_name_in_an_email_does_not_become_a_link(course, learner, other_learner):
    other_learner.display_name = "https://evil.example/ Otto"
    other_learner.save()
    post_by(other_learner, thread_by(learner, course))
    set_frequency(learner, "immediate")
    email = send_digests()[0]
    assert "evil.example" not in email.body + email.alternatives[0][0]


@pytest.mark.thorough
def test_following_a_course_follows_its_new_threads(course, learner, other_learner, sign_in):
    sign_in(other_learner).post(f"/courses/{course.slug}/discussions/subscription/", {"enabled": "true"})
    thread = thread_by(learner, course, title="Something new")
    note = thread_by(learner, course, audience="me")
    assert list(ThreadUserState.objects.filter(user=other_learner).values_list("thread", flat=True)) == [thread.pk]
    assert b"Something new" in sign_in(other_learner).get("/notifications/").content
    assert not ThreadUserState.objects.filter(thread=note, user=other_learner).exists()


@pytest.mark.thorough
def test_a_muted_thread_does_not_notify(course, learner, other_learner, sign_in):
    thread = thread_by(learner, course, title="Loud")
    sign_in(learner).post(f"/threads/{thread.pk}/subscription/", {"subscription": "mute"})
    post_by(other_learner, thread, "Hello @lea-learner")
    set_frequency(learner, "immediate")
    assert send_digests() == []
    assert b"Loud" not in sign_in(learner).get("/notifications/").content
    assert b"Loud" not in sign_in(learner).get(f"/courses/{course.slug}/discussions/?show=unread").content


@pytest.mark.thorough
def test_a_feed_shows_its_owner_what_they_may_read(course, learner, other_learner, group_a, instructor, client):
    thread_by(instructor, course, "For all")
    thread_by(instructor, course, "For group A", audience="group", group=group_a)
    address = f"/feeds/{set_frequency(learner, 'never').feed_token}/"
    theirs = f"/feeds/{set_frequency(other_learner, 'never').feed_token}/"
    assert b"For group A" in client.get(address).content
    assert b"For all" in client.get(theirs).content
    assert b"For group A" not in client.get(theirs).content
    assert client.get("/feeds/guess/").status_code == 404


@pytest.fixture
def anonymous_post(course, learner, other_learner):
    """Otto posts anonymously in Lea's thread."""
    thread = thread_by(other_learner, course, "Who am I?", title="A secret", anonymous=True, kind="question")
    post_by(learner, thread, "Nobody knows.")
    post = post_by(other_learner, thread, "Again me, @lea-learner.", anonymous=True)
    return thread, post


@pytest.mark.thorough
def test_no_output_names_the_anonymous_author(course, anonymous_post, learner, instructor, sign_in):
    thread, post = anonymous_post
    set_frequency(learner, "immediate")
    forum = f"/courses/{course.slug}/discussions/"
    pages = [
        forum,
        f"{forum}?show=unread",
        f"/threads/{thread.pk}/",
        f"/threads/{thread.pk}/?quote={post.pk}",
        "/notifications/",
    ]
    email = send_digests()[0]
    assert "Otto" not in email.body + email.alternatives[0][0] + email.subject
    assert "Anonymous" in email.body
    pages += [f"/posts/{post.pk}/actions/", f"/feeds/{NotificationPreference.objects.get(user=learner).feed_token}/"]
    for reader in (learner, instructor):
        for address in pages:
            html = sign_in(reader).get(address).content.decode()
            assert "Otto" not in html, address
    assert b"A secret" not in sign_in(learner).get(f"{forum}?author=otto-other").content


@pytest.mark.thorough
def test_a_pseudonym_is_the_same_throughout_a_thread(anonymous_post, course, other_learner):
    thread, post = anonymous_post
    assert post.alias == thread.posts.get(seq=1).alias
    assert "Otto" not in post.alias.name
    other = thread_by(other_learner, course, anonymous=True)
    assert other.alias_id != post.alias_id


@pytest.mark.thorough
def test_revealing_an_author_is_logged(course, anonymous_post, learner, instructor, sign_in):
    _thread, post = anonymous_post
    assert sign_in(learner).post(f"/posts/{post.pk}/author/").status_code == 403
    reply = sign_in(instructor).post(f"/posts/{post.pk}/author/", follow=True)
    assert b"Otto Other" in reply.content
    entry = course.audit_entries.get(verb="reveal author")
    assert entry.actor == instructor
    assert "Otto" not in f"{entry.target_name}{entry.detail}"


@pytest.mark.thorough
def test_an_erased_user_is_a_former_member(course, learner, other_learner, sign_in):
    thread = thread_by(other_learner, course)
    other_learner.delete()
    assert b"Former member" in sign_in(learner).get(f"/threads/{thread.pk}/").content
