"""Roles and removals, and what happens when two staff members act at once."""

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


def membership_of(user):
    return Membership.objects.get(user=user)


def page_of(user):
    return reverse("enrolment:membership", args=["tides", membership_of(user).pk])


def save(client, user, **form):
    membership = membership_of(user)
    form = {
        "action": "save",
        "role": membership.role,
        "group": membership.group_id or "",
        "version_token": membership.version_token,
    } | form
    return client.post(page_of(user), form)


def test_a_changed_role_is_recorded(client, learner, instructor):
    assert save(client, learner, role="assistant").status_code == 302
    assert membership_of(learner).role == "assistant"
    entry = AuditEntry.objects.get(verb="change role")
    assert (entry.actor, entry.detail) == (instructor, {"before": "learner", "role": "assistant"})


def test_a_removed_member_is_out_and_keeps_their_work(client, learner, course, group_a):
    thread = thread_by(learner, course, audience="group", group=group_a)
    save(client, learner, action="remove")
    assert membership_of(learner).state == "removed"
    assert AuditEntry.objects.filter(verb="remove", affected_user__display_name="Lea Learner").exists()
    assert not can_read_thread(User.objects.get(pk=learner.pk), thread)
    save(client, learner, action="reinstate")
    membership = membership_of(learner)
    assert (membership.state, membership.role, membership.group) == ("active", "learner", group_a)
    assert can_read_thread(User.objects.get(pk=learner.pk), thread)
    assert thread.author == learner


def test_the_second_of_two_simultaneous_changes_is_shown_the_current_state(client, learner, instructor):
    version_token = membership_of(learner).version_token
    remove_member(membership=membership_of(learner), version_token=version_token, by=instructor)
    answer = save(client, learner, role="instructor", version_token=version_token)
    assert answer.status_code == 409
    assert "Removed" in answer.content.decode()
    assert "Nothing was saved" in answer.content.decode()
    assert (membership_of(learner).role, membership_of(learner).state) == ("learner", "removed")


def test_a_form_without_version_changes_nothing(client, learner):
    assert save(client, learner, role="instructor", version_token="").status_code == 409
    assert membership_of(learner).role == "learner"


@pytest.mark.parametrize("form", [{"action": "save", "role": "learner"}, {"action": "remove"}])
def test_the_last_instructor_is_not_demoted_or_removed(client, instructor, form):
    answer = save(client, instructor, **form)
    assert answer.status_code == 409
    assert "needs an instructor" in answer.content.decode()
    assert membership_of(instructor).role == "instructor"


def test_the_last_instructor_cannot_leave(client, course, instructor):
    answer = client.post(reverse("reading:join_or_leave", args=["tides"]), {"leave": "true"}, follow=True)
    assert "needs an instructor" in answer.content.decode()
    assert membership_of(instructor).state == "active"


def test_one_of_two_instructors_leaves(client, course, instructor):
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    client.post(reverse("reading:join_or_leave", args=["tides"]), {"leave": "true"})
    assert membership_of(instructor).state == "left"


def test_an_instructor_who_demotes_themselves_is_led_to_the_course(client, course, instructor):
    factories.make_member(course, Membership.Role.INSTRUCTOR)
    assert save(client, instructor, role="learner").url == course.get_absolute_url()


def test_a_group_of_another_course_is_refused(client, learner, group_a):
    elsewhere = factories.make_group(factories.make_course())
    assert save(client, learner, group=elsewhere.pk).status_code == 400
    assert membership_of(learner).group == group_a


def test_leaving_and_rejoining_keep_membership_handle_and_group(sign_in, course, learner, group_a):
    before, client = membership_of(learner), sign_in(learner)
    address = reverse("reading:join_or_leave", args=["tides"])
    client.post(address, {"leave": "true"})
    client.post(address)
    after = membership_of(learner)
    assert (after.pk, after.handle, after.group, after.state) == (before.pk, before.handle, group_a, "active")


def test_a_new_member_gets_an_email_to_choose_a_password(client, course, group_a):
    form = {"email": "New@Example.org", "name": "Nora New", "role": "learner", "group": group_a.pk}
    assert client.post(reverse("enrolment:add_member", args=["tides"]), form).status_code == 302
    person = User.objects.get(email="new@example.org")
    assert not person.has_usable_password()
    assert membership_of(person).group == group_a
    set_password_by(mail.outbox[0])
    assert User.objects.get(pk=person.pk).check_password("a very long password indeed")


def test_a_new_password_link_can_be_requested(client, course):
    client.post(reverse("enrolment:add_member", args=["tides"]), {"email": "new@example.org", "role": "learner"})
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": "new@example.org"})
    set_password_by(mail.outbox[0])
    assert User.objects.get(email="new@example.org").has_usable_password()


def set_password_by(email):
    """Set a password with the link in the e-mail."""
    visitor = Client()
    link = next(line for line in email.body.splitlines() if "/password/reset/key/" in line)
    form = visitor.get(link.removeprefix("http://testserver"), follow=True)
    visitor.post(form.request["PATH_INFO"], dict.fromkeys(("password1", "password2"), "a very long password indeed"))


def test_somebody_with_an_account_keeps_their_own_name(client, outsider):
    form = {"email": outsider.email, "name": "Something Else", "role": "assistant"}
    client.post(reverse("enrolment:add_member", args=["tides"]), form)
    assert membership_of(outsider).role == "assistant"
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
def test_invalid_entries_are_refused_and_stay_in_the_form(client, form):
    answer = client.post(reverse("enrolment:add_member", args=["tides"]), form)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not User.objects.filter(email="a@example.org").exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets writers in one by one anyway")
@pytest.mark.django_db(transaction=True)
def test_two_last_instructors_cannot_leave_at_the_same_moment():
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
    membership = Membership.objects.get(user=learner)
    version_token = membership.version_token

    def act(promote):
        with closing(connection):
            try:
                if promote:
                    change_membership(
                        membership=membership, version_token=version_token, role="assistant", group=None, by=teacher
                    )
                else:
                    remove_member(membership=membership, version_token=version_token, by=teacher)
            except MembershipChanged:
                return "changed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(act, [True, False]))) == ["None", "changed"]
    membership.refresh_from_db()
    assert (membership.role, membership.state) in {("assistant", "active"), ("learner", "removed")}
