"""Invitations that require approval: the way into a course that only its members can see."""

import pytest
from django.core import mail
from django.urls import reverse

from lessons.accounts.models import User
from lessons.courses.models import Invitation, Membership
from tests import factories
from tests.accounts.auth import emailed_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(members_course):
    group = factories.make_group(members_course, "Group C")
    return Invitation.objects.create(course=members_course, group=group, requires_approval=True, max_uses=1)


@pytest.fixture
def link(invitation):
    return reverse("enrolment:invitation", args=[invitation.code])


def state_of(user):
    return Membership.objects.filter(user=user).values_list("state", flat=True).first()


def test_a_request_is_made_and_approved(sign_in, outsider, invitation, link):
    course = invitation.course
    client = sign_in(outsider)
    assert "Ask to join" in client.get(link).content.decode()
    assert "asked to join" in client.post(link, follow=True).content.decode()
    assert client.get(course.get_absolute_url()).status_code == 404
    membership = Membership.objects.get(user=outsider)
    assert (membership.state, membership.role, membership.group) == ("pending", "learner", invitation.group)
    staff = sign_in(factories.make_member(course, Membership.Role.INSTRUCTOR))
    staff.post(reverse("enrolment:membership", args=[course.slug, membership.pk]), {"action": "approve"})
    assert client.get(course.get_absolute_url()).status_code == 200
    assert Membership.objects.get(user=outsider).group == invitation.group
    assert "You’ve been enrolled" in mail.outbox[0].subject


def test_repeating_a_request_changes_nothing(sign_in, outsider, invitation, link):
    client = sign_in(outsider)
    for _ in range(2):
        client.post(link)
    invitation.refresh_from_db()
    assert (invitation.uses, Membership.objects.count()) == (1, 1)
    assert sign_in(factories.make_user()).get(link).status_code == 410
    assert client.get(link).status_code == 200


def test_a_request_is_withdrawn_on_the_page_of_the_invitation(sign_in, outsider, link):
    client = sign_in(outsider)
    client.post(link)
    client.post(link, {"leave": "true"})
    assert state_of(outsider) == "left"


def test_a_new_user_signs_up_and_has_asked_to_join(client, invitation, link):
    sign_up_url = client.post(link, {"sign_in_method": "new"}).url
    form = {"display_name": "Nora New", "email": "nora-asks@example.org", "password1": "a very long password indeed"}
    code_url = client.post(sign_up_url, form).url
    page = client.post(code_url, {"code": emailed_code()}, follow=True).content.decode()
    assert "asked to join" in page
    assert state_of(User.objects.get(email="nora-asks@example.org")) == "pending"


@pytest.mark.parametrize("state", ["removed", "rejected"])
def test_removed_and_rejected_users_cannot_ask_again(sign_in, outsider, invitation, link, state):
    Membership.objects.create(course=invitation.course, user=outsider, state=state, handle="olga")
    client = sign_in(outsider)
    words = client.get(link).content.decode()
    assert "Ask to join" not in words
    assert {"removed": "removed you", "rejected": "rejected your request"}[state] in words
    assert client.post(link).status_code == 410
    assert state_of(outsider) == state


def test_invitations_that_require_approval_are_for_learners(sign_in, course, instructor):
    client, address = sign_in(instructor), reverse("enrolment:invitations", args=[course.slug])
    answer = client.post(address, {"role": "assistant", "requires_approval": "on", "max_uses": 1})
    assert "become learners" in answer.content.decode()
    assert client.post(address, {"role": "learner", "requires_approval": "on"}).status_code == 302
    assert Invitation.objects.get(course=course).requires_approval


def test_a_hidden_course_cannot_be_open_to_join(sign_in, course, administrator):
    address = reverse("admin:courses_course_change", args=[course.pk])
    form = {"title": "T", "slug": "t", "language": "en", "time_zone": "UTC", "visibility": "members"}
    form |= {"labels-TOTAL_FORMS": 0, "labels-INITIAL_FORMS": 0}
    page = sign_in(administrator).post(address, form | {"join_policy": "open"}).content.decode()
    assert "nobody can find it to join" in page
