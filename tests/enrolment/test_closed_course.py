"""A closed course: nobody gets a seat by any door, every page about its people says so; seats are still taken."""

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
def test_every_page_about_people_says_so_and_offers_no_seat(client, name):
    words = client.get(page(name)).content.decode()
    assert "This course was closed on" in words
    for offer in ("Add somebody</a>", "Give a seat", "Show what it would do"):
        assert offer not in words


def test_nobody_is_added_by_hand(client):
    answer = client.post(page("add_member"), {"email": LATE, "role": "learner"})
    assert answer.status_code == 400
    assert "Open it again first" in answer.content.decode()
    assert not User.objects.filter(email=LATE).exists()


def test_nobody_is_brought_by_a_roster(client, course):
    shown = plan_roster(course, read_roster(LATE)).digest
    answer = client.post(page("roster"), {"text": LATE, "confirm": "true", "shown": shown})
    assert answer.status_code == 409
    assert "Open it again first" in answer.content.decode()
    assert not User.objects.filter(email=LATE).exists()


def test_no_invitation_is_made_and_those_there_are_say_why_they_are_dead(client, course, sign_in, outsider):
    assert "Open it again first" in client.post(page("invitations"), {"role": "learner"}, follow=True).content.decode()
    assert not course.invitations.exists()
    link = Invitation.objects.create(course=course).get_absolute_url()
    answer = sign_in(outsider).get(link)
    assert answer.status_code == 410
    assert "is closed" in answer.content.decode()


@pytest.mark.parametrize(("state", "act"), [("pending", "approve"), ("removed", "again")])
def test_nobody_is_seated_on_their_seats_page(client, course, learner, state, act):
    seat = course.memberships.get(user=learner)
    Membership.objects.filter(pk=seat.pk).update(state=state)
    seat.refresh_from_db()
    assert f'value="{act}"' not in client.get(page("membership", seat.pk)).content.decode()
    answer = client.post(page("membership", seat.pk), {"act": act, "shown": seat.version_token})
    assert answer.status_code == 409
    seat.refresh_from_db()
    assert seat.state == state


def test_a_seat_is_still_taken_and_left(client, course, learner, other_learner, sign_in):
    seat = course.memberships.get(user=learner)
    client.post(page("membership", seat.pk), {"act": "remove", "shown": seat.version_token})
    leaving = sign_in(other_learner)
    words = leaving.get(course.get_absolute_url()).content.decode()
    assert "you may come back" not in words
    assert "you do not come back" in words
    leaving.post(reverse("reading:join_or_leave", args=["tides"]), {"leave": "true"})
    assert sorted(course.memberships.filter(role="learner").values_list("state", flat=True)) == ["left", "removed"]
