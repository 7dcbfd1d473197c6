"""A closed course: nobody can be enrolled, and every page about members says so; members can still leave."""

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import Invitation, Membership
from lessons.courses.roster_csv import read_roster
from lessons.courses.services.bulk_enrol import plan_roster

pytestmark = pytest.mark.django_db

LATE = "late@example.org"


@pytest.fixture
def client(sign_in, instructor, course):
    close(course)
    return sign_in(instructor)


def close(course):
    course.closed_at = timezone.now()
    course.save()


def page(name, *more):
    return reverse(f"enrolment:{name}", args=["tides", *more])


@pytest.mark.parametrize("name", ["members", "groups", "roster", "invitations", "add_member"])
def test_every_page_about_members_says_so_and_offers_no_enrolment(client, name):
    text = client.get(page(name)).content.decode()
    assert "This course was closed on" in text
    for offer in ("Add member</a>", ">Enrol<", "Preview changes"):
        assert offer not in text


def test_nobody_is_added(client):
    answer = client.post(page("add_member"), {"email": LATE, "role": "learner"})
    assert answer.status_code == 400
    assert "Reopen it first" in answer.content.decode()
    assert not User.objects.filter(email=LATE).exists()


def test_nobody_is_enrolled_by_a_roster(client, course):
    digest = plan_roster(course, read_roster(LATE).lines).digest
    answer = client.post(page("roster"), {"text": LATE, "confirm": "true", "digest": digest})
    assert answer.status_code == 409
    assert "Reopen it first" in answer.content.decode()
    assert not User.objects.filter(email=LATE).exists()


def test_no_invitation_is_created_and_existing_ones_say_why_they_are_invalid(client, course, sign_in, outsider):
    assert "Reopen it first" in client.post(page("invitations"), {"role": "learner"}, follow=True).content.decode()
    assert not course.invitations.exists()
    link = Invitation.objects.create(course=course).get_absolute_url()
    answer = sign_in(outsider).get(link)
    assert answer.status_code == 410
    assert "is closed" in answer.content.decode()


@pytest.mark.parametrize(("state", "action"), [("pending", "approve"), ("removed", "reinstate")])
def test_nobody_is_enrolled_from_the_page_of_their_membership(client, course, learner, state, action):
    membership = course.memberships.get(user=learner)
    Membership.objects.filter(pk=membership.pk).update(state=state)
    membership.refresh_from_db()
    assert f'value="{action}"' not in client.get(page("membership", membership.pk)).content.decode()
    answer = client.post(
        page("membership", membership.pk), {"action": action, "version_token": membership.version_token}
    )
    assert answer.status_code == 409
    membership.refresh_from_db()
    assert membership.state == state


def test_members_can_still_be_removed_and_leave(client, course, learner, other_learner, sign_in):
    membership = course.memberships.get(user=learner)
    client.post(page("membership", membership.pk), {"action": "remove", "version_token": membership.version_token})
    leaving = sign_in(other_learner)
    text = leaving.get(course.get_absolute_url()).content.decode()
    assert "To again" not in text
    assert "you will not be able to come back" in text
    leaving.post(reverse("reading:join_or_leave", args=["tides"]), {"leave": "true"})
    assert sorted(course.memberships.filter(role="learner").values_list("state", flat=True)) == ["left", "removed"]
