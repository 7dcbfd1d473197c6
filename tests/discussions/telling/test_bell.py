"""The bell: on every page, as much as its own page lists, and no query more."""

import re

import pytest

from lessons.discussions import news
from lessons.discussions.actions import marks, order
from lessons.discussions.models import Notification, Participation, TalkRule, Thread
from lessons.discussions.session import with_bell
from lessons.people.actions import leave, seat
from lessons.people.models import User
from tests import factories
from tests.discussions.make import known, post_by, thread_by


def rings(user):
    """What the bell says, which must be what its page lists."""
    count = with_bell(user.pk).bell
    reader = User.objects.get(pk=user.pk)
    unseen = set(Notification.objects.filter(user=user, seen_at=None).values_list("pk", flat=True))
    listed = [item for item in news.notifications(reader) if item.notification in unseen]
    assert count == len(news.followed(reader)) + len(listed)
    return count


def shown(client, address):
    """The number on the page's bell."""
    html = client.get(address).content.decode()
    link = r'class="notifications-link push" href="/bell/" aria-label="(\d+|Nothing)'
    return int(re.search(link, html)[1].replace("Nothing", "0"))


def test_the_bell_stands_on_every_page_of_who_is_signed_in(course, module, lesson, learner, other_learner, sign_in):
    post_by(other_learner, thread_by(learner, course), "Look, @lea-learner")
    pages = ["/", course.get_absolute_url(), module.get_absolute_url(), lesson.get_absolute_url(), "/accounts/email/"]
    pages += [f"/courses/{course.slug}/discussions/", f"/lessons/{lesson.pk}/talk/", "/bell/", "/nowhere/"]
    assert {page: shown(sign_in(learner), page) for page in pages} == dict.fromkeys(pages, 2)
    assert b'class="notifications-link' not in sign_in(None).get("/").content


def test_it_takes_no_query_of_its_own(course, learner, other_learner, django_assert_num_queries):
    thread = thread_by(learner, course)
    for _ in range(3):
        post_by(other_learner, thread, "@lea-learner")
    with django_assert_num_queries(1):
        assert with_bell(learner.pk).bell == 4


def test_reading_the_thread_quiets_it_on_that_page_already(course, learner, other_learner, sign_in):
    thread = thread_by(learner, course)
    post_by(other_learner, thread, "Look, @lea-learner")
    client = sign_in(learner)
    assert shown(client, f"/threads/{thread.pk}/") == shown(client, "/") == rings(learner) == 0


def test_a_first_page_read_leaves_what_is_new_on_the_last(course, learner, other_learner, sign_in, monkeypatch):
    monkeypatch.setattr("lessons.discussions.actions.writing.PACE", ())
    thread = thread_by(learner, course)
    for _ in range(51):
        post_by(other_learner, thread)
    post_by(other_learner, thread, "@lea-learner")
    client = sign_in(learner)
    assert shown(client, f"/threads/{thread.pk}/") == shown(client, "/") == 2
    assert shown(client, f"/threads/{thread.pk}/?page=2") == shown(client, "/") == 0


def test_it_tells_nothing_of_what_one_may_not_read(course, lesson, group_a, group_b, learner, instructor):
    member = known(factories.make_member(course, group=group_a, name="Mo Mover"))
    thread = thread_by(learner, course, audience="group", group=group_a)
    marks.attend(thread=thread, user=member, attention=1)
    post = post_by(learner, thread, "Here, @mo-mover")
    assert rings(member) == 2
    seat(user=member, course=course, group=group_b, by=instructor)
    assert rings(member) == 0
    seat(user=member, course=course, role="assistant", by=instructor)
    assert rings(member) == 2
    order.hide(post=post, by=instructor)
    assert rings(member) == 1
    seat(user=member, course=course, group=group_a, by=instructor)
    leave(user=member, course=course)
    assert rings(member) == 0
    assert rings(learner) == 1  # of the post that was hidden


def test_a_sealed_lesson_rings_only_for_who_has_written(course, lesson, learner, other_learner, instructor):
    TalkRule.objects.create(lesson=lesson, rule=TalkRule.Rule.WRITE_FIRST)
    by_staff = thread_by(instructor, course, "Go on, @lea-learner", lesson=lesson)
    by_classmate = thread_by(other_learner, course, lesson=lesson)
    for thread in (by_staff, by_classmate):
        marks.attend(thread=thread, user=learner, attention=1)
    post_by(other_learner, by_staff, "And @lea-learner?")
    assert rings(learner) == 1
    Participation.objects.create(user=learner, lesson=lesson)
    assert rings(learner) == 4


@pytest.mark.parametrize("state", Thread.State.values)
def test_hidden_merged_and_muted_threads_are_silent(course, learner, other_learner, administrator, state):
    thread = thread_by(learner, course)
    post_by(other_learner, thread)
    for person in (learner, administrator):
        marks.attend(thread=thread, user=person, attention=1)
        Thread.objects.filter(pk=thread.pk).update(state=state)
        assert rings(person) == (state == "shown")
    marks.attend(thread=thread, user=learner, attention=-1)
    assert rings(learner) == 0


def test_a_word_from_staff_rings_where_the_post_itself_is_hidden(course, learner, instructor):
    post = thread_by(learner, course).posts.get()
    order.warn(post=post, by=instructor, words="Mind your words.")
    order.hide(post=post, by=instructor)
    assert rings(learner) == 2


def test_a_closed_account_is_not_let_in(learner, sign_in):
    client = sign_in(learner)
    User.objects.filter(pk=learner.pk).update(is_active=False)
    assert client.get("/bell/").status_code == 302
    assert with_bell(2**40) is None
