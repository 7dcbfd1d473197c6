"""Roles and removals, and what two of the staff do at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Membership
from lessons.courses.services.memberships import (
    EnrolmentRefused,
    MembershipChanged,
    change_membership,
    leave,
    remove_member,
)
from lessons.permissions import can_read_thread
from tests import factories
from tests.discussions.make import thread_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def seat_of(user):
    return Membership.objects.get(user=user)


def page_of(user):
    return reverse("enrolment:membership", args=["tides", seat_of(user).pk])


def save(client, user, **form):
    seat = seat_of(user)
    form = {"act": "save", "role": seat.role, "group": seat.group_id or "", "shown": seat.version_token} | form
    return client.post(page_of(user), form)


def test_a_role_is_changed_and_logged(client, learner, instructor):
    assert save(client, learner, role="assistant").status_code == 302
    assert seat_of(learner).role == "assistant"
    entry = AuditEntry.objects.get(verb="change role")
    assert (entry.actor, entry.detail) == (instructor, {"before": "learner", "role": "assistant"})


def test_who_is_removed_is_out_logged_and_keeps_their_work(client, learner, course, group_a):
    thread = thread_by(learner, course, audience="group", group=group_a)
    save(client, learner, act="remove")
    assert seat_of(learner).state == "removed"
    assert AuditEntry.objects.filter(verb="remove", person__display_name="Lea Learner").exists()
    assert not can_read_thread(User.objects.get(pk=learner.pk), thread)
    save(client, learner, act="again")
    seat = seat_of(learner)
    assert (seat.state, seat.role, seat.group) == ("active", "learner", group_a)
    assert can_read_thread(User.objects.get(pk=learner.pk), thread)
    assert thread.author == learner


def test_promoted_and_removed_at_once_the_second_is_told_what_is_now(client, learner, instructor):
    shown = seat_of(learner).version_token
    remove_member(membership=seat_of(learner), version_token=shown, by=instructor)
    answer = save(client, learner, role="instructor", shown=shown)
    assert answer.status_code == 409
    assert "Removed" in answer.content.decode()
    assert "Nothing was saved" in answer.content.decode()
    assert (seat_of(learner).role, seat_of(learner).state) == ("learner", "removed")


def test_a_form_without_what_was_shown_changes_nothing(client, learner):
    assert save(client, learner, role="instructor", shown="").status_code == 409
    assert seat_of(learner).role == "learner"


@pytest.mark.parametrize("act", [{"act": "save", "role": "learner"}, {"act": "remove"}])
def test_the_last_instructor_is_not_demoted_or_removed(client, instructor, act):
    answer = save(client, instructor, **act)
    assert answer.status_code == 409
    assert "needs an instructor" in answer.content.decode()
    assert seat_of(instructor).role == "instructor"


def test_the_last_instructor_does_not_leave(client, course, instructor):
    answer = client.post(reverse("reading:join_or_leave", args=["tides"]), {"leave": "true"}, follow=True)
    assert "needs an instructor" in answer.content.decode()
    assert seat_of(instructor).state == "active"


def test_one_of_two_instructors_leaves(client, course, instructor):
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    client.post(reverse("reading:join_or_leave", args=["tides"]), {"leave": "true"})
    assert seat_of(instructor).state == "left"


def test_who_demotes_themselves_is_led_to_the_course(client, course, instructor):
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    assert save(client, instructor, role="learner").url == course.get_absolute_url()


def test_a_group_of_another_course_is_refused(client, learner, group_a):
    elsewhere = factories.make_group(factories.make_course())
    assert save(client, learner, group=elsewhere.pk).status_code == 400
    assert seat_of(learner).group == group_a


def test_leaving_and_coming_back_keep_seat_handle_and_group(sign_in, course, learner, group_a):
    before, client = seat_of(learner), sign_in(learner)
    address = reverse("reading:join_or_leave", args=["tides"])
    client.post(address, {"leave": "true"})
    client.post(address)
    after = seat_of(learner)
    assert (after.pk, after.handle, after.group, after.state) == (before.pk, before.handle, group_a, "active")


def test_somebody_is_added_by_hand_and_invited_to_choose_a_password(client, course, group_a):
    form = {"email": "New@Example.org", "name": "Nora New", "role": "learner", "group": group_a.pk}
    assert client.post(reverse("enrolment:add_member", args=["tides"]), form).status_code == 302
    person = User.objects.get(email="new@example.org")
    assert not person.has_usable_password()
    assert seat_of(person).group == group_a
    sets_a_password_by(mail.outbox[0])
    assert User.objects.get(pk=person.pk).check_password("a very long password indeed")


def test_who_lets_the_letter_lie_asks_for_a_new_one(client, course):
    client.post(reverse("enrolment:add_member", args=["tides"]), {"email": "new@example.org", "role": "learner"})
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": "new@example.org"})
    sets_a_password_by(mail.outbox[0])
    assert User.objects.get(email="new@example.org").has_usable_password()


def sets_a_password_by(letter):
    """As somebody does who opens the link in it."""
    visitor = Client()
    way = next(line for line in letter.body.splitlines() if "/password/reset/key/" in line)
    form = visitor.get(way.removeprefix("http://testserver"), follow=True)
    visitor.post(form.request["PATH_INFO"], dict.fromkeys(("password1", "password2"), "a very long password indeed"))


def test_somebody_with_an_account_keeps_the_name_they_gave_themselves(client, outsider):
    form = {"email": outsider.email, "name": "Something Else", "role": "assistant"}
    client.post(reverse("enrolment:add_member", args=["tides"]), form)
    assert seat_of(outsider).role == "assistant"
    assert User.objects.get(pk=outsider.pk).display_name == "Olga Outsider"
    assert "password" not in mail.outbox[0].body


@pytest.mark.parametrize(
    "form",
    [
        {"email": "no address", "role": "learner"},
        {"email": "", "role": "learner"},
        {"email": "a@example.org", "role": "king"},
        {"email": "a@example.org", "role": "learner", "name": "\u202eevil"},
        {"email": "a@example.org", "role": "learner", "name": "a" * 10_000},
        {"email": "a@example.org", "role": "learner", "name": "\u200d"},
    ],
)
def test_nonsense_by_hand_is_refused_and_kept_in_the_form(client, form):
    answer = client.post(reverse("enrolment:add_member", args=["tides"]), form)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not User.objects.filter(email="a@example.org").exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets writers in one by one anyway")
@pytest.mark.django_db(transaction=True)
def test_two_last_instructors_do_not_leave_at_the_same_moment():
    course = factories.make_course()
    pair = [factories.make_member(course, Membership.Role.INSTRUCTOR) for _ in range(2)]

    def leaves(user):
        with closing(connection):
            try:
                leave(user=user, course=course)
            except EnrolmentRefused:
                return "refused"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(leaves, pair))) == ["None", "refused"]
    assert course.memberships.active().count() == 1


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets writers in one by one anyway")
@pytest.mark.django_db(transaction=True)
def test_of_a_promotion_and_a_removal_at_the_same_moment_one_is_done():
    course = factories.make_course()
    teacher, learner = factories.make_member(course, "instructor"), factories.make_member(course)
    seat = Membership.objects.get(user=learner)
    shown = seat.version_token

    def act(promote):
        with closing(connection):
            try:
                if promote:
                    change_membership(membership=seat, version_token=shown, role="assistant", group=None, by=teacher)
                else:
                    remove_member(membership=seat, version_token=shown, by=teacher)
            except MembershipChanged:
                return "changed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(act, [True, False]))) == ["None", "changed"]
    seat.refresh_from_db()
    assert (seat.role, seat.state) in {("assistant", "active"), ("learner", "removed")}
