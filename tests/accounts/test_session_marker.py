"""The headers and markers of a session's pages: whose they are, and whether browsers may store them."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from lessons.accounts.session_marker import COOKIE
from lessons.courses.models import Invitation
from lessons.discussions.models import NotificationPreference
from tests.accounts.auth import totp_code

pytestmark = pytest.mark.django_db
META = re.compile(r'<meta name="session-marker" content="(\w{16})">')


@pytest.fixture
def profile():
    return reverse("accounts:profile")


def marker_of(page) -> str:
    return META.search(page.content.decode()).group(1)


def test_page_and_cookie_have_the_marker_of_the_account(sign_in, learner, other_learner, profile):
    client = sign_in(learner)
    page = client.get(profile)
    cookie = client.cookies[COOKIE]
    assert cookie.value == marker_of(page) == marker_of(sign_in(learner).get(profile))
    assert cookie.value != marker_of(sign_in(other_learner).get(profile))
    assert not cookie["httponly"]
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", client.session.get_expiry_age())
    assert COOKIE not in client.get(profile).cookies
    assert "Clear-Site-Data" not in page.headers


def test_admin_pages_have_the_marker_too(sign_in, instructor, profile):
    client = sign_in(instructor)
    admin = client.get(reverse("admin:index"))
    assert marker_of(admin) == marker_of(client.get(profile))
    assert admin.headers["Cache-Control"] == "private, no-cache"


def test_signing_out_removes_the_marker_and_clears_the_cache(sign_in, learner, profile):
    client = sign_in(learner)
    client.get(profile)
    gone = client.post(reverse("account_logout"))
    assert gone.headers["Clear-Site-Data"] == '"cache"'
    assert (gone.cookies[COOKIE].value, gone.cookies[COOKIE]["max-age"]) == ("", 0)
    home = client.get("/")
    assert not META.search(home.content.decode())
    assert "Clear-Site-Data" not in home.headers


def test_a_session_that_was_ended_elsewhere_or_replaced_is_noticed(sign_in, learner, other_learner, profile):
    client = sign_in(learner)
    first = marker_of(client.get(profile))
    client.cookies["sessionid"] = sign_in(other_learner).cookies["sessionid"].value
    other = client.get(profile)
    assert other.headers["Clear-Site-Data"] == '"cache"'
    assert other.cookies[COOKIE].value == marker_of(other) != first
    Session.objects.all().delete()
    gone = client.get(profile)
    assert (gone.status_code, gone.cookies[COOKIE].value) == (302, "")
    assert gone.headers["Clear-Site-Data"] == '"cache"'


def test_visitors_have_no_marker_and_cost_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(reverse("operations:health_live"))
    assert COOKIE not in answer.cookies
    assert not META.search(client.get("/").content.decode())
    assert COOKIE not in client.cookies


def test_pages_that_show_a_secret_are_not_stored(sign_in, instructor, course):
    client = sign_in(instructor)
    Invitation.objects.create(course=course, created_by=instructor)
    shown = [
        (reverse("discussions:notification_settings"), lambda: NotificationPreference.objects.get().feed_token),
        (reverse("enrolment:invitations", args=[course.slug]), lambda: Invitation.objects.get().code),
        (reverse("enrolment:invitation", args=[Invitation.objects.get().code]), lambda: ""),
    ]
    client.post(reverse("account_reauthenticate"), {"password": "a long enough password"})
    activation = client.get(reverse("mfa_activate_totp"))
    assert "no-store" in activation.headers["Cache-Control"]
    secret = activation.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    shown.append((reverse("mfa_view_recovery_codes"), lambda: "recovery-codes"))
    for address, secret in shown:
        page = client.get(address)
        assert "no-store" in page.headers["Cache-Control"], address
        assert secret() in page.content.decode(), address
        assert "ETag" not in page.headers


def test_a_file_that_is_opened_directly_is_not_stored(sign_in, instructor, lesson):
    client, address = sign_in(instructor), reverse("annotations:positions", args=[lesson.pk])
    for accept, kept in (("*/*", True), ("text/html,*/*;q=0.8", False)):
        answer = client.get(address, headers={"accept": accept})
        assert ("no-store" not in answer.headers["Cache-Control"]) == kept
        assert "Accept" in answer.headers["Vary"]


def test_a_page_that_has_not_changed_is_not_sent_again(sign_in, learner, profile, monkeypatch):
    client = sign_in(learner)
    monkeypatch.setattr("time.time", lambda: 1_800_000_000)
    etag = client.get(profile).headers["ETag"]
    monkeypatch.setattr("time.time", lambda: 1_800_000_005)
    assert client.get(profile, headers={"if-none-match": etag}).status_code == 304
    learner.display_name = "Somebody Else"
    learner.save()
    assert client.get(profile, headers={"if-none-match": etag}).status_code == 200
