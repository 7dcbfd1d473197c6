"""The staff inbox: what it lists, for which group, and what staff do there."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from lessons.courses.models import AuditEntry
from lessons.discussions.models import Notification, Post, Thread
from lessons.discussions.selectors.inactive_learners import InactiveLearners, inactive_learners
from lessons.discussions.selectors.inbox import inbox_counts
from lessons.discussions.services import moderation
from lessons.discussions.views import moderator_inbox
from tests.discussions.make import post_by, thread_by

INBOX = "/courses/tides/discussions/inbox/"


@pytest.fixture
def staff(sign_in, assistant):
    return sign_in(assistant)


@pytest.fixture
def reported(course, learner, other_learner):
    post = post_by(other_learner, thread_by(learner, course), "Something *rude*")
    moderation.report_post(post=post, by=learner, reason="Not kind")
    return post


def page(client, query=""):
    return client.get(INBOX + query).content.decode()


def undo_shown(client, response):
    """Press Undo in the message on the page to which the response leads."""
    shown = client.get(response.url).context["messages"]
    (address,) = [message.extra_tags for message in shown]
    return client.post(address)


def page_of(client, response):
    return client.get(response.url).content.decode()


def make_inactive(course, user, days):
    moment = timezone.now() - timedelta(days=days)
    course.memberships.filter(user=user).update(created_at=moment)
    Thread.objects.filter(author=user).update(created_at=moment)
    Post.objects.filter(author=user).update(created_at=moment)
    user.thread_states.update(read_at=moment)


def test_who_has_reported_a_post_sees_what_was_decided(reported, learner, sign_in, assistant):
    client, actions = sign_in(learner), f"/posts/{reported.pk}/actions/"
    assert "staff will review it" in client.get(actions).content.decode()
    again = client.post(f"/posts/{reported.pk}/report/", {"reason": "Really not"})
    assert "You have already reported this post." in page_of(client, again)
    moderation.approve_post(post=reported, by=assistant)
    html = client.get(actions).content.decode()
    assert "decided to keep it" in html
    assert "Report post" not in html


def test_a_question_is_there_at_once_and_the_oldest_is_open(course, learner, other_learner, staff):
    first = thread_by(learner, course, "Is it **the moon**?", kind="question", title="Why twice?")
    Thread.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=30))
    second = thread_by(other_learner, course, kind="question", title="Only just asked")
    html = page(staff)
    assert html.index("Why twice?") < html.index("Only just asked")
    assert "<strong>the moon</strong>" in html
    assert f'action="/threads/{first.pk}/answers/"' in html
    assert '<time class="chip open"' in html
    html = page(staff, f"?question={second.pk}")
    assert f'action="/threads/{second.pk}/answers/"' in html
    assert html.count("<textarea") == 1


def test_an_answer_closes_the_question_and_undo_opens_it_again(course, learner, staff, assistant):
    thread = thread_by(learner, course, kind="question", title="Why twice?")
    data = {"source": "The Earth turns.", "mark": "1", "next": f"{INBOX}?group=1", "audience": "course"}
    response = staff.post(f"/threads/{thread.pk}/answers/", data)
    assert response.url == f"{INBOX}?group=1"
    thread.refresh_from_db()
    assert (thread.status, thread.endorsed_by) == ("answered", assistant)
    assert Notification.objects.filter(user=learner, kind="answer").count() == 1
    assert undo_shown(staff, response).url == f"{INBOX}?group=1"
    thread.refresh_from_db()
    assert (thread.status, thread.answer) == ("open", None)
    assert inbox_counts(course, assistant).questions == 1


def test_an_answer_that_is_empty_or_a_preview_is_shown_with_its_question(course, learner, staff):
    thread = thread_by(learner, course, kind="question")
    response = staff.post(f"/threads/{thread.pk}/answers/", {"source": "", "next": INBOX})
    assert response.status_code == 400
    answer = {"source": "The *moon*.", "preview": "1", "next": INBOX}
    post_by(staff.get(INBOX).context["user"], thread, "A colleague was faster.")
    html = staff.post(f"/threads/{thread.pk}/answers/", answer).content.decode()
    assert "The <em>moon</em>." in html
    assert "The *moon*." in html
    assert thread.posts.count() == 2


def test_a_reply_is_marked_as_the_answer(course, learner, other_learner, staff):
    thread = thread_by(learner, course, kind="question")
    reply = post_by(other_learner, thread, "It is the moon.")
    assert "It is the moon." in page(staff, f"?question={thread.pk}&replies=1")
    response = staff.post(f"/posts/{reply.pk}/decision/", {"accept": "1"})
    thread.refresh_from_db()
    assert thread.answer == reply
    undo_shown(staff, response)
    thread.refresh_from_db()
    assert (thread.status, thread.answer) == ("open", None)
    staff.post(f"/threads/{thread.pk}/resolution/")
    assert inbox_counts(course, learner).questions == 0


def test_a_report_says_who_why_and_what(reported, staff):
    html = page(staff)
    for words in ("Something <em>rude</em>", "Otto Other", "Not kind", "Lea Learner"):
        assert words in html


@pytest.mark.parametrize(("button", "state"), [("hide", "hidden"), ("keep", "shown")])
def test_a_report_is_decided_in_place_and_the_decision_undone(reported, other_learner, staff, button, state):
    response = staff.post(f"/posts/{reported.pk}/decision/", {button: "1", "reason": "Be kind.", "next": INBOX})
    reported.refresh_from_db()
    assert (reported.state, reported.open_report_count) == (state, 0)
    assert Notification.objects.get(user=other_learner, kind="moderation").message == "Be kind."
    if button == "hide":
        undo_shown(staff, response)
        reported.refresh_from_db()
        assert (reported.state, reported.open_report_count) == ("shown", 1)
        assert not Notification.objects.filter(kind="moderation").exists()


@pytest.mark.parametrize(("button", "state"), [("keep", "shown"), ("hide", "hidden")])
def test_a_held_post_is_published_or_rejected_and_waits_again_when_that_is_undone(
    course, learner, staff, button, state
):
    thread = thread_by(learner, course)
    post = post_by(learner, thread, "Look here")
    Post.objects.filter(pk=post.pk).update(state="held", seq=None)
    Thread.objects.filter(pk=thread.pk).update(last_seq=1, visible_post_count=1)
    assert "Look here" in page(staff)
    response = staff.post(f"/posts/{post.pk}/decision/", {button: "1"})
    post.refresh_from_db()
    assert (post.state, post.seq) == (state, 2)
    undone = page_of(staff, undo_shown(staff, response))
    assert "the post waits for review again" in undone
    assert "Look here" in undone
    post.refresh_from_db()
    assert (post.state, post.seq) == ("held", None)


def test_a_group_has_its_own_inbox(course, group_a, group_b, learner, other_learner, staff):
    asked = {
        "by A": thread_by(learner, course, kind="question", title="Asked by A"),
        "by B": thread_by(other_learner, course, kind="question", title="Asked by B"),
        "hidden": thread_by(learner, course, kind="question", title="Asked by nobody", anonymous=True),
    }
    assert all(thread.title in page(staff) for thread in asked.values())
    html = page(staff, f"?group={group_b.pk}")
    assert "Asked by A" not in html
    assert "Asked by B" in html
    assert "Asked by nobody" in html
    assert page(staff, f"?question={asked['hidden'].pk}").count("Group A</bdi></span>") == 1


def test_learners_who_have_stopped_get_a_message(
    course, lesson, learner, other_learner, staff, assistant, monkeypatch
):
    thread_by(other_learner, course)
    make_inactive(course, other_learner, 12)
    make_inactive(course, learner, 9)
    html = page(staff)
    assert "Otto Other</bdi>" in html
    assert "12 days" in html
    assert "Lea Learner</bdi></b>" not in html
    assert "stopped first" not in html
    with monkeypatch.context() as patch:
        of_many = InactiveLearners(60, inactive_learners(course, class_size=60).rows)
        patch.setattr(moderator_inbox, "inactive_learners", lambda *_, **_sizes: of_many)
        assert "stopped first" in page(staff)
    address = f"{INBOX}learners/{course.memberships.get(user=other_learner).pk}/"
    assert staff.post(address, {"message": " "}).status_code == 302
    assert mail.outbox == []
    staff.post(address, {"message": "How are you getting on?"})
    assert mail.outbox[0].to == [other_learner.email]
    assert "How are you getting on?" in mail.outbox[0].body
    assert AuditEntry.objects.filter(verb="message learner", affected_user=other_learner, actor=assistant).exists()
    assert "messaged" in page(staff)


def test_the_inbox_takes_as_many_queries_for_many_as_for_few(
    course, learner, other_learner, staff, django_assert_max_num_queries
):
    def add():
        post_by(other_learner, thread_by(learner, course, kind="question"))
        moderation.report_post(post=post_by(other_learner, thread_by(learner, course)), by=learner, reason="Rude")

    add()
    with django_assert_max_num_queries(8) as few:
        page(staff)
    add()
    with django_assert_max_num_queries(len(few)):
        page(staff)


def test_a_group_or_question_that_does_not_exist_or_is_private_leaves_the_inbox_as_it_is(course, learner, staff):
    oldest, other = (thread_by(learner, course, kind="question", title=title) for title in ("Why two?", "Why salt?"))
    private = thread_by(learner, course, kind="question", audience="me")

    def shown(query=""):
        context = staff.get(INBOX + query).context
        return context["group"], context["question_count"], context["opened"].row.pk

    everything = (None, 2, oldest.pk)
    assert shown() == everything
    for number in (0, private.pk, 2**31, 2**70):
        for query in (f"?group={number}", f"?question={number}", f"?group={number}&question={number}"):
            assert shown(query) == everything
    assert shown(f"?group={2**31}&question={other.pk}") == (None, 2, other.pk)


def test_merging_a_question_leads_back_to_the_inbox(course, learner, other_learner, staff):
    thread, into = (thread_by(person, course, kind="question") for person in (learner, other_learner))
    assert f'href="/threads/{thread.pk}/moderation/?next={INBOX}#merge"' in page(staff)
    data = {"target_thread": into.pk, "next": INBOX}
    assert (
        f'name="next" value="{INBOX}"' in staff.get(f"/threads/{thread.pk}/moderation/?next={INBOX}").content.decode()
    )
    response = staff.post(f"/threads/{thread.pk}/merge/", data)
    assert response.url == INBOX
    assert undo_shown(staff, response).url == INBOX
    thread.refresh_from_db()
    assert thread.merged_into is None


def test_in_a_large_class_those_who_have_stopped_are_looked_for_every_ten_minutes(
    course, lesson, learner, other_learner, staff, monkeypatch
):
    monkeypatch.setattr("lessons.discussions.selectors.inactive_learners.LARGE_CLASS", 1)
    thread = thread_by(other_learner, course)
    make_inactive(course, other_learner, 12)
    assert "Otto Other</bdi></b>" in page(staff)
    post_by(other_learner, thread)
    assert "Otto Other</bdi></b>" in page(staff)
    monkeypatch.setattr("lessons.discussions.selectors.inactive_learners.LARGE_CLASS", 500)
    assert "Otto Other</bdi></b>" not in page(staff)
