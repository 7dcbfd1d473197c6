"""Drafts are shown in their form again; questions to staff and held posts reach their readers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from lessons.db.models import UnsentText
from lessons.db.unsent_texts import save_unsent_text
from lessons.discussions.models import Follow, Notification, Post, Thread, ThreadUserState
from lessons.discussions.services import moderation
from tests.discussions.make import known, post_by, thread_by
from tests.image_files import image_file


def page(sign_in, user, address):
    return sign_in(user).get(address).content.decode()


def send(sign_in, user, course, **fields):
    given = {"source": "When is the exam?", "title": "Exam", "key": uuid4(), "kind": "discussion"}
    return sign_in(known(user)).post(f"/courses/{course.slug}/discussions/new/", given | fields)


def test_a_draft_of_an_edit_is_shown_until_it_is_saved(sign_in, course, learner):
    post = thread_by(learner, course, "Old words").posts.get()
    address = f"/posts/{post.pk}/edit/"
    assert "haven’t saved" not in page(sign_in, learner, address)
    save_unsent_text(user_id=learner.pk, draft_key=f"post-{post.pk}", fields={"source": "New words, half"})
    html = page(sign_in, learner, address)
    assert "New words, half" in html
    assert "haven’t saved" in html
    answer = sign_in(learner).post(address, {"source": "New words", "key": post.idempotency_key}, follow=True)
    assert "Your change has been saved." in answer.content.decode()
    assert not UnsentText.objects.exists()
    assert "haven’t saved" not in page(sign_in, learner, address)


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("/notes/5/", "/notes/5/"), ("https://example.org/", "/threads/"), ("//example.org", "/threads/")],
)
def test_a_saved_edit_redirects_to_the_previous_page_on_this_site(sign_in, course, learner, wanted, leads_to):
    post = thread_by(learner, course, "Old words").posts.get()
    address = f"/posts/{post.pk}/edit/?next={wanted}"
    answer = sign_in(learner).post(address, {"source": "New words", "key": post.idempotency_key})
    assert answer.url.startswith(leads_to)


def test_a_draft_of_a_thread_keeps_kind_and_tags(sign_in, course, learner):
    address, words = (
        f"/courses/{course.slug}/discussions/new/",
        {"title": "Ebb", "kind": "question", "tags": "moon, sun"},
    )
    send(sign_in, learner, course, draft="1", **words)
    html = page(sign_in, learner, address)
    assert '<option value="question" selected>' in html
    for typed in ("Ebb", "moon, sun"):
        assert f'value="{typed}"' in html
    assert '<option value="question" selected>' not in page(sign_in, learner, f"{address}?kind=discussion")


def test_the_form_names_the_post_to_reply_to_even_after_a_preview(sign_in, course, learner, other_learner):
    thread = thread_by(learner, course)
    post = post_by(other_learner, thread, "The moon")
    address = f"/threads/{thread.pk}/"
    said = f'In reply to\n<a href="#p{post.pk}"><bdi>Otto Other</bdi></a>'
    assert said in page(sign_in, learner, f"{address}?reply={post.pk}")
    answer = sign_in(learner).post(address, {"source": "Yes", "reply_to": post.pk, "preview": "1", "key": uuid4()})
    assert said in answer.content.decode()
    for other in (address, f"{address}?reply=0", f"{address}?reply=x", f"{address}?reply={'9' * 30}"):
        assert '<p class="reply-target" hidden>' in page(sign_in, learner, other)


def test_a_preview_with_an_image_asks_to_choose_it_again(sign_in, course, learner):
    answer = send(sign_in, learner, course, preview="1", image=image_file(name="moon.png"), alt="The moon")
    assert "Choose “moon.png” again" in answer.content.decode()
    assert "Choose “" not in send(sign_in, learner, course, preview="1").content.decode()


def test_the_draft_for_a_closed_thread_is_shown_for_copying(sign_in, course, learner, other_learner):
    thread = thread_by(learner, course)
    save_unsent_text(
        user_id=other_learner.pk, draft_key=f"thread-{thread.pk}", fields={"source": "What I had written"}
    )
    Thread.objects.update(closed=True)
    html = page(sign_in, other_learner, f"/threads/{thread.pk}/")
    assert "What I had written" in html
    assert "What I had written" not in page(sign_in, learner, f"/threads/{thread.pk}/")


def inbox(sign_in, instructor, course):
    return page(sign_in, instructor, f"/courses/{course.slug}/discussions/inbox/")


def test_a_thread_to_the_instructors_is_a_question_in_their_inbox(sign_in, course, learner, instructor):
    send(sign_in, learner, course, audience="staff")
    thread = Thread.objects.get()
    assert (thread.kind, thread.audience) == ("question", "staff")
    Thread.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert f"/threads/{thread.pk}/" in inbox(sign_in, instructor, course)


def test_a_question_is_unanswered_until_staff_reply_to_its_author(sign_in, course, learner, other_learner, instructor):
    thread = thread_by(learner, course, kind="question")
    Thread.objects.update(created_at=timezone.now() - timedelta(days=3))
    link = f"/threads/{thread.pk}/"
    post_by(other_learner, thread, "I wonder too.")
    assert link in inbox(sign_in, instructor, course)
    post_by(instructor, thread, "The moon.")
    assert link not in inbox(sign_in, instructor, course)
    post_by(other_learner, thread, "Thank you.")
    assert link not in inbox(sign_in, instructor, course)
    post_by(learner, thread, "And the sun?")
    assert link in inbox(sign_in, instructor, course)


def test_a_held_thread_notifies_like_any_other_when_published(course, learner, other_learner, instructor):
    handle = other_learner.memberships.get().handle
    Follow.objects.create(user=other_learner, course=course)
    post = thread_by(learner, course, f"Look, @{handle}: https://example.org").posts.get()
    Thread.objects.update(state="held", last_seq=0, visible_post_count=0)
    Post.objects.update(state="held", seq=None)
    Notification.objects.all().delete()
    ThreadUserState.objects.all().delete()
    moderation.approve_post(post=Post.objects.get(pk=post.pk), by=instructor)
    assert Notification.objects.get().user == other_learner
    assert (
        ThreadUserState.objects.get(user=other_learner).subscription_level
        == ThreadUserState.SubscriptionLevel.FOLLOWED
    )


def test_staff_choose_the_group_that_they_post_to(sign_in, course, instructor, group_a, group_b):
    html = page(sign_in, instructor, f"/courses/{course.slug}/discussions/new/")
    assert "Post to a group" in html
    send(sign_in, instructor, course, audience="group", group=group_b.pk)
    assert Thread.objects.get().group == group_b


def test_learners_post_to_no_group_but_their_own(sign_in, course, learner, group_a, group_b):
    assert "Post to a group" not in page(sign_in, learner, f"/courses/{course.slug}/discussions/new/")
    answer = send(sign_in, learner, course, audience="group", group=group_b.pk)
    assert (answer.status_code, Thread.objects.count()) == (400, 0)
    assert "When is the exam?" in answer.content.decode()


@pytest.mark.parametrize("wanted", ["0", "x", "9" * 30, ""])
def test_an_unknown_group_is_refused_and_the_text_shown_again(sign_in, course, instructor, group_a, wanted):
    answer = send(sign_in, instructor, course, audience="group", group=wanted)
    assert answer.status_code == 400
    assert "When is the exam?" in answer.content.decode()
    assert not Thread.objects.exists()


def test_a_private_thread_can_be_shown_to_the_authors_group(sign_in, course, learner, group_a, instructor):
    thread = thread_by(learner, course, audience="me")
    assert "Show to my group" in page(sign_in, learner, f"/threads/{thread.pk}/")
    sign_in(learner).post(f"/threads/{thread.pk}/audience/", {"audience": "group"})
    assert Thread.objects.get().group == group_a
    mine = thread_by(instructor, course, audience="me")
    assert "Show to my group" not in page(sign_in, instructor, f"/threads/{mine.pk}/")
