"""Asking to join, the decision, and the e-mails about both."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from lessons.courses.models import AuditEntry, Course, Membership
from lessons.courses.services.memberships import MembershipChanged, decide_request, request_to_join
from lessons.mail.models import OutgoingEmail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(request_course):
    return factories.make_member(request_course, Membership.Role.INSTRUCTOR)


def membership_page(membership):
    return reverse("enrolment:membership", args=[membership.course.slug, membership.pk])


def ask(sign_in, person, course):
    client = sign_in(person)
    client.post(reverse("reading:join_or_leave", args=[course.slug]))
    return client, Membership.objects.get(user=person, course=course)


def test_the_button_requests_and_the_page_says_so(sign_in, outsider, request_course):
    page = sign_in(outsider).get(request_course.get_absolute_url()).content.decode()
    assert "Ask to join" in page
    client, membership = ask(sign_in, outsider, request_course)
    assert membership.state == "pending"
    assert "asked to join" in client.get(request_course.get_absolute_url()).content.decode()


def test_a_pending_request_is_no_membership_yet(sign_in, outsider, request_course):
    client, _seat = ask(sign_in, outsider, request_course)
    assert client.get(reverse("discussions:forum", args=["winds"])).status_code == 404


def test_asking_twice_makes_one_request(sign_in, outsider, request_course):
    ask(sign_in, outsider, request_course)
    ask(sign_in, outsider, request_course)
    assert request_course.memberships.count() == 1


def test_a_request_is_withdrawn(sign_in, outsider, request_course):
    client, membership = ask(sign_in, outsider, request_course)
    client.post(reverse("reading:join_or_leave", args=["winds"]), {"leave": "true"})
    membership.refresh_from_db()
    assert membership.state == "left"


@pytest.mark.parametrize(
    ("action", "state", "text"),
    [("approve", "active", "You’ve been enrolled"), ("reject", "rejected", "rejected your request")],
)
def test_staff_decide_and_the_user_gets_an_email(sign_in, outsider, request_course, teacher, action, state, text):
    _client, membership = ask(sign_in, outsider, request_course)
    sign_in(teacher).post(membership_page(membership), {"action": action})
    membership.refresh_from_db()
    assert membership.state == state
    assert [m.to for m in mail.outbox] == [[outsider.email]]
    assert text in mail.outbox[0].subject + mail.outbox[0].body


def test_a_decision_that_no_longer_holds_is_not_e_mailed(sign_in, outsider, request_course, teacher, settings):
    settings.EMAIL_BACKEND = "tests.mail.servers.DownBackend"
    _client, membership = ask(sign_in, outsider, request_course)
    assert sign_in(teacher).post(membership_page(membership), {"action": "approve"}).status_code == 302
    sign_in(outsider).post(reverse("reading:join_or_leave", args=["winds"]), {"leave": "true"})
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    OutgoingEmail.objects.update(due_at=timezone.now())
    call_command("run_scheduled", verbosity=0)
    assert mail.outbox == []
    assert not OutgoingEmail.objects.exists()


def test_rejected_users_cannot_ask_again(sign_in, outsider, request_course, teacher):
    _client, membership = ask(sign_in, outsider, request_course)
    decide_request(membership=membership, approve=False, by=teacher)
    client, membership = ask(sign_in, outsider, request_course)
    assert membership.state == "rejected"
    assert "rejected your request" in client.get(request_course.get_absolute_url()).content.decode()


def test_a_request_is_decided_once(outsider, request_course, teacher):
    membership = request_to_join(user=outsider, course=request_course)
    decide_request(membership=membership, approve=True, by=teacher)
    with pytest.raises(MembershipChanged):
        decide_request(membership=membership, approve=False, by=teacher)
    assert Membership.objects.get(pk=membership.pk).state == "active"


def test_nobody_can_ask_where_the_policy_does_not_allow_it(sign_in, outsider, course):
    Course.objects.filter(pk=course.pk).update(join_policy="invitation")
    assert sign_in(outsider).post(reverse("reading:join_or_leave", args=["tides"])).status_code == 403
    assert not course.memberships.filter(user=outsider).exists()


def test_a_decision_is_recorded_in_the_audit_log(sign_in, outsider, request_course, teacher):
    _client, membership = ask(sign_in, outsider, request_course)
    sign_in(teacher).post(membership_page(membership), {"action": "reject"})
    assert AuditEntry.objects.filter(verb="reject request", actor=teacher, course=request_course).exists()


def test_instructors_get_one_email_while_requests_wait(sign_in, outsider, request_course, teacher):
    request_course.memberships.create(user=factories.make_user("Asif"), role="assistant", handle="asif")
    ask(sign_in, outsider, request_course)
    ask(sign_in, factories.make_user("Nora"), request_course)
    call_command("run_scheduled", site="https://course.example", verbosity=0)
    ask(sign_in, factories.make_user("Third"), request_course)
    call_command("run_scheduled", site="https://course.example", verbosity=0)
    email = mail.outbox[0]
    assert ([m.to for m in mail.outbox], email.subject) == ([[teacher.email]], "2 people have asked to join “Winds”")
    assert "2 people have asked to join" in email.body
    assert "https://course.example/courses/winds/members/" in email.body


def test_no_email_is_sent_about_withdrawn_or_repeated_requests(sign_in, outsider, request_course, teacher):
    for _ in range(2):
        client, _seat = ask(sign_in, outsider, request_course)
        client.post(reverse("reading:join_or_leave", args=["winds"]), {"leave": "true"})
        call_command("run_scheduled", site="https://course.example", verbosity=0)
    assert mail.outbox == []
    ask(sign_in, outsider, request_course)
    assert not OutgoingEmail.objects.waiting().exists()


def test_staff_see_how_many_people_ask(sign_in, outsider, learner, request_course, teacher):
    ask(sign_in, outsider, request_course)
    ask(sign_in, learner, request_course)
    client = sign_in(teacher)
    assert "2 requests" in client.get(request_course.get_absolute_url()).content.decode()
    assert "2 people have asked to join" in client.get(reverse("enrolment:members", args=["winds"])).content.decode()
    assert "2 requests" not in sign_in(outsider).get(request_course.get_absolute_url()).content.decode()


@pytest.mark.parametrize("policy", ["open", "request"])
def test_a_removed_member_is_offered_nothing_and_told_why(sign_in, outsider, request_course, policy):
    Course.objects.filter(pk=request_course.pk).update(join_policy=policy)
    request_course.memberships.create(user=outsider, handle="olga", state="removed")
    words = sign_in(outsider).get(request_course.get_absolute_url()).content.decode()
    assert "staff removed you" in words
    for offer in ("Ask to join", "Join this course", "I have a code"):
        assert offer not in words
