"""Asking to join, being answered, and being told."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from lessons.courses.models import AuditEntry, Course, Membership
from lessons.courses.services.memberships import MembershipChanged, decide_request, request_to_join
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(on_request):
    return factories.make_member(on_request, Membership.Role.INSTRUCTOR)


def seat_page(seat):
    return reverse("enrolment:membership", args=[seat.course.slug, seat.pk])


def asks(sign_in, person, course):
    client = sign_in(person)
    client.post(reverse("reading:join_or_leave", args=[course.slug]))
    return client, Membership.objects.get(user=person, course=course)


def test_the_button_asks_and_the_page_says_so(sign_in, outsider, on_request):
    page = sign_in(outsider).get(on_request.get_absolute_url()).content.decode()
    assert "Ask to join" in page
    client, seat = asks(sign_in, outsider, on_request)
    assert seat.state == "pending"
    assert "You have asked to join" in client.get(on_request.get_absolute_url()).content.decode()


def test_who_asks_is_no_member_yet(sign_in, outsider, on_request):
    client, _seat = asks(sign_in, outsider, on_request)
    assert client.get(reverse("discussions:forum", args=["winds"])).status_code == 404


def test_asking_twice_is_one_request(sign_in, outsider, on_request):
    asks(sign_in, outsider, on_request)
    asks(sign_in, outsider, on_request)
    assert on_request.memberships.count() == 1


def test_a_request_is_withdrawn(sign_in, outsider, on_request):
    client, seat = asks(sign_in, outsider, on_request)
    client.post(reverse("reading:join_or_leave", args=["winds"]), {"leave": "true"})
    seat.refresh_from_db()
    assert seat.state == "left"


@pytest.mark.parametrize(
    ("act", "state", "words"), [("approve", "active", "You have a seat"), ("refuse", "refused", "not given")]
)
def test_staff_answer_and_the_asker_is_told(sign_in, outsider, on_request, teacher, act, state, words):
    _client, seat = asks(sign_in, outsider, on_request)
    sign_in(teacher).post(seat_page(seat), {"act": act})
    seat.refresh_from_db()
    assert (seat.state, seat.pending_email) == (state, "")
    assert [m.to for m in mail.outbox] == [[outsider.email]]
    assert words in mail.outbox[0].subject + mail.outbox[0].body


def test_what_the_mail_server_refuses_stays_due(sign_in, outsider, on_request, teacher, settings):
    settings.EMAIL_BACKEND = "tests.discussions.notifications.mail_servers.EmailBackend"
    _client, seat = asks(sign_in, outsider, on_request)
    assert sign_in(teacher).post(seat_page(seat), {"act": "approve"}).status_code == 302
    seat.refresh_from_db()
    assert (seat.state, seat.pending_email) == ("active", "seated")


def test_the_refused_do_not_ask_again(sign_in, outsider, on_request, teacher):
    _client, seat = asks(sign_in, outsider, on_request)
    decide_request(membership=seat, approve=False, by=teacher)
    client, seat = asks(sign_in, outsider, on_request)
    assert seat.state == "refused"
    assert "refused your request" in client.get(on_request.get_absolute_url()).content.decode()


def test_two_of_the_staff_answer_one_request(outsider, on_request, teacher):
    seat = request_to_join(user=outsider, course=on_request)
    decide_request(membership=seat, approve=True, by=teacher)
    with pytest.raises(MembershipChanged):
        decide_request(membership=seat, approve=False, by=teacher)
    assert Membership.objects.get(pk=seat.pk).state == "active"


def test_nobody_asks_where_it_is_not_asked(sign_in, outsider, course):
    Course.objects.filter(pk=course.pk).update(join_policy="invitation")
    assert sign_in(outsider).post(reverse("reading:join_or_leave", args=["tides"])).status_code == 403
    assert not course.memberships.filter(user=outsider).exists()


def test_an_answer_stands_in_the_log(sign_in, outsider, on_request, teacher):
    _client, seat = asks(sign_in, outsider, on_request)
    sign_in(teacher).post(seat_page(seat), {"act": "refuse"})
    assert AuditEntry.objects.filter(verb="reject request", actor=teacher, course=on_request).exists()


def test_the_instructors_are_told_once_while_somebody_waits(sign_in, outsider, on_request, teacher):
    on_request.memberships.create(user=factories.make_user("Asif"), role="assistant", handle="asif")
    asks(sign_in, outsider, on_request)
    asks(sign_in, factories.make_user("Nora"), on_request)
    call_command("run_scheduled", site="https://course.example", verbosity=0)
    asks(sign_in, factories.make_user("Third"), on_request)
    call_command("run_scheduled", site="https://course.example", verbosity=0)
    letter = mail.outbox[0]
    assert ([m.to for m in mail.outbox], letter.subject) == ([[teacher.email]], "Somebody asks to join “Winds”")
    assert "2 people ask to join" in letter.body
    assert "https://course.example/courses/winds/members/" in letter.body


def test_nobody_is_told_of_what_is_settled_or_asked_anew(sign_in, outsider, on_request, teacher):
    for _ in range(2):
        client, _seat = asks(sign_in, outsider, on_request)
        client.post(reverse("reading:join_or_leave", args=["winds"]), {"leave": "true"})
        call_command("run_scheduled", site="https://course.example", verbosity=0)
    assert mail.outbox == []
    asks(sign_in, outsider, on_request)
    assert not Membership.objects.filter(pending_email="asked").exists()


def test_staff_see_on_the_course_and_among_its_people_how_many_ask(sign_in, outsider, learner, on_request, teacher):
    asks(sign_in, outsider, on_request)
    asks(sign_in, learner, on_request)
    client = sign_in(teacher)
    assert "2 ask</b>" in client.get(on_request.get_absolute_url()).content.decode()
    assert "2 people ask to join" in client.get(reverse("enrolment:members", args=["winds"])).content.decode()
    assert "2 ask" not in sign_in(outsider).get(on_request.get_absolute_url()).content.decode()


@pytest.mark.parametrize("policy", ["open", "request"])
def test_whom_staff_removed_is_offered_nothing_and_told_so(sign_in, outsider, on_request, policy):
    Course.objects.filter(pk=on_request.pk).update(join_policy=policy)
    on_request.memberships.create(user=outsider, handle="olga", state="removed")
    words = sign_in(outsider).get(on_request.get_absolute_url()).content.decode()
    assert "staff removed you" in words
    for offer in ("Ask to join", "Join this course", "I have a code"):
        assert offer not in words
