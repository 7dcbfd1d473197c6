"""Invitations: created, accepted, used up, expired, of another course."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lessons.accounts.models import User
from lessons.courses.models import AuditEntry, Course, Invitation, Membership, generate_invitation_code
from lessons.courses.services.invitations import InvitationRefused, accept_invitation, revoke_invitation
from tests import factories
from tests.accounts.auth import emailed_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(members_course):
    group = factories.make_group(members_course, "Group C")
    return Invitation.objects.create(course=members_course, group=group, max_uses=1)


def link(invitation):
    return reverse("enrolment:invitation", args=[invitation.code])


def test_the_page_names_course_and_group(client, invitation):
    page = client.get(link(invitation)).content.decode()
    assert "The closed sea" in page
    assert "Group C" in page


def test_a_signed_in_user_joins_with_one_button(sign_in, outsider, invitation):
    client = sign_in(outsider)
    assert client.get(link(invitation)).status_code == 200
    assert not invitation.course.memberships.exists()
    assert client.post(link(invitation)).url == invitation.course.get_absolute_url()
    membership = Membership.objects.get(user=outsider)
    assert (membership.state, membership.role, membership.group) == ("active", "learner", invitation.group)


def test_a_new_user_signs_up_and_is_enrolled(client, invitation):
    sign_in_url = client.post(link(invitation), {"sign_in_method": "new"}).url
    form = {"display_name": "Nora New", "email": "nora@example.org", "password1": "a very long password indeed"}
    code_url = client.post(sign_in_url, form).url
    answer = client.post(code_url, {"code": emailed_code()}, follow=True)
    assert answer.redirect_chain[-1][0] == invitation.course.get_absolute_url()
    assert invitation.course.memberships.get().user == User.objects.get(email="nora@example.org")
    assert [str(message) for message in answer.context["messages"]] == [
        "You’ve been enrolled. Your progress in this course is saved."
    ]


def test_signing_in_leads_back_and_enrols(client, outsider, invitation):
    sign_in_url = client.post(link(invitation), {"sign_in_method": "account"}).url
    outsider.mark_email_verified()
    form = {"login": outsider.email, "password": "a long enough password"}
    answer = client.post(sign_in_url, form, follow=True)
    assert answer.redirect_chain[-1][0] == invitation.course.get_absolute_url()


def test_opening_the_page_enrols_nobody(sign_in, outsider, invitation):
    sign_in(outsider).get(link(invitation))
    assert not invitation.course.memberships.exists()


def test_a_used_up_invitation_says_so_and_does_not_name_the_course(sign_in, outsider, invitation):
    accept_invitation(invitation=invitation, user=factories.make_user())
    for method in ("get", "post"):
        answer = getattr(sign_in(outsider), method)(link(invitation))
        assert answer.status_code == 410
        assert "has already been used" in answer.content.decode()
        assert "The closed sea" not in answer.content.decode()
    assert not invitation.course.memberships.filter(user=outsider).exists()


def test_an_expired_invitation_enrols_nobody(sign_in, outsider, invitation):
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = sign_in(outsider).post(link(invitation))
    assert answer.status_code == 410
    assert "has expired" in answer.content.decode()


def test_a_revoked_invitation_enrols_nobody(outsider, invitation, instructor):
    revoke_invitation(invitation=invitation, by=instructor)
    invitation.refresh_from_db()
    with pytest.raises(InvitationRefused):
        accept_invitation(invitation=invitation, user=outsider)


def test_a_member_uses_nothing_and_keeps_their_role(sign_in, invitation):
    teacher = factories.make_member(invitation.course, Membership.Role.INSTRUCTOR)
    assert sign_in(teacher).post(link(invitation)).status_code == 302
    invitation.refresh_from_db()
    assert invitation.uses == 0
    assert Membership.objects.get(user=teacher).role == "instructor"


def test_removed_members_cannot_rejoin_by_invitation(sign_in, invitation):
    person = factories.make_member(invitation.course)
    invitation.course.memberships.filter(user=person).update(state="removed")
    for method in ("get", "post"):
        answer = getattr(sign_in(person), method)(link(invitation))
        assert answer.status_code == 410
        assert "removed you" in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.uses == 0


def test_a_member_who_left_gets_the_same_membership_back(invitation):
    person = factories.make_member(invitation.course)
    old = invitation.course.memberships.get(user=person)
    invitation.course.memberships.filter(user=person).update(state="left")
    assert accept_invitation(invitation=invitation, user=person).pk == old.pk


def test_an_unknown_code_is_not_found(client):
    assert client.get(reverse("enrolment:invitation", args=["nothing"])).status_code == 404


def test_a_code_is_typed_or_the_link_pasted(client, invitation):
    for typed in (invitation.code, f" https://example.org{link(invitation)} "):
        assert client.post(reverse("enrolment:enter_code"), {"code": typed}).url == link(invitation)


def test_a_code_of_another_course_leads_to_its_own_page(client, invitation, course):
    url = reverse("enrolment:enter_code") + f"?course={course.slug}"
    assert client.post(url, {"code": invitation.code}).url == link(invitation)
    unknown = client.post(url, {"code": "nothing"})
    assert unknown.status_code == 400
    assert "Tides and shores" in unknown.content.decode()


@pytest.mark.parametrize("role", ["learner", "assistant"])
def test_a_member_is_told_their_role_and_promised_nothing(sign_in, invitation, role):
    own = factories.make_group(invitation.course, "Group D")
    person = factories.make_member(invitation.course, group=own)
    Invitation.objects.filter(pk=invitation.pk).update(role=role)
    page = sign_in(person).get(link(invitation)).content.decode()
    assert "You’re already enrolled: Learner, in <bdi>Group D</bdi>." in page
    assert "This invitation has no effect." in page
    assert "You’ll be enrolled" not in page
    assert "Group C" not in page


def test_a_code_read_aloud_is_accepted_however_it_is_typed(client, members_course):
    invitation = Invitation.objects.create(course=members_course, code="K10M-4TXQ-9DWH")
    for heard in ("k10m4txq9dwh", "KIOM 4TXQ 9DWH", "klom–4txq–9dwh", "K10M-4TXQ-9DWH"):
        assert client.post(reverse("enrolment:enter_code"), {"code": heard}).url == link(invitation), heard
        assert client.get(reverse("enrolment:invitation", args=[heard])).status_code == 200, heard


def test_a_new_code_has_sixty_bits_and_no_lookalike_characters():
    codes = {generate_invitation_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)


def test_a_code_in_the_old_format_still_works(client, members_course):
    invitation = Invitation.objects.create(course=members_course, code="_mSKCMcu4r6v")
    assert client.post(reverse("enrolment:enter_code"), {"code": "_mSKCMcu4r6v"}).url == link(invitation)
    assert client.get(link(invitation)).status_code == 200


def test_an_invitation_expires_in_the_time_zone_of_the_course(sign_in, instructor, course):
    Course.objects.update(time_zone="Europe/Warsaw")
    instructor.time_zone = "America/New_York"
    instructor.save()
    client, url = sign_in(instructor), reverse("enrolment:invitations", args=["tides"])
    assert "In the course’s time zone, Europe/Warsaw." in client.get(url).content.decode()
    client.post(url, {"role": "learner", "expires_at": "2126-12-03T23:59"})
    assert Invitation.objects.get().expires_at.isoformat() == "2126-12-03T22:59:00+00:00"
    page = client.get(url).content.decode()
    assert "until 3 Dec 2126, 23:59 (Warsaw time)" in page
    assert "in your time zone: 3 Dec 2126, 17:59 (New York time)" in page


def test_staff_create_one_and_the_audit_log_does_not_contain_its_code(sign_in, instructor, course, group_a):
    form = {"role": "learner", "group": group_a.pk, "max_uses": "30"}
    client = sign_in(instructor)
    assert client.post(reverse("enrolment:invitations", args=["tides"]), form).status_code == 302
    invitation = course.invitations.get()
    assert (invitation.group, invitation.max_uses, invitation.created_by) == (group_a, 30, instructor)
    assert invitation.code in client.get(reverse("enrolment:invitations", args=["tides"])).content.decode()
    entry = AuditEntry.objects.get(verb="invite")
    assert invitation.code not in f"{entry.target_name}{entry.detail}"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"role": "instructor"}, "max_uses"),
        ({"role": "assistant", "max_uses": "2"}, "max_uses"),
        ({"role": "learner", "max_uses": "0"}, "max_uses"),
        ({"role": "learner", "expires_at": "2001-01-01T10:00"}, "expires_at"),
        ({"role": "king"}, "role"),
    ],
)
def test_an_unsafe_invitation_is_refused(sign_in, instructor, course, form, field):
    answer = sign_in(instructor).post(reverse("enrolment:invitations", args=["tides"]), form)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not course.invitations.exists()


def test_a_group_of_another_course_is_refused(sign_in, instructor, course):
    group = factories.make_group(factories.make_course())
    form = {"role": "learner", "group": group.pk}
    answer = sign_in(instructor).post(reverse("enrolment:invitations", args=["tides"]), form)
    assert list(answer.context["form"].errors) == ["group"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets writers in one by one anyway")
@pytest.mark.django_db(transaction=True)
def test_the_last_uses_are_counted_once_each():
    invitation = Invitation.objects.create(course=factories.make_course(), max_uses=3)
    people = [factories.make_user() for _ in range(8)]

    def accept(user):
        with closing(connection):
            try:
                return accept_invitation(invitation=Invitation.objects.get(pk=invitation.pk), user=user)
            except InvitationRefused:
                return None

    with ThreadPoolExecutor(8) as pool:
        memberships = list(pool.map(accept, people))
    invitation.refresh_from_db()
    assert (sum(map(bool, memberships)), invitation.uses, invitation.course.memberships.count()) == (3, 3, 3)
